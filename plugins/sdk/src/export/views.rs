use deskhook_abi::{self as abi, Prefixed, Short, Text, Texts};

use crate::{
    Context, Device, ElevationRequest, Failure, Person, SessionJoin, SessionRequest, Supporter,
};

/// What both sides know of a struct of the host.
pub(super) fn taken<T: Prefixed>(from: *const T) -> Result<T, Failure> {
    // SAFETY: the host passes null or a struct that lives during the call and says its size.
    unsafe { abi::read(from) }.map_err(|Short { said, least }| {
        Failure::new(format!(
            "the host passed a struct of {said} bytes, at least {least} are needed"
        ))
    })
}

pub(super) fn session_request<'a>(
    raw: *const abi::SessionRequest,
) -> Result<SessionRequest<'a>, Failure> {
    let raw = taken(raw)?;
    Ok(SessionRequest {
        context: context(raw.context)?,
        reason: optional(raw.reason)?,
        ticket: optional(raw.ticket)?,
        origin: text(raw.origin)?,
        client: text(raw.client)?,
    })
}

pub(super) fn session_join<'a>(raw: *const abi::SessionJoin) -> Result<SessionJoin<'a>, Failure> {
    let raw = taken(raw)?;
    Ok(SessionJoin {
        context: context(raw.context)?,
        session: text(raw.session)?,
        supporter: supporter(raw.supporter)?,
        reason: optional(raw.reason)?,
        ticket: optional(raw.ticket)?,
        address: optional(raw.address)?,
        permissions: texts(raw.permissions)?,
    })
}

pub(super) fn elevation_request<'a>(
    raw: *const abi::ElevationRequest,
) -> Result<ElevationRequest<'a>, Failure> {
    let raw = taken(raw)?;
    Ok(ElevationRequest {
        context: context(raw.context)?,
        session: text(raw.session)?,
        supporter: supporter(raw.supporter)?,
        program: text(raw.program)?,
        arguments: texts(raw.arguments)?,
        method: text(raw.method)?,
        reason: optional(raw.reason)?,
        minutes: raw.minutes,
    })
}

fn context<'a>(raw: *const abi::Context) -> Result<Context<'a>, Failure> {
    let raw = taken(raw)?;
    let (device, person) = (taken(raw.device)?, taken(raw.person)?);
    Ok(Context {
        now: text(raw.now)?,
        device: Device {
            id: text(device.id)?,
            name: text(device.name)?,
            os: text(device.os)?,
            os_version: text(device.os_version)?,
            groups: texts(device.groups)?,
        },
        person: Person {
            name: text(person.name)?,
            display_name: text(person.display_name)?,
            language: text(person.language)?,
            verified: person.verified != 0,
        },
        policy_version: text(raw.policy_version)?,
    })
}

fn supporter<'a>(raw: *const abi::Supporter) -> Result<Supporter<'a>, Failure> {
    let raw = taken(raw)?;
    Ok(Supporter {
        name: text(raw.name)?,
        organisation: text(raw.organisation)?,
        verified: raw.verified != 0,
    })
}

fn optional<'a>(raw: Text) -> Result<Option<&'a str>, Failure> {
    // SAFETY: the host's texts live during the call, and so does all that is made of them here.
    unsafe { raw.read() }.map_err(|_| Failure::new("the host passed what is not UTF-8"))
}

fn text<'a>(raw: Text) -> Result<&'a str, Failure> {
    optional(raw).map(Option::unwrap_or_default)
}

fn texts<'a>(raw: Texts) -> Result<Vec<&'a str>, Failure> {
    // SAFETY: the host's lists live during the call.
    unsafe { raw.read() }
        .iter()
        .map(|each| text(*each))
        .collect()
}
