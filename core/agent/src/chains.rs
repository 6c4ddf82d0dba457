use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use deskhook_hooks::{
    Answer, Call, Chain, ConsentPrompt, Context, Dropped, ElevationRequest, ExtensionRequest,
    Fault, Hook, Provenance, Provided, SessionJoin, SessionRequest, Setting, SupporterInput,
};
use deskhook_session::{ElevationAsk, Inquiry, JoinAsk, Judgement, Request, Supporter, Verdict};
use jiff::Zoned;

use crate::{AboutDevice, AboutPerson};

/// The current generation of extensions, and what every call of a hook is told.
///
/// A session that has begun keeps the chain that it began with: the loop holds on to it.
#[derive(Clone)]
pub(crate) struct Chains {
    inner: Arc<Inner>,
}

struct Inner {
    chain: Mutex<Arc<Chain>>,
    policy_version: Mutex<String>,
    /// What the last run of each hook of kind `transform` or `provide` came from, in this generation.
    provenance: Mutex<BTreeMap<Hook, Provenance>>,
    device: Arc<AboutDevice>,
    person: Arc<AboutPerson>,
}

impl Chains {
    pub(crate) fn new(chain: Chain, device: Arc<AboutDevice>, person: Arc<AboutPerson>) -> Self {
        let (chain, policy_version) = (Mutex::new(Arc::new(chain)), Mutex::default());
        Self {
            inner: Arc::new(Inner {
                chain,
                policy_version,
                provenance: Mutex::default(),
                device,
                person,
            }),
        }
    }

    /// The device and the person, which stay the same for an agent's life.
    pub(crate) fn about(&self) -> (Arc<AboutDevice>, Arc<AboutPerson>) {
        let Inner { device, person, .. } = self.inner.as_ref();
        (Arc::clone(device), Arc::clone(person))
    }

    pub(crate) fn current(&self) -> Arc<Chain> {
        self.inner
            .chain
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn replace(&self, chain: Chain) {
        let old = {
            let current = self.inner.chain.lock();
            let mut current = current.unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *current, Arc::new(chain))
        };
        // The last one to have it may wait for a child to end, which the loop has no time for.
        drop(tokio::task::spawn_blocking(move || drop(old)));
        self.last_runs().clear();
    }

    /// What the last run of a hook of kind `transform` or `provide` came from; none where it has not
    /// run in this generation.
    pub(crate) fn provenance(&self, hook: Hook) -> Option<Provenance> {
        self.last_runs().get(&hook).cloned()
    }

    /// Keeps what a run came from, and logs what is new about it: dropped answers, and fields that
    /// two packages set.
    pub(crate) fn remember(&self, hook: Hook, now: &Provenance) {
        let before = self.last_runs().insert(hook, now.clone());
        let before = before.unwrap_or_default();
        let is_new = |dropped: &&Dropped| !before.dropped.contains(dropped);
        for Dropped { by, why } in now.dropped.iter().filter(is_new) {
            tracing::warn!(package = by, %hook, why, "an answer was dropped");
        }
        let overrode = now.set_by.iter().filter(|one| !one.overrode.is_empty());
        for one in overrode.filter(|one| !before.set_by.contains(one)) {
            let (field, by, overrode) = (&one.field, &one.by, one.overrode.join(", "));
            // Names beside an address are chosen by each author alone: two of a name are a clash.
            if matches!(hook, Hook::AddressReport | Hook::StateCollect) {
                tracing::warn!(%hook, field, by, overrode, "two packages report one field");
            } else {
                tracing::info!(%hook, field, by, overrode, "a field is set by more than one package");
            }
        }
    }

    /// Keeps who gave a value, and who was passed over.
    pub(crate) fn remember_given<T>(&self, hook: Hook, provided: &Provided<T>) {
        let setting = |(by, _): &(String, T)| Setting {
            field: "value".to_owned(),
            by: by.clone(),
            overrode: vec![],
        };
        let provenance = Provenance {
            set_by: provided.given.iter().map(setting).collect(),
            dropped: provided.dropped.clone(),
        };
        self.remember(hook, &provenance);
    }

    fn last_runs(&self) -> std::sync::MutexGuard<'_, BTreeMap<Hook, Provenance>> {
        let runs = self.inner.provenance.lock();
        runs.unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn policy_is(&self, version: &str) {
        version.clone_into(
            &mut self
                .inner
                .policy_version
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        );
    }

    /// What every hook is given, now.
    pub(crate) fn context(&self) -> Context {
        Context {
            now: Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string(),
            device: self.inner.device.input(),
            person: self.inner.person.input(),
            policy_version: self
                .inner
                .policy_version
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        }
    }

