use std::sync::{Arc, mpsc};

use deskhook_policy::{Binding, ExtensionPolicy};
use deskhook_session::{Judgement, Verdict};

use crate::lane::Lane;
use crate::{
    Answer, Call, Extension, ExtensionKind, Fault, Hook, HostPort, HostQuestion, Limit, Timing,
};

/// When an extension is heard: the built-in checks first, then the organisation's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Deskhook's own checks.
    BuiltIn,
    /// Packages and plugins.
    Organisation,
}

/// An extension, and what the organisation's policy makes of it.
#[derive(Clone)]
pub struct Bound {
    /// The extension.
    pub extension: Arc<dyn Extension>,
    /// Binding, priority, budget.
    pub policy: ExtensionPolicy,
}

/// The extensions of one generation, in the order in which they are heard: phase, then
/// priority, then name. Every call blocks; none longer than the largest limit plus 250 ms.
pub struct Chain {
    links: Vec<Link>,
}

struct Link {
    lane: Lane,
    policy: ExtensionPolicy,
}

/// One link's state, for `doctor` and the portal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// The extension's name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it is made of.
    pub kind: ExtensionKind,
    /// Faults in a row of one hook, the one that has most; at 3 it is no longer called.
    pub faults: u32,
}

/// What a hook of kind `transform` made of its input.
#[derive(Clone, Debug, PartialEq)]
pub struct Folded<S> {
    /// The result.
    pub state: S,
    /// Who changed it, in order.
    pub changed_by: Vec<String>,
    /// The patches that were dropped: who, and why.
    pub dropped: Vec<(String, String)>,
}

impl Chain {
    /// Puts the extensions in order and gives each its thread; their questions to the host go
    /// to `questions`.
    pub fn new(extensions: Vec<Bound>, questions: &mpsc::Sender<HostQuestion>) -> Self {
        let mut links: Vec<Link> = extensions
            .into_iter()
            .filter(|bound| bound.policy.enabled)
            .map(|bound| {
                let port = HostPort::new(&bound.extension.about().name, questions.clone());
                Link {
                    lane: Lane::spawn(bound.extension, port),
                    policy: bound.policy,
                }
            })
            .collect();
        links.sort_by_key(|link| {
            let about = link.lane.extension().about();
            (phase(about.kind), link.policy.priority, about.name.clone())
        });
        Self { links }
    }

    /// The extensions' state, in order.
    pub fn health(&self) -> Vec<Health> {
        let state = |link: &Link| {
            let about = link.lane.extension().about();
            let faults = link.lane.faults();
            Health {
                name: about.name.clone(),
                version: about.version.clone(),
                kind: about.kind,
                faults,
            }
        };
        self.links.iter().map(state).collect()
    }

    /// The names of those that hear `hook`, in order.
    pub fn listeners(&self, hook: Hook) -> Vec<&str> {
        self.hearing(hook).map(Link::name).collect()
    }

    /// How the calls of `hook` went, of each that hears it, in order.
    pub fn timings(&self, hook: Hook) -> Vec<(String, Timing)> {
        let timing = |link: &Link| (link.name().to_owned(), link.lane.timing(hook));
        self.hearing(hook).map(timing).collect()
    }

    /// Runs a hook of kind `decide`: all at once, every voice kept, in order. A failure is a
    /// denial with its reason, or a note where the organisation bound the handler as optional.
    pub fn decide(&self, call: Call) -> Vec<Judgement> {
        let call = Arc::new(call);
        let begun: Vec<_> = self
            .hearing(call.hook)
            .map(|link| (link, link.begin(&call)))
            .collect();
        let judge = |(link, pending): (&Link, _)| {
            let (result, micros) = link.lane.finish(pending);
            link.judgement(result, micros)
        };
        begun.into_iter().map(judge).collect()
    }

