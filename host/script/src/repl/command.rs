use serde_json::{Map, Value, json};

use super::{Repl, Reply, hook_named};
use crate::fake::{Fakes, Record};
use crate::nearest::{did_you_mean, nearest};
use crate::notation;
use crate::stage::lock;

/// Name, what follows it, what it does.
pub(super) const COMMANDS: [(&str, &str, &str); 18] = [
    ("help", "", "this list"),
    (
        "run",
        "HOOK {field = value}",
        "runs a hook of the package; sets ctx and result",
    ),
    (
        "clock",
        "TIME or +SECONDS",
        "sets the time, or moves it on: 2026-11-22T10:00:00+01:00",
    ),
    ("policy", "KEY=VALUE ...", "sets policy values"),
    ("facts", "NAME=VALUE ...", "sets facts of the device"),
    ("env", "NAME=VALUE ...", "sets the agent's environment"),
    ("person", "FIELD=VALUE ...", "sets who is at the device"),
    ("device", "FIELD=VALUE ...", "sets the device"),
    ("store", "KEY=VALUE ...", "sets what the package kept"),
    (
        "http",
        "URL {status = 200, body = \"...\"}",
        "sets what answers there",
    ),
    (
        "exec",
        "PATH {code = 0, stdout = \"...\"}",
        "sets what a program does",
    ),
    ("files", "PATH=TEXT ...", "sets files by their paths"),
    (
        "grants",
        "CAPABILITY ...",
        "sets what the policy grants; all that the manifest asks for at first",
    ),
    (
        "asked",
        "",
        "shows what was asked of the host: requests, HTTP, programs",
    ),
    (
        "notes",
        "",
        "shows what was set and not asked for, and the reverse",
    ),
    (
        "reload",
        "",
        "reads the package anew; what was set stays set",
    ),
    ("reset", "", "forgets what was set, asked for and kept"),
    ("quit", "", "leaves; Ctrl-D too"),
];

impl Repl {
    pub(super) fn command(&mut self, line: &str) -> Reply {
        let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        self.obey(name, rest.trim()).unwrap_or_else(Reply::Failed)
    }

    fn obey(&mut self, name: &str, rest: &str) -> Result<Reply, String> {
        match name {
            "help" | "h" | "?" => Ok(Reply::Shown(help())),
            "run" => self.run_hook(rest),
            "clock" => self.clock(rest),
            "policy" | "facts" | "env" | "person" | "device" | "store" | "files" => {
                let fields = self.fields(rest)?;
                self.set(name, fields).map(|()| Reply::Nothing)
            }
            "http" | "exec" => self.server(name, rest),
            "grants" => self.grants(rest),
            "asked" => Ok(Reply::Shown(asked(&lock(&self.host.shared).1))),
            "notes" => {
                let notes = lock(&self.host.shared).0.notes();
                Ok(match notes.is_empty() {
                    true => Reply::Shown("nothing to note".to_owned()),
                    false => Reply::Shown(notes.join("\n")),
                })
            }
            "reload" => {
                self.reload().map_err(|error| error.to_string())?;
                let package = &self.package;
                let version = &package.manifest().version;
                Ok(Reply::Shown(format!("read {} {version}", package.name())))
            }
            "reset" => {
                *lock(&self.host.shared) = (Fakes::default(), Record::default());
                self.logs_told = 0;
                self.reload().map_err(|error| error.to_string())?;
                Ok(Reply::Nothing)
            }
            "quit" | "q" | "exit" => Ok(Reply::Left),
            other => {
                let known = COMMANDS.iter().map(|(name, ..)| *name);
                let hint = did_you_mean(nearest(other, known));
                Err(format!(
                    "there is no command {other:?}{hint}; :help names them all"
                ))
            }
        }
    }

    fn run_hook(&mut self, rest: &str) -> Result<Reply, String> {
        let (name, input) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        if name.is_empty() {
            return Err("run which hook? :run session.request {reason = \"printer\"}".to_owned());
        }
        let hook = hook_named(name)?;
        let input = match input.trim() {
            "" => json!({}),
            text => self.plain(text)?,
        };
        let result = self.run(hook, input).map_err(|error| {
            let cause = std::error::Error::source(&error);
            let cause = cause.map(|cause| format!(": {cause}")).unwrap_or_default();
            format!("{error}{cause}")
        })?;
        Ok(Reply::Ran(Box::new(result)))
    }

