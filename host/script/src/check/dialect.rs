use super::{Finding, Severity};
use crate::lexer::{Kind, Token};

/// Signs of Lua 5.3 and later that this Lua does not have, and what to write instead.
const SIGNS: [(&str, &str, &str); 4] = [
    ("&", "the operator & is Lua 5.3", "write bit32.band(a, b)"),
    ("|", "the operator | is Lua 5.3", "write bit32.bor(a, b)"),
    (
        "<<",
        "the operator << is Lua 5.3",
        "write bit32.lshift(a, n)",
    ),
    (
        ">>",
        "the operator >> is Lua 5.3",
        "write bit32.rshift(a, n)",
    ),
];
/// Names that are not there, with what to write instead.
const NAMES: [(&str, &str); 30] = [
    (
        "io",
        "a script has no files of its own: deskhook.fs.read(path), deskhook.log.info(text)",
    ),
    (
        "package",
        "modules are files of the package: require(\"./other\")",
    ),
    ("load", "code comes from the package's files only"),
    ("loadstring", "code comes from the package's files only"),
    (
        "dofile",
        "modules are files of the package: require(\"./other\")",
    ),
    (
        "loadfile",
        "modules are files of the package: require(\"./other\")",
    ),
    ("getfenv", "functions keep their environment"),
    ("setfenv", "functions keep their environment"),
    ("newproxy", "use a table with a metatable"),
    ("collectgarbage", "rubbish is collected without asking"),
    ("os.time", "write deskhook.time.now().unix"),
    (
        "os.date",
        "write deskhook.time.format(deskhook.time.now(), pattern)",
    ),
    ("os.difftime", "subtract the field unix of two times"),
    ("os.execute", "write deskhook.exec(path, arguments)"),
    ("os.getenv", "write deskhook.env.get(name)"),
    (
        "os.remove",
        "a script has no files; deskhook.store.set(key, value) keeps values",
    ),
    (
        "os.exit",
        "a script cannot end the agent: return from the function",
    ),
    (
        "math.type",
        "all numbers are of one type here; x % 1 == 0 says whether one is whole",
    ),
    (
        "math.tointeger",
        "all numbers are of one type here; math.floor(x) makes one whole",
    ),
    (
        "debug.info",
        "the stack is not open to scripts; debug.traceback() is",
    ),
    (
        "debug.getinfo",
        "the stack is not open to scripts; debug.traceback() is",
    ),
    ("debug.sethook", "a call is bounded by its budget"),
    ("gcinfo", "rubbish is collected without asking"),
    ("string.dump", "code comes from the package's files only"),
    ("os.tmpname", "a script has no files of its own"),
    ("os.rename", "a script has no files of its own"),
    (
        "math.ult",
        "numbers are compared with <; bit32.band(x, 0xffffffff) makes one unsigned",
    ),
    ("warn", "write deskhook.log.warn(text)"),
    (
        "table.setn",
        "the length of a table is counted: #list; list[#list] = nil makes it shorter",
    ),
    (
        "_ENV",
        "functions keep their environment: write the name itself",
    ),
];
/// Names that work here and are not of Lua 5.1, with what works everywhere.
const NEWER: [(&str, &str); 5] = [
    (
        "string.pack",
        "deskhook.json.encode and deskhook.base64.encode write what other programs read",
    ),
    (
        "string.unpack",
        "string.byte(text, from, to) gives the bytes",
    ),
    (
        "string.packsize",
        "string.byte(text, from, to) gives the bytes",
    ),
    ("table.pack", "write { n = select(\"#\", ...), ... }"),
    ("table.unpack", "write unpack(list)"),
];
const FOREIGN: &str = "lua-5.4";

/// What is Lua, but not the Lua that runs here.
pub(super) fn findings(path: &str, tokens: &[Token<'_>]) -> Vec<Finding> {
    let mut findings = vec![];
    let mut types = false;
    for (at, token) in tokens.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        let after = tokens.get(at + 1);
        // `type X = A | B` is Luau: its bars stay alone.
        types = match token.text {
            "type" if token.kind == Kind::Name && after.is_some_and(is_name) => true,
            _ => types && before.is_some_and(|before| before.line == token.line),
        };
        let found = match token.kind {
            Kind::Sign if token.text == "::" => label(tokens.get(at..at + 3).unwrap_or_default()),
            Kind::Sign if !types => sign(token, before),
            Kind::Name => name(token, before, after).or_else(|| dotted(&tokens[at..], before)),
            _ => None,
        };
        findings.extend(found.map(|finding| placed(finding, path, token)));
    }
    findings
}

