use deskhook_hooks::{
    AddressReported, Body, Call, ClientExited, ElevationFinished, Hook, SessionEnded,
    SessionStarted,
};
use deskhook_session::{AskOutcome, ElevationOutcome, Observation, Reason, SessionId};
use deskhook_wire::AskOutcomeShape;

use crate::chains::{self, Chains};

/// The call that an observation becomes; `started` is when the session began, RFC 3339.
pub(crate) fn call(chains: &Chains, started: &str, observation: Observation) -> Call {
    let (hook, body) = given(chains, started, observation);
    chains.call(hook, body)
}

fn given(chains: &Chains, started: &str, observation: Observation) -> (Hook, Body) {
    let started = started.to_owned();
    match observation {
        Observation::AddressReported { address, client } => {
            let address = address.to_string();
            (
                Hook::AddressReported,
                AddressReported { address, client }.into(),
            )
        }
        Observation::SessionStarted {
            session: SessionId(session),
            supporter,
            client,
        } => {
            let supporter = Some(chains::supporter_input(&supporter));
            let body = SessionStarted {
                session,
                supporter,
                client,
                started,
            };
            (Hook::SessionStarted, body.into())
        }
        Observation::SessionEnded {
            session: SessionId(session),
            supporter,
            client,
            outcome,
            seconds,
        } => {
            let supporter = supporter.as_ref().map(chains::supporter_input);
            let (outcome, ended) = (outcome.word().to_owned(), chains.context().now);
            let body = SessionEnded {
                session,
                supporter,
                client,
                started,
                ended,
                outcome,
                seconds,
            };
            (Hook::SessionEnded, body.into())
        }
        Observation::ClientExited {
            client,
            code,
            signal,
        } => (
            Hook::ClientExited,
            ClientExited {
                client,
                code,
                signal,
            }
            .into(),
        ),
        Observation::ElevationFinished {
            session: SessionId(session),
            outcome,
            program,
        } => {
            let outcome = outcome.to_owned();
            (
                Hook::ElevationFinished,
                ElevationFinished {
                    session,
                    outcome,
                    program,
                }
                .into(),
            )
        }
    }
}

/// What became of a portal's request, as it goes to the portal.
pub(crate) fn outcome_shape(outcome: AskOutcome) -> AskOutcomeShape {
    let shapes = |reasons: Vec<Reason>| reasons.iter().map(Into::into).collect();
    match outcome {
        AskOutcome::Joined => AskOutcomeShape::Joined,
        AskOutcome::Refused(reasons) => AskOutcomeShape::Refused {
            reasons: shapes(reasons),
        },
        AskOutcome::Disconnected => AskOutcomeShape::Disconnected,
        AskOutcome::Elevation(elevation) => {
            let result = elevation.word().to_owned();
            let (code, reasons) = match elevation {
                ElevationOutcome::Granted { code } => (Some(code), vec![]),
                ElevationOutcome::Denied(reasons) => (None, reasons),
                ElevationOutcome::Failed(reason) => (None, vec![reason]),
                ElevationOutcome::Expired => (None, vec![]),
            };
            AskOutcomeShape::Elevation {
                result,
                code,
                reasons: shapes(reasons),
            }
        }
    }
}
