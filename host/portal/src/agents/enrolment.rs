use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use deskhook_wire::{EnrolAnswer, EnrolRequest};
use ed25519_dalek::VerifyingKey;

use crate::clock;
use crate::desk::{Desk, deed};
use crate::failure::Failure;
use crate::hostile;
use crate::hub::Change;
use crate::secret::{Secret, fresh_name};
use crate::store::devices::Enrolling;
use crate::store::one_time::{self, Purpose};
use crate::store::{StoreError, Unit, audit, devices};

/// Enrols a device with a one-time token. The same device may ask again with the same token,
/// in case the answer was lost.
pub(crate) async fn enrol(
    State(desk): State<Arc<Desk>>,
    Json(request): Json<EnrolRequest>,
) -> Result<Json<EnrolAnswer>, Failure> {
    let token = Secret::presented(&request.token).ok_or(Failure::Token)?;
    let bytes = BASE64.decode(&request.public_key).ok();
    let public_key: [u8; 32] = bytes
        .and_then(|bytes| bytes.try_into().ok())
        .filter(|bytes| VerifyingKey::from_bytes(bytes).is_ok_and(|key| !key.is_weak()))
        .ok_or_else(|| Failure::Invalid("The public key is none.".to_owned()))?;
    let new = Enrolling {
        id: fresh_name("d-"),
        public_key,
        about: hostile::about(&request.device),
        person: hostile::person(&request.person),
        group: None,
        bound_person: None,
    };
    let person = new.person.name.clone();
    let enrolled = desk
        .store
        .write(move |unit| redeem(unit, &token, new))
        .await?;
    let (device, purpose) = enrolled.ok_or(Failure::Token)?;
    let Purpose::Enrol {
        group,
        person: bound,
    } = purpose
    else {
        return Err(Failure::Token);
    };
    desk.hub.seen(&device, clock::now());
    Ok(Json(EnrolAnswer {
        device,
        portal_key: BASE64.encode(desk.key.verifying_key().to_bytes()),
        organization: desk.config.organization.clone(),
        person_verified: bound.is_some_and(|bound| bound.eq_ignore_ascii_case(&person)),
        group,
    }))
}

fn redeem(
    unit: &mut Unit<'_>,
    token: &Secret,
    mut new: Enrolling,
) -> Result<Option<(String, Purpose)>, StoreError> {
    let now = clock::now();
    let hash = token.fingerprint();
    let user = format!("key:{}", hex::encode(new.public_key));
    let Some(issued) = one_time::find(unit, &hash)? else {
        return Ok(None);
    };
    let again = issued.used_by.as_ref() == Some(&user) && issued.expires_at > now;
    let Purpose::Enrol { group, person } = issued.purpose.clone() else {
        return Ok(None);
    };
    if !again && one_time::redeem(unit, &hash, &user, now)?.is_none() {
        return Ok(None);
    }
    (new.group, new.bound_person) = (group, person);
    let device = devices::enrol(unit, &new, now)?;
    let mut entry = deed(&format!("device:{device}"), "device.enrolled", &device);
    entry
        .fields
        .insert("name".into(), new.about.name.as_str().into());
    entry
        .fields
        .insert("person".into(), new.person.name.as_str().into());
    entry
        .fields
        .insert("token_by".into(), issued.made_by.into());
    audit::append(unit, &entry)?;
    unit.tell(Change::Device(device.clone()));
    Ok(Some((device, issued.purpose)))
}
