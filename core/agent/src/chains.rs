use std::sync::{Arc, Mutex, PoisonError};

use deskhook_hooks::{
    Answer, Call, Chain, ConsentPrompt, Context, ElevationRequest, ExtensionRequest, Fault, Hook,
    SessionJoin, SessionRequest, SupporterInput,
};
use deskhook_session::{
    ElevationAsk, Inquiry, JoinAsk, Judgement, Prompt, PromptField, Request, Supporter,
};
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
        *self
            .inner
            .chain
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(chain);
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
    let run = tokio::task::spawn_blocking(move || chain.decide(call));
    run.await.unwrap_or_else(|_| {
        let verdict = deskhook_session::Verdict::Deny {
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

/// Runs a hook of kind `observe`; failures go to the log, requests come back.
pub(crate) async fn observe(chain: Arc<Chain>, call: Call) -> Vec<(String, Request)> {
    let hook = call.hook;
    let answers = tokio::task::spawn_blocking(move || chain.observe(call)).await;
    requests(hook, answers.unwrap_or_default())
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

/// Runs a hook of kind `provide`: who gave what; failures go to the log.
pub(crate) async fn provide(chain: Arc<Chain>, call: Call) -> Option<(String, String)> {
    let hook = call.hook;
    let failed = move |package: &str, fault: &Fault| {
        tracing::warn!(package, %hook, %fault, "a hook failed");
    };
    let run = tokio::task::spawn_blocking(move || chain.provide_telling(call, failed));
    run.await.ok().flatten()
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

/// Runs the `consent.prompt` hooks over the words so far.
pub(crate) async fn phrase(chain: Arc<Chain>, call: Call, prompt: Prompt) -> Prompt {
    let unchanged = prompt.clone();
    let run = tokio::task::spawn_blocking(move || {
        chain.fold(
            prompt,
            |_| call.clone(),
            |prompt, answer| {
                let Answer::Consent(patch) = answer else {
                    return Err("the answer is no consent patch".to_owned());
                };
                let mut prompt = prompt.clone();
                prompt.title = patch.title.clone().or(prompt.title);
                prompt.message = patch.message.clone().or(prompt.message);
                let field = |field: &deskhook_hooks::ConsentField| PromptField {
                    id: field.id.clone(),
                    label: field.label.clone(),
                };
                prompt.fields.extend(patch.fields.iter().map(field));
                Ok(prompt)
            },
        )
    });
    let Ok(folded) = run.await else {
        return unchanged;
    };
    for (package, why) in folded.dropped {
        tracing::warn!(package, why, "a patch of the consent was dropped");
    }
    folded.state
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
