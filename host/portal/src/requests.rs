//! What supporters ask of devices, from a page or through the API: each becomes an order and an
//! entry of the record, in one transaction.

use std::sync::Arc;

use deskhook_policy::ElevationMethod;
use deskhook_wire::{
    ConnectRequest, ElevateRequest, ElevationOffer, ElevationOrder, OrderKind, PolicyEntry,
    SignedOrder,
};
use serde_json::Value;

use crate::clock::{self, MINUTE, Millis, SECOND};
use crate::desk::{Desk, deed};
use crate::failure::Failure;
use crate::hostile;
use crate::hub::Change;
use crate::secret::fresh_name;
use crate::store::devices::Device;
use crate::store::orders::{NewOrder, kind_name};
use crate::store::sessions::Session;
use crate::store::{StoreError, Unit, audit, devices, orders};
use crate::visitor::Visitor;

/// How long somebody waits for the answer to each kind of order; to be let in, as long as the policy
/// of the device gives its person, if that is more.
const JOIN_LASTS: Millis = 3 * MINUTE;
const DISCONNECT_LASTS: Millis = MINUTE;
const ELEVATE_LASTS: Millis = 5 * MINUTE;

/// The policy's key for how long a person has, in seconds, the most that it can be, and what the way
/// there and back and the checks take on top.
const CONSENT_SECONDS: &str = "Session.Consent.TimeoutSeconds";
const MOST_SECONDS: Millis = 3600;
const AROUND_CONSENT: Millis = MINUTE;

/// The most minutes that elevated rights can be asked for, and the usual ones.
const LONGEST: u32 = 480;
const USUAL: u32 = 15;

/// An order that only lacks its session.
struct Wish {
    id: String,
    device: String,
    lasts: Millis,
    /// Phases of a session in which it makes sense.
    phases: &'static [&'static str],
    fields: Vec<(&'static str, Value)>,
}

/// Asks the person at a device to let this supporter in. The order's id.
pub(crate) async fn connect(
    desk: &Arc<Desk>,
    visitor: &Visitor,
    device: &str,
    asked: ConnectRequest,
) -> Result<String, Failure> {
    let lasts = join_lasts(&find(desk, visitor, device).await?);
    let supporter = desk.supporter(&visitor.account);
    let reason = hostile::some_sentence(asked.reason.as_deref());
    let ticket = hostile::some_sentence(asked.ticket.as_deref());
    let permissions: Vec<String> = asked
        .permissions
        .iter()
        .take(32)
        .map(|p| hostile::name(p))
        .collect();
    let wish = Wish {
        id: fresh_name("o-"),
        device: device.to_owned(),
        lasts,
        phases: &["waiting", "joining"],
        fields: vec![
            ("reason", reason.clone().into()),
            ("ticket", ticket.clone().into()),
            ("permissions", permissions.clone().into()),
        ],
    };
    order(desk, visitor, wish, move |session| OrderKind::Join {
        session: session.id.clone(),
        supporter,
        reason,
        ticket,
        permissions,
    })
    .await
}

async fn find(desk: &Desk, visitor: &Visitor, device: &str) -> Result<Device, Failure> {
    let (id, reach) = (device.to_owned(), visitor.reach());
    let found = desk
        .store
        .read(move |connection| devices::find(connection, &id, &reach));
    found.await?.ok_or(Failure::NotFound)
}

/// So long that nobody is let in whom no supporter waits for any more.
fn join_lasts(device: &Device) -> Millis {
    let policy: Vec<PolicyEntry> = device.policy.read();
    let mut entries = policy.iter();
    let entry = entries.find(|entry| entry.key.eq_ignore_ascii_case(CONSENT_SECONDS));
    let seconds: Millis = entry
        .and_then(|entry| entry.value.parse().ok())
        .unwrap_or(0);
    JOIN_LASTS.max(seconds.clamp(0, MOST_SECONDS) * SECOND + AROUND_CONSENT)
}

