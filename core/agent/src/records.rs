mod extensions;

use std::collections::BTreeMap;
use std::path::Path;

use deskhook_hooks::About;
use deskhook_record::{Entry as Row, Record, RecordError};
use deskhook_session::Entry;
use jiff::Timestamp;
use serde_json::Value;

use crate::disk::at_the_disk;

/// The agent's audit record: `record.jsonl` in the state folder.
pub(crate) struct Records {
    record: Record,
    device: String,
    /// What it has as running.
    in_place: Vec<About>,
    /// What it has as called no more, by name, and why.
    quarantined: BTreeMap<String, String>,
}

impl Records {
    pub(crate) fn open(state: &Path, device: &str) -> Result<Self, RecordError> {
        Ok(Self {
            record: Record::open(state.join("record.jsonl"))?,
            device: device.to_owned(),
            in_place: vec![],
            quarantined: BTreeMap::new(),
        })
    }

    /// Writes one entry down. A record that cannot be written is told in the log: support must
    /// not end because a disk is full, and the gap shows in the portal's own record.
    pub(crate) fn append(&mut self, entry: Entry) {
        let fields = entry
            .fields
            .into_iter()
            .map(|(name, value)| (name.to_owned(), Value::from(value)));
        let row = Row {
            at: format!("{:.3}", Timestamp::now()),
            actor: "agent".to_owned(),
            action: entry.action.to_owned(),
            subject: self.device.clone(),
            session: entry.session.map(|session| session.0),
            fields: fields.collect(),
        };
        if let Err(error) = at_the_disk(|| self.record.append(&row)) {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                action = entry.action,
                "the audit record cannot be written"
            );
        }
    }
}
