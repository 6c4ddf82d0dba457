use deskhook_hooks::{
    AddressReported, Call, ClientExited, ElevationFinished, Hook, SessionEnded, SessionStarted,
};
use deskhook_session::{
    AskOutcome, ElevationOutcome, Observation, Outcome, Reason, SessionId, Supporter,
};
use deskhook_wire::AskOutcomeShape;

use crate::chains::{self, Chains};

/// The call that an observation becomes; `started` is when the session began, RFC 3339.
pub(crate) fn call(chains: &Chains, started: &str, observation: Observation) -> Call {
    match observation {
        Observation::AddressReported { address, client } => {
            let address = address.to_string();
            chains.call(Hook::AddressReported, AddressReported { address, client })
        }
        Observation::SessionStarted {
            session,
            supporter,
            client,
        } => {
            let supporter = Some(chains::supporter_input(&supporter));
            let (session, started) = (session.0, started.to_owned());
            chains.call(
                Hook::SessionStarted,
                SessionStarted {
                    session,
                    supporter,
                    client,
                    started,
                },
            )
        }
        Observation::SessionEnded {
            session,
            supporter,
            client,
            outcome,
            seconds,
        } => ended(
            chains,
            started,
            Ended {
                session,
                supporter,
                client,
                outcome,
                seconds,
            },
        ),
        Observation::ClientExited {
            client,
            code,
            signal,
        } => chains.call(
            Hook::ClientExited,
            ClientExited {
                client,
                code,
                signal,
            },
        ),
        Observation::ElevationFinished {
            session,
            outcome,
            program,
        } => {
            let (session, outcome) = (session.0, outcome.to_owned());
            chains.call(
                Hook::ElevationFinished,
                ElevationFinished {
                    session,
                    outcome,
                    program,
                },
            )
        }
    }
}

struct Ended {
    session: SessionId,
    supporter: Option<Supporter>,
    client: String,
    outcome: Outcome,
    seconds: u64,
}

fn ended(chains: &Chains, started: &str, end: Ended) -> Call {
    let body = SessionEnded {
        session: end.session.0,
        supporter: end.supporter.as_ref().map(chains::supporter_input),
        client: end.client,
        started: started.to_owned(),
        ended: chains.context().now,
        outcome: end.outcome.word().to_owned(),
        seconds: end.seconds,
    };
    chains.call(Hook::SessionEnded, body)
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
