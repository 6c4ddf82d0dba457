//! The keys under `Integration`: one section for each client that Deskhook knows, and a whole
//! `ClientSpec` for any other.

use super::shape::{Dots, Kind, Leaf, Merge, Names, Openness, Section, Shape, closed, field, leaf};
use super::{forms, records};

const YES: Kind = Kind::Bool;
const ANY: Kind = Kind::Text(&forms::ANY);
const PLATFORM: Kind = Kind::Choice(&["", "linux", "windows", "macos"]);
/// The most bytes that a layer may let a bootstrapper have: 4 GiB.
const MAX_DOWNLOAD: u64 = 4 << 30;

/// Other products keep their settings under `Integration` as well.
pub(super) static INTEGRATION: Section = Section {
    fields: &[
        field("AnyDesk", Shape::Section(&ANYDESK)).about("AnyDesk: the first that is tried"),
        field("RustDesk", Shape::Section(&RUSTDESK)).about("RustDesk: tried after AnyDesk"),
        field("Vnc", Shape::Section(&VNC)).about(
            "an installed x11vnc, else TigerVNC's x0vncserver, over the person's own X display",
        ),
        field("Clients", Shape::Names(&CLIENTS))
            .about("clients of the organisation's own, by name"),
    ],
    openness: Openness::Shared,
    language_prefix: None,
};

static ANYDESK: Section = closed(&[
    leaf("Enabled", YES).about("whether this client is offered").default("false"),
    leaf("BootstrapperUrl", Kind::Text(&forms::DOWNLOAD_URL)).about("where the program is fetched: https, without credentials; an installed one is used where nobody sets it"),
    leaf("BootstrapperSha256", Kind::TextOrTexts(&forms::SHA256)).about("the SHA-256 that the fetched program must have, or several of them"),
    leaf("BootstrapperMaxBytes", Kind::Number(1, MAX_DOWNLOAD)).about("the most bytes that are read").default("134217728"),
    leaf("AllowUnpinned", YES).about("run it although nothing says what it must be").default("false"),
    leaf("CustomClientSuffix", Kind::Text(&forms::SUFFIX)).about("the custom client that Connect opens"),
    field("Ui", Shape::Section(&UI)).about("the text of the menu's start entry, by language"),
    field("Client", Shape::Section(&CLIENT_SETTINGS)).about("what the organisation's custom client is to be"),
]);

static RUSTDESK: Section = closed(&[
    leaf("Enabled", YES).about("whether this client is offered").default("false"),
    leaf("BootstrapperUrl", Kind::Text(&forms::DOWNLOAD_URL)).about("where the program is fetched: https, without credentials; an installed one is used where nobody sets it"),
    leaf("BootstrapperSha256", Kind::TextOrTexts(&forms::SHA256)).about("the SHA-256 that the fetched program must have, or several of them"),
    leaf("BootstrapperMaxBytes", Kind::Number(1, MAX_DOWNLOAD)).about("the most bytes that are read").default("134217728"),
    leaf("AllowUnpinned", YES).about("run it although nothing says what it must be").default("false"),
    field("Ui", Shape::Section(&UI)).about("the text of the menu's start entry, by language"),
    field("Client", Shape::Section(&RUSTDESK_SETTINGS)).about("what the organisation's custom client is to be"),
]);

static VNC: Section = closed(&[
    leaf("Enabled", YES)
        .about("whether a VNC server is offered")
        .default("false"),
    leaf("Listen", Kind::Choice(&["loopback", "network"]))
        .about("where it listens; loopback is for a supporter who comes by a tunnel")
        .default("\"loopback\""),
    leaf("ViewOnly", YES)
        .about("the supporter sees and cannot type")
        .default("false"),
    field("Ui", Shape::Section(&UI)).about("the text of the menu's start entry, by language"),
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
    )
    .about("which way sessions may go"),
    leaf("AccessControlList", Kind::Texts(&forms::ACCESS_ENTRY))
        .about("who may connect: IDs, aliases such as jo@acme, wildcards such as *@acme"),
    leaf("Namespace", Kind::Text(&forms::SUFFIX))
        .about("the organisation's own namespace of aliases, without @"),
    leaf("RegisterAlias", YES).about("register an alias for the client by itself"),
    leaf("AssignToLicense", YES).about("count the client on the organisation's licence"),
    leaf("ForceUserLogin", YES).about("whoever connects from it has to sign in first"),
    leaf("DisableSettings", YES).about("its settings cannot be opened"),
    leaf("DisableAddressBook", YES).about("it has no address book"),
    leaf("DisableTcpListen", YES).about("it takes no direct connections on TCP"),
    field("PermissionProfiles", Shape::Names(&PROFILES))
        .about("what a session may do: by profile, then by permission"),
    leaf("RemovePresetProfiles", Kind::Texts(&forms::CAPTION))
        .about("the vendor's profiles that are taken out"),
    field("UnattendedAccess", Shape::Section(&UNATTENDED))
        .about("access by a password, without a person"),
    field("Advanced", Shape::Names(&ADVANCED)).about("the vendor's further keys with their values"),
    leaf("MinimumVersion", Kind::Text(&forms::VERSION))
        .about("the oldest version that is wanted: numbers with points"),
]);

