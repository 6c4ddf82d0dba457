use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use deskhook_policy::{Problem, Resolved, Subject, Trail, Why};
use deskhook_source::{LastGood, Loaded, Signing, Watched, load, load_signed, watch};
use deskhook_wire::PolicyEntry;
use tokio::sync::mpsc;

use crate::{AgentConfig, Wake};

/// Where this agent's policy comes from, and for whom it is resolved.
#[derive(Clone)]
pub(crate) struct Policies {
    paths: Vec<PathBuf>,
    subject: Subject,
    last_good: LastGood,
    /// The trust file, and the folder that remembers what was accepted.
    trust: Option<(PathBuf, PathBuf)>,
}

impl Policies {
    pub(crate) fn of(config: &AgentConfig, device: &str) -> Self {
        let groups = Some(config.device.groups.clone());
        let subject = Subject {
            user: Some(config.person.name.clone()),
            groups: groups.clone(),
            device: Some(if device.is_empty() {
                config.device.name.clone()
            } else {
                device.to_owned()
            }),
            platform: Some(config.device.os.clone()),
            device_groups: groups,
            ..Subject::default()
        };
        Self {
            paths: config.policy.clone(),
            subject,
            last_good: LastGood::in_folder(&config.state),
            trust: config
                .trust
                .clone()
                .map(|trust| (trust, config.state.join("bundles"))),
        }
    }

    /// Reads and resolves; blocks on the disk.
    pub(crate) fn load(&self) -> Loaded {
        let Some((trust, memory)) = self.trust.clone() else {
            return load(&self.paths, &self.subject, Some(&self.last_good));
        };
        let signing = Signing {
            trust,
            memory: Some(memory),
            now: unix_seconds(),
        };
        load_signed(&self.paths, &self.subject, &signing)
    }

    /// Reads again on a thread of its own; answers with [`Wake::Policy`].
    pub(crate) fn reload(&self, number: u64, wakes: mpsc::Sender<Wake>) {
        let policies = self.clone();
        tokio::task::spawn_blocking(move || {
            let loaded = Box::new(policies.load());
            // The loop is gone when the agent stopped meanwhile.
            let _ = wakes.blocking_send(Wake::Policy { number, loaded });
        });
    }
}

/// Seconds since 1970; 0 before.
pub(crate) fn unix_seconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// Tells the loop of every change below `paths`. Where the system gives no watcher, policy is
/// read at start alone, and the log says so.
pub(crate) fn tell_changes(paths: &[PathBuf], what: Watched, wakes: &mpsc::Sender<Wake>) {
    let mut watch = match watch(paths, what) {
        Ok(watch) => watch,
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "changes on disk will not be seen"
            );
            return;
        }
    };
    let wakes = wakes.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                change = watch.changed() => tracing::debug!(?change, "files changed"),
                () = wakes.closed() => return,
            }
            let wake = match what {
                Watched::Layers => Wake::PolicyChanged,
                Watched::Tree => Wake::PackagesChanged,
            };
            // A closed channel ends the task the next time round.
            let _ = wakes.send(wake).await;
        }
    });
}

/// The most entries that the portal is told of, and the most characters of a value.
const MOST_ENTRIES: usize = 200;
const LONGEST_VALUE: usize = 300;

/// What holds, and who says so, for the portal.
pub(crate) fn entries(resolved: &Resolved) -> Vec<PolicyEntry> {
    let own = resolved.provenance.own().take(MOST_ENTRIES);
    own.map(|(trail, setting)| PolicyEntry {
        key: trail.key.clone(),
        value: shortened(&setting.value.to_string()),
        set_by: setting.layer.to_string(),
        overrides: overridden(trail),
    })
    .collect()
}

fn overridden(trail: &Trail) -> Vec<String> {
    let applied = trail
        .overridden
        .iter()
        .filter(|other| !matches!(other.why, Why::NotAssigned | Why::Filtered(_)));
    applied
        .map(|other| other.setting.layer.to_string())
        .collect()
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// A problem as one line: `file:line:column: message (help)`.
pub(crate) fn sentence(problem: &Problem) -> String {
    let help = problem
        .help
        .as_ref()
        .map(|help| format!(" ({help})"))
        .unwrap_or_default();
    format!("{}: {}{help}", problem.place, problem.message)
}

/// The keys whose effective value differs, as dotted paths.
pub(crate) fn changed_keys(before: &serde_json::Value, after: &serde_json::Value) -> Vec<String> {
    let mut changed = vec![];
    collect("", before, after, &mut changed);
    changed
}

fn collect(
    path: &str,
    before: &serde_json::Value,
    after: &serde_json::Value,
    changed: &mut Vec<String>,
) {
    let (Some(old), Some(new)) = (before.as_object(), after.as_object()) else {
        if before != after {
            changed.push(path.to_owned());
        }
        return;
    };
    let names: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for name in names {
        let inner = if path.is_empty() {
            name.clone()
        } else {
            format!("{path}.{name}")
        };
        let null = serde_json::Value::Null;
        collect(
            &inner,
            old.get(name).unwrap_or(&null),
            new.get(name).unwrap_or(&null),
            changed,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_keys_whose_value_differs_are_named() {
        let before = json!({"A": {"X": 1, "Y": 2}, "B": true});
        let after = json!({"A": {"X": 1, "Y": 3}, "C": [1]});
        assert_eq!(changed_keys(&before, &after), ["A.Y", "B", "C"]);
    }
}
