use std::collections::BTreeMap;

use deskhook_wire::{DeviceAbout, ElevationOffer, ExtensionHealth, PersonShape, PolicyEntry};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::clock::Millis;
use crate::store::StoreError;
use crate::store::sessions::{self, Session};

/// An enrolled device as the database knows it.
#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) id: String,
    pub(crate) about: DeviceAbout,
    pub(crate) group: Option<String>,
    /// The person that its enrolment token was made for.
    pub(crate) bound_person: Option<String>,
    pub(crate) person: Option<PersonShape>,
    pub(crate) policy_version: String,
    pub(crate) facts: Json,
    /// When it last told its state: facts, extensions, versions.
    pub(crate) state_at: Option<Millis>,
    pub(crate) extensions: Json,
    pub(crate) policy: Json,
    pub(crate) elevation: Json,
    pub(crate) enrolled_at: Millis,
    pub(crate) last_seen: Millis,
    /// The session that goes on.
    pub(crate) session: Option<Session>,
}

impl Device {
    /// Whether the account of the person at it is the one that its token was made for.
    pub(crate) fn is_verified(&self) -> bool {
        match (&self.bound_person, &self.person) {
            (Some(bound), Some(person)) => bound.eq_ignore_ascii_case(&person.name),
            _ => false,
        }
    }

    /// How people call who is at it.
    pub(crate) fn person_name(&self) -> Option<&str> {
        let person = self.person.as_ref()?;
        let shown = if person.display_name.is_empty() {
            &person.name
        } else {
            &person.display_name
        };
        Some(shown)
    }
}

/// JSON that is read only where it is shown: a list of ten thousand devices shows none.
#[derive(Clone, Debug)]
pub(crate) struct Json(String);

impl Json {
    /// What it holds; nothing where another version wrote it in another way.
    pub(crate) fn read<T: DeserializeOwned + Default>(&self) -> T {
        serde_json::from_str(&self.0).unwrap_or_default()
    }
}

const SELECT: &str = "SELECT device.*, session.number AS session_number
    FROM device LEFT JOIN session ON session.number = device.session
    WHERE device.removed_at IS NULL";

/// A device that enrols.
pub(crate) struct Enrolling {
    pub(crate) id: String,
    pub(crate) public_key: [u8; 32],
    pub(crate) about: DeviceAbout,
    pub(crate) person: PersonShape,
    pub(crate) group: Option<String>,
    pub(crate) bound_person: Option<String>,
}

/// What is known of a key that enrols again.
#[derive(Clone, Debug)]
pub(crate) struct Earlier {
    pub(crate) id: String,
    pub(crate) group: Option<String>,
    pub(crate) bound_person: Option<String>,
    pub(crate) removed_at: Option<Millis>,
}

/// The device with this key, also where it was removed.
pub(crate) fn by_key(
    connection: &Connection,
    public_key: &[u8; 32],
) -> Result<Option<Earlier>, StoreError> {
    let select = "SELECT id, grp, bound_person, removed_at FROM device WHERE public_key = ?1";
    let found = connection.query_row(select, [public_key], |row| {
        Ok(Earlier {
            id: row.get(0)?,
            group: row.get(1)?,
            bound_person: row.get(2)?,
            removed_at: row.get(3)?,
        })
    });
    Ok(found.optional()?)
}

/// Adds a device, or brings the one with this key up to date; a removed one stays removed. Its id.
pub(crate) fn enrol(
    connection: &Connection,
    new: &Enrolling,
    now: Millis,
) -> Result<String, StoreError> {
    let upsert = "INSERT INTO device (id, public_key, name, os, os_version, agent_version, grp,
          bound_person, person, person_display, person_language, enrolled_at, last_seen)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?12)
        ON CONFLICT (public_key) DO UPDATE SET name = ?3, os = ?4, os_version = ?5,
          agent_version = ?6, grp = ?7, bound_person = ?8, person = ?9, person_display = ?10,
          person_language = ?11, enrolled_at = ?12, last_seen = ?12
        RETURNING id";
    let (about, person) = (&new.about, &new.person);
    let values = params![
        new.id,
        new.public_key,
        about.name,
        about.os,
        about.os_version,
        about.agent_version,
        new.group,
        new.bound_person,
        person.name,
        person.display_name,
        person.language,
        now
    ];
    Ok(connection.query_row(upsert, values, |row| row.get(0))?)
}

