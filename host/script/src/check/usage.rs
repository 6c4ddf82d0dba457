use deskhook_hooks::{Grants, HostCall};

use super::lexer::{Kind, Token, tokens};
use super::{Finding, Severity};
use crate::nearest::{did_you_mean, nearest};
use crate::package::MANIFEST;
use crate::{Package, REFERENCE};

/// Uses of the API in one file: names that are not there, capabilities that are not asked for.
pub(super) fn findings(package: &Package, path: &str, tokens: &[Token<'_>]) -> Vec<Finding> {
    let in_tests = path.starts_with("tests/");
    let mut findings = vec![];
    for (at, token) in tokens.iter().enumerate() {
        let Some(name) = api_name(&tokens[at..]) else {
            continue;
        };
        let found = match REFERENCE.iter().any(|entry| is_or_holds(entry.name, &name)) {
            false => Some(unknown(&name)),
            true if in_tests => None,
            true => missing(package, &name, argument(&tokens[at..])),
        };
        findings.extend(
            found.map(|finding| finding.at(&format!("{path}:{}:{}", token.line, token.column))),
        );
    }
    findings
}

/// `deskhook.a.b`, as far as it is spelt out.
fn api_name(tokens: &[Token<'_>]) -> Option<String> {
    let start = tokens
        .first()
        .filter(|token| token.kind == Kind::Name && token.text == "deskhook")?;
    let mut name = start.text.to_owned();
    let mut rest = tokens.get(1..).unwrap_or_default();
    while let [dot, part, ..] = rest
        && dot.text == "."
        && part.kind == Kind::Name
    {
        name = format!("{name}.{}", part.text);
        rest = &rest[2..];
    }
    name.contains('.').then_some(name)
}

fn is_or_holds(entry: &str, name: &str) -> bool {
    let rest = entry.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn unknown(name: &str) -> Finding {
    let hint = did_you_mean(nearest(name, REFERENCE.iter().map(|entry| entry.name)));
    Finding::new(
        Severity::Error,
        "not-there",
        format!("there is no {name}{hint}"),
    )
}

/// The text that is the call's first argument, where it is spelt out.
fn argument<'a>(tokens: &[Token<'a>]) -> Option<&'a str> {
    let open = tokens
        .iter()
        .position(|token| ![".", "deskhook"].contains(&token.text) && token.kind != Kind::Name)?;
    let bracket = tokens.get(open).filter(|token| token.text == "(");
    let first = tokens.get(open + usize::from(bracket.is_some()))?;
    let end = tokens.get(open + 2);
    let whole = bracket.is_none() || end.is_some_and(|end| [")", ","].contains(&end.text));
    (first.kind == Kind::Text && whole).then_some(first.text)
}

fn missing(package: &Package, name: &str, argument: Option<&str>) -> Option<Finding> {
    let asked = &package.manifest().capabilities;
    let grants = Grants::new(asked, asked);
    let entry = REFERENCE
        .iter()
        .find(|entry| is_or_holds(entry.name, name))?;
    let kind = entry.capability;
    if kind.is_empty() {
        return None;
    }
    let wanted = argument
        .filter(|_| entry.name == name)
        .and_then(|argument| capability(kind, argument));
    let (there, wanted) = match wanted {
        Some(wanted) => (grants.asks(&wanted), wanted),
        None => (grants.asks_any(kind), format!("{kind}:...")),
    };
    let message =
        format!("{name} needs the capability {wanted:?}, and {MANIFEST} does not name it");
    let help = format!("\"capabilities\": [{wanted:?}]");
    (!there).then(|| Finding::new(Severity::Error, "capability-missing", message).help(help))
}

/// Asked the way that the host asks, so that both read the argument alike.
fn capability(kind: &str, argument: &str) -> Option<String> {
    let argument = argument.to_owned();
    let call = match kind {
        "facts" => HostCall::Fact { name: argument },
        "policy" => HostCall::Policy { key: argument },
        "fs.read" => HostCall::ReadFile { path: argument },
        "env" => HostCall::Environment { name: argument },
        "exec" => HostCall::Exec {
            path: argument,
            arguments: vec![],
            stdin: None,
            timeout: None,
        },
        _ => HostCall::Http {
            method: "GET".to_owned(),
            url: argument,
            headers: std::collections::BTreeMap::default(),
            body: None,
            timeout: None,
        },
    };
    call.capability()
}

/// Capabilities that no file uses: every one is something that the organisation has to trust.
pub(super) fn unused(package: &Package) -> Vec<Finding> {
    let used = |kind: &str| {
        package.modules().into_iter().any(|path| {
            let found = tokens(package.source(path).unwrap_or_default());
            let names = (0..found.len()).filter_map(|at| api_name(&found[at..]));
            let mut entries = names.filter_map(|name| {
                REFERENCE
                    .iter()
                    .find(|entry| is_or_holds(entry.name, &name))
            });
            entries.any(|entry| entry.capability == kind)
        })
    };
    let asked = package.manifest().capabilities.iter();
    let idle = asked.filter(|capability| !used(capability.split(':').next().unwrap_or_default()));
    idle.map(|capability| {
        let message = format!("nothing uses the capability {capability:?}");
        let help = "take it out of \"capabilities\": what is not asked for need not be trusted";
        Finding::new(Severity::Warning, "capability-unused", message)
            .at(MANIFEST)
            .help(help)
    })
    .collect()
}
