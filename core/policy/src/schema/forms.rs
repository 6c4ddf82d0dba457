//! What a text at a key must be: the check that decides, and as much of it as JSON Schema can say.

use super::checks;

/// What a text must be.
pub(crate) struct Form {
    /// Whether a text is one that the key can have; else what is wrong with it, in lower case.
    pub(crate) check: fn(&str) -> Result<(), String>,
    /// A regular expression (ECMA 262) that every such text matches; empty where there is none.
    pub(super) pattern: &'static str,
    /// A JSON Schema format that every such text has; empty where there is none.
    pub(super) format: &'static str,
}

/// A form without more to say of it than its check.
const fn checked(check: fn(&str) -> Result<(), String>) -> Form {
    let (pattern, format) = ("", "");
    Form {
        check,
        pattern,
        format,
    }
}

impl Form {
    const fn like(self, pattern: &'static str) -> Self {
        Self { pattern, ..self }
    }

    const fn of(self, format: &'static str) -> Self {
        Self { format, ..self }
    }
}

pub(super) static ANY: Form = checked(checks::any);
pub(super) static CAPTION: Form =
    checked(checks::caption).like(r"^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f]{0,1024}$");
pub(super) static DOWNLOAD_URL: Form = checked(checks::download_url)
    .like(r"^\s*[Hh][Tt][Tt][Pp][Ss]?:")
    .of("uri");
pub(super) static SHA256: Form = checked(checks::sha256).like("^[0-9A-Fa-f]{64}$");
pub(super) static CAPABILITY: Form =
    checked(checks::capability).like(r"^(net|exec|fs\.read|env|facts|policy):\S");
pub(super) static PUBLISHER_KEY: Form =
    checked(checks::publisher_key).like("^RW[A-Za-z0-9+/]{54}$");
pub(super) static SUFFIX: Form = checked(checks::suffix).like("^[A-Za-z0-9._-]{1,64}$");
pub(super) static TICKET_PATTERN: Form = checked(checks::ticket_pattern);
pub(super) static OWN_SCHEME: Form = checked(checks::own_scheme).like("^[a-z][a-z0-9+.-]{0,31}$");
pub(super) static LINK_TEMPLATE: Form =
    checked(checks::link_template).like(r"^[a-z][a-z0-9+.-]{0,31}:.*\{address\}");
pub(super) static WEB_TARGET: Form = checked(checks::web_target)
    .like(r"^\s*([Hh][Tt][Tt][Pp][Ss]?|[Mm][Aa][Ii][Ll][Tt][Oo]|[Tt][Ee][Ll]):")
    .of("uri");
pub(super) static ABSOLUTE_PATH: Form = checked(checks::absolute_path).like(r"^(/|[A-Za-z]:[\\/])");
pub(super) static PROGRAM: Form = checked(checks::program).like(".");
pub(super) static ACCESS_ENTRY: Form =
    checked(checks::access_entry).like(r"^[^\u0000-\u001f]{1,128}$");
pub(super) static VERSION: Form = checked(checks::version).like(r"^[0-9]+(\.[0-9]+)*$");
pub(super) static REASON: Form = checked(checks::reason).like(r"\S");
pub(super) static DATE: Form = checked(checks::date)
    .like(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    .of("date");
