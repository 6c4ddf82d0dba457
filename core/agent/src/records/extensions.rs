//! What the record has of packages and plugins: which files decide, from when until when.

use std::collections::BTreeMap;

use deskhook_hooks::{About, Bound, Health};
use deskhook_session::Entry;

use super::Records;
use crate::extensions;

impl Records {
    /// Writes down which files decide from now on, and which no longer do.
    pub(crate) fn note_running(&mut self, loaded: &[Bound]) {
        let now: Vec<About> = loaded
            .iter()
            .map(|bound| bound.extension.about().clone())
            .collect();
        let before = std::mem::replace(&mut self.in_place, now.clone());
        let gone = before.iter().filter(|old| {
            let mut names = now.iter().map(|about| &about.name);
            !names.any(|name| extensions::same(name, &old.name))
        });
        for About { name, version, .. } in gone {
            tracing::info!(package = name, version, "an extension runs no more");
            self.append(Entry {
                action: "extension.stopped",
                session: None,
                fields: vec![("extension", name.clone()), ("version", version.clone())],
            });
        }
        for bound in loaded {
            let about = bound.extension.about();
            let is_same = |old: &About| {
                extensions::same(&old.name, &about.name) && old.sha256 == about.sha256
            };
            if before.iter().any(is_same) {
                continue;
            }
            let remark = bound.extension.remark().map(str::to_owned);
            let fields = [
                ("extension", Some(about.name.clone())),
                ("version", Some(about.version.clone())),
                ("sha256", Some(about.sha256.clone())),
                ("remark", remark),
            ];
            let fields = fields.into_iter();
            self.append(Entry {
                action: "extension.started",
                session: None,
                fields: fields
                    .filter_map(|(name, value)| Some((name, value?)))
                    .collect(),
            });
        }
    }

    /// Tells of what is called no more since the last look.
    pub(crate) fn note_quarantined(&mut self, health: Vec<Health>) {
        let all: BTreeMap<String, String> = health
            .into_iter()
            .filter(Health::is_quarantined)
            .map(|health| {
                let last = health.last_fault;
                let last = last.map(|(hook, fault)| format!("{hook}: {fault}"));
                (health.name, last.unwrap_or_default())
            })
            .collect();
        for (name, why) in &all {
            if self.quarantined.contains_key(name) {
                continue;
            }
            tracing::error!(
                package = name,
                why,
                "it failed too often and is called no more"
            );
            self.append(Entry {
                action: "extension.quarantined",
                session: None,
                fields: vec![("extension", name.clone()), ("why", why.clone())],
            });
        }
        self.quarantined = all;
    }
}
