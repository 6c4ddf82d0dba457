use std::fmt;
use std::str::FromStr;

/// What an account is for. The six presets of the role matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Everything.
    Owner,
    /// Everything but licence, invoices and the deletion of the organisation.
    Admin,
    /// Helps people.
    SupportAgent,
    /// Sees what is kept, changes nothing.
    DataProtectionOfficer,
    /// Licence and invoices.
    Accountant,
    /// Somebody who is helped.
    User,
}

/// A part of the portal that rights are given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Section {
    PersonalProfile,
    License,
    Invoices,
    Users,
    Roles,
    Groups,
    PermissionSets,
    AddressBooks,
    Clients,
    Sessions,
    Builds,
    Organization,
}

/// How much of a section; a higher level includes the lower ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Level {
    None,
    View,
    Edit,
}

/// An action that no section's level implies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Verb {
    SessionConnect,
    SessionDisconnect,
    ElevationRequest,
    PolicyPublish,
    ApiKeyCreate,
    AuditExport,
    OrganizationDelete,
}

/// What a route, or a part of a page, asks of its caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Right {
    Section(Section, Level),
    Verb(Verb),
}

impl Right {
    pub(crate) const fn view(section: Section) -> Self {
        Self::Section(section, Level::View)
    }

    pub(crate) const fn edit(section: Section) -> Self {
        Self::Section(section, Level::Edit)
    }

    /// Whether who holds this right may do what `other` names.
    pub(crate) fn covers(self, other: Self) -> bool {
        match (self, other) {
            (Self::Section(mine, level), Self::Section(asked, needed)) => {
                mine == asked && level >= needed
            }
            (mine, asked) => mine == asked,
        }
    }
}

impl Role {
    pub(crate) const ALL: [Self; 6] = [
        Self::Owner,
        Self::Admin,
        Self::SupportAgent,
        Self::DataProtectionOfficer,
        Self::Accountant,
        Self::User,
    ];

    /// The level that this role has in a section. The table of the product's contract.
    pub(crate) const fn level(self, section: Section) -> Level {
        use Level::{Edit as E, None as N, View as V};
        // owner, admin, support agent, data protection officer, accountant, user
        let row = match section {
            Section::PersonalProfile => [E, N, N, N, N, E],
            Section::License | Section::Invoices => [E, V, N, V, V, N],
            Section::Users | Section::Groups | Section::AddressBooks => [E, E, V, V, N, N],
            Section::Roles | Section::PermissionSets | Section::Sessions => [E, E, N, V, N, N],
            Section::Clients => [E, E, V, V, N, V],
            Section::Builds => [E, E, N, N, N, V],
            Section::Organization => [E, E, N, V, V, N],
        };
        row[self as usize]
    }

    /// Whether this role has the right.
    pub(crate) fn may(self, right: Right) -> bool {
        match right {
            Right::Section(section, level) => self.level(section) >= level,
            Right::Verb(verb) => verb.roles().contains(&self),
        }
    }

    /// The name that people read.
    pub fn title(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Admin => "Admin",
            Self::SupportAgent => "Support agent",
            Self::DataProtectionOfficer => "Data protection officer",
            Self::Accountant => "Accountant",
            Self::User => "User",
        }
    }

    /// The name in commands, the API and the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::SupportAgent => "support_agent",
            Self::DataProtectionOfficer => "data_protection_officer",
            Self::Accountant => "accountant",
            Self::User => "user",
        }
    }
}

/// A name that is no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no role; owner, admin, support_agent, data_protection_officer, accountant and user are"
)]
pub struct RoleError(String);

impl FromStr for Role {
    type Err = RoleError;

    /// `support_agent`, `support-agent` and `Support agent` are the same.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let plain = text.trim().to_ascii_lowercase().replace(['-', ' '], "_");
        let found = Self::ALL.into_iter().find(|role| role.name() == plain);
        found.ok_or_else(|| RoleError(text.chars().take(80).collect()))
    }
}

