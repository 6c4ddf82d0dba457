//! The `key=value` lines for the "Advanced" field of the vendor's generator.

use serde::Serialize;
use serde_json::Value;

use super::legibility::is_plain;
use super::profiles::{PRESETS, Preset, permission};
use super::want::Want;
use super::{ClientRole, Origin};
use crate::Resolved;

/// The beginning of the policy keys that lines come from.
pub(super) const CLIENT: &str = "Integration.AnyDesk.Client";
/// Where the vendor's clients keep permission profiles.
pub(super) const PROFILES: &str = "ad.security.permission_profiles";
/// Registers the alias in the licence's namespace, as the vendor's guide prints it.
pub(super) const ADD_TO_NAMESPACE: &str = "ad.anydesk.register.add_to_namespace";
/// The same in an older integrator's handbook. Which of the two a client heeds is not known.
pub(super) const ADD_TO_NAMESPACE_OLD: &str = "ad.anynet.register.add_to_namespace";

/// How well a line is vouched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// The vendor's guide "Security Best Practices" (version 2.0, 2024-04-01) prints it.
    Documented,
    /// It was seen in files of installed clients; the vendor does not describe it.
    Seen,
    /// The organisation wrote it down itself, under `Advanced`.
    Own,
}

/// One line, with the policy key that it comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VendorLine {
    /// The vendor's key.
    pub key: String,
    /// Its value, as it is written.
    pub value: String,
    /// The policy key.
    pub from: String,
    /// The layer and the place that set the policy key.
    #[serde(flatten)]
    pub origin: Option<Origin>,
    /// How well it is vouched for.
    pub evidence: Evidence,
    /// What an installed client has to say for it.
    #[serde(skip)]
    pub(super) want: Want,
}

/// `key=value`.
impl std::fmt::Display for VendorLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}={}", self.key, self.value)
    }
}

/// Lines in their order, and what has to be said about them.
pub(super) struct Lines<'a> {
    resolved: &'a Resolved,
    pub(super) lines: Vec<VendorLine>,
    pub(super) remarks: Vec<String>,
}

/// The lines of a role: the guide's first and in its order, the organisation's own last.
pub(super) fn lines(resolved: &Resolved, role: ClientRole) -> Lines<'_> {
    let mut lines = Lines {
        resolved,
        lines: vec![],
        remarks: vec![],
    };
    let ways = role.wanted(resolved);
    if ways.receives() {
        lines.removals();
        lines.permissions();
    }
    if ways.connects() {
        lines.namespace();
    }
    lines.advanced();
    lines
}

impl Lines<'_> {
    fn removals(&mut self) {
        let from = format!("{CLIENT}.RemovePresetProfiles");
        let names = &self.resolved.policy.anydesk.remove_preset_profiles;
        let presets: Vec<&Preset> = names
            .iter()
            .filter_map(|name| Preset::named(name))
            .collect();
        let others = names.iter().filter(|name| Preset::named(name).is_none());
        let mut ids: Vec<&str> = PRESETS
            .iter()
            .filter(|preset| presets.iter().any(|named| named.id == preset.id))
            .map(|preset| preset.removal)
            .collect();
        for other in others {
            self.remarks.push(format!(
                "{other} is none of the four preset profiles of the vendor's guide"
            ));
            ids.push(other);
        }
        for id in ids {
            let evidence = match Preset::named(id) {
                Some(_) => Evidence::Documented,
                None => Evidence::Seen,
            };
            let key = format!("{PROFILES}.{id}.removed");
            self.put(key, "1".to_owned(), &from, (evidence, Want::Switch(true)));
        }
    }

    fn permissions(&mut self) {
        let client = &self.resolved.policy.anydesk;
        let is_removed = |name: &str| {
            let id = Preset::named(name).map(|preset| preset.id);
            client.remove_preset_profiles.iter().any(|removed| {
                removed == name || (id.is_some() && id == Preset::named(removed).map(|p| p.id))
            })
        };
        for (profile, permissions) in &client.permission_profiles {
            if is_removed(profile) {
                self.remarks.push(format!(
                    "the profile {profile} is removed, so its PermissionProfiles are left out"
                ));
                continue;
            }
            let id = Preset::named(profile).map_or(profile.as_str(), |preset| preset.id);
            for (name, allowed) in permissions {
                let (flag, known) = permission(name);
                if known.is_none() {
                    self.remarks.push(format!(
                        "{name} is no permission that the vendor lists; the line is made all the same"
                    ));
                }
                let from = format!("{CLIENT}.PermissionProfiles.{profile}.{name}");
                let key = format!("{PROFILES}.{id}.permissions.{flag}");
                let value = u8::from(*allowed).to_string();
                self.put(key, value, &from, (Evidence::Seen, Want::Switch(*allowed)));
            }
        }
    }

    /// The guide registers a supporter's alias in the custom namespace, for the end users' access
    /// control lists to name it.
    fn namespace(&mut self) {
        let client = &self.resolved.policy.anydesk;
        let from = match (client.register_alias, &client.namespace) {
            (Some(true), None) => {
                let said = "Namespace is not set: the alias goes into the namespace of the licence";
                self.remarks.push(said.to_owned());
                format!("{CLIENT}.RegisterAlias")
            }
            (Some(true), Some(_)) => format!("{CLIENT}.RegisterAlias"),
            (None, Some(_)) => format!("{CLIENT}.Namespace"),
            (Some(false), _) | (None, None) => return,
        };
        let key = ADD_TO_NAMESPACE.to_owned();
        let documented = (Evidence::Documented, Want::Switch(true));
        self.put(key, "true".to_owned(), &from, documented);
        self.remarks.push(format!(
            "an older handbook of an integrator's writes {ADD_TO_NAMESPACE_OLD}; \
             if no alias appears, set that under Advanced"
        ));
    }

    fn advanced(&mut self) {
        for (key, value) in &self.resolved.policy.anydesk.advanced {
            let (text, want) = match value {
                Value::Bool(value) => (value.to_string(), Want::Switch(*value)),
                Value::String(text) => (text.clone(), Want::Text(text.clone())),
                Value::Number(number) => (number.to_string(), Want::Text(number.to_string())),
                Value::Null | Value::Array(_) | Value::Object(_) => continue,
            };
            let from = format!("{CLIENT}.Advanced.{key}");
            self.put(key.clone(), text, &from, (Evidence::Own, want));
        }
    }

    /// What the organisation wrote down itself holds before what follows from its other keys.
    fn put(&mut self, key: String, value: String, from: &str, (evidence, want): (Evidence, Want)) {
        // A policy that was built by hand went through no validation.
        if !is_plain(&key) || !is_plain(&value) {
            self.remarks
                .push(format!("{from} makes no single line and is left out"));
            return;
        }
        let line = VendorLine {
            key,
            value,
            from: from.to_owned(),
            origin: Origin::of(self.resolved, from),
            evidence,
            want,
        };
        let mut lines = self.lines.iter_mut();
        let Some(before) = lines.find(|other| other.key.eq_ignore_ascii_case(&line.key)) else {
            self.lines.push(line);
            return;
        };
        if before.value != line.value {
            self.remarks.push(format!(
                "{from} says otherwise than {}, and holds",
                before.from
            ));
            *before = line;
        }
    }
}
