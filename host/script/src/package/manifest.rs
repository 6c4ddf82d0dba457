use deskhook_hooks::Hook;
use jsonc_parser::ast::{ObjectProp, Value};

use super::document::place;
use super::{Document, MANIFEST, Trouble};
use crate::nearest::{did_you_mean, nearest};

/// The version of the Lua API that this program speaks.
pub(super) const API: u32 = 1;
pub(super) const FIELDS: [&str; 11] = [
    "$schema",
    "name",
    "version",
    "api",
    "hooks",
    "capabilities",
    "timer",
    "description",
    "author",
    "homepage",
    "license",
];
pub(super) const KINDS: [&str; 6] = ["net", "exec", "fs.read", "env", "facts", "policy"];

/// What `deskhook.json` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// 1 to 64 lower-case letters, digits and `-`; the name that policies call it by.
    pub name: String,
    /// Its version, at most 64 bytes.
    pub version: String,
    /// The hooks that it hears.
    pub hooks: Vec<Hook>,
    /// The capabilities that it asks for: `net:HOST`, `exec:PATH`, `fs.read:PATH`, `env:NAME`,
    /// `facts:NAME`, `policy:KEY`.
    pub capabilities: Vec<String>,
    /// Seconds between two calls of its hook `timer`, 10 to 86400.
    pub timer: Option<u32>,
    /// One sentence for people.
    pub description: String,
}

impl Manifest {
    pub(crate) fn read(text: &str) -> Result<Self, Trouble> {
        let document = Document::new(MANIFEST, text);
        let object = document.object()?;
        let mut reading = Reading {
            document,
            manifest: Self::default(),
            api: None,
        };
        for property in &object.properties {
            reading.field(property)?;
        }
        let missing = |field: &str| {
            let message = format!("the field {field:?} is missing");
            Err(document.trouble(place(&object), message))
        };
        match (&reading.manifest, reading.api) {
            (_, None) => missing("api"),
            (manifest, _) if manifest.name.is_empty() => missing("name"),
            (manifest, _) if manifest.version.is_empty() => missing("version"),
            (manifest, _) if manifest.hooks.is_empty() => missing("hooks"),
            (manifest, _) if manifest.timer.is_none() && manifest.hooks.contains(&Hook::Timer) => {
                missing("timer")
            }
            _ => Ok(reading.manifest),
        }
    }
}

struct Reading<'a> {
    document: Document<'a>,
    manifest: Manifest,
    api: Option<u32>,
}

