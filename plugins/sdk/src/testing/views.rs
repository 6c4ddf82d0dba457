use std::cell::RefCell;

use deskhook_abi::{self as abi, INVALID, OK, Status, Text, Texts, VerdictSink};

use crate::{Context, ElevationRequest, SessionJoin, SessionRequest, Supporter, Verdict};

pub(super) fn with_session_request<R>(
    asked: &SessionRequest<'_>,
    act: impl FnOnce(*const abi::SessionRequest) -> R,
) -> R {
    with_context(&asked.context, |context| {
        let input = abi::SessionRequest {
            struct_size: size_of::<abi::SessionRequest>() as u32,
            reserved: 0,
            context,
            reason: Text::optional(asked.reason),
            ticket: Text::optional(asked.ticket),
            origin: Text::new(asked.origin),
            client: Text::new(asked.client),
        };
        act(&raw const input)
    })
}

pub(super) fn with_session_join<R>(
    asked: &SessionJoin<'_>,
    act: impl FnOnce(*const abi::SessionJoin) -> R,
) -> R {
    let supporter = supporter(&asked.supporter);
    let permissions = texts(&asked.permissions);
    with_context(&asked.context, |context| {
        let input = abi::SessionJoin {
            struct_size: size_of::<abi::SessionJoin>() as u32,
            reserved: 0,
            context,
            session: Text::new(asked.session),
            supporter: &raw const supporter,
            reason: Text::optional(asked.reason),
            ticket: Text::optional(asked.ticket),
            address: Text::optional(asked.address),
            permissions: Texts::new(&permissions),
        };
        act(&raw const input)
    })
}

pub(super) fn with_elevation_request<R>(
    asked: &ElevationRequest<'_>,
    act: impl FnOnce(*const abi::ElevationRequest) -> R,
) -> R {
    let supporter = supporter(&asked.supporter);
    let arguments = texts(&asked.arguments);
    with_context(&asked.context, |context| {
        let input = abi::ElevationRequest {
            struct_size: size_of::<abi::ElevationRequest>() as u32,
            minutes: asked.minutes,
            context,
            session: Text::new(asked.session),
            supporter: &raw const supporter,
            program: Text::new(asked.program),
            arguments: Texts::new(&arguments),
            method: Text::new(asked.method),
            reason: Text::optional(asked.reason),
        };
        act(&raw const input)
    })
}

fn with_context<R>(context: &Context<'_>, act: impl FnOnce(*const abi::Context) -> R) -> R {
    let groups = texts(&context.device.groups);
    let device = abi::Device {
        struct_size: size_of::<abi::Device>() as u32,
        reserved: 0,
        id: Text::new(context.device.id),
        name: Text::new(context.device.name),
        os: Text::new(context.device.os),
        os_version: Text::new(context.device.os_version),
        groups: Texts::new(&groups),
    };
    let person = abi::Person {
        struct_size: size_of::<abi::Person>() as u32,
        verified: u32::from(context.person.verified),
        name: Text::new(context.person.name),
        display_name: Text::new(context.person.display_name),
        language: Text::new(context.person.language),
    };
    let view = abi::Context {
        struct_size: size_of::<abi::Context>() as u32,
        reserved: 0,
        now: Text::new(context.now),
        device: &raw const device,
        person: &raw const person,
        policy_version: Text::new(context.policy_version),
    };
    act(&raw const view)
}

fn supporter(of: &Supporter<'_>) -> abi::Supporter {
    abi::Supporter {
        struct_size: size_of::<abi::Supporter>() as u32,
        verified: u32::from(of.verified),
        name: Text::new(of.name),
        organisation: Text::new(of.organisation),
    }
}

fn texts(of: &[&str]) -> Vec<Text> {
    of.iter().map(|text| Text::new(text)).collect()
}

/// Where the plugin under test gives its verdict to.
#[derive(Default)]
pub(super) struct Given(RefCell<Verdict>);

impl Given {
    pub(super) fn sink(&self) -> VerdictSink {
        VerdictSink {
            struct_size: size_of::<VerdictSink>() as u32,
            reserved: 0,
            context: std::ptr::from_ref(self).cast_mut().cast(),
            give: Some(give),
        }
    }

    pub(super) fn finish(self) -> Verdict {
        self.0.into_inner()
    }
}

unsafe extern "C" fn give(sink: *const VerdictSink, verdict: *const abi::Verdict) -> Status {
    // SAFETY: the plugin passes the sink that it was given.
    let Some(sink) = (unsafe { sink.as_ref() }) else {
        return INVALID;
    };
    // SAFETY: the context of a sink of ours is what made it.
    let given = unsafe { sink.context.cast::<Given>().as_ref() };
    // SAFETY: the plugin passes a verdict that lives during the call and says its size.
    let (Some(given), Ok(verdict)) = (given, unsafe { abi::read(verdict) }) else {
        return INVALID;
    };
    let text = |text: Text| {
        // SAFETY: the texts of a verdict live as long as the verdict.
        unsafe { text.read() }
            .ok()
            .flatten()
            .unwrap_or_default()
            .to_owned()
    };
    let (code, message, title) = (
        text(verdict.code),
        text(verdict.message),
        text(verdict.title),
    );
    let timeout = Some(verdict.timeout_seconds).filter(|seconds| *seconds > 0);
    given.0.replace(match verdict.kind {
        abi::VERDICT_ALLOW => Verdict::Allow,
        abi::VERDICT_DENY => Verdict::Deny { code, message },
        abi::VERDICT_ASK => Verdict::Ask {
            title,
            message,
            timeout,
        },
        _ => Verdict::Abstain,
    });
    OK
}