/// What a device says of itself.
pub(crate) struct StateReport<'a> {
    pub(crate) at: Millis,
    pub(crate) about: &'a DeviceAbout,
    pub(crate) person: Option<&'a PersonShape>,
    pub(crate) policy_version: &'a str,
    pub(crate) facts: &'a BTreeMap<String, Value>,
    pub(crate) extensions: &'a [ExtensionHealth],
    pub(crate) policy: &'a [PolicyEntry],
    pub(crate) elevation: &'a ElevationOffer,
}

pub(crate) fn set_state(
    connection: &Connection,
    device: &str,
    state: &StateReport<'_>,
) -> Result<(), StoreError> {
    let update = "UPDATE device SET name = ?2, os = ?3, os_version = ?4, agent_version = ?5,
        person = ?6, person_display = ?7, person_language = ?8, policy_version = ?9, facts = ?10,
        extensions = ?11, elevation = ?12, state_at = ?13, policy = ?14 WHERE id = ?1";
    let about = state.about;
    connection.execute(
        update,
        params![
            device,
            about.name,
            about.os,
            about.os_version,
            about.agent_version,
            state.person.map(|person| &person.name),
            state.person.map(|person| &person.display_name),
            state.person.map(|person| &person.language),
            state.policy_version,
            to_json(state.facts)?,
            to_json(state.extensions)?,
            to_json(state.elevation)?,
            state.at,
            to_json(state.policy)?
        ],
    )?;
    Ok(())
}

pub(crate) fn set_seen(
    connection: &Connection,
    device: &str,
    at: Millis,
) -> Result<(), StoreError> {
    let update = "UPDATE device SET last_seen = max(last_seen, ?2) WHERE id = ?1";
    connection
        .prepare_cached(update)?
        .execute(params![device, at])?;
    Ok(())
}

/// Takes a device out: its signature counts no more, its history stays. Its session has ended.
pub(crate) fn remove(connection: &Connection, device: &str, at: Millis) -> Result<(), StoreError> {
    let update = "UPDATE device SET removed_at = ?2 WHERE id = ?1";
    connection.execute(update, params![device, at])?;
    Ok(())
}

/// Points the device at the session that goes on, or at none.
pub(crate) fn set_session(
    connection: &Connection,
    device: &str,
    session: Option<i64>,
) -> Result<(), StoreError> {
    connection.execute(
        "UPDATE device SET session = ?2 WHERE id = ?1",
        params![device, session],
    )?;
    Ok(())
}

pub(crate) fn public_key(
    connection: &Connection,
    device: &str,
) -> Result<Option<[u8; 32]>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT public_key FROM device WHERE id = ?1 AND removed_at IS NULL")?;
    Ok(statement.query_row([device], |row| row.get(0)).optional()?)
}

/// Whose devices are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// All of the organisation's.
    All,
    /// Those that were enrolled for this person.
    Own(String),
}

impl Reach {
    fn person(&self) -> Option<&str> {
        match self {
            Self::All => None,
            Self::Own(person) => Some(person),
        }
    }
}

pub(crate) fn list(connection: &Connection, reach: &Reach) -> Result<Vec<Device>, StoreError> {
    let select = format!("{SELECT} AND (?1 IS NULL OR bound_person = ?1 COLLATE NOCASE)");
    read_all(connection, &select, reach)
}

fn read_all(
    connection: &Connection,
    select: &str,
    reach: &Reach,
) -> Result<Vec<Device>, StoreError> {
    let mut statement = connection.prepare_cached(select)?;
    let mut rows = statement.query([reach.person()])?;
    let mut devices = Vec::new();
    while let Some(row) = rows.next()? {
        devices.push(device(connection, row)?);
    }
    Ok(devices)
}

/// Those of which a session goes on.
pub(crate) fn in_sessions(
    connection: &Connection,
    reach: &Reach,
) -> Result<Vec<Device>, StoreError> {
    let select = format!(
        "{SELECT} AND device.session IS NOT NULL AND (?1 IS NULL OR bound_person = ?1 COLLATE NOCASE)"
    );
    read_all(connection, &select, reach)
}

