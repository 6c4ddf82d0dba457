//! What is set in the vendor's generator with the mouse: no key is documented for it.

use serde::Serialize;

use super::lines::CLIENT;
use super::profiles::Preset;
use super::role::{Ways, word};
use super::{ClientRole, Origin};
use crate::{AnyDeskClient, Resolved};

/// As a switch of the generator reads, by whether it is on.
const POSITIONS: [&str; 2] = ["off", "on"];

/// An option of the generator, or a step at the device, by the name that the vendor gives it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FormEntry {
    /// The option's name: of the build page of my.anydesk II, or of the custom client's details.
    pub name: &'static str,
    /// What it is set to.
    pub value: String,
    /// The policy key; none where the role says so.
    pub from: Option<String>,
    /// The layer and the place that set the policy key.
    #[serde(flatten)]
    pub origin: Option<Origin>,
}

/// The options of a role, and the policy keys that have no meaning for it.
pub(super) fn form(resolved: &Resolved, role: ClientRole) -> (Vec<FormEntry>, Vec<String>) {
    let mut form = Form {
        resolved,
        entries: vec![],
        remarks: vec![],
    };
    let client = &resolved.policy.anydesk;
    let ways = role.wanted(resolved);
    form.put("Build Type", capital(word(ways.0)), "Direction");
    if ways.receives() {
        form.receiving(client);
    } else {
        let value = "deactivate all permissions: nobody connects to this client".to_owned();
        form.put("Session Permission Profiles", value, "Direction");
        form.not_receiving(client);
    }
    form.connecting(client, ways);
    if let Some(namespace) = &client.namespace {
        form.put("Namespace", namespace.clone(), "Namespace");
    }
    if client.minimum_version.is_some() {
        let why = "the generator builds today's version; policy drift looks at what is installed";
        form.leave_out("MinimumVersion", why);
    }
    form.switch(
        "Disable settings",
        client.disable_settings,
        "DisableSettings",
    );
    let book = client.disable_address_book;
    form.switch("Disable address book", book, "DisableAddressBook");
    let tcp = client.disable_tcp_listen;
    form.switch("Disable TCP listen port", tcp, "DisableTcpListen");
    form.switch(
        "Assign to license",
        client.assign_to_license,
        "AssignToLicense",
    );
    (form.entries, form.remarks)
}

struct Form<'a> {
    resolved: &'a Resolved,
    entries: Vec<FormEntry>,
    remarks: Vec<String>,
}

impl Form<'_> {
    fn receiving(&mut self, client: &AnyDeskClient) {
        if let Some(list) = &client.access_control_list {
            let value = match list.as_slice() {
                [] => "on, and nobody in it".to_owned(),
                list => list.join(", "),
            };
            self.put("Access Control List", value, "AccessControlList");
        }
        for (profile, permissions) in &client.permission_profiles {
            if permissions.is_empty() || Preset::named(profile).is_some() {
                continue;
            }
            let permissions = permissions
                .iter()
                .map(|(name, allowed)| format!("{name} {}", POSITIONS[usize::from(*allowed)]));
            let value = format!("{profile}: {}", permissions.collect::<Vec<_>>().join(", "));
            self.put("Session Permission Profiles", value, "PermissionProfiles");
        }
        self.unattended(client);
    }

    fn unattended(&mut self, client: &AnyDeskClient) {
        let access = &client.unattended_access;
        match (access.enabled, &access.profile) {
            (Some(false), _) => {
                let value = "off: set no password".to_owned();
                self.put("Unattended Access", value, "UnattendedAccess.Enabled");
            }
            (Some(true), profile) => {
                let profile = profile.as_deref().unwrap_or("that is meant for it");
                let value = format!("on: set a password at the device, for the profile {profile}");
                self.put("Unattended Access", value, "UnattendedAccess.Enabled");
            }
            (None, _) => {}
        }
        if access.enabled != Some(false) && access.two_factor == Some(true) {
            let value = "set it up at the device, in the client's settings".to_owned();
            let name = "Two-factor authentication";
            self.put(name, value, "UnattendedAccess.TwoFactor");
        }
    }

    /// Of a client that connects, a line registers the alias.
    fn connecting(&mut self, client: &AnyDeskClient, ways: Ways) {
        let alias = client.register_alias;
        if !ways.connects() || alias == Some(false) {
            self.switch("Automatically register alias", alias, "RegisterAlias");
        }
        let login = client.force_user_login;
        if ways.connects() {
            self.switch("Force User Login", login, "ForceUserLogin");
        } else if login.is_some() {
            self.leave_out("ForceUserLogin", "it is for clients that connect to others");
        }
    }

    fn not_receiving(&mut self, client: &AnyDeskClient) {
        for (set, key) in [
            (client.access_control_list.is_some(), "AccessControlList"),
            (!client.permission_profiles.is_empty(), "PermissionProfiles"),
            (
                !client.remove_preset_profiles.is_empty(),
                "RemovePresetProfiles",
            ),
            (
                client.unattended_access.enabled.is_some(),
                "UnattendedAccess",
            ),
        ] {
            if set {
                self.leave_out(key, "nobody connects to this client");
            }
        }
    }

    fn leave_out(&mut self, key: &str, why: &str) {
        self.remarks.push(format!("{key} is left out: {why}"));
    }

    fn switch(&mut self, name: &'static str, value: Option<bool>, key: &str) {
        if let Some(value) = value {
            self.put(name, POSITIONS[usize::from(value)].to_owned(), key);
        }
    }

    fn put(&mut self, name: &'static str, value: String, key: &str) {
        let from = format!("{CLIENT}.{key}");
        let origin = Origin::of(self.resolved, &from);
        let from = origin.is_some().then_some(from);
        self.entries.push(FormEntry {
            name,
            value,
            from,
            origin,
        });
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
