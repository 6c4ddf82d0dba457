//! How sessions end that their device does not end: it was taken out, or it stays away.

use std::sync::Arc;

use crate::clock::{DAY, Millis};
use crate::desk::{Desk, deed};
use crate::hub::Change;
use crate::shapes;
use crate::store::devices::{self, Device, Reach};
use crate::store::sessions::{self, Session};
use crate::store::{StoreError, Unit, audit, orders};

/// How long a device may give no sign of life before its session counts as lost. A laptop that
/// was closed over night comes back into its session; one that is away for a day does not.
const LOST_AFTER: Millis = DAY;

/// Why and when a session ended, and who says so.
pub(crate) struct Ending<'a> {
    /// `removed` or `lost`.
    pub(crate) outcome: &'a str,
    pub(crate) at: Millis,
    pub(crate) actor: &'a str,
}

/// Ends the session of a device that goes on, if one does, and what is still asked of the device.
pub(crate) fn end(
    unit: &mut Unit<'_>,
    device: &Device,
    ending: &Ending<'_>,
) -> Result<(), StoreError> {
    orders::end_open(unit, &device.id, ending.at)?;
    let Some(session) = &device.session else {
        return Ok(());
    };
    let ended = Session {
        ended_at: Some(ending.at),
        outcome: Some(ending.outcome.to_owned()),
        supporter: orders::last_joined(unit, &device.id, &session.id)?,
        ..session.clone()
    };
    sessions::save(unit, &ended)?;
    devices::set_session(unit, &device.id, None)?;
    let mut entry = deed(ending.actor, "session.ended", &device.id);
    entry.session = Some(ended.id);
    entry.fields.insert("outcome".into(), ending.outcome.into());
    audit::append(unit, &entry)
}

/// Ends the sessions of devices that have been away for too long, at the moment when each was
/// last heard of: what came after is not known.
pub(crate) async fn end_lost(desk: &Arc<Desk>, now: Millis) -> Result<(), StoreError> {
    let busy = desk
        .store
        .read(|connection| devices::in_sessions(connection, &Reach::All));
    for device in busy.await? {
        let seen = shapes::last_seen(&device, &desk.hub, now);
        if now - seen < LOST_AFTER {
            continue;
        }
        if desk.hub.is_online(&device.id, now) {
            continue;
        }
        let ended = desk.store.write(move |unit| {
            // It may have come back since it was looked at.
            let Some(device) = devices::find(unit, &device.id, &Reach::All)?
                .filter(|device| now - device.last_seen >= LOST_AFTER)
            else {
                return Ok(());
            };
            let ending = Ending {
                outcome: "lost",
                at: seen,
                actor: "portal",
            };
            end(unit, &device, &ending)?;
            unit.tell(Change::Device(device.id));
            Ok(())
        });
        ended.await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use deskhook_wire::{DeviceAbout, OrderKind, PersonShape, SupporterShape};

    use super::*;
    use crate::store::orders::NewOrder;
    use crate::{Portal, PortalConfig};

    /// A device of which a session goes on, with an order that nobody has answered.
    fn begin(unit: &Unit<'_>, at: Millis) -> Result<(), StoreError> {
        let device = devices::Enrolling {
            id: "d-1".into(),
            public_key: [1; 32],
            about: DeviceAbout::default(),
            person: PersonShape::default(),
            group: None,
            bound_person: None,
        };
        devices::enrol(unit, &device, at)?;
        let session = sessions::begin(unit, ("d-1", "s-1"), None, at)?;
        devices::set_session(unit, "d-1", Some(session.number))?;
        let order = NewOrder {
            id: "o-1".into(),
            device: "d-1".into(),
            session: "s-1".into(),
            kind: OrderKind::Disconnect {
                session: "s-1".into(),
                supporter: SupporterShape::default(),
            },
            account: 1,
            supporter: "Sam".into(),
            created_at: at,
            expires_at: at + 1_000,
        };
        orders::make(unit, &order)
    }

    fn open() -> (tempfile::TempDir, Portal) {
        let folder = tempfile::tempdir().unwrap();
        let config = PortalConfig {
            data_dir: folder.path().to_owned(),
            ..PortalConfig::default()
        };
        let portal = Portal::open(config).unwrap();
        (folder, portal)
    }

    #[tokio::test]
    async fn a_session_ends_together_with_what_is_asked_in_it() {
        let (_folder, portal) = open();
        let store = &portal.desk().store;
        let ended = store.write(|unit| {
            begin(unit, 1_000)?;
            let device = devices::find(unit, "d-1", &Reach::All)?;
            let ending = Ending {
                outcome: "removed",
                at: 1_500,
                actor: "account:Olga",
            };
            end(unit, &device.ok_or(StoreError::Closed)?, &ending)
        });
        ended.await.unwrap();
        let read = store.read(|connection| {
            let order = orders::find(connection, "o-1")?;
            Ok((sessions::by_name(connection, "d-1", "s-1")?, order))
        });
        let (session, order) = read.await.unwrap();
        let (session, order) = (session.unwrap(), order.unwrap());
        assert_eq!(
            (session.ended_at, session.outcome.as_deref()),
            (Some(1_500), Some("removed"))
        );
        assert!(!order.is_open(1_500) && order.state(1_500) == "expired");
    }

    #[tokio::test]
    async fn a_session_is_lost_once_its_device_was_away_for_a_day() {
        let (_folder, portal) = open();
        let desk = portal.desk();
        desk.store.write(|unit| begin(unit, 1_000)).await.unwrap();
        let read = async || {
            let read = desk
                .store
                .read(|connection| sessions::by_name(connection, "d-1", "s-1"));
            read.await.unwrap().unwrap()
        };
        end_lost(desk, 1_000 + LOST_AFTER - 1).await.unwrap();
        assert_eq!(read().await.ended_at, None);
        end_lost(desk, 1_000 + LOST_AFTER).await.unwrap();
        let lost = read().await;
        assert_eq!(
            (lost.ended_at, lost.outcome.as_deref()),
            (Some(1_000), Some("lost"))
        );
        let listed = desk
            .store
            .read(|connection| devices::in_sessions(connection, &Reach::All));
        assert!(listed.await.unwrap().is_empty());
    }
}