/// Ends a device's session. The order's id.
pub(crate) async fn disconnect(
    desk: &Arc<Desk>,
    visitor: &Visitor,
    device: &str,
) -> Result<String, Failure> {
    let supporter = desk.supporter(&visitor.account);
    let wish = Wish {
        id: fresh_name("o-"),
        device: device.to_owned(),
        lasts: DISCONNECT_LASTS,
        phases: &[
            "checking",
            "launching",
            "reporting",
            "waiting",
            "joining",
            "connected",
        ],
        fields: vec![],
    };
    order(desk, visitor, wish, move |session| OrderKind::Disconnect {
        session: session.id.clone(),
        supporter,
    })
    .await
}

/// Asks for one program to be run with elevated rights. The order's id.
pub(crate) async fn elevate(
    desk: &Arc<Desk>,
    visitor: &Visitor,
    device: &str,
    asked: ElevateRequest,
) -> Result<String, Failure> {
    let offer: ElevationOffer = find(desk, visitor, device).await?.elevation.read();
    let minutes = asked.minutes.unwrap_or(offer.minutes.clamp(1, USUAL));
    let first = offer.methods.first().copied();
    let method = asked
        .method
        .or(first)
        .unwrap_or(ElevationMethod::LocalApproval);
    check_elevation(&asked, minutes, offer.minutes)?;
    check_offered(&asked.program, method, &offer)?;
    let supporter = desk.supporter(&visitor.account);
    let wish = Wish {
        id: fresh_name("o-"),
        device: device.to_owned(),
        lasts: ELEVATE_LASTS,
        phases: &["connected"],
        fields: vec![
            ("program", asked.program.as_str().into()),
            ("arguments", asked.arguments.clone().into()),
            (
                "reason",
                hostile::some_sentence(asked.reason.as_deref()).into(),
            ),
            ("minutes", minutes.into()),
        ],
    };
    let ends = clock::now() + ELEVATE_LASTS + Millis::from(minutes) * MINUTE;
    let permit = ElevationOrder {
        device: wish.device.clone(),
        order: wish.id.clone(),
        program: asked.program.clone(),
        arguments: asked.arguments.clone(),
        method,
        minutes,
        supporter: supporter.name.clone(),
        expires: (ends / SECOND).unsigned_abs(),
    };
    let signed = SignedOrder::sign(&permit, &desk.key)
        .map_err(|_| Failure::Invalid("Program and arguments are too long together.".to_owned()))?;
    order(desk, visitor, wish, move |session| OrderKind::Elevate {
        session: session.id.clone(),
        supporter,
        program: asked.program,
        arguments: asked.arguments,
        method,
        reason: hostile::some_sentence(asked.reason.as_deref()),
        minutes,
        signed: signed.0,
    })
    .await
}

fn check_elevation(asked: &ElevateRequest, minutes: u32, most: u32) -> Result<(), Failure> {
    let plain = |text: &String| text.len() <= 1024 && !text.chars().any(char::is_control);
    let absolute = asked.program.starts_with('/') || asked.program.get(1..3) == Some(":\\");
    let most = match most {
        0 => LONGEST,
        offered => offered.min(LONGEST),
    };
    let too_long = format!("Elevated rights last 1 to {most} minutes at this device.");
    let wrong = if !absolute || !plain(&asked.program) {
        "The program is an absolute path."
    } else if asked.arguments.len() > 64 || !asked.arguments.iter().all(plain) {
        "At most 64 arguments of at most 1024 characters are passed."
    } else if !(1..=most).contains(&minutes) {
        &too_long
    } else {
        return Ok(());
    };
    Err(Failure::Invalid(wrong.to_owned()))
}

