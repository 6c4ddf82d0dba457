use deskhook_hooks::{
    AddressReported, Body, Call, ClientExited, ElevationFinished, Hook, SessionEnded,
    SessionStarted,
};
use deskhook_session::{AskOutcome, ElevationOutcome, Observation, Reason};
use deskhook_wire::AskOutcomeShape;

use crate::chains::{self, Chains};

/// The call that an observation becomes; `started` is when the session began, RFC 3339.
pub(crate) fn call(chains: &Chains, started: &str, observation: Observation) -> Call {
    let (hook, body) = given(chains, started, observation);
    chains.call(hook, body)
}

fn given(chains: &Chains, started: &str, observation: Observation) -> (Hook, Body) {
    match observation {
        Observation::AddressReported { address, client } => {
            let address = address.to_string();
            let body = AddressReported { address, client };
            (Hook::AddressReported, body.into())
        }
        Observation::ClientExited {
            client,
            code,
            signal,
        } => {
            let body = ClientExited {
                client,
                code,
                signal,
            };
            (Hook::ClientExited, body.into())
        }
        Observation::SessionStarted {
            session,
            supporter,
            client,
        } => {
            let body = SessionStarted {
                session: session.0,
                supporter: Some(chains::supporter_input(&supporter)),
                client,
                started: started.to_owned(),
            };
            (Hook::SessionStarted, body.into())
        }
        Observation::SessionEnded(end) => (
            Hook::SessionEnded,
            SessionEnded {
                session: end.session.0,
                supporter: end.supporter.as_ref().map(chains::supporter_input),
                client: end.client,
                started: started.to_owned(),
                ended: chains.context().now,
                outcome: end.outcome.word().to_owned(),
                seconds: end.seconds,
            }
            .into(),
        ),
        Observation::ElevationFinished(end) => {
            let body = ElevationFinished {
                session: end.session.0,
                outcome: end.outcome.to_owned(),
                program: end.program,
            };
            (Hook::ElevationFinished, body.into())
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
