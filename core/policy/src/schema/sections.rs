//! The keys of the contract, section by section.

use super::audit::AUDIT;
use super::clients::INTEGRATION;
use super::shape::{
    Dots, Kind, Leaf, Merge, Names, Needed, Openness, Section, Shape, closed, field, leaf, local,
    strict,
};
use super::{forms, ranks, records};

const YES: Kind = Kind::Bool;
const MODES: Kind = Kind::Choice(&["off", "warn", "deny"]);
const CAPTION: Kind = Kind::Text(&forms::CAPTION);
const ANSWER: Kind = Kind::Choice(&["allow", "deny"]);
const OFF: &str = "\"off\"";
const DENY: &str = "\"deny\"";
const METHODS: &str = "[\"local-approval\", \"brokered-action\", \"transmitted-credentials\"]";

/// The root of every policy: our sections beside anybody's.
pub(crate) static ROOT: Section = Section {
    fields: &[
        field("Organization", Shape::Section(&ORGANIZATION)).about("the organisation itself"),
        field("Integration", Shape::Section(&INTEGRATION)).about("the remote-desktop clients"),
        field("Session", Shape::Section(&SESSION))
            .about("what a session needs and how long it may last"),
        field("Tray", Shape::Section(&TRAY)).about("the menu as data"),
        leaf("WebLinks", Kind::Records(&WEB_LINK, records::web_link))
            .about("the organisation's links in the menu")
            .default("[]"),
        field("Links", Shape::Section(&LINKS)).about("links that ask to start a session"),
        field("Elevation", Shape::Section(&ELEVATION))
            .about("whether and how a supporter gets elevated rights"),
        field("Extensions", Shape::Section(&EXTENSIONS))
            .about("which hook packages and plugins run, and how they are bound"),
        field("Allow", Shape::Names(&ALLOW)).about(
            "switches of the organisation's own: an explicit false wins, wherever it stands",
        ),
        field("Audit", Shape::Section(&AUDIT))
            .about("what is decided otherwise than the security guide recommends"),
    ],
    openness: Openness::Open,
    language_prefix: None,
};

static ORGANIZATION: Section = Section {
    fields: &[leaf("Name", CAPTION)
        .about("the organisation, as people read it; else the tenant layer's name")],
    openness: Openness::Open,
    language_prefix: None,
};

static SESSION: Section = closed(&[
    leaf("RequireReason", YES).about("no session without a reason").default("false"),
    leaf("RequireTicket", Kind::Text(&forms::TICKET_PATTERN)).about("a regular expression that the whole ticket has to match; none is needed where nobody sets it"),
    leaf("MaxMinutes", Kind::Number(1, 525_600)).about("how long a session may last, in minutes; no limit where nobody sets it"),
    field("Checks", Shape::Section(&CHECKS)).about("the checks that are built in: each off, a warning, or a no"),
    field("Consent", Shape::Section(&CONSENT)).about("when and how the person is asked before a supporter joins; only ever gets stricter"),
]);

/// The checks that are built in.
pub(crate) static CHECKS: Section = closed(&[
    leaf("disk-encryption", MODES)
        .about("the disks of the system and of the home are encrypted")
        .default(OFF),
    leaf("firewall", MODES)
        .about("a firewall is on")
        .default(OFF),
    leaf("updates", MODES)
        .about("the system looked for updates within 30 days")
        .default(OFF),
    leaf("antivirus", MODES)
        .about("an antivirus program runs")
        .default(OFF),
    leaf("free-disk", MODES)
        .about("500 MiB are free where the home is")
        .default(OFF),
    leaf("power", MODES)
        .about("the device is not on battery")
        .default(OFF),
]);

static CONSENT: Section = closed(&[
    strict("Mode", Kind::Choice(&["never", "when-present", "always"]), ranks::CONSENT_MODE).about("whether the person is asked before a supporter joins").default("\"always\""),
    strict("TimeoutSeconds", Kind::Number(5, 3600), ranks::MORE_TIME).about("how long there is to answer, in seconds; more is the stricter").default("60"),
    strict("OnTimeout", ANSWER, ranks::ALLOW_OR_DENY).about("what silence means").default(DENY),
    strict("NoUser", ANSWER, ranks::ALLOW_OR_DENY).about("what holds under when-present when nobody is at the device").default(DENY),
    strict("GrantMinutes", Kind::Number(0, 1440), ranks::SHORTER_GRANT).about("how long one yes holds for the same supporter in this session, in minutes; 0 asks each time").default("0"),
    local("Text").about("the organisation's sentence in the dialog"),
]);

