//! What a vendor's plugin is put through: each check runs in a process of its own, so that a plugin
//! that falls over spoils no other.

mod hosts;
mod inputs;
mod ports;

use std::path::Path;
use std::time::{Duration, Instant};

use deskhook_hooks::{Answer, Extension as _, Fault, Hook, HostPort, Kind, Limit};
use deskhook_session::Verdict;

use ports::{answering, refusing, unanswered};

use crate::plugin::{Sizes, whole};
use crate::{Manifest, Plugin, Verified};

/// The checks, in order: name, and what is looked at.
pub const CHECKS: [(&str, &str); 11] = [
    (
        "entry",
        "exports the entry, for this interface, with the manifest's id and version",
    ),
    (
        "hooks",
        "has a side for every hook of the manifest, and none for an unknown id",
    ),
    (
        "life",
        "is made and ended a hundred times, and four times at once",
    ),
    (
        "inputs",
        "answers empty, usual and odd inputs of every hook, as the hook wants it, in time",
    ),
    (
        "threads",
        "is called from one thread after the other, and four instances at the same time",
    ),
    (
        "silence",
        "goes on where the host answers nothing and grants nothing",
    ),
    (
        "minimal-host",
        "goes on where the host offers no service at all",
    ),
    (
        "old-host",
        "goes on with the services of interface 1.0 alone",
    ),
    (
        "newer-host",
        "takes longer structs than it knows, of a later host",
    ),
    (
        "sizes",
        "takes nothing of a struct that says that nothing is there",
    ),
    ("leftovers", "leaves no thread behind when it is ended"),
];

/// What came of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What has to be mended, one sentence each.
    pub problems: Vec<String>,
    /// What a vendor may want to know.
    pub notes: Vec<String>,
}

impl Outcome {
    fn problem(&mut self, what: impl Into<String>) {
        self.problems.push(what.into());
    }

    fn note(&mut self, what: impl Into<String>) {
        self.notes.push(what.into());
    }
}

/// How long a call may take before it is told.
const SLOW: Duration = Duration::from_secs(1);
/// How often it is made and ended.
const LIVES: usize = 100;
/// How many instances are called at the same time.
const AT_ONCE: usize = 4;

/// Runs one check on the library, in this process; none where there is no such check.
pub fn check(name: &str, library: &Path, manifest: &Manifest) -> Option<Outcome> {
    let trial = Trial {
        verified: Verified {
            manifest: manifest.clone(),
            library: library.to_owned(),
            own: None,
        },
    };
    let mut outcome = Outcome::default();
    match name {
        // How it ends is looked at elsewhere.
        "entry" => std::mem::forget(trial.loaded(&mut outcome)),
        "hooks" => trial.hooks(&mut outcome),
        "life" => trial.life(&mut outcome),
        "inputs" => trial.inputs(&mut outcome),
        "threads" => trial.threads(&mut outcome),
        "silence" => trial.silence(&mut outcome),
        "minimal-host" => trial.in_host(&hosts::minimal, &mut outcome),
        "old-host" => trial.in_host(&hosts::first, &mut outcome),
        "newer-host" => trial.newer(&mut outcome),
        "sizes" => trial.sizes(&mut outcome),
        "leftovers" => trial.leftovers(&mut outcome),
        _ => return None,
    }
    Some(outcome)
}

struct Trial {
    verified: Verified,
}

impl Trial {
    fn manifest(&self) -> &Manifest {
        &self.verified.manifest
    }

    fn load(&self) -> Result<Plugin, String> {
        Plugin::load(&self.verified).map_err(|error| whole(&error))
    }

    fn loaded(&self, outcome: &mut Outcome) -> Option<Plugin> {
        match self.load() {
            Ok(plugin) => Some(plugin),
            Err(why) => {
                outcome.problem(why);
                None
            }
        }
    }

