//! The keys of the contract, section by section.

use super::audit::AUDIT;
use super::clients::INTEGRATION;
use super::shape::{
    Dots, Kind, Leaf, Merge, Names, Openness, Section, Shape, closed, field, leaf, local, strict,
};
use super::{checks, ranks, records};

const YES: Kind = Kind::Bool;
const MODES: Kind = Kind::Choice(&["off", "warn", "deny"]);
const ANSWER: Kind = Kind::Choice(&["allow", "deny"]);

/// The root of every policy: our sections beside anybody's.
pub(crate) static ROOT: Section = Section {
    fields: &[
        field("Organization", Shape::Section(&ORGANIZATION)),
        field("Integration", Shape::Section(&INTEGRATION)),
        field("Session", Shape::Section(&SESSION)),
        field("Tray", Shape::Section(&TRAY)),
        leaf("WebLinks", Kind::Records(&WEB_LINK, records::web_link)),
        field("Links", Shape::Section(&LINKS)),
        field("Elevation", Shape::Section(&ELEVATION)),
        field("Extensions", Shape::Section(&EXTENSIONS)),
        field("Allow", Shape::Names(&ALLOW)),
        field("Audit", Shape::Section(&AUDIT)),
    ],
    openness: Openness::Open,
    language_prefix: None,
};

static ORGANIZATION: Section = Section {
    fields: &[leaf("Name", Kind::Text(checks::caption))],
    openness: Openness::Open,
    language_prefix: None,
};

static SESSION: Section = closed(&[
    leaf("RequireReason", YES),
    leaf("RequireTicket", Kind::Text(checks::ticket_pattern)),
    leaf("MaxMinutes", Kind::Number(1, 525_600)),
    field("Checks", Shape::Section(&CHECKS)),
    field("Consent", Shape::Section(&CONSENT)),
]);

/// The checks that are built in.
pub(crate) static CHECKS: Section = closed(&[
    leaf("disk-encryption", MODES),
    leaf("firewall", MODES),
    leaf("updates", MODES),
    leaf("antivirus", MODES),
    leaf("free-disk", MODES),
    leaf("power", MODES),
]);

static CONSENT: Section = closed(&[
    strict(
        "Mode",
        Kind::Choice(&["never", "when-present", "always"]),
        ranks::CONSENT_MODE,
    ),
    strict("TimeoutSeconds", Kind::Number(5, 3600), ranks::MORE_TIME),
    strict("OnTimeout", ANSWER, ranks::ALLOW_OR_DENY),
    strict("NoUser", ANSWER, ranks::ALLOW_OR_DENY),
    strict("GrantMinutes", Kind::Number(0, 1440), ranks::SHORTER_GRANT),
    local("Text"),
]);

static TRAY: Section = closed(&[
    local("Tooltip"),
    leaf("Icon", Kind::Text(checks::caption)),
    leaf("Items", Kind::Records(&MENU_ENTRY, records::menu_entry)),
    leaf("HideWhen", Kind::Choices(&["idle", "waiting", "connected"])),
    leaf("Quit", YES),
]);

static MENU_ENTRY: Section = closed(&[
    leaf("Id", Kind::Text(checks::caption)),
    leaf(
        "Kind",
        Kind::Choice(&["", "item", "link", "separator", "submenu"]),
    ),
    local("Text"),
    leaf("Target", Kind::Text(checks::web_target)),
    leaf("Icon", Kind::Text(checks::caption)),
    leaf("Items", Kind::Records(&MENU_ENTRY, records::menu_entry)),
]);

static WEB_LINK: Section = closed(&[
    local("Name"),
    leaf("Target", Kind::Text(checks::web_target)),
    leaf(
        "Platform",
        Kind::Choice(&["any", "linux", "windows", "macos"]),
    ),
]);

static LINKS: Section = closed(&[leaf("Scheme", Kind::Text(checks::own_scheme))]);

static ELEVATION: Section = closed(&[
    leaf("Enabled", YES),
    leaf(
        "Methods",
        Kind::Choices(&[
            "local-approval",
            "brokered-action",
            "transmitted-credentials",
        ]),
    ),
    leaf("MaxMinutes", Kind::Number(1, 1440)),
    leaf("Programs", Kind::Texts(checks::absolute_path)),
]);

static EXTENSIONS: Section = closed(&[
    field("Packages", Shape::Names(&PACKAGES)),
    field("Publishers", Shape::Names(&PUBLISHERS)),
    strict(
        "Isolation",
        Kind::Choice(&["child", "in-process"]),
        ranks::ISOLATION,
    ),
]);

static PACKAGES: Names = Names {
    value: Shape::Section(&PACKAGE),
    dots: Dots::Belong,
};

static PACKAGE: Section = closed(&[
    leaf("Enabled", YES),
    leaf("Binding", Kind::Choice(&["required", "optional"])),
    leaf("Priority", Kind::Number(0, 100)),
    leaf("Capabilities", Kind::Texts(checks::any)),
    leaf("Sha256", Kind::Text(checks::sha256)),
    leaf("Budget", Kind::Number(0, 30_000)),
]);

static PUBLISHERS: Names = Names {
    value: Shape::Leaf(Leaf {
        kind: Kind::Text(checks::any),
        merge: Merge::Replace,
    }),
    dots: Dots::Belong,
};

static ALLOW: Names = Names {
    value: Shape::LeafOrNames(Leaf {
        kind: YES,
        merge: Merge::FalseWins,
    }),
    dots: Dots::Part,
};
