//! What lets somebody in, or farther.

use super::{Case, case};

pub(super) static CASES: &[Case] = &[
    case(
        "acl-missing",
        &[client!(
            r#""AccessControlList": ["*@acme"], "Advanced": {"ad.security.acl_enabled": false}"#
        )],
        &[client!(
            r#""AccessControlList": ["*@acme"], "Advanced": {"ad.security.acl_enabled": 1}"#
        )],
    ),
    case(
        "acl-missing",
        &[client!(
            r#""AccessControlList": ["*@acme"], "Advanced": {"Ad.Security.ACL_Enabled": "0"}"#
        )],
        &[client!(
            r#""Direction": "outgoing", "Advanced": {"ad.security.acl_enabled": "0"}"#
        )],
    ),
    case(
        "acl-open",
        &[client!(r#""Advanced": {"ad.security.acl_list": "*:true"}"#)],
        &[client!(
            r#""Advanced": {"ad.security.acl_list": "*:false;*@acme:true"}"#
        )],
    ),
    case(
        "acl-open",
        &[client!(
            r#""Advanced": {"ad.security.acl_list": "123456789:true;@ad:1;jo@ad:false;"}"#
        )],
        &[client!(
            r#""Advanced": {"ad.security.acl_list": "123456789:true;@acme:1;jo@ad:false;"}"#
        )],
    ),
    case(
        "acl-foreign-namespace",
        &[client!(
            r#""Namespace": "acme", "Advanced": {"ad.security.acl_list": "*@other:true;*@acme:true"}"#
        )],
        &[client!(
            r#""Namespace": "acme", "Advanced": {"ad.security.acl_list": "*@other:false;*@acme:true"}"#
        )],
    ),
    case(
        "preset-profiles",
        &[client!(
            r#""RemovePresetProfiles": ["_default", "_screen_sharing", "_full_access", "_unattended_access"],
            "Advanced": {"ad.security.permission_profiles._full_access.removed": 0}"#
        )],
        &[client!(
            r#""RemovePresetProfiles": ["_default", "_screen_sharing", "_full_access", "_unattended_access"],
            "Advanced": {"ad.security.permission_profiles._full_access.removed": 1}"#
        )],
    ),
    case(
        "permission-tunnel",
        &[client!(
            r#""PermissionProfiles": {"First line": {"tcp_tunnel": true, "VPN": true}}"#
        )],
        &[client!(
            r#""PermissionProfiles": {"First line": {"tcp_tunnel": false, "input": true}}"#
        )],
    ),
    case(
        "permission-tunnel",
        &[client!(
            r#""Advanced": {"ad.security.permission_profiles.it.permissions.vpn": "1"}"#
        )],
        &[client!(
            r#""Advanced": {"ad.security.permission_profiles.it.permissions.vpn": "0"}"#
        )],
    ),
    case(
        "permission-tunnel",
        &[client!(r#""Advanced": {"ad.security.tcp_tunnel": true}"#)],
        &[client!(
            r#""Direction": "outgoing", "Advanced": {"ad.security.tcp_tunnel": true}"#
        )],
    ),
    case(
        "permission-privacy-mode",
        &[client!(
            r#""PermissionProfiles": {"Support": {"privacy_feature": true}}"#
        )],
        &[client!(
            r#""PermissionProfiles": {"Support": {"whiteboard": true}}"#
        )],
    ),
    case(
        "permission-block-input",
        &[client!(
            r#""PermissionProfiles": {"Support": {"block_input": true}}"#
        )],
        &[client!(
            r#""PermissionProfiles": {"Support": {"input": true}}"#
        )],
    ),
    case(
        "permission-files",
        &[client!(
            r#""PermissionProfiles": {"Support": {"file_manager": true, "clipboard_files": true}}"#
        )],
        &[client!(
            r#""PermissionProfiles": {"Support": {"clipboard": true}}"#
        )],
    ),
    case(
        "permission-recording",
        &[client!(
            r#""PermissionProfiles": {"Support": {"record_session": true}}"#
        )],
        &[client!(
            r#""PermissionProfiles": {"Support": {"record_session": false}}"#
        )],
    ),
    case(
        "permission-restart",
        &[client!(
            r#""PermissionProfiles": {"Support": {"restart": true}}"#
        )],
        &[client!(
            r#""PermissionProfiles": {"Support": {"sysinfo": true}}"#
        )],
    ),
    case(
        "unattended-everywhere",
        &[client!(
            r#""UnattendedAccess": {"Enabled": true, "TwoFactor": true}"#
        )],
        &[
            client!(r#""UnattendedAccess": {"TwoFactor": true}"#),
            r#"{"scope": "device", "name": "kiosk", "settings": {"Integration.AnyDesk.Client.UnattendedAccess.Enabled": true}}"#,
        ],
    ),
    case(
        "unattended-everywhere",
        &[client!(r#""Advanced": {"ad.features.unattended": true}"#)],
        &[client!(r#""Advanced": {"ad.features.unattended": false}"#)],
    ),
    case(
        "unattended-access",
        &[
            client!(""),
            r#"{"scope": "group", "name": "kiosks", "settings": {"Integration.AnyDesk.Client.UnattendedAccess.Enabled": true}}"#,
        ],
        &[
            client!(""),
            r#"{"scope": "group", "name": "kiosks", "settings": {}}"#,
        ],
    ),
    case(
        "unattended-two-factor",
        &[client!(
            r#""UnattendedAccess": {"Enabled": true, "TwoFactor": false}"#
        )],
        &[client!(
            r#""UnattendedAccess": {"Enabled": true, "TwoFactor": true}"#
        )],
    ),
    case(
        "unattended-two-factor",
        &[client!(r#""UnattendedAccess": {"Enabled": true}"#)],
        &[client!(r#""UnattendedAccess": {"Enabled": false}"#)],
    ),
    case(
        "unattended-profile",
        &[client!(r#""UnattendedAccess": {"Enabled": true}"#)],
        &[client!(
            r#""UnattendedAccess": {"Enabled": true, "Profile": "own"}, "PermissionProfiles": {"Own": {"input": true}}"#
        )],
    ),
    case(
        "unattended-profile",
        &[client!(
            r#""UnattendedAccess": {"Enabled": true, "Profile": "_full_access"}, "PermissionProfiles": {"my own": {}}"#
        )],
        &[client!(
            r#""UnattendedAccess": {"Profile": "_full_access"}"#
        )],
    ),
    case(
        "outgoing-login",
        &[client!(""), supporters!("")],
        &[client!(""), supporters!(r#", "ForceUserLogin": true"#)],
    ),
    case(
        "outgoing-alias",
        &[client!(""), supporters!("")],
        &[client!(""), supporters!(r#", "RegisterAlias": true"#)],
    ),
    case(
        "outgoing-alias",
        &[client!(r#""RegisterAlias": false"#), supporters!("")],
        &[
            client!(""),
            supporters!(r#", "Advanced": {"ad.anydesk.register.add_to_namespace": "true"}"#),
        ],
    ),
    case(
        "outgoing-permissions",
        &[
            client!(r#""PermissionProfiles": {"First line": {"input": true}}"#),
            supporters!(""),
        ],
        &[
            client!(r#""PermissionProfiles": {"First line": {"input": true}}"#),
            supporters!(r#", "PermissionProfiles": {"First line": {"input": false}}"#),
        ],
    ),
    case(
        "outgoing-unattended",
        &[
            client!(r#""UnattendedAccess.Enabled": true"#),
            supporters!(""),
        ],
        &[
            client!(r#""UnattendedAccess.Enabled": true"#),
            supporters!(r#", "UnattendedAccess.Enabled": false"#),
        ],
    ),
    case(
        "bootstrapper-unpinned",
        &[policy!(
            r#""Integration.AnyDesk": {"Enabled": true, "BootstrapperUrl": "https://get.acme.com/a.exe"}"#
        )],
        &[policy!(
            r#""Integration.AnyDesk": {"Enabled": true, "BootstrapperUrl": "https://get.acme.com/a.exe",
               "BootstrapperSha256": "0000000000000000000000000000000000000000000000000000000000000000"}"#
        )],
    ),
    case(
        "bootstrapper-unpinned",
        &[policy!(
            r#""Integration.RustDesk": {"Enabled": true, "BootstrapperUrl": "https://get.acme.com/r", "BootstrapperSha256": []}"#
        )],
        &[policy!(
            r#""Integration.RustDesk": {"Enabled": false, "BootstrapperUrl": "https://get.acme.com/r"}"#
        )],
    ),
    case(
        "bootstrapper-unpinned",
        &[policy!(
            r#""Integration.Clients": {"my tool": {"Download.Url": "https://get.acme.com/t", "Executables": [{"Path": "t"}]}}"#
        )],
        &[policy!(
            r#""Integration.Clients": {"my tool": {"Enabled": false, "Download.Url": "https://get.acme.com/t"}}"#
        )],
    ),
    case(
        "bootstrapper-unpinned",
        &[policy!(
            r#""Integration.Clients.tool": {"Download.Url": "https://get.acme.com/t", "Executables": [{"Path": "t"}]}"#
        )],
        &[policy!(
            r#""Integration.Clients.tool": {"Executables": [{"Path": "t"}]}"#
        )],
    ),
    case(
        "bootstrapper-any",
        &[policy!(
            r#""Integration.AnyDesk": {"Enabled": true, "BootstrapperUrl": "https://get.acme.com/a.exe", "AllowUnpinned": true}"#
        )],
        &[policy!(
            r#""Integration.AnyDesk": {"Enabled": true, "AllowUnpinned": true}"#
        )],
    ),
    case(
        "bootstrapper-any",
        &[policy!(
            r#""Integration.Clients.tool": {"Download": {"Url": "https://get.acme.com/t", "AllowUnpinned": true}}"#
        )],
        &[policy!(
            r#""Integration.Clients.tool": {"Download": {"Url": "https://get.acme.com/t"}}"#
        )],
    ),
    case(
        "consent-never",
        &[policy!(r#""Session.Consent.Mode": "never""#)],
        &[policy!(r#""Session.Consent.Mode": "when-present""#)],
    ),
    case(
        "consent-silence",
        &[policy!(r#""Session.Consent.OnTimeout": "allow""#)],
        &[policy!(r#""Session.Consent.OnTimeout": "deny""#)],
    ),
    case(
        "consent-absence",
        &[policy!(r#""Session.Consent.NoUser": "allow""#)],
        &[policy!(r#""Session.Consent.NoUser": "deny""#)],
    ),
];