static RUSTDESK_SETTINGS: Section = closed(&[
    leaf("MinimumVersion", Kind::Text(&forms::VERSION))
        .about("the oldest version that is wanted: numbers with points"),
    field("Advanced", Shape::Names(&ADVANCED)).about("the vendor's further keys with their values"),
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
    leaf("Enabled", YES).about("whether a password alone lets somebody in"),
    leaf("Profile", Kind::Text(&forms::CAPTION))
        .about("the permission profile that the password belongs to"),
    leaf("TwoFactor", YES).about("whether a code is asked for beside the password"),
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
    leaf("Enabled", YES).about("false: it is not offered").default("true"),
    field("Ui", Shape::Section(&UI)).about("the text of the menu's start entry, by language"),
    leaf("Name", Kind::Text(&forms::SUFFIX)).about("as the name that it stands under"),
    leaf("DisplayName", Kind::Text(&forms::CAPTION)).about("what people read; the name where nobody sets it"),
    leaf(
        "Executables",
        Kind::Records(&EXECUTABLE, records::executable),
    ).about("where the program may be, most wanted first").default("[]"),
    field("Download", Shape::Section(&DOWNLOAD)).about("where it is fetched when it is in none of these places"),
    field("Launch", Shape::Section(&LAUNCH)).about("how it is started"),
    leaf("Address", Kind::Records(&ADDRESS, records::address_source)).about("how its address is found: ways, most wanted first"),
    field("Ready", Shape::Section(&QUERY)).about("asked once the address is known, until the answer is not among NotReady"),
    leaf("Stop", Kind::Stop).about("ask the process to end, run the program with these arguments first, or leave a service alone").default("\"Terminate\""),
    field("Link", Shape::Section(&LINK)).about("what Connect opens at the supporter"),
]);

static EXECUTABLE: Section = closed(&[
    leaf("Platform", PLATFORM).about("where this one may be; empty is anywhere").default("\"\""),
    leaf("Path", Kind::Text(&forms::PROGRAM)).about("an absolute path, a bare name that is looked for in the system's program folders, or {self}"),
]);

static DOWNLOAD: Section = closed(&[
    leaf("Url", Kind::Text(&forms::DOWNLOAD_URL))
        .about("where the program is fetched: https, without credentials"),
    leaf("Sha256", Kind::TextOrTexts(&forms::SHA256))
        .about("the SHA-256 that the fetched program must have, or several of them"),
    leaf("MaxBytes", Kind::Number(1, MAX_DOWNLOAD))
        .about("the most bytes that are read")
        .default("134217728"),
    leaf("AllowUnpinned", YES)
        .about("run it although nothing says what it must be")
        .default("false"),
]);

static LAUNCH: Section = closed(&[
    leaf("Arguments", Kind::Texts(&forms::ANY))
        .about("handed over as they are, never through a shell")
        .default("[]"),
    field("Environment", Shape::Names(&ENVIRONMENT))
        .about("variables beside home, path, display and language"),
    leaf("AllowedArguments", Kind::Texts(&forms::ANY))
        .about("arguments that a client.launch hook may add; * at the end stands for any ending")
        .default("[]"),
    leaf("AllowedEnvironment", Kind::Texts(&forms::ANY))
        .about("variables that a client.launch hook may add")
        .default("[]"),
    leaf("Service", YES)
        .about("ask first whether it runs already, and start it only if it does not")
        .default("false"),
]);

static ENVIRONMENT: Names = Names {
    value: Shape::Leaf(Leaf {
        kind: ANY,
        merge: Merge::Replace,
    }),
    dots: Dots::Part,
};

static ADDRESS: Section = closed(&[
    field("Query", Shape::Section(&QUERY)).about("run the program again and read what it prints"),
    field("Output", Shape::Section(&OUTPUT))
        .about("a line of the started program's standard output"),
    field("Listening", Shape::Section(&LISTENING))
        .about("wait until the program listens on {port}"),
]);

static QUERY: Section = closed(&[
    leaf("Arguments", Kind::Texts(&forms::ANY))
        .about("what the program is run with")
        .default("[]"),
    leaf("NotReady", Kind::Texts(&forms::ANY))
        .about("answers that mean: not yet")
        .default("[]"),
    leaf("PatienceSeconds", Kind::Number(0, 3600))
        .about("how long it is asked, in seconds; 0 is 30")
        .default("0"),
]);

static OUTPUT: Section = closed(&[
    leaf("Prefix", ANY).about("what the line begins with"),
    leaf("Template", ANY).about("the address; {value} is the rest of the line"),
]);

static LISTENING: Section =
    closed(&[leaf("Template", ANY).about("the address; {host} and {port} are filled in")]);

static LINK: Section = closed(&[
    leaf("Template", Kind::Text(&forms::LINK_TEMPLATE))
        .about("a URL with {address}, and {suffix} where there is one"),
    leaf("WithoutSuffix", Kind::Text(&forms::LINK_TEMPLATE))
        .about("the link to use when no suffix is set"),
    leaf("Suffix", Kind::Text(&forms::SUFFIX)).about("{suffix} in the template"),
]);