/// Whether a name that is not there is explained by these tables.
pub(super) fn is_explained(name: &str) -> bool {
    NAMES.iter().any(|(known, _)| *known == name)
}

fn is_name(token: &Token<'_>) -> bool {
    token.kind == Kind::Name
}

fn placed(finding: Finding, path: &str, token: &Token<'_>) -> Finding {
    Finding {
        file: path.to_owned(),
        line: token.line,
        column: token.column,
        ..finding
    }
}

/// `::name::`; a cast of Luau has one `::` alone.
fn label(tokens: &[Token<'_>]) -> Option<Finding> {
    let [_, name, end] = tokens else {
        return None;
    };
    let help = "write continue, break, or a function that returns";
    let finding = Finding::new(Severity::Error, FOREIGN, "a label is Lua 5.2").help(help);
    (is_name(name) && end.text == "::").then_some(finding)
}

fn sign(token: &Token<'_>, before: Option<&Token<'_>>) -> Option<Finding> {
    if let Some((_, message, help)) = SIGNS.iter().find(|sign| sign.0 == token.text) {
        return Some(Finding::new(Severity::Error, FOREIGN, *message).help(*help));
    }
    match token.text {
        "~" => {
            let two = before.is_some_and(|before| before.kind != Kind::Sign || before.text == ")");
            let help = if two {
                "write bit32.bxor(a, b)"
            } else {
                "write bit32.bnot(a)"
            };
            Some(Finding::new(Severity::Error, FOREIGN, "the operator ~ is Lua 5.3").help(help))
        }
        "//" | "//=" => {
            let message = "// divides without a rest since Lua 5.3; it works here, and editors for 5.1 refuse it";
            let help = "write math.floor(a / b)";
            Some(Finding::new(Severity::Warning, "lua-5.1", message).help(help))
        }
        "+=" | "-=" | "*=" | "/=" | "..=" => {
            let message = format!(
                "{} is Luau; it works here, and editors for Lua refuse it",
                token.text
            );
            let help = "write a = a + b";
            Some(Finding::new(Severity::Warning, "lua-5.1", message).help(help))
        }
        _ => None,
    }
}

fn name(
    token: &Token<'_>,
    before: Option<&Token<'_>>,
    after: Option<&Token<'_>>,
) -> Option<Finding> {
    let field = before.is_some_and(|before| [".", ":"].contains(&before.text));
    let label = after.is_some_and(is_name);
    if token.text == "goto" && label && !field {
        let help = "write continue, break, or a function that returns";
        return Some(Finding::new(Severity::Error, FOREIGN, "goto is Lua 5.2").help(help));
    }
    let attribute = before.is_some_and(|before| before.text == "<")
        && after.is_some_and(|after| after.text == ">");
    if attribute && ["const", "close"].contains(&token.text) {
        let message = format!("<{}> is Lua 5.4", token.text);
        return Some(Finding::new(Severity::Error, FOREIGN, message).help("write local x = ..."));
    }
    None
}

fn dotted(tokens: &[Token<'_>], before: Option<&Token<'_>>) -> Option<Finding> {
    let first = tokens.first()?;
    let dot = |at: usize| tokens.get(at).is_some_and(|token| token.text == ".");
    let second = tokens
        .get(2)
        .filter(|token| dot(1) && token.kind == Kind::Name);
    let field = before.is_some_and(|before| [".", ":"].contains(&before.text));
    // `local load = ...`, `{load = ...}` and `function load()` name something of the author's.
    let own = tokens.get(1).is_some_and(|next| next.text == "=")
        || before.is_some_and(|before| ["local", "function"].contains(&before.text));
    if field || own {
        return None;
    }
    let full = second.map(|second| format!("{}.{}", first.text, second.text));
    if let Some((name, help)) = NEWER.iter().find(|known| Some(known.0) == full.as_deref()) {
        let message =
            format!("{name} is newer than Lua 5.1; it works here, and editors for 5.1 refuse it");
        return Some(Finding::new(Severity::Warning, "lua-5.1", message).help(*help));
    }
    let known = NAMES
        .iter()
        .find(|(name, _)| *name == first.text || Some(*name) == full.as_deref());
    let (name, help) = known?;
    let plain_use = tokens
        .get(1)
        .is_some_and(|next| ["(", ".", ":"].contains(&next.text));
    let message = format!("there is no {name} here");
    (name.contains('.') || plain_use)
        .then(|| Finding::new(Severity::Error, "not-there", message).help(*help))
}
