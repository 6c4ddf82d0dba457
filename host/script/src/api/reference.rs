/// A function of the Lua API: the source of the editor stubs and of what `script check` knows.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// `deskhook.facts.get`.
    pub name: &'static str,
    /// The kind of capability without which it is not there; empty where it needs none.
    pub capability: &'static str,
    /// Name, type and meaning of each parameter, types as LuaLS writes them.
    pub parameters: &'static [(&'static str, &'static str, &'static str)],
    /// The type of what it gives back; empty for nothing.
    pub returns: &'static str,
    /// What it does, in a sentence.
    pub doc: &'static str,
}

/// Every function of the API, in the order of the reference.
pub const REFERENCE: &[Entry] = &[
    Entry {
        name: "deskhook.on",
        capability: "",
        parameters: &[
            (
                "hook",
                "deskhook.Hook",
                "the hook's name; it stands in `hooks` of the manifest",
            ),
            (
                "fn",
                "fun(ctx: table): any",
                "given the hook's input, gives back its answer or nil",
            ),
        ],
        returns: "",
        doc: "Hears a hook. At the top level of init.lua, once for each hook.",
    },
    Entry {
        name: "deskhook.allow",
        capability: "",
        parameters: &[],
        returns: "deskhook.Verdict",
        doc: "Says that nothing is against it; nil says that there is no opinion.",
    },
    Entry {
        name: "deskhook.deny",
        capability: "",
        parameters: &[(
            "verdict",
            "{code: string, message: string}",
            "a stable word for programs, and the sentence that the person reads",
        )],
        returns: "deskhook.Verdict",
        doc: "Says no, and why.",
    },
    Entry {
        name: "deskhook.ask",
        capability: "",
        parameters: &[(
            "verdict",
            "{title: string, message: string, timeout?: integer}",
            "the question; seconds until silence is a no, 5 to 600",
        )],
        returns: "deskhook.Verdict",
        doc: "Asks the person first.",
    },
    Entry {
        name: "deskhook.text",
        capability: "",
        parameters: &[
            ("key", "string", "a key of `texts/<language>.json`"),
            ("values", "table?", "what `{name}` in the text becomes"),
        ],
        returns: "string",
        doc: "A text of the package in the person's language, else in English, else in any, else the key.",
    },
    Entry {
        name: "deskhook.request.start_session",
        capability: "",
        parameters: &[(
            "options",
            "{reason?: string, ticket?: string}?",
            "why, and the ticket's number",
        )],
        returns: "",
        doc: "Asks the agent to start a session.",
    },
    Entry {
        name: "deskhook.request.stop_session",
        capability: "",
        parameters: &[],
        returns: "",
        doc: "Asks the agent to end the session.",
    },
    Entry {
        name: "deskhook.request.notify",
        capability: "",
        parameters: &[(
            "options",
            "{title?: string, message: string}",
            "what the notification says",
        )],
        returns: "",
        doc: "Asks the agent to show a notification.",
    },
    Entry {
        name: "deskhook.request.refresh_tray",
        capability: "",
        parameters: &[],
        returns: "",
        doc: "Asks the agent to make the menu anew.",
    },
    Entry {
        name: "deskhook.facts.get",
        capability: "facts",
        parameters: &[(
            "name",
            "string",
            "`disk-encryption`, `firewall`, `power`, ...",
        )],
        returns: "any",
        doc: "A fact of the device; nil where it is not known.",
    },
    Entry {
        name: "deskhook.policy.get",
        capability: "policy",
        parameters: &[("key", "string", "a dotted key, compared without case")],
        returns: "any",
        doc: "The effective value of a policy key; nil where nothing sets it.",
    },
    Entry {
        name: "deskhook.policy.check",
        capability: "policy",
        parameters: &[
            (
                "section",
                "any",
                "what `deskhook.policy.get` gave, or an object in it",
            ),
            ("key", "string", "where it stands, for what is said of it"),
            (
                "kinds",
                "table<string, string>",
                "each key that is known: `string`, `number`, `boolean`, `object`, `list`, or `text` (one, or one for each language)",
            ),
            (
                "complain",
                "(fun(key: string, why: string))?",
                "told of what has another type, which is then left out; without it that is an error",
            ),
        ],
        returns: "table",
        doc: "A section of the policy under the names that the package knows, whatever their case in the policy; a key that is not known is logged once.",
    },
    Entry {
        name: "deskhook.policy.text",
        capability: "policy",
        parameters: &[(
            "value",
            "any",
            "a text, or a text for each language: `{en = \"...\", de = \"...\"}`",
        )],
        returns: "string?",
        doc: "The text in the person's language, else in its main language, in English, in any.",
    },
    Entry {
        name: "deskhook.time.now",
        capability: "",
        parameters: &[(
            "zone",
            "string?",
            "`Europe/Berlin`; the device's own offset where there is none",
        )],
        returns: "deskhook.Time",
        doc: "The time of the call.",
    },
    Entry {
        name: "deskhook.time.parse",
        capability: "",
        parameters: &[
            ("text", "string", "RFC 3339, or a local date or time"),
            (
                "zone",
                "string?",
                "the zone of a local time, and of the result",
            ),
        ],
        returns: "deskhook.Time",
        doc: "Reads a time.",
    },
    Entry {
        name: "deskhook.time.format",
        capability: "",
        parameters: &[
            (
                "time",
                "deskhook.Time|number",
                "a time, or seconds since 1970",
            ),
            (
                "pattern",
                "string?",
                "as strftime has it; `%Y-%m-%d %H:%M` where there is none",
            ),
            ("zone", "string?", "the zone to show it in"),
        ],
        returns: "string",
        doc: "Writes a time.",
    },
    Entry {
        name: "deskhook.http.get",
        capability: "net",
        parameters: &[
            ("url", "string", "https, at a granted host"),
            (
                "options",
                "{headers?: table<string, string>, timeout?: integer}?",
                "timeout in seconds, 10 where there is none, at most 30",
            ),
        ],
        returns: "deskhook.Response",
        doc: "Asks a server. One that cannot be reached is an error; a status of 400 and more is not.",
    },
    Entry {
        name: "deskhook.http.post",
        capability: "net",
        parameters: &[
            ("url", "string", "https, at a granted host"),
            (
                "options",
                "{headers?: table<string, string>, body?: string, json?: any, timeout?: integer}?",
                "`json` is encoded and sets the content type",
            ),
        ],
        returns: "deskhook.Response",
        doc: "Tells a server something.",
    },
    Entry {
        name: "deskhook.exec",
        capability: "exec",
        parameters: &[
            ("path", "string", "absolute path of a granted program"),
            ("arguments", "string[]?", "its arguments; there is no shell"),
            (
                "options",
                "{stdin?: string, timeout?: integer}?",
                "timeout in seconds, 10 where there is none, at most 30",
            ),
        ],
        returns: "deskhook.Output",
        doc: "Runs a program and waits for it.",
    },
    Entry {
        name: "deskhook.fs.read",
        capability: "fs.read",
        parameters: &[("path", "string", "absolute path of a granted file")],
        returns: "string",
        doc: "The text of a file of at most 256 KiB.",
    },
    Entry {
        name: "deskhook.env.get",
        capability: "env",
        parameters: &[("name", "string", "its name")],
        returns: "string?",
        doc: "A variable of the agent's environment.",
    },
    Entry {
        name: "deskhook.store.get",
        capability: "",
        parameters: &[("key", "string", "its key")],
        returns: "any",
        doc: "What this package kept under the key.",
    },
    Entry {
        name: "deskhook.store.set",
        capability: "",
        parameters: &[
            ("key", "string", "its key"),
            (
                "value",
                "any",
                "a plain value of at most 64 KiB; nil forgets it",
            ),
        ],
        returns: "",
        doc: "Keeps a value; it outlives calls, reloads and restarts.",
    },
    Entry {
        name: "deskhook.json.encode",
        capability: "",
        parameters: &[("value", "any", "a plain value; an empty table is `{}`")],
        returns: "string",
        doc: "Writes JSON.",
    },
    Entry {
        name: "deskhook.json.decode",
        capability: "",
        parameters: &[("text", "string", "at most 1 MiB")],
        returns: "any",
        doc: "Reads JSON; null is nil.",
    },
    Entry {
        name: "deskhook.base64.encode",
        capability: "",
        parameters: &[("bytes", "string", "any bytes")],
        returns: "string",
        doc: "Writes base64 (RFC 4648, with padding).",
    },
    Entry {
        name: "deskhook.base64.decode",
        capability: "",
        parameters: &[("text", "string", "base64")],
        returns: "string",
        doc: "Reads base64.",
    },
    Entry {
        name: "deskhook.hash.sha256",
        capability: "",
        parameters: &[("bytes", "string", "any bytes")],
        returns: "string",
        doc: "SHA-256 in hex.",
    },
    Entry {
        name: "deskhook.hash.hmac_sha256",
        capability: "",
        parameters: &[
            ("key", "string", "any bytes, at least one"),
            ("bytes", "string", "any bytes"),
        ],
        returns: "string",
        doc: "HMAC-SHA256 (RFC 2104) in hex: proves to whoever has the key where bytes come from.",
    },
    Entry {
        name: "deskhook.log.debug",
        capability: "",
        parameters: &[("...", "any", "joined by spaces, cut at 4 KiB")],
        returns: "",
        doc: "Writes a line to the log: for the author.",
    },
    Entry {
        name: "deskhook.log.info",
        capability: "",
        parameters: &[("...", "any", "joined by spaces, cut at 4 KiB")],
        returns: "",
        doc: "Writes a line to the log: worth knowing.",
    },
    Entry {
        name: "deskhook.log.warn",
        capability: "",
        parameters: &[("...", "any", "joined by spaces, cut at 4 KiB")],
        returns: "",
        doc: "Writes a line to the log: worth a look.",
    },
    Entry {
        name: "deskhook.log.error",
        capability: "",
        parameters: &[("...", "any", "joined by spaces, cut at 4 KiB")],
        returns: "",
        doc: "Writes a line to the log: broken.",
    },
];
