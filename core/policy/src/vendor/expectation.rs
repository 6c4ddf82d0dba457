use super::lines::{ADD_TO_NAMESPACE, ADD_TO_NAMESPACE_OLD, CLIENT, PROFILES, lines};
use super::profiles::PRESETS;
use super::want::Want;
use super::{ClientRole, Origin};
use crate::Resolved;

/// What policy wants of an installed client, as far as its files can tell.
#[derive(Clone, Debug)]
pub struct Expectations {
    /// Whose client it is taken for.
    pub role: ClientRole,
    /// What was not certain on the way.
    pub remarks: Vec<String>,
    pub(super) rows: Vec<Expectation>,
    /// Whether a password of the client's would be against policy, and the key that says so.
    pub(super) no_password: Option<(String, Option<Origin>)>,
    /// Policy keys that leave no trace in a client's files, as far as is known.
    pub(super) untold: Vec<(String, Option<Origin>)>,
}

/// What is wanted at one key.
#[derive(Clone, Debug)]
pub(super) struct Expectation {
    /// The vendor's key, and other spellings of it.
    pub(super) keys: Vec<String>,
    pub(super) want: Want,
    /// What is wanted, for people: as the line has it, where there is one.
    pub(super) wanted: String,
    pub(super) from: String,
    pub(super) origin: Option<Origin>,
    pub(super) absence: Absence,
}

/// What it means that no file has the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absence {
    /// The line is missing.
    Missing,
    /// Nothing: where the generator keeps the option is not known.
    Untold,
}

impl Expectations {
    /// Whether something is expected at a key already; compared without case.
    fn keeps(&self, key: &str) -> bool {
        let mut keys = self.rows.iter().flat_map(|row| &row.keys);
        keys.any(|kept| kept.eq_ignore_ascii_case(key))
    }
}

/// What policy wants of the client of `role`; none is the one that policy describes, and where it
/// describes neither, the end user's.
pub fn expectations(resolved: &Resolved, role: Option<ClientRole>) -> Expectations {
    let against = role.and_then(|role| role.contradiction(resolved));
    let mut remarks: Vec<String> = against.into_iter().map(|problem| problem.message).collect();
    let described = role.or_else(|| ClientRole::of(resolved));
    if described.is_none() && resolved.policy.anydesk.direction.is_none() {
        let open = "Direction is not set: compared as an end user's client (--role support for \
                    the other)";
        remarks.push(open.to_owned());
    }
    let role = described.unwrap_or(ClientRole::EndUser);
    let mut expected = Expectations {
        role,
        remarks,
        rows: lined(resolved, role),
        no_password: None,
        untold: vec![],
    };
    expected.options(resolved);
    expected
}

/// The lines of the generator: each of them has to be there.
fn lined(resolved: &Resolved, role: ClientRole) -> Vec<Expectation> {
    let lines = lines(resolved, role).lines.into_iter();
    lines
        .map(|line| Expectation {
            keys: spellings(&line.key),
            wanted: line.value,
            want: line.want,
            from: line.from,
            origin: line.origin,
            absence: Absence::Missing,
        })
        .collect()
}

/// A key in each spelling that the sources have for it; the one that is printed first.
fn spellings(key: &str) -> Vec<String> {
    let mut keys = vec![key.to_owned()];
    if key == ADD_TO_NAMESPACE {
        keys.push(ADD_TO_NAMESPACE_OLD.to_owned());
    }
    for preset in PRESETS.iter().filter(|preset| preset.removal != preset.id) {
        let other = |from: &str, to: &str| {
            let rest = key.strip_prefix(&format!("{PROFILES}.{from}."))?;
            Some(format!("{PROFILES}.{to}.{rest}"))
        };
        keys.extend(other(preset.removal, preset.id));
        keys.extend(other(preset.id, preset.removal));
    }
    keys
}

impl Expectations {
    /// The options of the generator's form that were seen in clients' files, and the others.
    fn options(&mut self, resolved: &Resolved) {
        let client = &resolved.policy.anydesk;
        let ways = self.role.wanted(resolved);
        if ways.receives() {
            self.access(resolved);
            self.unattended(resolved);
            if let Some(alias) = client.register_alias {
                let key = "ad.features.register_alias";
                self.optional(resolved, key, (Want::Switch(alias), "RegisterAlias"));
            }
        }
        if let Some(namespace) = &client.namespace {
            let want = Want::Namespace(namespace.clone());
            self.optional(resolved, "ad.anynet.alias", (want, "Namespace"));
        }
        if ways.connects() && client.force_user_login.is_some() {
            self.tell_nothing(resolved, "ForceUserLogin");
        }
        if let Some(version) = &client.minimum_version {
            let want = Want::Version(version.clone());
            self.optional(resolved, "ad.anynet.cur_version", (want, "MinimumVersion"));
        }
        for (set, key) in [
            (client.direction.is_some(), "Direction"),
            (client.assign_to_license.is_some(), "AssignToLicense"),
            (client.disable_settings.is_some(), "DisableSettings"),
            (client.disable_address_book.is_some(), "DisableAddressBook"),
            (client.disable_tcp_listen.is_some(), "DisableTcpListen"),
        ] {
            if set {
                self.tell_nothing(resolved, key);
            }
        }
    }

    fn access(&mut self, resolved: &Resolved) {
        let Some(list) = &resolved.policy.anydesk.access_control_list else {
            return;
        };
        let from = "AccessControlList";
        let enabled = (Want::Switch(true), from);
        self.optional(resolved, "ad.security.acl_enabled", enabled);
        let list = (Want::Access(super::access::allowed(list)), from);
        self.optional(resolved, "ad.security.acl_list", list);
    }

    fn unattended(&mut self, resolved: &Resolved) {
        let access = &resolved.policy.anydesk.unattended_access;
        let from = "UnattendedAccess.Enabled";
        if let Some(enabled) = access.enabled {
            let want = (Want::Switch(enabled), from);
            self.optional(resolved, "ad.features.unattended", want);
        }
        if access.enabled == Some(false) {
            let from = format!("{CLIENT}.{from}");
            let origin = Origin::of(resolved, &from);
            self.no_password = Some((from, origin));
        }
        if access.two_factor.is_some() {
            self.tell_nothing(resolved, "UnattendedAccess.TwoFactor");
        }
    }

    /// A key of which a file need not say anything. What the organisation wrote down itself under
    /// the same key goes before.
    fn optional(&mut self, resolved: &Resolved, key: &str, (want, from): (Want, &str)) {
        if self.keeps(key) {
            return;
        }
        let from = format!("{CLIENT}.{from}");
        let origin = Origin::of(resolved, &from);
        self.rows.push(Expectation {
            keys: vec![key.to_owned()],
            wanted: want.wanted(),
            want,
            from,
            origin,
            absence: Absence::Untold,
        });
    }

    fn tell_nothing(&mut self, resolved: &Resolved, key: &str) {
        let from = format!("{CLIENT}.{key}");
        let origin = Origin::of(resolved, &from);
        self.untold.push((from, origin));
    }
}