static TRAY: Section = closed(&[
    local("Tooltip").about("what the icon says; its state where nobody sets it"),
    leaf("Icon", CAPTION)
        .about("an icon of the desktop's theme, or a file, while no session is open"),
    leaf("Items", Kind::Menu(&MENU_ENTRY, records::menu_entry))
        .about("entries of the organisation's own")
        .default("[]"),
    leaf("HideWhen", Kind::Choices(&["idle", "waiting", "connected"]))
        .about("when the icon is hidden")
        .default("[]"),
    leaf("Quit", YES)
        .about("whether the person may end the agent from the menu")
        .default("false"),
]);

static MENU_ENTRY: Section = closed(&[
    leaf("Id", CAPTION).about("its name for hooks, tray click and patches; unique in the menu"),
    leaf(
        "Kind",
        Kind::Choice(&["", "item", "link", "separator", "submenu"]),
    )
    .about("what it is; picking an item calls the hook menu.click")
    .default("\"item\""),
    local("Text").about("what people read"),
    leaf("Target", Kind::Text(&forms::WEB_TARGET))
        .about("for a link: where it leads")
        .needed(Needed::OfKind("link")),
    leaf("Icon", CAPTION).about("the name of an icon of the desktop's theme"),
    leaf("Items", Kind::Records(&MENU_ENTRY, records::menu_entry))
        .about("for a submenu: what is in it"),
]);

static WEB_LINK: Section = closed(&[
    local("Name").about("what people read"),
    leaf("Target", Kind::Text(&forms::WEB_TARGET))
        .about("where it leads")
        .needed(Needed::All),
    leaf(
        "Platform",
        Kind::Choice(&["any", "linux", "windows", "macos"]),
    )
    .about("where it is shown")
    .default("\"any\""),
]);

static LINKS: Section = closed(&[leaf("Scheme", Kind::Text(&forms::OWN_SCHEME))
    .about("the organisation's own URL scheme beside deskhook:")]);

static ELEVATION: Section = closed(&[
    leaf("Enabled", YES)
        .about("whether a supporter may ask for elevated rights at all")
        .default("false"),
    leaf(
        "Methods",
        Kind::Choices(&[
            "local-approval",
            "brokered-action",
            "transmitted-credentials",
        ]),
    )
    .about("which ways may be asked for, most wanted first")
    .default(METHODS),
    leaf("MaxMinutes", Kind::Number(1, 1440))
        .about("how long a program may run, in minutes")
        .default("15"),
    leaf("Programs", Kind::Texts(&forms::ABSOLUTE_PATH))
        .about("what may be run, compared exactly; with any arguments")
        .default("[]"),
]);

static EXTENSIONS: Section = closed(&[
    field("Packages", Shape::Names(&PACKAGES)).about("packages and plugins by name or id"),
    field("Publishers", Shape::Names(&PUBLISHERS))
        .about("minisign public keys of plugin publishers that are trusted, by name"),
    strict(
        "Isolation",
        Kind::Choice(&["child", "in-process"]),
        ranks::ISOLATION,
    )
    .about("where extensions are to run; only ever gets stricter")
    .default("\"child\""),
]);

static PACKAGES: Names = Names {
    value: Shape::Section(&PACKAGE),
    dots: Dots::Belong,
};

static PACKAGE: Section = closed(&[
    leaf("Enabled", YES).about("false: it is not loaded").default("true"),
    leaf("Binding", Kind::Choice(&["required", "optional"])).about("what a failure of a hook that decides means: no, or no opinion").default("\"required\""),
    leaf("Priority", Kind::Number(0, 100)).about("who is heard first, from 0 to 100; ties by name").default("50"),
    leaf("Capabilities", Kind::Texts(&forms::CAPABILITY)).about("what it may use, of what its manifest asks for: net:HOST, exec:PATH, fs.read:PATH, env:NAME, facts:NAME, policy:KEY").default("[]"),
    leaf("Sha256", Kind::Text(&forms::SHA256)).about("the SHA-256 that its files must have"),
    leaf("Budget", Kind::Number(0, 30_000)).about("how long one call may take, in milliseconds; 0 is the kind's own").default("0"),
]);

static PUBLISHERS: Names = Names {
    value: Shape::Leaf(Leaf {
        kind: Kind::Text(&forms::PUBLISHER_KEY),
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