    fn clock(&mut self, rest: &str) -> Result<Reply, String> {
        let shown = lock(&self.host.shared).0.clock.clone();
        let time = match rest.strip_prefix('+') {
            None if rest.is_empty() => {
                let shown = if shown.is_empty() {
                    "the machine's own time".to_owned()
                } else {
                    shown
                };
                return Ok(Reply::Shown(shown));
            }
            None => crate::api::later(rest, 0.0)?,
            Some(seconds) => {
                let seconds: f64 = seconds
                    .trim()
                    .parse()
                    .map_err(|_| format!("{seconds:?} is no number of seconds"))?;
                let from = match shown.is_empty() {
                    true => jiff::Zoned::now().timestamp().to_string(),
                    false => shown,
                };
                crate::api::later(&from, seconds)?
            }
        };
        lock(&self.host.shared).0.clock.clone_from(&time);
        Ok(Reply::Shown(time))
    }

    fn server(&mut self, name: &str, rest: &str) -> Result<Reply, String> {
        let (key, answer) = rest.split_once(" {").ok_or_else(|| {
            let known = COMMANDS.iter().find(|(known, ..)| *known == name);
            format!("write :{name} {}", known.map_or("", |known| known.1))
        })?;
        let answer = self.plain(&format!("{{{answer}"))?;
        let fields = Map::from_iter([(key.trim().to_owned(), answer)]);
        self.set(name, fields).map(|()| Reply::Nothing)
    }

    fn grants(&mut self, rest: &str) -> Result<Reply, String> {
        let list: Vec<&str> = rest.split_whitespace().collect();
        let set = lock(&self.host.shared).0.set("grants", &json!(list));
        set.map_err(|error| error.to_string())?;
        // What is granted is there from the beginning of a state.
        self.reload().map_err(|error| error.to_string())?;
        Ok(Reply::Nothing)
    }

    /// `name=value name="two words"`, or a table in Lua.
    fn fields(&self, rest: &str) -> Result<Map<String, Value>, String> {
        if rest.starts_with('{') {
            return match self.plain(rest)? {
                Value::Object(fields) => Ok(fields),
                other => Err(format!(
                    "a table of names is wanted, not {}",
                    notation(&other)
                )),
            };
        }
        let mut fields = Map::new();
        for part in parts(rest) {
            let (name, value) = part
                .split_once('=')
                .ok_or_else(|| format!("{part:?} is not NAME=VALUE"))?;
            fields.insert(name.to_owned(), self.field(value)?);
        }
        match fields.is_empty() {
            true => Err("nothing to set: write NAME=VALUE".to_owned()),
            false => Ok(fields),
        }
    }

    /// A number, true, false, a text in quotes or a table as Lua has them; else a text as it stands.
    fn field(&self, text: &str) -> Result<Value, String> {
        if text.starts_with('{') {
            return self.plain(text);
        }
        Ok(serde_json::from_str(text).unwrap_or_else(|_| Value::from(text)))
    }
}

/// Splits at spaces that are neither in quotes nor in braces.
fn parts(text: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut from, mut parts) = (0_i32, false, 0, vec![]);
    for (at, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '{' if !quoted => depth += 1,
            '}' if !quoted => depth -= 1,
            c if c.is_whitespace() && !quoted && depth == 0 => {
                parts.push(&text[from..at]);
                from = at + c.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts.retain(|part| !part.is_empty());
    parts
}

fn asked(record: &Record) -> String {
    let requests = serde_json::to_value(&record.requests).unwrap_or_default();
    let all = json!({"requests": requests, "http": record.http, "exec": record.exec});
    notation(&all)
}

fn help() -> String {
    let line = |(name, rest, what): &(&str, &str, &str)| {
        let head = format!(":{name} {rest}");
        let head = head.trim_end();
        match head.len() {
            0..=26 => format!("{head:<28}{what}"),
            _ => format!("{head}\n{:<28}{what}", ""),
        }
    };
    let commands: Vec<String> = COMMANDS.iter().map(line).collect();
    let lua = "Anything else is Lua: an expression is shown, a statement runs. A local ends with its line;\na global stays. Names complete with Tab.";
    format!("{lua}\n\n{}", commands.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_split_where_nothing_is_open() {
        let split = parts("a=1  b=\"x y\" c={ d = { 1 } }");
        assert_eq!(split, ["a=1", "b=\"x y\"", "c={ d = { 1 } }"]);
    }
}