    /// Runs a hook of kind `transform`: each is given what those before it made; `apply` checks
    /// and applies one answer, or says why it is dropped.
    pub fn fold<S>(
        &self,
        state: S,
        to_call: impl Fn(&S) -> Call,
        apply: impl Fn(&S, &Answer) -> Result<S, String>,
    ) -> Folded<S> {
        let mut folded = Folded {
            state,
            changed_by: vec![],
            dropped: vec![],
        };
        let hook = to_call(&folded.state).hook;
        for link in self.hearing(hook) {
            let pending = link.begin(&Arc::new(to_call(&folded.state)));
            let (result, _) = link.lane.finish(pending);
            let patched = match result {
                Ok(Answer::Nothing) => continue,
                Ok(answer) => apply(&folded.state, &answer),
                Err(fault) => Err(fault.to_string()),
            };
            match patched {
                Ok(state) => {
                    folded.state = state;
                    folded.changed_by.push(link.name().to_owned());
                }
                Err(why) => folded.dropped.push((link.name().to_owned(), why)),
            }
        }
        folded
    }

    /// Runs a hook of kind `provide`: the first value, and who gave it.
    pub fn provide(&self, call: Call) -> Option<(String, String)> {
        let call = Arc::new(call);
        self.hearing(call.hook)
            .find_map(|link| match link.lane.finish(link.begin(&call)).0 {
                Ok(Answer::Value(value)) => Some((link.name().to_owned(), value)),
                _ => None,
            })
    }

    /// Runs a hook of kind `observe`: all at once; answers and failures by name.
    pub fn observe(&self, call: Call) -> Vec<(String, Result<Answer, Fault>)> {
        let call = Arc::new(call);
        let begun: Vec<_> = self
            .hearing(call.hook)
            .map(|link| (link, link.begin(&call)))
            .collect();
        let end =
            |(link, pending): (&Link, _)| (link.name().to_owned(), link.lane.finish(pending).0);
        begun.into_iter().map(end).collect()
    }

    /// Runs a hook of kind `observe` for one extension alone; nothing where it does not hear it, or
    /// is no longer called.
    pub fn observe_alone(&self, name: &str, call: Call) -> Option<Result<Answer, Fault>> {
        let mut hearing = self.hearing(call.hook);
        let link = hearing.find(|link| link.name() == name && !link.lane.is_quarantined())?;
        Some(link.lane.finish(link.begin(&Arc::new(call))).0)
    }

    /// Those that hear `timer`, and how many seconds they want between two calls.
    pub fn timers(&self) -> Vec<(String, u32)> {
        let timer = |link: &Link| {
            let about = link.lane.extension().about();
            let seconds = about.timer_seconds?;
            Some((about.name.clone(), seconds))
        };
        self.hearing(Hook::Timer).filter_map(timer).collect()
    }

    fn hearing(&self, hook: Hook) -> impl Iterator<Item = &Link> {
        self.links
            .iter()
            .filter(move |link| link.lane.extension().about().hooks.contains(&hook))
    }
}

impl Link {
    fn name(&self) -> &str {
        &self.lane.extension().about().name
    }

    fn begin(&self, call: &Arc<Call>) -> crate::lane::Pending {
        self.lane
            .begin(call, Limit::of(call.hook, self.policy.budget))
    }

    fn judgement(&self, result: Result<Answer, Fault>, micros: u64) -> Judgement {
        let by = self.name().to_owned();
        let failed = |message: String| match self.policy.binding {
            Binding::Required => {
                let message = format!("The check \"{by}\" failed, so the answer is no: {message}.");
                (
                    Some(Verdict::Deny {
                        code: "check-failed".to_owned(),
                        message,
                    }),
                    None,
                )
            }
            Binding::Optional => (None, Some(format!("optional check failed: {message}"))),
        };
        let (verdict, note) = match result {
            Ok(Answer::Verdict(verdict)) => (Some(verdict), None),
            Ok(Answer::Nothing) => (None, None),
            Ok(Answer::Note(note)) => (None, Some(note)),
            Ok(_) => failed("it answered something that is no verdict".to_owned()),
            Err(fault) => failed(fault.to_string()),
        };
        Judgement {
            by,
            verdict,
            note,
            micros,
        }
    }
}

fn phase(kind: ExtensionKind) -> Phase {
    if kind == ExtensionKind::BuiltIn {
        Phase::BuiltIn
    } else {
        Phase::Organisation
    }
}

#[cfg(test)]
mod tests;
