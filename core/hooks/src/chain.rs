use std::sync::{Arc, mpsc};

use deskhook_policy::{Binding, ExtensionPolicy};
use deskhook_session::{Judgement, Verdict};

use crate::lane::{Lane, Pending};
use crate::provenance::Ledger;
use crate::{
    Answer, Call, Dropped, Extension, ExtensionKind, Fault, Folded, Grants, Hook, HostPort,
    HostQuestion, Limit, Provenance, Timing,
};

/// When an extension is heard: the built-in checks first, then the organisation's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Deskhook's own checks.
    BuiltIn,
    /// Packages and plugins.
    Organisation,
}

impl Phase {
    /// Of what is made of this.
    pub fn of(kind: ExtensionKind) -> Self {
        match kind {
            ExtensionKind::BuiltIn => Self::BuiltIn,
            ExtensionKind::Script | ExtensionKind::Plugin => Self::Organisation,
        }
    }
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
    /// Faults in a row of one hook, the one that has most.
    pub faults: u32,
    /// Whether it is called no more: after three of them in a row, those aside that it said of itself in a
    /// hook that observes; or after three within ten minutes that each cost a process or a state, whatever
    /// went well between them.
    pub quarantined: bool,
    /// The last fault, and in which hook, also where later calls went well.
    pub last_fault: Option<(Hook, Fault)>,
    /// Capabilities that its manifest asks for and of which the policy grants nothing.
    pub ungranted: Vec<String>,
    /// What whoever runs this machine should know of how it runs.
    pub remark: Option<String>,
}

impl Health {
    /// Whether it failed so often that it is called no more.
    pub fn is_quarantined(&self) -> bool {
        self.quarantined
    }
}

/// Who gives a value.
#[derive(Clone, Debug)]
pub struct Giver {
    /// What it is made of.
    pub kind: ExtensionKind,
    /// What it may use.
    pub grants: Grants,
}