    fn hooks(&self, outcome: &mut Outcome) {
        let Some(plugin) = self.loaded(outcome) else {
            return;
        };
        for id in [
            "",
            "deskhook.no.such/1",
            "deskhook.session.request/2",
            "org.example.own/1",
        ] {
            if !plugin.side(id).is_null() {
                outcome.problem(format!(
                    "get_extension answers {id:?}, which it cannot know: answer null"
                ));
            }
        }
        for hook in Hook::ALL {
            let id = format!("deskhook.{hook}/1");
            let (first, second) = (plugin.side(&id), plugin.side(&id));
            let is_listed = self.manifest().hooks.contains(&hook);
            if first != second {
                outcome.problem(format!(
                    "get_extension answers {id:?} with another struct each time: the answer is the same until destroy"
                ));
            }
            if !is_listed && !first.is_null() {
                outcome.note(format!(
                    "it hears {hook}, and the manifest does not list it: it is never called"
                ));
            }
        }
    }

    fn life(&self, outcome: &mut Outcome) {
        for life in 1..=LIVES {
            match self.load() {
                Ok(plugin) => self.call_each(&plugin, &unanswered()),
                Err(why) => return outcome.problem(format!("the {life}th time it is made: {why}")),
            }
        }
        let mut all: Vec<Plugin> = vec![];
        for number in 1..=AT_ONCE {
            match self.load() {
                Ok(plugin) => all.push(plugin),
                Err(why) => {
                    return outcome.problem(format!(
                        "with {} instances alive, the {number}th is not made: {why}",
                        number - 1
                    ));
                }
            }
        }
        // The first one goes first, while the others live.
        while !all.is_empty() {
            drop(all.remove(0));
            for plugin in &all {
                self.call_each(plugin, &unanswered());
            }
        }
    }

    /// Calls every hook once; what comes of it is looked at elsewhere.
    fn call_each(&self, plugin: &Plugin, host: &HostPort) {
        for hook in &self.manifest().hooks {
            if let Some(call) = inputs::of(*hook).into_iter().next() {
                let _ = plugin.call(&call.1, limit(*hook), host);
            }
        }
    }

    fn inputs(&self, outcome: &mut Outcome) {
        let Some(plugin) = self.loaded(outcome) else {
            return;
        };
        let host = answering();
        for hook in &self.manifest().hooks {
            for (kind, call) in inputs::of(*hook) {
                let begun = Instant::now();
                let answer = plugin.call(&call, limit(*hook), &host);
                let took = begun.elapsed();
                if took > SLOW {
                    outcome.problem(format!(
                        "{hook} with {kind} input took {} ms: the chain waits {} ms",
                        took.as_millis(),
                        limit(*hook).wall.as_millis()
                    ));
                }
                judge((*hook, kind), answer, outcome);
            }
        }
    }

    fn threads(&self, outcome: &mut Outcome) {
        let Some(plugin) = self.loaded(outcome) else {
            return;
        };
        for _ in 0..AT_ONCE {
            std::thread::scope(|scope| {
                scope.spawn(|| self.call_each(&plugin, &unanswered()));
            });
        }
        std::thread::scope(|scope| {
            for _ in 0..AT_ONCE {
                scope.spawn(|| {
                    for _ in 0..LIVES / 10 {
                        // What it comes to alone is looked at elsewhere.
                        if let Ok(plugin) = self.load() {
                            self.call_each(&plugin, &unanswered());
                        }
                    }
                });
            }
        });
    }

    fn silence(&self, outcome: &mut Outcome) {
        let Some(plugin) = self.loaded(outcome) else {
            return;
        };
        for host in [unanswered(), refusing()] {
            for hook in &self.manifest().hooks {
                for (kind, call) in inputs::of(*hook).into_iter().take(1) {
                    let answer = plugin.call(&call, limit(*hook), &host);
                    if let (Kind::Decide, Ok(Answer::Verdict(Verdict::Allow))) =
                        (hook.kind(), &answer)
                    {
                        outcome.note(format!(
                            "{hook} allows where the host answers nothing: is what it asks for of no weight?"
                        ));
                    }
                    judge((*hook, kind), answer, outcome);
                }
            }
        }
        outcome.notes.dedup();
    }