pub(crate) fn find(
    connection: &Connection,
    id: &str,
    reach: &Reach,
) -> Result<Option<Device>, StoreError> {
    let select =
        format!("{SELECT} AND device.id = ?2 AND (?1 IS NULL OR bound_person = ?1 COLLATE NOCASE)");
    let mut statement = connection.prepare_cached(&select)?;
    let mut rows = statement.query(params![reach.person(), id])?;
    rows.next()?.map(|row| device(connection, row)).transpose()
}

/// Whether a device was within reach, also after it was taken out.
pub(crate) fn was_within(
    connection: &Connection,
    id: &str,
    reach: &Reach,
) -> Result<bool, StoreError> {
    let select = "SELECT 1 FROM device WHERE id = ?2
        AND (?1 IS NULL OR bound_person = ?1 COLLATE NOCASE)";
    let mut statement = connection.prepare_cached(select)?;
    Ok(statement.exists(params![reach.person(), id])?)
}

/// How many devices there are.
pub(crate) fn count(connection: &Connection) -> Result<usize, StoreError> {
    let select = "SELECT count(*) FROM device WHERE removed_at IS NULL";
    let count: i64 = connection
        .prepare_cached(select)?
        .query_row([], |row| row.get(0))?;
    Ok(usize::try_from(count).unwrap_or_default())
}

/// The names of all devices within reach, without anything else of them.
pub(crate) fn names_within(
    connection: &Connection,
    reach: &Reach,
) -> Result<Vec<String>, StoreError> {
    let select = "SELECT id FROM device WHERE removed_at IS NULL
        AND (?1 IS NULL OR bound_person = ?1 COLLATE NOCASE)";
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map([reach.person()], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The host names of these devices.
pub(crate) fn names<'a>(
    connection: &Connection,
    ids: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<String, String>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT name FROM device WHERE id = ?1")?;
    let mut names = BTreeMap::new();
    for id in ids {
        if !names.contains_key(id) {
            let name = statement.query_row([id], |row| row.get(0)).optional()?;
            names.extend(name.map(|name| (id.to_owned(), name)));
        }
    }
    Ok(names)
}

/// When each device was last heard of.
pub(crate) fn last_seen(connection: &Connection) -> Result<Vec<(String, Millis)>, StoreError> {
    let mut statement =
        connection.prepare("SELECT id, last_seen FROM device WHERE removed_at IS NULL")?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn device(connection: &Connection, row: &Row<'_>) -> Result<Device, StoreError> {
    let person: Option<String> = row.get("person")?;
    let number: Option<i64> = row.get("session_number")?;
    Ok(Device {
        id: row.get("id")?,
        about: DeviceAbout {
            name: row.get("name")?,
            os: row.get("os")?,
            os_version: row.get("os_version")?,
            agent_version: row.get("agent_version")?,
        },
        group: row.get("grp")?,
        bound_person: row.get("bound_person")?,
        person: match person {
            Some(name) => Some(PersonShape {
                name,
                display_name: row.get("person_display")?,
                language: row.get("person_language")?,
            }),
            None => None,
        },
        policy_version: row.get("policy_version")?,
        facts: Json(row.get("facts")?),
        state_at: row.get("state_at")?,
        extensions: Json(row.get("extensions")?),
        policy: Json(row.get("policy")?),
        elevation: Json(row.get("elevation")?),
        enrolled_at: row.get("enrolled_at")?,
        last_seen: row.get("last_seen")?,
        session: match number {
            Some(number) => sessions::find(connection, number)?,
            None => None,
        },
    })
}

/// Reads a column of JSON.
pub(crate) fn from_json<T: DeserializeOwned>(
    row: &Row<'_>,
    column: &'static str,
) -> Result<T, StoreError> {
    let text = row.get_ref(column)?;
    let text = text.as_str().map_err(|_| StoreError::Unreadable(column))?;
    serde_json::from_str(text).map_err(|_| StoreError::Unreadable(column))
}

/// Writes a column of JSON.
pub(crate) fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable("value"))
}
