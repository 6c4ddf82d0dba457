use std::cell::RefCell;

use deskhook_abi::{
    self as abi, INVALID, OK, Status, Text, Texts, VERDICT_ABSTAIN, VERDICT_ALLOW, VERDICT_ASK,
    VERDICT_DENY, VerdictSink,
};
use deskhook_hooks::{
    Answer, AnswerError, Context, ElevationRequest, SessionJoin, SessionRequest, VerdictAnswer,
};

use crate::views;

/// The longest text of a verdict, in bytes.
const LONGEST: usize = 16 << 10;

/// Calls `act` with a view of `input`.
pub(crate) fn with_session_request<R>(
    context: &Context,
    input: &SessionRequest,
    act: impl FnOnce(&abi::SessionRequest) -> R,
) -> R {
    with_context(context, |context| {
        act(&abi::SessionRequest {
            struct_size: size_of::<abi::SessionRequest>() as u32,
            reserved: 0,
            context,
            reason: Text::optional(input.reason.as_deref()),
            ticket: Text::optional(input.ticket.as_deref()),
            origin: Text::new(&input.origin),
            client: Text::new(&input.client),
        })
    })
}

/// Calls `act` with a view of `input`.
pub(crate) fn with_session_join<R>(
    context: &Context,
    input: &SessionJoin,
    act: impl FnOnce(&abi::SessionJoin) -> R,
) -> R {
    let supporter = views::supporter(&input.supporter);
    let permissions = views::texts(&input.permissions);
    with_context(context, |context| {
        act(&abi::SessionJoin {
            struct_size: size_of::<abi::SessionJoin>() as u32,
            reserved: 0,
            context,
            session: Text::new(&input.session),
            supporter: &raw const supporter,
            reason: Text::optional(input.reason.as_deref()),
            ticket: Text::optional(input.ticket.as_deref()),
            address: Text::optional(input.address.as_deref()),
            permissions: Texts::new(&permissions),
        })
    })
}

/// Calls `act` with a view of `input`.
pub(crate) fn with_elevation_request<R>(
    context: &Context,
    input: &ElevationRequest,
    act: impl FnOnce(&abi::ElevationRequest) -> R,
) -> R {
    let supporter = views::supporter(&input.supporter);
    let arguments = views::texts(&input.arguments);
    with_context(context, |context| {
        act(&abi::ElevationRequest {
            struct_size: size_of::<abi::ElevationRequest>() as u32,
            minutes: input.minutes,
            context,
            session: Text::new(&input.session),
            supporter: &raw const supporter,
            program: Text::new(&input.program),
            arguments: Texts::new(&arguments),
            method: Text::new(&input.method),
            reason: Text::optional(input.reason.as_deref()),
        })
    })
}

fn with_context<R>(context: &Context, act: impl FnOnce(*const abi::Context) -> R) -> R {
    let groups = views::texts(&context.device.groups);
    let device = views::device(&context.device, &groups);
    let person = views::person(&context.person);
    let view = abi::Context {
        struct_size: size_of::<abi::Context>() as u32,
        reserved: 0,
        now: Text::new(&context.now),
        device: &raw const device,
        person: &raw const person,
        policy_version: Text::new(&context.policy_version),
    };
    act(&raw const view)
}

/// Where a plugin gives its verdict to.
#[derive(Default)]
pub(crate) struct Slot {
    given: RefCell<Option<Result<Answer, String>>>,
}

impl Slot {
    /// The sink to pass; it must not outlive this slot.
    pub(crate) fn sink(&self) -> VerdictSink {
        VerdictSink {
            struct_size: size_of::<VerdictSink>() as u32,
            reserved: 0,
            context: std::ptr::from_ref(self).cast_mut().cast(),
            give: Some(give),
        }
    }

    /// The verdict, or what is wrong with it; nothing given is an abstention.
    pub(crate) fn finish(self) -> Result<Answer, String> {
        self.given.into_inner().unwrap_or(Ok(Answer::Nothing))
    }

    fn take(&self, verdict: *const abi::Verdict) -> Status {
        let Ok(mut given) = self.given.try_borrow_mut() else {
            return INVALID;
        };
        let answer = match *given {
            None => read(verdict),
            Some(_) => Err("it gave two verdicts".to_owned()),
        };
        let status = if answer.is_ok() { OK } else { INVALID };
        *given = Some(answer);
        status
    }
}

unsafe extern "C" fn give(sink: *const VerdictSink, verdict: *const abi::Verdict) -> Status {
    // SAFETY: a plugin passes null or the sink that it was given.
    let Some(sink) = (unsafe { sink.as_ref() }) else {
        return INVALID;
    };
    // SAFETY: the context of a sink of ours is the slot that made it.
    match unsafe { sink.context.cast::<Slot>().as_ref() } {
        Some(slot) => slot.take(verdict),
        None => INVALID,
    }
}

fn read(verdict: *const abi::Verdict) -> Result<Answer, String> {
    // SAFETY: a plugin passes null or a verdict that lives during the call and says its size.
    let verdict = unsafe { deskhook_abi::read(verdict) };
    let verdict = verdict.map_err(|short| {
        format!(
            "its verdict says a size of {} bytes, at least {} are needed",
            short.said, short.least
        )
    })?;
    let answer = match verdict.kind {
        VERDICT_ABSTAIN => return Ok(Answer::Nothing),
        VERDICT_ALLOW => VerdictAnswer::Allow {},
        VERDICT_DENY => VerdictAnswer::Deny {
            code: text("code", verdict.code)?,
            message: text("message", verdict.message)?,
        },
        VERDICT_ASK => VerdictAnswer::Ask {
            title: text("title", verdict.title)?,
            message: text("message", verdict.message)?,
            timeout: Some(verdict.timeout_seconds).filter(|seconds| *seconds > 0),
        },
        unknown => {
            return Err(format!(
                "its verdict is of the unknown kind {unknown}: give DESKHOOK_VERDICT_ABSTAIN, _ALLOW, _DENY or _ASK"
            ));
        }
    };
    let verdict = answer.try_into();
    let verdict = verdict.map_err(|empty: AnswerError| empty.to_string())?;
    Ok(Answer::Verdict(verdict))
}

fn text(field: &str, text: Text) -> Result<String, String> {
    // SAFETY: the texts of a verdict live as long as the verdict.
    match unsafe { text.read() } {
        Ok(Some(text)) if text.len() > LONGEST => {
            Err(format!("the {field} of its verdict is too long"))
        }
        Ok(Some(text)) => Ok(text.to_owned()),
        Ok(None) => Err(format!("its verdict lacks the {field}")),
        Err(_) => Err(format!("the {field} of its verdict is not UTF-8")),
    }
}
