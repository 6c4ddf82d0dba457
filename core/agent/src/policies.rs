use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use deskhook_policy::{Problem, Resolved, Severity, Subject, Trail, Why};
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
    pub(crate) fn of(config: &AgentConfig) -> Self {
        Self {
            paths: config.policy.clone(),
            subject: subject(config),
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

    /// Reads again on a thread of its own; answers with [`Wake::Policy`], whatever happens.
    pub(crate) fn reload(&self, wakes: mpsc::Sender<Wake>) {
        let policies = self.clone();
        let reading = tokio::task::spawn_blocking(move || Box::new(policies.load()));
        tokio::spawn(async move {
            let loaded = reading.await;
            if let Err(error) = &loaded {
                tracing::error!(%error, "reading the policy broke off");
            }
            // The loop is gone when the agent stopped meanwhile.
            let _ = wakes.send(Wake::Policy(loaded.ok())).await;
        });
    }
}

/// Whether policy is being read. One reading goes on at a time: the next begins when it has ended,
/// so that each is taken into use however often files change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reading {
    /// No.
    #[default]
    Idle,
    /// Yes.
    UnderWay,
    /// Yes, and files changed since it began.
    Stale,
}

/// For whom policy is resolved; the device is called as its portal calls it, once it is enrolled.
pub(crate) fn subject(config: &AgentConfig) -> Subject {
    let (device, groups) = (&config.device, Some(config.device.groups.clone()));
    let name = if device.id.is_empty() {
        &device.name
    } else {
        &device.id
    };
    Subject {
        user: Some(config.person.name.clone()),
        groups: groups.clone(),
        device: Some(name.clone()),
        platform: Some(device.os.clone()),
        device_groups: groups,
        ..Subject::default()
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
        value: shortened(&setting.value.to_string(), LONGEST_VALUE),
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

fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}

/// The most problems that are told, and the most characters of one: `policy check` tells them all.
const MOST_PROBLEMS: usize = 100;
const LONGEST_PROBLEM: usize = 1000;

/// What is wrong with the policy, one sentence each: errors before warnings where there are too
/// many, and how many are left out.
pub(crate) fn sentences(problems: &[Problem]) -> Vec<String> {
    let mut told: Vec<&Problem> = problems.iter().collect();
    if told.len() > MOST_PROBLEMS {
        told.sort_by_key(|problem| problem.severity != Severity::Error);
    }
    let told = told.into_iter().take(MOST_PROBLEMS);
    let mut told: Vec<String> = told
        .map(|problem| shortened(&sentence(problem), LONGEST_PROBLEM))
        .collect();
    let rest = problems.len() - told.len();
    if rest > 0 {
        told.push(format!("and {rest} more: deskhook policy check tells all"));
    }
    told
}

/// A problem as one line: `file:line:column: message (help)`.
fn sentence(problem: &Problem) -> String {
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
    use deskhook_policy::{Place, Source};
    use serde_json::json;

    #[test]
    fn a_flood_of_problems_is_told_as_far_as_it_is_read() {
        let source = Source::new("1.json", "");
        let place = || Place::file_start(&source);
        let mut problems = vec![Problem::warning("odd", place(), "x".repeat(5000)); 10_000];
        problems.push(Problem::error("bad", place(), "this is wrong"));
        let told = sentences(&problems);
        assert_eq!(told.len(), MOST_PROBLEMS + 1);
        assert_eq!(told[0], "1.json:1:1: this is wrong");
        assert!(told.iter().all(|line| line.len() < 1100));
        assert!(
            told[MOST_PROBLEMS].starts_with("and 9901 more"),
            "{}",
            told[MOST_PROBLEMS]
        );
        assert_eq!(
            sentences(&problems[9999..])[1],
            told[0],
            "a few stay in their order"
        );
    }

    #[test]
    fn only_keys_whose_value_differs_are_named() {
        let before = json!({"A": {"X": 1, "Y": 2}, "B": true});
        let after = json!({"A": {"X": 1, "Y": 3}, "C": [1]});
        assert_eq!(changed_keys(&before, &after), ["A.Y", "B", "C"]);
    }
}
