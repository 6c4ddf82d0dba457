use std::sync::Arc;

use deskhook_client::{Desktop, Places};
use deskhook_elevation::elevate;
use deskhook_hooks::{AddressReport, Chain, Hook, MenuClick};
use deskhook_policy::Address;
use deskhook_session::{
    AskId, AskOutcome, Clearance, Effect, ElevationAsk, ElevationPermit, Event, Inquiry, JoinAsk,
    Judgement, Observation, Origin, Prompt, Reason, Request, SessionId, Verdict,
};
use deskhook_wire::Report;
use tokio::task::JoinHandle;

use crate::agent::Loop;
use crate::chains::{self};
use crate::courier::News;
use crate::launch::Launching;
use crate::{Errand, Wake, folds, observation};

impl Loop {
    /// Does what the session wants done. Nothing here waits but for the record, which is on disk
    /// before anything follows from it: whatever else takes time goes on in a task and answers with
    /// a wake.
    pub(crate) fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::RunChecks(inquiry) => self.run_checks(inquiry),
            Effect::Launch(clearance) => self.launch(clearance),
            Effect::Report {
                session,
                address,
                client,
            } => self.report_address(session, address, client),
            Effect::JudgeJoin { session, join } => self.judge_join(session, &join),
            Effect::PhraseConsent {
                session,
                join,
                prompt,
                timeout_seconds,
            } => {
                self.phrase_consent(session, &join, (prompt, timeout_seconds));
            }
            Effect::JudgeElevation { session, elevation } => {
                self.judge_elevation(session, &elevation);
            }
            Effect::Elevate(permit) => self.elevate(permit),
            Effect::StopElevation(session) => {
                let running = self.elevation.take_if(|(of, _)| *of == session);
                if let Some((_, task)) = running {
                    // The program ends with its leash.
                    task.abort();
                }
            }
            Effect::StopClient(session) => self.stop_client(&session),
            Effect::Tell(notice) => self.tell(notice),
            Effect::Reply { ask, outcome } => self.reply(ask, outcome),
            Effect::Observe(observation) => self.observe(observation),
            Effect::Record(entry) => self.records.append(entry),
            Effect::Click { item } => self.click(item),
            Effect::Copy(address) => self.errand(Errand::Copy(address)),
            Effect::RefreshMenu => self.shown.menu_is_stale = true,
        }
    }

    fn run_checks(&mut self, inquiry: Inquiry) {
        // The session keeps this generation until it ends.
        let chain = self.chains.current();
        self.session_chain = Some(Arc::clone(&chain));
        let call = self
            .chains
            .call(Hook::SessionRequest, chains::session_request(&inquiry));
        let missing = self.missing_checks(&chain);
        let (session, wakes) = (inquiry.session, self.wakes.clone());
        self.answer(async move {
            let mut judgements = chains::decide(chain, call).await;
            judgements.extend(missing);
            // Voices are for the surfaces; the decision goes the way of the event.
            let voices = Wake::Voices {
                session: session.clone(),
                checks: judgements.iter().map(Into::into).collect(),
            };
            let _ = wakes.send(voices).await;
            Event::Checked {
                session,
                judgements,
            }
        });
    }

    /// A required check that does not run is a no.
    fn missing_checks(&self, chain: &Chain) -> Vec<Judgement> {
        let missing = crate::extensions::missing(&self.policy, &self.rejected, chain);
        // Why stands in the status and in the log: it says nothing to the person.
        let judge = |(name, _): (String, String)| {
            denied(Reason {
                code: "check-missing".to_owned(),
                message: format!(
                    "The check \"{name}\" of your organisation does not run. Please tell your support desk."
                ),
                by: name,
            })
        };
        missing.into_iter().map(judge).collect()
    }

    fn launch(&mut self, clearance: Clearance) {
        let session = clearance.session().clone();
        let places = Places {
            state: self.config.state.clone(),
            own_program: self.config.executable.clone(),
        };
        let mut desktop = Desktop::of_environment();
        if let Some(display) = &self.config.display {
            desktop = desktop.with_display(display);
        }
        let (chains, chain, wakes) = (self.chains.clone(), self.chain(), self.wakes.clone());
        let (stopper, task) = Launching {
            clearance,
            places,
            plugin_data: self.config.extensions.plugin_data(),
            desktop,
            chains,
            chain,
            wakes,
        }
        .spawn();
        self.clients.insert(session, (stopper, task));
        self.shown.clients_running += 1;
    }

    fn stop_client(&mut self, session: &SessionId) {
        let Some((stopper, task)) = self.clients.remove(session) else {
            return;
        };
        // A client that is gone already hears nothing.
        let _ = stopper.send(());
        self.ending.push(task);
    }

    fn report_address(&mut self, session: SessionId, address: Address, client: String) {
        let spec = self.policy.clients.iter().find(|spec| spec.name == client);
        let link = spec.map(|spec| spec.link.to(&address)).unwrap_or_default();
        let Some(courier) = self.courier.clone() else {
            return;
        };
        let body = AddressReport {
            address: address.to_string(),
            client: client.clone(),
        };
        let (chain, chains) = (self.chain(), self.chains.clone());
        let call = chains.call(Hook::AddressReport, body);
        tokio::spawn(async move {
            let fields = folds::fields(&chains, chain, call).await;
            let report = Report::Address {
                session: session.0.clone(),
                client,
                address,
                link,
                fields,
            };
            courier.send(report, News::AddressOf(session));
        });
    }

    fn judge_join(&self, session: SessionId, join: &JoinAsk) {
        let address = self
            .session
            .view()
            .address
            .map(|address| address.to_string());
        let call = self.chains.call(
            Hook::SessionJoin,
            chains::session_join(&session.0, join, address),
        );
        let chain = self.chain();
        self.answer(async move {
            let judgements = chains::decide(chain, call).await;
            Event::JoinJudged {
                session,
                judgements,
            }
        });
    }

    fn phrase_consent(&self, session: SessionId, join: &JoinAsk, (prompt, seconds): (Prompt, u32)) {
        let call = self
            .chains
            .call(Hook::ConsentPrompt, chains::consent_prompt(join, seconds));
        let (chain, chains) = (self.chain(), self.chains.clone());
        self.answer(async move {
            let prompt = folds::prompt(&chains, chain, (call, prompt)).await;
            Event::ConsentPhrased { session, prompt }
        });
    }

    fn judge_elevation(&self, session: SessionId, ask: &ElevationAsk) {
        let call = self.chains.call(
            Hook::ElevationRequest,
            chains::elevation_request(&session.0, ask),
        );
        let (chain, ways, ask) = (self.chain(), self.ways.clone(), ask.ask.clone());
        self.answer(async move {
            let mut judgements = chains::decide(chain, call).await;
            // Nobody is asked for what cannot be.
            let obstacle = tokio::task::spawn_blocking(move || ways.obstacle()).await;
            judgements.extend(obstacle.ok().flatten().map(denied));
            Event::ElevationJudged {
                session,
                ask,
                judgements,
            }
        });
    }

    fn elevate(&mut self, permit: ElevationPermit) {
        let (session, ask) = (permit.session().clone(), permit.ask().ask.clone());
        let (ways, whose) = (self.ways.clone(), session.clone());
        let task = self.answer(async move {
            let outcome = elevate(permit, &ways).await;
            Event::Elevated {
                session,
                ask,
                outcome,
            }
        });
        self.elevation = Some((whose, task));
    }

    fn observe(&mut self, observation: Observation) {
        let call = observation::call(&self.chains, &self.started_at, observation);
        self.tell_all(self.chain(), call);
    }

    /// Runs a hook that observes, and asks for what its answers request.
    fn tell_all(&self, chain: Arc<Chain>, call: deskhook_hooks::Call) {
        let (told, wakes) = (chains::observe(chain, call), self.wakes.clone());
        tokio::spawn(async move { request_all(told.await, &wakes).await });
    }

    fn click(&mut self, item: String) {
        use deskhook_hooks::ItemKind;
        let Some(found) = self.shown.menu.find(&item).cloned() else {
            return;
        };
        match found.kind {
            ItemKind::Start => self.ask(Request::Start {
                reason: None,
                ticket: None,
                client: None,
            }),
            ItemKind::Stop => self.ask(Request::Stop),
            ItemKind::Address => self.ask(Request::CopyAddress),
            ItemKind::Link => self.errand(Errand::Open(found.target.unwrap_or_default())),
            ItemKind::About => self.errand(Errand::About),
            ItemKind::Question => self.errand(Errand::Ask),
            ItemKind::Item => {
                let call = self.chains.call(Hook::MenuClick, MenuClick { item });
                self.tell_all(self.chains.current(), call);
            }
            ItemKind::Quit => self.quit(),
            ItemKind::Label | ItemKind::Separator | ItemKind::Submenu => {}
        }
    }

    fn reply(&self, ask: AskId, outcome: AskOutcome) {
        let Some(courier) = &self.courier else { return };
        let reply = Report::Reply {
            order: ask.0,
            outcome: observation::outcome_shape(outcome),
        };
        courier.send(reply, News::None);
    }

    /// The chain of the session under way, else the current one.
    fn chain(&self) -> Arc<Chain> {
        self.session_chain
            .clone()
            .unwrap_or_else(|| self.chains.current())
    }

    fn ask(&mut self, request: Request) {
        self.take(Event::Requested {
            request,
            origin: Origin::Person,
        });
    }

    /// Runs a task whose end is an event.
    fn answer(&self, task: impl Future<Output = Event> + Send + 'static) -> JoinHandle<()> {
        let wakes = self.wakes.clone();
        tokio::spawn(async move {
            let event = task.await;
            // The loop is gone when the agent stopped meanwhile.
            let _ = wakes.send(Wake::Event(event)).await;
        })
    }
}

/// A voice against, with that reason.
fn denied(reason: Reason) -> Judgement {
    let Reason { code, message, by } = reason;
    Judgement {
        by,
        verdict: Some(Verdict::Deny { code, message }),
        note: None,
        micros: 0,
    }
}

/// Asks for what extensions want, in their names, now that they have heard what they were told.
pub(crate) async fn request_all(
    requests: Vec<(String, Request)>,
    wakes: &tokio::sync::mpsc::Sender<Wake>,
) {
    for (package, request) in requests {
        let event = Event::Requested {
            request,
            origin: Origin::Extension(package),
        };
        let _ = wakes.send(Wake::Event(event)).await;
    }
    let _ = wakes.send(Wake::Heard).await;
}