    pub(crate) fn call(&self, hook: Hook, body: impl Into<deskhook_hooks::Body>) -> Call {
        Call::new(hook, self.context(), body)
    }
}

/// Runs a hook of kind `decide`. A task that cannot be run denies.
pub(crate) async fn decide(chain: Arc<Chain>, call: Call) -> Vec<Judgement> {
    let hook = call.hook;
    let run = tokio::task::spawn_blocking(move || {
        let judgements = chain.decide(call);
        for Judgement { by, verdict, .. } in &judgements {
            if let Some(Verdict::Deny { code, message }) = verdict
                && code == "check-failed"
            {
                tracing::warn!(package = by, %hook, message, "a check failed");
            }
        }
        judgements
    });
    run.await.unwrap_or_else(|_| {
        let verdict = Verdict::Deny {
            code: "check-failed".to_owned(),
            message: "The checks could not be run, so the answer is no.".to_owned(),
        };
        vec![Judgement {
            by: "deskhook".to_owned(),
            verdict: Some(verdict),
            note: None,
            micros: 0,
        }]
    })
}

/// Runs a hook of kind `observe`: it is on its way, behind what was told before, when this returns.
/// Failures go to the log, requests come back.
pub(crate) fn observe(
    chain: Arc<Chain>,
    call: Call,
) -> impl Future<Output = Vec<(String, Request)>> + Send + 'static {
    let hook = call.hook;
    let told = chain.tell(call);
    async move {
        let answers = tokio::task::spawn_blocking(move || told.answers()).await;
        requests(hook, answers.unwrap_or_default())
    }
}

/// The same for one extension alone.
pub(crate) async fn observe_alone(
    chain: Arc<Chain>,
    name: String,
    call: Call,
) -> Vec<(String, Request)> {
    let hook = call.hook;
    let run = tokio::task::spawn_blocking(move || {
        let answer = chain.observe_alone(&name, call);
        answer.map(|answer| (name, answer))
    });
    let answer = run.await.ok().flatten();
    requests(hook, answer.into_iter().collect())
}

fn requests(hook: Hook, answers: Vec<(String, Result<Answer, Fault>)>) -> Vec<(String, Request)> {
    let mut requests = vec![];
    for (name, answer) in answers {
        match answer {
            Ok(Answer::Requests(asked)) => {
                requests.extend(
                    asked
                        .into_iter()
                        .map(|request| (name.clone(), to_request(request))),
                );
            }
            Ok(_) => {}
            Err(fault) => tracing::warn!(package = name, %hook, %fault, "a hook failed"),
        }
    }
    requests
}

pub(crate) fn supporter_input(supporter: &Supporter) -> SupporterInput {
    SupporterInput {
        name: supporter.name.clone(),
        organisation: supporter.organisation.clone(),
        verified: supporter.verified,
    }
}

pub(crate) fn session_request(inquiry: &Inquiry) -> SessionRequest {
    SessionRequest {
        reason: inquiry.reason.clone(),
        ticket: inquiry.ticket.clone(),
        origin: inquiry.origin.word().to_owned(),
        client: inquiry.client.clone(),
    }
}

pub(crate) fn session_join(session: &str, join: &JoinAsk, address: Option<String>) -> SessionJoin {
    SessionJoin {
        session: session.to_owned(),
        supporter: supporter_input(&join.supporter),
        reason: join.reason.clone(),
        ticket: join.ticket.clone(),
        address,
        permissions: join.permissions.clone(),
    }
}

pub(crate) fn consent_prompt(join: &JoinAsk, timeout_seconds: u32) -> ConsentPrompt {
    ConsentPrompt {
        supporter: supporter_input(&join.supporter),
        reason: join.reason.clone(),
        ticket: join.ticket.clone(),
        permissions: join.permissions.clone(),
        timeout_seconds,
    }
}

pub(crate) fn elevation_request(session: &str, ask: &ElevationAsk) -> ElevationRequest {
    ElevationRequest {
        session: session.to_owned(),
        supporter: supporter_input(&ask.supporter),
        program: ask.program.clone(),
        arguments: ask.arguments.clone(),
        method: ask.method.word().to_owned(),
        reason: ask.reason.clone(),
        minutes: ask.minutes,
    }
}

pub(crate) fn to_request(request: ExtensionRequest) -> Request {
    match request {
        ExtensionRequest::StartSession { reason, ticket } => Request::Start {
            reason,
            ticket,
            client: None,
        },
        ExtensionRequest::StopSession {} => Request::Stop,
        ExtensionRequest::Notify { title, message } => Request::Notify { title, message },
        ExtensionRequest::RefreshTray {} => Request::RefreshTray,
    }
}
