//! How the client is built: its direction, settings, list and profiles.

use super::{Case, case};

pub(super) static CASES: &[Case] = &[
    case(
        "direction",
        &[client!("")],
        &[client!(r#""Direction": "incoming""#)],
    ),
    case(
        "direction",
        &[client!(r#""Direction": "Bidirectional""#)],
        &[client!(r#""Direction": "outgoing""#)],
    ),
    case(
        "settings-open",
        &[client!(r#""DisableSettings": false"#)],
        &[client!(r#""DisableSettings": true"#)],
    ),
    case(
        "settings-open",
        &[client!(r#""UnattendedAccess": {"Enabled": true}"#)],
        &[client!(
            r#""UnattendedAccess": {"Enabled": true, "TwoFactor": true}"#
        )],
    ),
    case(
        "address-book-open",
        &[client!(r#""Direction": "incoming""#)],
        &[client!(
            r#""Direction": "incoming", "DisableAddressBook": true"#
        )],
    ),
    case(
        "address-book-open",
        &[client!("")],
        &[client!(r#""Direction": "outgoing""#)],
    ),
    case(
        "tcp-listening",
        &[client!("")],
        &[client!(r#""DisableTcpListen": "true""#)],
    ),
    case(
        "license-unassigned",
        &[client!("")],
        &[client!(r#""AssignToLicense": true"#)],
    ),
    case(
        "minimum-version",
        &[client!("")],
        &[client!(r#""MinimumVersion": "9.0.4""#)],
    ),
    case(
        "minimum-version",
        &[policy!(r#""Integration.RustDesk": {"Enabled": true}"#)],
        &[policy!(
            r#""Integration.RustDesk": {"Enabled": true, "Client.MinimumVersion": "1.4.9"}"#
        )],
    ),
    case(
        "acl-missing",
        &[client!(r#""Namespace": "acme""#)],
        &[client!(r#""AccessControlList": []"#)],
    ),
    case(
        "acl-missing",
        &[client!("")],
        &[client!(r#""Direction": "outgoing""#)],
    ),
    case(
        "acl-open",
        &[client!(
            r#""AccessControlList": ["*", "123 456 789", "*@ad"]"#
        )],
        &[client!(
            r#""AccessControlList": ["123 456 789", "jo@ad", "*@acme"]"#
        )],
    ),
    case(
        "acl-open",
        &[client!(
            r#""Namespace": "acme", "AccessControlList": ["*@acm?"]"#
        )],
        &[client!(
            r#""Namespace": "acme", "AccessControlList": ["jo?@acme"]"#
        )],
    ),
    case(
        "acl-foreign-namespace",
        &[client!(
            r#""Namespace": "acme", "AccessControlList": ["*@acme", "*@other"]"#
        )],
        &[client!(
            r#""Namespace": "acme", "AccessControlList": ["*@ACME", "jo@other"]"#
        )],
    ),
    case(
        "acl-namespace",
        &[client!(
            r#""Namespace": "acme", "AccessControlList": ["jo*@acme"]"#
        )],
        &[client!(
            r#""Namespace": "acme", "AccessControlList": ["*@acme"]"#
        )],
    ),
    case(
        "namespace-missing",
        &[client!("")],
        &[client!(r#""Namespace": "acme""#)],
    ),
    case(
        "namespace-missing",
        &[client!(
            r#""Namespace": "AD", "AccessControlList": ["*@acme-it"]"#
        )],
        &[client!(r#""Namespace": "adm""#)],
    ),
    case(
        "alias-unregistered",
        &[client!("")],
        &[client!(r#""RegisterAlias": true"#)],
    ),
    case(
        "preset-profiles",
        &[client!(
            r#""RemovePresetProfiles": ["_default", "_full_access", "_unattended_access"]"#
        )],
        &[client!(
            r#""RemovePresetProfiles": ["_default", "_screen_sharing", "_full_access", "unattended access"]"#
        )],
    ),
    case(
        "preset-profiles",
        &[client!(
            r#""Advanced": {"ad.security.permission_profiles._default.removed": 0}"#
        )],
        &[client!(
            r#""RemovePresetProfiles": ["_screen_sharing", "_full_access", "_unattended_access"],
               "Advanced": {"ad.security.permission_profiles._default.removed": 1}"#
        )],
    ),
    case(
        "profile-missing",
        &[client!(
            r#""RemovePresetProfiles": ["_default", "_screen_sharing", "_full_access", "_unattended_access"],
               "PermissionProfiles": {"_default": {"input": true}}"#
        )],
        &[client!(
            r#""RemovePresetProfiles": ["_default", "_screen_sharing", "_full_access", "_unattended_access"],
               "PermissionProfiles": {"Support": {"input": true}}"#
        )],
    ),
];
