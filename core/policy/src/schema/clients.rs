//! The keys under `Integration`: one section for each client that Deskhook knows, and a whole
//! `ClientSpec` for any other.

use super::shape::{Dots, Kind, Leaf, Merge, Names, Openness, Section, Shape, closed, field, leaf};
use super::{checks, records};

const YES: Kind = Kind::Bool;
const ANY: Kind = Kind::Text(checks::any);
const PLATFORM: Kind = Kind::Choice(&["", "linux", "windows", "macos"]);
/// The most bytes that a layer may let a bootstrapper have: 4 GiB.
const MAX_DOWNLOAD: u64 = 4 << 30;

/// Other products keep their settings under `Integration` as well.
pub(super) static INTEGRATION: Section = Section {
    fields: &[
        field("AnyDesk", Shape::Section(&ANYDESK)),
        field("RustDesk", Shape::Section(&RUSTDESK)),
        field("Vnc", Shape::Section(&VNC)),
        field("Clients", Shape::Names(&CLIENTS)),
    ],
    openness: Openness::Shared,
    language_prefix: None,
};

static ANYDESK: Section = closed(&[
    leaf("Enabled", YES),
    leaf("BootstrapperUrl", Kind::Text(checks::download_url)),
    leaf("BootstrapperSha256", Kind::TextOrTexts(checks::sha256)),
    leaf("BootstrapperMaxBytes", Kind::Number(1, MAX_DOWNLOAD)),
    leaf("AllowUnpinned", YES),
    leaf("CustomClientSuffix", Kind::Text(checks::suffix)),
    field("Ui", Shape::Section(&UI)),
    field("Client", Shape::Section(&CLIENT_SETTINGS)),
]);

static RUSTDESK: Section = closed(&[
    leaf("Enabled", YES),
    leaf("BootstrapperUrl", Kind::Text(checks::download_url)),
    leaf("BootstrapperSha256", Kind::TextOrTexts(checks::sha256)),
    leaf("BootstrapperMaxBytes", Kind::Number(1, MAX_DOWNLOAD)),
    leaf("AllowUnpinned", YES),
    field("Ui", Shape::Section(&UI)),
    field("Client", Shape::Section(&RUSTDESK_SETTINGS)),
]);

static VNC: Section = closed(&[
    leaf("Enabled", YES),
    leaf("Listen", Kind::Choice(&["loopback", "network"])),
    leaf("ViewOnly", YES),
    field("Ui", Shape::Section(&UI)),
]);

static UI: Section = Section {
    fields: &[],
    openness: Openness::Closed,
    language_prefix: Some("TrayMenuText"),
};

/// What the organisation wants its AnyDesk custom client to be.
static CLIENT_SETTINGS: Section = closed(&[
    leaf(
        "Direction",
        Kind::Choice(&["incoming", "outgoing", "bidirectional"]),
    ),
    leaf("AccessControlList", Kind::Texts(checks::access_entry)),
    leaf("Namespace", Kind::Text(checks::suffix)),
    leaf("RegisterAlias", YES),
    leaf("AssignToLicense", YES),
    leaf("ForceUserLogin", YES),
    leaf("DisableSettings", YES),
    leaf("DisableAddressBook", YES),
    leaf("DisableTcpListen", YES),
    field("PermissionProfiles", Shape::Names(&PROFILES)),
    leaf("RemovePresetProfiles", Kind::Texts(checks::caption)),
    field("UnattendedAccess", Shape::Section(&UNATTENDED)),
    field("Advanced", Shape::Names(&ADVANCED)),
    leaf("MinimumVersion", Kind::Text(checks::version)),
]);

static RUSTDESK_SETTINGS: Section = closed(&[
    leaf("MinimumVersion", Kind::Text(checks::version)),
    field("Advanced", Shape::Names(&ADVANCED)),
]);

static PROFILES: Names = Names {
    value: Shape::Names(&PERMISSIONS),
    dots: Dots::Part,
};

static PERMISSIONS: Names = Names {
    value: Shape::Leaf(Leaf {
        kind: YES,
        merge: Merge::Replace,
    }),
    dots: Dots::Part,
};

static UNATTENDED: Section = closed(&[
    leaf("Enabled", YES),
    leaf("Profile", Kind::Text(checks::caption)),
    leaf("TwoFactor", YES),
]);

/// The vendor's own keys, which have dots: `ad.security.interactive_access`.
static ADVANCED: Names = Names {
    value: Shape::Leaf(Leaf {
        kind: Kind::Scalar,
        merge: Merge::Replace,
    }),
    dots: Dots::Belong,
};

static CLIENTS: Names = Names {
    value: Shape::Section(&CLIENT),
    dots: Dots::Part,
};

/// A whole `ClientSpec`, with `Enabled` and `Ui` beside it.
pub(crate) static CLIENT: Section = closed(&[
    leaf("Enabled", YES),
    field("Ui", Shape::Section(&UI)),
    leaf("Name", Kind::Text(checks::suffix)),
    leaf("DisplayName", Kind::Text(checks::caption)),
    leaf(
        "Executables",
        Kind::Records(&EXECUTABLE, records::executable),
    ),
    field("Download", Shape::Section(&DOWNLOAD)),
    field("Launch", Shape::Section(&LAUNCH)),
    leaf("Address", Kind::Records(&ADDRESS, records::address_source)),
    field("Ready", Shape::Section(&QUERY)),
    leaf("Stop", Kind::Stop),
    field("Link", Shape::Section(&LINK)),
]);

static EXECUTABLE: Section = closed(&[
    leaf("Platform", PLATFORM),
    leaf("Path", Kind::Text(checks::program)),
]);

static DOWNLOAD: Section = closed(&[
    leaf("Url", Kind::Text(checks::download_url)),
    leaf("Sha256", Kind::TextOrTexts(checks::sha256)),
    leaf("MaxBytes", Kind::Number(1, MAX_DOWNLOAD)),
    leaf("AllowUnpinned", YES),
]);

static LAUNCH: Section = closed(&[
    leaf("Arguments", Kind::Texts(checks::any)),
    field("Environment", Shape::Names(&ENVIRONMENT)),
    leaf("AllowedArguments", Kind::Texts(checks::any)),
    leaf("AllowedEnvironment", Kind::Texts(checks::any)),
    leaf("Service", YES),
]);

static ENVIRONMENT: Names = Names {
    value: Shape::Leaf(Leaf {
        kind: ANY,
        merge: Merge::Replace,
    }),
    dots: Dots::Part,
};

static ADDRESS: Section = closed(&[
    field("Query", Shape::Section(&QUERY)),
    field("Output", Shape::Section(&OUTPUT)),
    field("Listening", Shape::Section(&LISTENING)),
]);

static QUERY: Section = closed(&[
    leaf("Arguments", Kind::Texts(checks::any)),
    leaf("NotReady", Kind::Texts(checks::any)),
    leaf("PatienceSeconds", Kind::Number(0, 3600)),
]);

static OUTPUT: Section = closed(&[leaf("Prefix", ANY), leaf("Template", ANY)]);

static LISTENING: Section = closed(&[leaf("Template", ANY)]);

static LINK: Section = closed(&[
    leaf("Template", Kind::Text(checks::link_template)),
    leaf("WithoutSuffix", Kind::Text(checks::link_template)),
    leaf("Suffix", Kind::Text(checks::suffix)),
]);