    fn in_host(&self, host: &hosts::Make, outcome: &mut Outcome) {
        match Plugin::load_in(&self.verified, host) {
            Ok(plugin) => {
                for hook in &self.manifest().hooks {
                    for (kind, call) in inputs::of(*hook).into_iter().take(2) {
                        judge(
                            (*hook, kind),
                            plugin.call(&call, limit(*hook), &unanswered()),
                            outcome,
                        );
                    }
                }
            }
            Err(crate::LoadError::Refused(why)) if why.is_empty() => {
                outcome.problem(
                    "create answers null and does not say why: write a sentence to `error`",
                );
            }
            Err(crate::LoadError::Refused(why)) => {
                outcome.note(format!("it does not start here, and says so: {why}"));
            }
            Err(error) => outcome.problem(whole(&error)),
        }
    }

    fn newer(&self, outcome: &mut Outcome) {
        match Plugin::load_in(&self.verified, &hosts::later) {
            Ok(plugin) => {
                let plugin = plugin.with_sizes(Sizes::Longer);
                for hook in &self.manifest().hooks {
                    for (kind, call) in inputs::of(*hook) {
                        let answer = plugin.call(&call, limit(*hook), &answering());
                        judge((*hook, kind), answer, outcome);
                    }
                }
            }
            Err(error) => outcome.problem(format!(
                "a later host of the same major version: {}",
                whole(&error)
            )),
        }
    }

    fn sizes(&self, outcome: &mut Outcome) {
        let Some(plugin) = self.loaded(outcome) else {
            return;
        };
        let plugin = plugin.with_sizes(Sizes::Nothing);
        for hook in self
            .manifest()
            .hooks
            .iter()
            .filter(|hook| hook.kind() == Kind::Decide)
        {
            for (_, call) in inputs::of(*hook).into_iter().take(2) {
                let answer = plugin.call(&call, limit(*hook), &answering());
                if matches!(answer, Ok(Answer::Verdict(Verdict::Allow))) {
                    outcome.note(format!(
                        "{hook} allows with an input of size 0: look at `struct_size` before any field"
                    ));
                }
            }
        }
        outcome.notes.dedup();
    }

    fn leftovers(&self, outcome: &mut Outcome) {
        // What a library starts once for the whole process was started by the first.
        if let Ok(plugin) = self.load() {
            self.call_each(&plugin, &answering());
        }
        let Some(before) = threads() else {
            return outcome.note("threads cannot be counted on this system");
        };
        for _ in 0..AT_ONCE {
            if let Some(plugin) = self.loaded(outcome) {
                self.call_each(&plugin, &answering());
            }
        }
        let after = threads().unwrap_or(before);
        if after > before {
            outcome.problem(format!(
                "{} threads run after destroy that did not run before create: end them in destroy",
                after - before
            ));
        }
    }
}

/// Threads of this process; none where that cannot be told.
fn threads() -> Option<usize> {
    // The answering host's own thread ends a moment after its last port.
    std::thread::sleep(Duration::from_millis(100));
    Some(std::fs::read_dir("/proc/self/task").ok()?.count())
}

fn limit(hook: Hook) -> Limit {
    Limit::of(hook, 0)
}

/// Whether what came of a call is something that a host can work with.
fn judge((hook, kind): (Hook, &str), answer: Result<Answer, Fault>, outcome: &mut Outcome) {
    match answer {
        Ok(_) => {}
        Err(Fault::Failed { message, .. }) if message.contains("did not say why") => outcome
            .problem(format!(
                "{hook} with {kind} input: {message}; write a sentence to `error`"
            )),
        Err(Fault::Failed { message, .. }) => {
            outcome.note(format!(
                "{hook} with {kind} input fails and says: {message}"
            ));
        }
        Err(fault) => outcome.problem(format!("{hook} with {kind} input: {fault}")),
    }
}
