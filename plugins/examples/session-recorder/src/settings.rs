use deskhook_sdk::{Failure, Host, Json, Level};

use crate::event::{FIELDS, OPTIONAL};

/// How large the file may get where the policy is silent, in MiB.
const USUAL_MIB: u64 = 8;
/// The host lets no file of a plugin get larger than 64 MiB.
const MOST_MIB: u64 = 60;

/// What the policy says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// How large the file may get, in bytes.
    pub(crate) most: u64,
    /// The fields that are written, beside those that every line has.
    pub(crate) fields: Vec<&'static str>,
}

impl Settings {
    /// Reads the policy. What is written must be what the organisation meant: a value that cannot
    /// be read is a failure, and an unknown field is told of and left out.
    pub(crate) fn read(host: Host) -> Result<Self, Failure> {
        Ok(Self {
            most: most(host)? << 20,
            fields: fields(host)?,
        })
    }
}

fn most(host: Host) -> Result<u64, Failure> {
    let Some(value) = host.policy("SessionRecorder.MaxMiB")? else {
        return Ok(USUAL_MIB);
    };
    let whole = value.as_u64().filter(|size| (1..=MOST_MIB).contains(size));
    whole.ok_or_else(|| {
        wrong(
            "MaxMiB",
            &format!("a whole number from 1 to {MOST_MIB}"),
            &value,
        )
    })
}

fn fields(host: Host) -> Result<Vec<&'static str>, Failure> {
    let Some(value) = host.policy("SessionRecorder.Fields")? else {
        return Ok(FIELDS.to_vec());
    };
    let known: Vec<&'static str> = FIELDS.into_iter().chain(OPTIONAL).collect();
    let listed: Option<Vec<String>> = serde_json::from_str(value.as_text()).ok();
    let listed = listed.ok_or_else(|| wrong("Fields", "a list of names", &value))?;
    for name in listed.iter().filter(|name| !known.contains(&name.as_str())) {
        let line = format!(
            "the policy's SessionRecorder.Fields has {name:?}, which is none of {}",
            known.join(", ")
        );
        host.log(Level::Warn, &line);
    }
    let wanted = |name: &&'static str| listed.iter().any(|one| one == name);
    Ok(known.into_iter().filter(wanted).collect())
}

fn wrong(key: &str, wanted: &str, found: &Json) -> Failure {
    let found = found.as_text();
    Failure::new(format!(
        "nothing is recorded: the policy's SessionRecorder.{key} must be {wanted}, found {found}"
    ))
}
