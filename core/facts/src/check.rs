use std::sync::Arc;
use std::time::Duration;

use deskhook_hooks::{
    About, Answer, Call, Extension, ExtensionKind, Fault, Hook, HostCall, HostPort, Limit, LogLevel,
};
use deskhook_policy::{CheckMode, Policy};
use deskhook_session::Verdict;
use serde_json::Value;

use crate::Facts;

/// The least free disk space, in MiB.
const LEAST_DISK: u64 = 500;
/// How long a line for the log is waited for.
const LOGGED: Duration = Duration::from_millis(100);
/// The most days since the system last looked for updates.
const MOST_DAYS: u64 = 30;

/// A built-in check of `Session.Checks`, as an extension that hears `session.request`.
///
/// In the mode deny it denies when something is wrong and when it cannot tell; in the mode warn
/// it abstains with a note. It never allows: that nothing is wrong is no reason against another's
/// denial, and none to let anybody in.
pub struct BuiltInCheck {
    about: About,
    mode: CheckMode,
    facts: Arc<Facts>,
}

/// What a check found.
enum Finding {
    Fine,
    /// A stable word for programs, and the sentence that the person reads.
    Wrong(String, String),
}

/// One extension for each check that the policy wants. A name that is not known here is kept, and
/// answers as a check that cannot tell.
pub fn checks(policy: &Policy, facts: &Arc<Facts>) -> Vec<Arc<dyn Extension>> {
    let wanted = policy.session.checks.iter();
    wanted
        .filter(|(_, mode)| **mode != CheckMode::Off)
        .map(|(name, mode)| Arc::new(BuiltInCheck::new(name, *mode, facts)) as Arc<dyn Extension>)
        .collect()
}

impl BuiltInCheck {
    fn new(name: &str, mode: CheckMode, facts: &Arc<Facts>) -> Self {
        Self {
            about: About {
                name: name.to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
                kind: ExtensionKind::BuiltIn,
                hooks: vec![Hook::SessionRequest],
                capabilities: vec![],
                timer_seconds: None,
                sha256: String::new(),
            },
            mode,
            facts: Arc::clone(facts),
        }
    }
}

impl Extension for BuiltInCheck {
    fn about(&self) -> &About {
        &self.about
    }

    fn call(&self, call: &Call, _: Limit, host: &HostPort) -> Result<Answer, Fault> {
        if call.hook != Hook::SessionRequest {
            return Ok(Answer::Nothing);
        }
        let name = self.about.name.as_str();
        let Finding::Wrong(code, message) = judge(name, &self.facts.get(name)) else {
            return Ok(Answer::Nothing);
        };
        match self.mode {
            CheckMode::Off => Ok(Answer::Nothing),
            CheckMode::Deny => Ok(Answer::Verdict(Verdict::Deny { code, message })),
            CheckMode::Warn => {
                let line = HostCall::Log {
                    level: LogLevel::Warn,
                    message: message.clone(),
                };
                // The note is what counts; a log that cannot be had changes nothing.
                let _logged = host.ask(line, LOGGED);
                Ok(Answer::Note(message))
            }
        }
    }
}

fn judge(name: &str, value: &Value) -> Finding {
    let wrong = |code: &str, message: &str| Finding::Wrong(code.to_owned(), message.to_owned());
    match (name, value.as_str(), value.as_u64()) {
        ("disk-encryption" | "firewall", Some("on"), _) | ("power", Some("mains"), _) => {
            Finding::Fine
        }
        ("disk-encryption", Some("off"), _) => wrong(
            "disk-not-encrypted",
            "The disk of this device is not encrypted.",
        ),
        ("firewall", Some("off"), _) => wrong(
            "firewall-off",
            "The firewall of this device is switched off.",
        ),
        ("power", Some("battery"), _) => wrong(
            "on-battery",
            "This device runs on its battery. Please plug it in.",
        ),
        ("antivirus", Some("none"), _) => {
            wrong("no-antivirus", "No antivirus program runs on this device.")
        }
        ("antivirus", Some(found), _) if found != "unknown" => Finding::Fine,
        ("free-disk", _, Some(free)) if free < LEAST_DISK => wrong(
            "disk-full",
            "This device has less than 500 MB of free disk space.",
        ),
        ("updates", _, Some(days)) if days > MOST_DAYS => Finding::Wrong(
            "updates-old".to_owned(),
            format!("This device has not looked for updates for {days} days."),
        ),
        ("free-disk" | "updates", _, Some(_)) => Finding::Fine,
        _ => Finding::Wrong(format!("{name}-unknown"), undetermined(name)),
    }
}

fn undetermined(name: &str) -> String {
    let what = match name {
        "disk-encryption" => "whether the disk of this device is encrypted",
        "firewall" => "whether the firewall of this device is on",
        "power" => "whether this device is plugged in",
        "antivirus" => "whether an antivirus program runs on this device",
        "free-disk" => "how much free disk space this device has",
        "updates" => "when this device last looked for updates",
        other => {
            return format!(
                "Your organisation wants the check \"{other}\", which this version of Deskhook does not have."
            );
        }
    };
    format!("It could not be determined {what}.")
}

#[cfg(test)]
mod tests;