impl Section {
    pub(crate) const ALL: [Self; 12] = [
        Self::PersonalProfile,
        Self::License,
        Self::Invoices,
        Self::Users,
        Self::Roles,
        Self::Groups,
        Self::PermissionSets,
        Self::AddressBooks,
        Self::Clients,
        Self::Sessions,
        Self::Builds,
        Self::Organization,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::PersonalProfile => "personal_profile",
            Self::License => "license",
            Self::Invoices => "invoices",
            Self::Users => "users",
            Self::Roles => "roles",
            Self::Groups => "groups",
            Self::PermissionSets => "permission_sets",
            Self::AddressBooks => "address_books",
            Self::Clients => "clients",
            Self::Sessions => "sessions",
            Self::Builds => "builds",
            Self::Organization => "organization",
        }
    }
}

impl Level {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::View => "view",
            Self::Edit => "edit",
        }
    }
}

impl Verb {
    pub(crate) const ALL: [Self; 7] = [
        Self::SessionConnect,
        Self::SessionDisconnect,
        Self::ElevationRequest,
        Self::PolicyPublish,
        Self::ApiKeyCreate,
        Self::AuditExport,
        Self::OrganizationDelete,
    ];

    fn roles(self) -> &'static [Role] {
        match self {
            Self::SessionConnect | Self::SessionDisconnect | Self::ElevationRequest => {
                &[Role::Owner, Role::Admin, Role::SupportAgent]
            }
            Self::PolicyPublish | Self::ApiKeyCreate => &[Role::Owner, Role::Admin],
            Self::AuditExport => &[Role::Owner, Role::DataProtectionOfficer],
            Self::OrganizationDelete => &[Role::Owner],
        }
    }

    /// What it allows, in words.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::SessionConnect => "connect to a device",
            Self::SessionDisconnect => "end a session",
            Self::ElevationRequest => "ask for elevated rights",
            Self::PolicyPublish => "publish a policy",
            Self::ApiKeyCreate => "create API keys",
            Self::AuditExport => "export the audit record",
            Self::OrganizationDelete => "delete the organization",
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SessionConnect => "session.connect",
            Self::SessionDisconnect => "session.disconnect",
            Self::ElevationRequest => "elevation.request",
            Self::PolicyPublish => "policy.publish",
            Self::ApiKeyCreate => "api_key.create",
            Self::AuditExport => "audit.export",
            Self::OrganizationDelete => "organization.delete",
        }
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Section(section, level) => write!(f, "{}:{}", section.name(), level.name()),
            Self::Verb(verb) => f.write_str(verb.name()),
        }
    }
}

/// A text that is no right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no right; clients:view, sessions:edit and session.connect are")]
pub struct RightError(String);

impl FromStr for Right {
    type Err = RightError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let levels = [Level::View, Level::Edit];
        let sections = Section::ALL
            .into_iter()
            .flat_map(|section| levels.map(|level| Self::Section(section, level)));
        let mut all = sections.chain(Verb::ALL.map(Self::Verb));
        all.find(|right| right.to_string() == text)
            .ok_or_else(|| RightError(text.chars().take(80).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_the_one_of_the_contract() {
        let csv = include_str!("../tests/role-matrix.csv");
        let mut lines = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
        let head = lines.next().unwrap();
        let roles: Vec<Role> = head[1..].iter().map(|name| name.parse().unwrap()).collect();
        let mut cells = 0;
        for row in lines {
            let section = Section::ALL
                .into_iter()
                .find(|s| s.name() == row[0])
                .unwrap();
            for (role, level) in roles.iter().zip(&row[1..]) {
                assert_eq!(role.level(section).name(), *level, "{role:?} {section:?}");
                cells += 1;
            }
        }
        assert_eq!(cells, 72);
    }

    #[test]
    fn no_level_of_a_section_implies_a_verb() {
        let verb = Right::Verb(Verb::SessionConnect);
        assert!(!Right::edit(Section::Clients).covers(verb));
        assert!(!Role::User.may(verb) && !Role::DataProtectionOfficer.may(verb));
        assert!(Right::edit(Section::Clients).covers(Right::view(Section::Clients)));
        assert!(!Right::view(Section::Clients).covers(Right::edit(Section::Clients)));
    }

    #[test]
    fn rights_and_roles_are_read_as_they_are_written() {
        for right in [Right::view(Section::Users), Right::Verb(Verb::AuditExport)] {
            assert_eq!(right.to_string().parse(), Ok(right));
        }
        assert!("clients:none".parse::<Right>().is_err());
        assert_eq!("Support-Agent".parse(), Ok(Role::SupportAgent));
        assert!("root".parse::<Role>().is_err());
    }
}
