use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A remote-desktop client, described as data: where it is, how it is fetched, started, asked
/// for its address and stopped, and how a supporter's link to it looks.
///
/// In a layer file under `Integration.Clients.<name>`; AnyDesk, RustDesk, VNC and the sample
/// client are values of this same type.
///
/// Arguments, environment values, address templates and links may hold `{display}` (the X
/// display), `{port}` (a free TCP port of the loopback, chosen at launch), `{password_file}`
/// (a private file with a fresh random password), `{state}` (a private folder), `{self}` (the
/// running deskhook binary), and in links `{address}` and `{suffix}`. Nothing else is
/// replaced, and nothing ever passes through a shell.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct ClientSpec {
    /// Short name, as in policy keys and pages: `anydesk`, `vnc`.
    pub name: String,
    /// The name that people read.
    pub display_name: String,
    /// Where the program may be, most wanted first.
    pub executables: Vec<Executable>,
    /// How to get the program when it is nowhere, or when the organisation brings its own.
    pub download: Option<Download>,
    /// How it is started.
    pub launch: Launch,
    /// How its address is found, most wanted first.
    pub address: Vec<AddressSource>,
    /// What is asked once the address is known, until the answer is one that is not among
    /// `NotReady`: only then can supporters reach it. After its patience the address is told
    /// all the same.
    pub ready: Option<Query>,
    /// How it is stopped.
    pub stop: Stop,
    /// The supporter's link.
    pub link: LinkForm,
    /// What does the same work where this program is not on the machine, most wanted first.
    pub otherwise: Vec<ClientSpec>,
}

/// A place where a client's program may be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct Executable {
    /// `linux`, `windows`, `macos`; empty is any.
    pub platform: String,
    /// An absolute path, `{self}`, or a bare name that is looked for in the system's program folders.
    pub path: String,
}

/// Where a client's program is fetched from, and what it must be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct Download {
    /// https only; http is accepted for loopback hosts alone. No user name or password.
    pub url: String,
    /// The SHA-256 sums that are accepted, in hex. Empty: nothing is run unless `allow_unpinned`.
    pub sha256: Vec<String>,
    /// The most bytes that are read. Default 134217728 (128 MiB).
    pub max_bytes: u64,
    /// Run what was fetched although nothing says what it must be. Default false.
    pub allow_unpinned: bool,
}

/// How a client is started.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct Launch {
    /// Argument vector, without the program itself.
    pub arguments: Vec<String>,
    /// Added to the small environment that a client gets (HOME, PATH, display, language).
    pub environment: BTreeMap<String, String>,
    /// Arguments that a `client.launch` hook may add; a trailing `*` matches any ending.
    pub allowed_arguments: Vec<String>,
    /// Environment names that a `client.launch` hook may set.
    pub allowed_environment: Vec<String>,
    /// Do not start the program when it runs as a service already; only ask it.
    pub service: bool,
}

/// One way to find a client's address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub enum AddressSource {
    /// Run the program again with these arguments and read what it prints.
    Query(Query),
    /// Read a line of the started program's standard output that begins with this prefix; the
    /// template makes the address of `{value}`, the rest of that line.
    Output {
        /// What the line begins with.
        #[serde(rename = "Prefix")]
        prefix: String,
        /// The address, with `{value}`, `{host}` and `{port}`.
        #[serde(rename = "Template")]
        template: String,
    },
    /// Wait until the chosen port answers; the template is the address.
    Listening {
        /// The address, with `{host}` and `{port}`.
        #[serde(rename = "Template")]
        template: String,
    },
}

/// A question to the client's own command line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct Query {
    /// Arguments, such as `["--get-id"]`.
    pub arguments: Vec<String>,
    /// Answers that mean "not yet", beside an empty one: asked again with a growing pause.
    pub not_ready: Vec<String>,
    /// How long it is asked for, in seconds. 0 is the default of 30.
    pub patience_seconds: u32,
}

/// How a client is stopped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub enum Stop {
    /// Ask the process to end, and end it after five seconds.
    #[default]
    Terminate,
    /// Run the program with these arguments first, then as above.
    Command(Vec<String>),
    /// It is a service of the machine: it stays.
    Leave,
}

/// The link that a supporter's Connect opens.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct LinkForm {
    /// The link, with `{address}` and, where a suffix is set, `{suffix}`.
    pub template: String,
    /// Used instead when no suffix is set. Empty: `template`.
    pub without_suffix: String,
    /// The organisation's custom-client suffix (`CustomClientSuffix`).
    pub suffix: String,
}

impl LinkForm {
    /// The link to `address`.
    pub fn to(&self, address: &crate::Address) -> String {
        let plain = self.suffix.is_empty() && !self.without_suffix.is_empty();
        let form = if plain {
            &self.without_suffix
        } else {
            &self.template
        };
        form.replace("{suffix}", &self.suffix)
            .replace("{address}", address.as_str())
    }
}
