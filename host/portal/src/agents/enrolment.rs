use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::{Extension, Json};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use deskhook_wire::{EnrolAnswer, EnrolRequest, HEADER_SIGNATURE, verify_enrolment};
use ed25519_dalek::VerifyingKey;

use crate::clock;
use crate::desk::{Desk, deed};
use crate::failure::Failure;
use crate::hostile;
use crate::hub::Change;
use crate::secret::{Secret, fresh_name};
use crate::store::devices::{Earlier, Enrolling};
use crate::store::one_time::{self, Purpose};
use crate::store::{StoreError, Unit, audit, devices};
use crate::web::serving::Peer;

/// Enrols a device with a one-time token. The request is signed by the key that it names, so that
/// nobody enrols with a key that is not theirs.
///
/// The same key may ask again with the same token, in case the answer was lost: it gets the answer
/// again, and nothing is written. A key that is known and comes with another token is the same
/// device, enrolled anew: it keeps its name and gets what the new token was made for, on the
/// record. A key of a removed device is refused for good and uses no token up.
pub(crate) async fn enrol(
    State(desk): State<Arc<Desk>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<EnrolAnswer>, Failure> {
    let answered = try_enrol(&desk, &headers, &body).await;
    let action = match &answered {
        Err(Failure::Token) => "token.refused",
        Err(Failure::NotSignedIn) => "device.signature_refused",
        Err(Failure::Removed) => "device.refused",
        _ => return answered,
    };
    let caller = (&headers, Some(&peer));
    desk.record_refused((action, "enrolment"), caller, None)
        .await?;
    answered
}

async fn try_enrol(
    desk: &Desk,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Json<EnrolAnswer>, Failure> {
    let (request, public_key) = read(headers, body)?;
    let token = Secret::presented(&request.token).ok_or(Failure::Token)?;
    let new = Enrolling {
        id: fresh_name("d-"),
        public_key,
        about: hostile::about(&request.device),
        person: hostile::person(&request.person),
        group: None,
        bound_person: None,
    };
    let person = new.person.name.clone();
    let enrolled = desk.store.attempt(move |unit| redeem(unit, &token, new));
    let enrolled = enrolled.await??;
    desk.hub.seen(&enrolled.device, clock::now());
    let bound = enrolled.bound_person;
    Ok(Json(EnrolAnswer {
        device: enrolled.device,
        portal_key: BASE64.encode(desk.key.verifying_key().to_bytes()),
        organization: desk.config.organization.clone(),
        person_verified: bound.is_some_and(|bound| bound.eq_ignore_ascii_case(&person)),
        group: enrolled.group,
    }))
}

/// The request and the public key that has signed it.
fn read(headers: &HeaderMap, body: &[u8]) -> Result<(EnrolRequest, [u8; 32]), Failure> {
    let unread = |_| Failure::Invalid("The enrolment cannot be read.".to_owned());
    let request: EnrolRequest = serde_json::from_slice(body).map_err(unread)?;
    let bytes = BASE64.decode(&request.public_key).ok();
    let bytes: Option<[u8; 32]> = bytes.and_then(|bytes| bytes.try_into().ok());
    let key = bytes.and_then(|bytes| VerifyingKey::from_bytes(&bytes).ok());
    let key = key
        .filter(|key| !key.is_weak())
        .ok_or_else(|| Failure::Invalid("The public key is none.".to_owned()))?;
    let signature = headers
        .get(HEADER_SIGNATURE)
        .and_then(|value| value.to_str().ok())
        .ok_or(Failure::NotSignedIn)?;
    verify_enrolment(body, &key, signature).map_err(|_| Failure::NotSignedIn)?;
    Ok((request, key.to_bytes()))
}

/// Who was enrolled, and what for.
struct Enrolled {
    device: String,
    group: Option<String>,
    bound_person: Option<String>,
}

fn redeem(
    unit: &mut Unit<'_>,
    token: &Secret,
    mut new: Enrolling,
) -> Result<Result<Enrolled, Failure>, StoreError> {
    let now = clock::now();
    let hash = token.fingerprint();
    let user = format!("key:{}", hex::encode(new.public_key));
    let Some(issued) = one_time::find(unit, &hash)? else {
        return Ok(Err(Failure::Token));
    };
    let Purpose::Enrol { group, person } = issued.purpose else {
        return Ok(Err(Failure::Token));
    };
    let earlier = devices::by_key(unit, &new.public_key)?;
    if let Some(earlier) = &earlier {
        if earlier.removed_at.is_some() {
            return Ok(Err(Failure::Removed));
        }
        if issued.used_by.as_ref() == Some(&user) && issued.expires_at > now {
            return Ok(Ok(Enrolled {
                device: earlier.id.clone(),
                group: earlier.group.clone(),
                bound_person: earlier.bound_person.clone(),
            }));
        }
    }
    if one_time::redeem(unit, &hash, &user, now)?.is_none() {
        return Ok(Err(Failure::Token));
    }
    (new.group, new.bound_person) = (group, person);
    let device = devices::enrol(unit, &new, now)?;
    record(unit, (&device, &new), earlier.as_ref(), &issued.made_by)?;
    unit.tell(Change::Device(device.clone()));
    Ok(Ok(Enrolled {
        device,
        group: new.group,
        bound_person: new.bound_person,
    }))
}

fn record(
    unit: &Unit<'_>,
    (device, new): (&str, &Enrolling),
    earlier: Option<&Earlier>,
    token_by: &str,
) -> Result<(), StoreError> {
    let action = match earlier {
        None => "device.enrolled",
        Some(_) => "device.enrolled_again",
    };
    let mut entry = deed(&format!("device:{device}"), action, device);
    let mut field = |name: &str, value: Option<&String>| {
        entry.fields.insert(name.to_owned(), value.cloned().into());
    };
    field("name", Some(&new.about.name));
    field("person", Some(&new.person.name));
    field("token_by", Some(&token_by.to_owned()));
    if let Some(earlier) = earlier {
        field("group_before", earlier.group.as_ref());
        field("group", new.group.as_ref());
        field("bound_before", earlier.bound_person.as_ref());
        field("bound", new.bound_person.as_ref());
    }
    audit::append(unit, &entry)
}