/// What a hook of kind `provide` came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provided<T> {
    /// Who gave the value, and the value; none leaves it to what is built in.
    pub given: Option<(String, T)>,
    /// Who failed before, and why.
    pub dropped: Vec<Dropped>,
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
            (
                Phase::of(about.kind),
                link.policy.priority,
                about.name.clone(),
            )
        });
        Self { links }
    }

    /// Goes on counting the faults and calls of extensions that `before` has too, of the same files and
    /// bound in the same way: what becomes of one is no pardon for the others.
    pub fn go_on_from(&self, before: &Self) {
        for link in &self.links {
            let mut others = before.links.iter();
            if let Some(other) = others.find(|other| link.goes_on(other)) {
                link.lane.go_on_from(&other.lane);
            }
        }
    }

    /// The extensions, in order.
    pub fn extensions(&self) -> impl Iterator<Item = &Arc<dyn Extension>> {
        self.links.iter().map(|link| link.lane.shared())
    }

    /// The extensions' state, in order.
    pub fn health(&self) -> Vec<Health> {
        let state = |link: &Link| {
            let about = link.lane.extension().about();
            let (faults, last_fault) = (link.lane.faults(), link.lane.last_fault());
            let grants = link.grants();
            Health {
                name: about.name.clone(),
                version: about.version.clone(),
                kind: about.kind,
                faults,
                quarantined: link.lane.is_quarantined(),
                last_fault,
                ungranted: grants.ungranted().into_iter().map(str::to_owned).collect(),
                remark: link.lane.extension().remark().map(str::to_owned),
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
        mut state: S,
        to_call: impl Fn(&S) -> Call,
        apply: impl Fn(&S, &Answer) -> Result<S, String>,
    ) -> Folded<S> {
        let (mut ledger, mut dropped) = (Ledger::default(), vec![]);
        let hook = to_call(&state).hook;
        for link in self.hearing(hook) {
            let pending = link.begin(&Arc::new(to_call(&state)));
            let (result, _) = link.lane.finish(pending);
            let patched = match result {
                Ok(Answer::Nothing) => continue,
                Ok(answer) => apply(&state, &answer).map(|state| (state, answer)),
                Err(fault) => Err(fault.to_string()),
            };
            match patched {
                Ok((next, answer)) => {
                    state = next;
                    ledger.note(link.name(), &answer);
                }
                Err(why) => dropped.push(link.dropped(why)),
            }
        }
        let set_by = ledger.settings();
        Folded {
            state,
            provenance: Provenance { set_by, dropped },
        }
    }

    /// Runs a hook of kind `provide`: the first value that `accept` takes, and who gave it. Whoever
    /// fails, or gives what is not taken, is passed over.
    pub fn provide<T>(
        &self,
        call: Call,
        accept: impl Fn(String) -> Result<T, String>,
    ) -> Provided<T> {
        self.provide_by(call, |_, value| accept(value))
    }

    /// The same where it matters who gives the value.
    pub fn provide_by<T>(
        &self,
        call: Call,
        accept: impl Fn(&Giver, String) -> Result<T, String>,
    ) -> Provided<T> {
        let (call, mut dropped) = (Arc::new(call), vec![]);
        for link in self.hearing(call.hook) {
            let value = match link.lane.finish(link.begin(&call)).0 {
                Ok(Answer::Nothing) => continue,
                Ok(Answer::Value(value)) => accept(&link.giver(), value),
                Ok(_) => Err("it answered something that is no value".to_owned()),
                Err(fault) => Err(fault.to_string()),
            };
            match value {
                Ok(value) => {
                    let given = Some((link.name().to_owned(), value));
                    return Provided { given, dropped };
                }
                Err(why) => dropped.push(link.dropped(why)),
            }
        }
        Provided {
            given: None,
            dropped,
        }
    }

    /// Puts a hook of kind `observe` on its way to all who hear it. Each extension hears what it is
    /// told in the order of these calls, and has at most 64 waiting: more are refused as busy.
    pub fn tell(self: &Arc<Self>, call: Call) -> Told {
        let (hook, call) = (call.hook, Arc::new(call));
        let hearing = self.links.iter().enumerate();
        let hearing = hearing.filter(|(_, link)| link.hears(hook));
        let begun = hearing.map(|(at, link)| (at, link.begin(&call))).collect();
        Told {
            chain: Arc::clone(self),
            begun,
        }
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
        self.links.iter().filter(move |link| link.hears(hook))
    }
}

/// A hook of kind `observe` that is on its way.
pub struct Told {
    chain: Arc<Chain>,
    /// Places in the chain, and the calls of those who stand there.
    begun: Vec<(usize, Pending)>,
}

impl Told {
    /// Waits for all; answers and failures by name.
    pub fn answers(self) -> Vec<(String, Result<Answer, Fault>)> {
        let Self { chain, begun } = self;
        let end = |(at, pending): (usize, Pending)| {
            let link = &chain.links[at];
            (link.name().to_owned(), link.lane.finish(pending).0)
        };
        begun.into_iter().map(end).collect()
    }
}

impl Link {
    fn hears(&self, hook: Hook) -> bool {
        self.lane.extension().about().hooks.contains(&hook)
    }

    /// Whether it is what the other one was.
    fn goes_on(&self, other: &Self) -> bool {
        let about = self.lane.extension().about();
        let is_same = about == other.lane.extension().about() && self.policy == other.policy;
        // What is built in has no files, and is made of policy.
        self.lane.is_of(other.lane.shared()) || is_same && !about.sha256.is_empty()
    }

    fn giver(&self) -> Giver {
        Giver {
            kind: self.lane.extension().about().kind,
            grants: self.grants(),
        }
    }

    /// What it may use.
    fn grants(&self) -> Grants {
        let about = self.lane.extension().about();
        Grants::new(&about.capabilities, &self.policy.capabilities)
    }

    fn dropped(&self, why: String) -> Dropped {
        let by = self.name().to_owned();
        Dropped { by, why }
    }

    fn name(&self) -> &str {
        &self.lane.extension().about().name
    }

    fn begin(&self, call: &Arc<Call>) -> Pending {
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

#[cfg(test)]
mod tests;
