use std::collections::BTreeMap;

use serde_json::Value;

use super::branch::Branch;
use crate::{
    AllowSet, ConsentPolicy, ElevationPolicy, ExtensionPolicy, Extensions, SessionPolicy,
    TrayPolicy, schema,
};

pub(super) fn session(session: Branch<'_>) -> SessionPolicy {
    let checks = session
        .at("Checks")
        .raw()
        .map(|all| schema::known(&schema::CHECKS, all));
    let checks = checks.unwrap_or_default();
    let mode = |value: Branch<'_>| serde_json::from_value(value.raw()?.clone()).ok();
    SessionPolicy {
        require_reason: session.flag("RequireReason").unwrap_or_default(),
        require_ticket: session.text("RequireTicket"),
        max_minutes: session.small("MaxMinutes"),
        checks: Branch::new(&checks)
            .entries()
            .filter_map(|(name, value)| Some((name.to_owned(), mode(value)?)))
            .collect(),
        consent: consent(session.at("Consent")),
    }
}

fn consent(consent: Branch<'_>) -> ConsentPolicy {
    let default = ConsentPolicy::default();
    let small = |key: &str| consent.small(key);
    ConsentPolicy {
        mode: consent.given("Mode").unwrap_or(default.mode),
        timeout_seconds: small("TimeoutSeconds").unwrap_or(default.timeout_seconds),
        on_timeout: consent.given("OnTimeout").unwrap_or(default.on_timeout),
        no_user: consent.given("NoUser").unwrap_or(default.no_user),
        grant_minutes: small("GrantMinutes").unwrap_or(default.grant_minutes),
        text: consent.local("Text"),
    }
}

pub(super) fn tray(tray: Branch<'_>) -> TrayPolicy {
    TrayPolicy {
        tooltip: tray.local("Tooltip"),
        icon: tray.text("Icon"),
        items: tray.value("Items"),
        hide_when: tray.value("HideWhen"),
        quit: tray.flag("Quit").unwrap_or_default(),
    }
}

pub(super) fn elevation(elevation: Branch<'_>) -> ElevationPolicy {
    let default = ElevationPolicy::default();
    ElevationPolicy {
        enabled: elevation.flag("Enabled").unwrap_or(default.enabled),
        methods: elevation.given("Methods").unwrap_or(default.methods),
        max_minutes: elevation.small("MaxMinutes").unwrap_or(default.max_minutes),
        programs: elevation.value("Programs"),
    }
}

pub(super) fn extensions(extensions: Branch<'_>) -> Extensions {
    let packages = extensions.at("Packages").entries();
    Extensions {
        packages: packages
            .map(|(name, value)| (name.to_owned(), package(value)))
            .collect(),
        publishers: extensions.value("Publishers"),
        isolation: extensions.value("Isolation"),
    }
}

fn package(package: Branch<'_>) -> ExtensionPolicy {
    let default = ExtensionPolicy::default();
    let priority = package
        .number("Priority")
        .and_then(|n| u8::try_from(n).ok());
    ExtensionPolicy {
        enabled: package.flag("Enabled").unwrap_or(default.enabled),
        binding: package.given("Binding").unwrap_or(default.binding),
        priority: priority.unwrap_or(default.priority),
        capabilities: package.value("Capabilities"),
        sha256: package.text("Sha256").map(|hex| hex.to_ascii_lowercase()),
        budget: package.small("Budget").unwrap_or(default.budget),
    }
}

pub(super) fn allow(allow: Branch<'_>) -> AllowSet {
    let mut pairs = BTreeMap::new();
    for (feature, value) in allow.entries() {
        let feature = feature.to_lowercase();
        for (name, allowed) in value.entries() {
            if let Some(Value::Bool(allowed)) = allowed.raw() {
                pairs.insert(format!("{feature}.{}", name.to_lowercase()), *allowed);
            }
        }
        if let Some(Value::Bool(allowed)) = value.raw() {
            pairs.insert(feature, *allowed);
        }
    }
    AllowSet::new(pairs)
}