impl Reading<'_> {
    fn field(&mut self, property: &ObjectProp<'_>) -> Result<(), Trouble> {
        let (value, name) = (&property.value, property.name.as_str());
        match name {
            "name" => self.manifest.name = self.checked(value, is_name, NAME_WANTED)?,
            "version" => self.manifest.version = self.checked(value, is_version, VERSION_WANTED)?,
            "api" => self.api = Some(self.api(value)?),
            "hooks" => self.hooks(value)?,
            "capabilities" => self.capabilities(value)?,
            "timer" => self.manifest.timer = Some(self.timer(value)?),
            "description" => self.manifest.description = self.text(value)?.to_owned(),
            "author" | "homepage" | "license" | "$schema" => {
                self.text(value)?;
            }
            unknown => {
                let hint = did_you_mean(nearest(unknown, FIELDS));
                let message = format!("there is no field {unknown:?} in a manifest{hint}");
                return Err(self.document.trouble(place(&property.name), message));
            }
        }
        Ok(())
    }

    fn text<'v>(&self, value: &'v Value<'_>) -> Result<&'v str, Trouble> {
        match value {
            Value::StringLit(text) => Ok(&text.value),
            other => Err(self.document.trouble(place(other), "a text is wanted here")),
        }
    }

    fn checked(
        &self,
        value: &Value<'_>,
        fits: fn(&str) -> bool,
        wanted: &str,
    ) -> Result<String, Trouble> {
        let text = self.text(value)?;
        if fits(text) {
            Ok(text.to_owned())
        } else {
            Err(self.document.trouble(place(value), wanted))
        }
    }

    fn number(&self, value: &Value<'_>) -> Result<u32, Trouble> {
        let number = match value {
            Value::NumberLit(number) => number.value.parse().ok(),
            _ => None,
        };
        number.ok_or_else(|| {
            self.document
                .trouble(place(value), "a whole number is wanted here")
        })
    }

    fn api(&self, value: &Value<'_>) -> Result<u32, Trouble> {
        match self.number(value)? {
            API => Ok(API),
            other => {
                let message = format!("this Deskhook speaks api {API}, not {other}");
                Err(self.document.trouble(place(value), message))
            }
        }
    }

    fn timer(&self, value: &Value<'_>) -> Result<u32, Trouble> {
        let seconds = self.number(value)?;
        if (10..=86_400).contains(&seconds) {
            return Ok(seconds);
        }
        let wanted = "the timer is a number of seconds from 10 to 86400";
        Err(self.document.trouble(place(value), wanted))
    }

    fn entries<'v, 'a>(&self, value: &'v Value<'a>) -> Result<&'v [Value<'a>], Trouble> {
        match value {
            Value::Array(array) => Ok(&array.elements),
            other => Err(self.document.trouble(place(other), "a list is wanted here")),
        }
    }

    fn hooks(&mut self, value: &Value<'_>) -> Result<(), Trouble> {
        for entry in self.entries(value)? {
            let name = self.text(entry)?;
            let trouble = |message| Err(self.document.trouble(place(entry), message));
            let Ok(hook) = Hook::parse(name) else {
                let hint = did_you_mean(nearest(name, Hook::ALL.map(Hook::name)));
                return trouble(format!("there is no hook {name:?}{hint}"));
            };
            if self.manifest.hooks.contains(&hook) {
                return trouble(format!("the hook {hook} stands here twice"));
            }
            self.manifest.hooks.push(hook);
        }
        Ok(())
    }

    fn capabilities(&mut self, value: &Value<'_>) -> Result<(), Trouble> {
        for entry in self.entries(value)? {
            let capability = self.text(entry)?;
            if let Err(message) = check_capability(capability) {
                return Err(self.document.trouble(place(entry), message));
            }
            self.manifest.capabilities.push(capability.to_owned());
        }
        Ok(())
    }
}

const NAME_WANTED: &str = "a name is 1 to 64 lower-case letters, digits and \"-\"";
const VERSION_WANTED: &str = "a version is 1 to 64 letters, digits, \".\", \"-\" and \"+\"";

pub(crate) fn is_name(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=64).contains(&text.len()) && text.chars().all(fits) && !text.starts_with('-')
}

fn is_version(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || ".-+".contains(c);
    (1..=64).contains(&text.len()) && text.chars().all(fits)
}

/// Why a text is no capability.
pub(crate) fn check_capability(capability: &str) -> Result<(), String> {
    let (kind, what) = capability.split_once(':').unwrap_or((capability, ""));
    if !KINDS.contains(&kind) {
        let hint = did_you_mean(nearest(kind, KINDS));
        return Err(format!("there is no capability {kind:?}{hint}"));
    }
    let absolute = what.starts_with('/') || what.get(1..3) == Some(":\\");
    let climbs = what.split(['/', '\\']).any(|part| part == "..");
    match kind {
        _ if what.is_empty() => Err(format!("the capability {kind} says no more: {kind}:...")),
        "exec" | "fs.read" if !absolute || climbs => Err(format!(
            "the capability {kind} wants an absolute path without \"..\""
        )),
        "net" if what.contains(['/', '@']) => {
            Err("the capability net wants a host, as in net:tickets.example.org".to_owned())
        }
        _ => Ok(()),
    }
}