/// The device would refuse it; the supporter need not wait to hear so.
fn check_offered(
    program: &str,
    method: ElevationMethod,
    offer: &ElevationOffer,
) -> Result<(), Failure> {
    let wrong = if offer.programs.is_empty() || offer.methods.is_empty() {
        "This device offers no program to be run with elevated rights.".to_owned()
    } else if !offer.programs.iter().any(|offered| offered == program) {
        let offered = offer.programs.join(", ");
        format!("This device does not offer {program} with elevated rights, but: {offered}.")
    } else if !offer.methods.contains(&method) {
        "This device does not offer that way to elevated rights.".to_owned()
    } else {
        return Ok(());
    };
    Err(Failure::Invalid(wrong))
}

async fn order(
    desk: &Arc<Desk>,
    visitor: &Visitor,
    wish: Wish,
    kind: impl FnOnce(&Session) -> OrderKind + Send + 'static,
) -> Result<String, Failure> {
    let by = visitor.clone();
    let online = desk.hub.is_online(&wish.device, clock::now());
    let made = desk.store.attempt(move |unit| {
        let session = match session_for(unit, &by, &wish)? {
            Ok(session) => session,
            Err(failure) => return Ok(Err(failure)),
        };
        if !online {
            let text = "The device is offline. It cannot hear you before it is back.";
            return Ok(Err(Failure::Conflict(text.to_owned())));
        }
        let kind = kind(&session);
        if let Some(failure) = in_the_way(unit, &session, &kind)? {
            return Ok(Err(failure));
        }
        make(unit, (&by, &session), wish, kind).map(Ok)
    });
    made.await?
}

fn session_for(
    unit: &Unit<'_>,
    by: &Visitor,
    wish: &Wish,
) -> Result<Result<Session, Failure>, StoreError> {
    let Some(device) = devices::find(unit, &wish.device, &by.reach())? else {
        return Ok(Err(Failure::NotFound));
    };
    let session = device
        .session
        .filter(|session| wish.phases.contains(&session.phase.as_str()));
    let text = match wish.phases {
        ["connected"] => "Elevated rights can be asked for while a supporter is connected.",
        _ => "Nobody waits for help at this device just now.",
    };
    Ok(session.ok_or_else(|| Failure::Conflict(text.to_owned())))
}

/// An order of the same kind that somebody waits for already.
fn in_the_way(
    unit: &Unit<'_>,
    session: &Session,
    kind: &OrderKind,
) -> Result<Option<Failure>, StoreError> {
    let now = clock::now();
    let others = orders::of_session(unit, &session.device, &session.id)?;
    let mut same = others
        .iter()
        .filter(|other| other.kind_name() == kind_name(kind) && other.is_open(now));
    Ok(same.next().map(|other| {
        Failure::Conflict(format!(
            "{} is asking already. Wait for the answer.",
            other.supporter
        ))
    }))
}

fn make(
    unit: &mut Unit<'_>,
    (by, session): (&Visitor, &Session),
    wish: Wish,
    kind: OrderKind,
) -> Result<String, StoreError> {
    let mut entry = deed(
        &by.actor(),
        &format!("{}.asked", kind_name(&kind)),
        &wish.device,
    );
    entry.session = Some(session.id.clone());
    entry.fields.insert("order".into(), wish.id.as_str().into());
    let told = wish
        .fields
        .into_iter()
        .filter(|(_, value)| !value.is_null());
    entry
        .fields
        .extend(told.map(|(name, value)| (name.to_owned(), value)));
    audit::append(unit, &entry)?;
    let now = clock::now();
    orders::make(
        unit,
        &NewOrder {
            id: wish.id.clone(),
            device: wish.device.clone(),
            session: session.id.clone(),
            kind,
            account: by.account.id,
            supporter: by.account.display_name.clone(),
            created_at: now,
            expires_at: now + wish.lasts,
        },
    )?;
    unit.tell(Change::Order(wish.device.clone()));
    unit.tell(Change::Device(wish.device));
    Ok(wish.id)
}
