use axum::http::HeaderMap;
use axum::http::request::Parts;
use deskhook_wire::{
    HEADER_BOOT, HEADER_COUNTER, HEADER_DEVICE, HEADER_SIGNATURE, HEADER_TIME, PATH_REPORTS,
    RequestParts,
};
use ed25519_dalek::VerifyingKey;

use crate::budgets::Spending;
use crate::clock;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::hostile;
use crate::store::deliveries::{self, Freshness};
use crate::store::devices;
use crate::web::serving::Peer;

/// The most bytes of a device's request.
pub(crate) const LARGEST: usize = 256 * 1024;

/// Seconds that a device's clock may be off.
const SKEW: u64 = 300;

/// The device whose signature a request carries. Only [`verify`] makes one.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) device: String,
}

/// Whom a request says it comes from, and the key that would show it.
pub(crate) struct Claim {
    device: String,
    boot: String,
    counter: u64,
    time: u64,
    signature: String,
    key: VerifyingKey,
}

/// Reads what a request's head says. Known before the body is read: nobody fills the memory in the
/// name of a device that is not there.
pub(crate) async fn claim(desk: &Desk, parts: &Parts) -> Result<Claim, Failure> {
    let header = |name: &str| {
        // Twice the same header is two opinions of who asks.
        let mut values = parts.headers.get_all(name).into_iter();
        let (value, more) = (values.next(), values.next());
        let text = value
            .filter(|_| more.is_none())
            .and_then(|value| value.to_str().ok());
        text.ok_or(Failure::NotSignedIn)
    };
    let (device, boot) = (header(HEADER_DEVICE)?, header(HEADER_BOOT)?);
    let counter: u64 = header(HEADER_COUNTER)?
        .parse()
        .map_err(|_| Failure::NotSignedIn)?;
    let time: u64 = header(HEADER_TIME)?
        .parse()
        .map_err(|_| Failure::NotSignedIn)?;
    if !hostile::is_key(device) || !hostile::is_key(boot) {
        return Err(Failure::NotSignedIn);
    }
    Ok(Claim {
        device: device.to_owned(),
        boot: boot.to_owned(),
        counter,
        time,
        signature: header(HEADER_SIGNATURE)?.to_owned(),
        key: public_key(desk, device).await?,
    })
}

/// Checks a request's signature, time and counter; the counter is used up.
pub(crate) async fn verify(
    desk: &Desk,
    parts: &Parts,
    (claim, body): (&Claim, &[u8]),
) -> Result<Caller, Failure> {
    let (device, boot) = (claim.device.as_str(), claim.boot.as_str());
    let signed = RequestParts {
        method: parts.method.as_str(),
        path: parts.uri.path_and_query().map_or("/", |path| path.as_str()),
        body,
        device,
        boot,
        counter: claim.counter,
        time: claim.time,
    };
    if signed.verify(&claim.key, &claim.signature).is_err() {
        let caller = (&parts.headers, parts.extensions.get());
        let about = ("device.signature_refused", device);
        desk.record_refused(about, caller, None).await?;
        return Err(Failure::NotSignedIn);
    }
    let now = clock::now();
    let ahead = i64::try_from(claim.time).unwrap_or(i64::MAX) - now / clock::SECOND;
    if ahead.unsigned_abs() > SKEW {
        return Err(Failure::Clock(ahead));
    }
    for spending in spent(parts, body) {
        let left = desk.budgets.spend(device, spending, now);
        if let Err(seconds) = left {
            let caller = (&parts.headers, parts.extensions.get());
            return Err(refuse(desk, (device, spending.0), caller, seconds).await?);
        }
    }
    use_counter(desk, (device, boot), claim.counter, now).await?;
    Ok(Caller {
        device: device.to_owned(),
    })
}

/// What a request costs its device, before it is known what it does.
fn spent(parts: &Parts, body: &[u8]) -> Vec<(Spending, u64)> {
    let mut spent = vec![(Spending::Request, 1)];
    if parts.uri.path() == PATH_REPORTS {
        spent.push((Spending::Report, 1));
        spent.push((Spending::Byte, body.len() as u64));
    }
    spent
}

/// The answer to a device that has spent what it may, which goes on the record.
pub(super) async fn refuse(
    desk: &Desk,
    (device, spending): (&str, Spending),
    caller: (&HeaderMap, Option<&Peer>),
    seconds: u64,
) -> Result<Failure, Failure> {
    let field = ("budget", spending.word().to_owned());
    desk.record_refused(("budget.refused", device), caller, Some(field))
        .await?;
    Ok(Failure::TooMany(seconds))
}

async fn public_key(desk: &Desk, device: &str) -> Result<VerifyingKey, Failure> {
    let device = device.to_owned();
    let read = move |connection: &rusqlite::Connection| devices::public_key(connection, &device);
    let bytes = desk.store.read(read).await?.ok_or(Failure::NotSignedIn)?;
    VerifyingKey::from_bytes(&bytes).map_err(|_| Failure::NotSignedIn)
}

async fn use_counter(
    desk: &Desk,
    (device, boot): (&str, &str),
    counter: u64,
    now: clock::Millis,
) -> Result<(), Failure> {
    let (name, boot) = (device.to_owned(), boot.to_owned());
    let used = desk.store.write(move |unit| {
        devices::set_seen(unit, &name, now)?;
        deliveries::count(unit, &name, (&boot, counter), now)
    });
    if used.await? == Freshness::Replayed {
        return Err(Failure::Conflict(
            "This request was made before.".to_owned(),
        ));
    }
    desk.hub.seen(device, now);
    Ok(())
}
