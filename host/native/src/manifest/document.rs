use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use deskhook_hooks::Hook;
use deskhook_policy::{
    JsonKind, JsonMember, JsonNode, LocalText, Place, Problem, Source, check_capability, nearest,
    read_json,
};

use super::form::{self, Form};
use super::{AbiVersion, Manifest, ManifestError};

/// The fields of a manifest. Others are nobody's mistake: a manifest may be newer than its reader.
pub(super) const FIELDS: [&str; 10] = [
    "id",
    "version",
    "abi",
    "hooks",
    "capabilities",
    "sha256",
    "publisher",
    "library",
    "timer",
    "texts",
];

/// A manifest's text, each part of it with its place.
pub(super) struct Document {
    source: Arc<Source>,
    members: Vec<JsonMember>,
    /// Its opening bracket, which is where a field is missing.
    start: Range<usize>,
}

type Read<T> = Result<T, ManifestError>;

impl Document {
    /// The JSON object at `path`.
    pub(super) fn of(text: &str, path: &Path) -> Read<Self> {
        let source = Source::new(path.display().to_string(), text);
        let node = read_json(&source).map_err(|problems| {
            let first = problems.into_iter().next();
            let none = || Problem::error("json", Place::file_start(&source), "this is not JSON");
            ManifestError::wrong(first.unwrap_or_else(none))
        })?;
        let start = node.span.start..node.span.start + 1;
        let (what, at) = (node.type_name(), node.span.clone());
        let document = |members| Self {
            source: Arc::clone(&source),
            members,
            start,
        };
        match node.kind {
            JsonKind::Object(members) => Ok(document(members)),
            _ => {
                let message = format!("a manifest is an object in {{}}, and this is {what}");
                Err(document(vec![]).refused(&at, message))
            }
        }
    }

    /// What it says.
    pub(super) fn manifest(&self) -> Read<Manifest> {
        Ok(Manifest {
            id: self.word("id", &form::ID)?,
            version: self.word("version", &form::VERSION)?,
            abi: self.abi()?,
            hooks: self.hooks()?,
            capabilities: self.capabilities()?,
            sha256: self.hash()?,
            publisher: self.word("publisher", &form::PUBLISHER)?,
            library: self.library()?,
            timer: self.timer()?,
            texts: self.texts()?,
        })
    }

    /// Refuses a hash that is none. One that is missing is for `pack` to fill in.
    pub(super) fn check_hash(&self) -> Read<()> {
        match self.field("sha256") {
            Some(node) => self.fitting("sha256", node, &form::SHA256).map(drop),
            None => Ok(()),
        }
    }

    pub(super) fn field(&self, name: &str) -> Option<&JsonNode> {
        let mut members = self.members.iter();
        let found = members.find(|member| member.key == name)?;
        Some(&found.value)
    }

    pub(super) fn members(&self) -> &[JsonMember] {
        &self.members
    }

    pub(super) fn problem(&self, at: &Range<usize>, message: impl Into<String>) -> Problem {
        Problem::error("manifest", Place::new(&self.source, at.clone()), message)
    }

    fn refused(&self, at: &Range<usize>, message: impl Into<String>) -> ManifestError {
        ManifestError::wrong(self.problem(at, message))
    }

    /// A field that has to be there.
    fn needed(&self, name: &str) -> Read<&JsonNode> {
        self.field(name).ok_or_else(|| {
            let keys = self.members.iter().map(|member| &member.key);
            let strangers = keys.filter(|key| !FIELDS.contains(&key.as_str()));
            let meant = nearest(name, strangers);
            let meant = meant.map(|meant| format!("; did you mean it by {meant:?}?"));
            let message = format!("the field {name:?} is missing{}", meant.unwrap_or_default());
            self.refused(&self.start, message)
        })
    }

    fn text<'d>(&self, name: &str, node: &'d JsonNode) -> Read<&'d str> {
        match &node.kind {
            JsonKind::Text(text) => Ok(text),
            _ => Err(self.of_another_type(name, node, "a text in quotes")),
        }
    }

    fn of_another_type(&self, name: &str, node: &JsonNode, wanted: &str) -> ManifestError {
        let found = node.type_name();
        self.refused(
            &node.span,
            format!("{name:?} is {found}: it must be {wanted}"),
        )
    }

    fn fitting(&self, name: &str, node: &JsonNode, form: &Form) -> Read<String> {
        let text = self.text(name, node)?;
        if (form.fits)(text) {
            return Ok(text.to_owned());
        }
        let wanted = form.wanted;
        Err(self.refused(
            &node.span,
            format!("{name:?} is {text:?}: it must be {wanted}"),
        ))
    }

    fn word(&self, name: &str, form: &Form) -> Read<String> {
        self.fitting(name, self.needed(name)?, form)
    }

    fn abi(&self) -> Read<AbiVersion> {
        let node = self.needed("abi")?;
        let text = self.text("abi", node)?;
        let read = text.parse();
        read.map_err(|error| self.refused(&node.span, format!("\"abi\": {error}")))
    }

    fn list<'d>(&self, name: &str, node: &'d JsonNode) -> Read<&'d [JsonNode]> {
        match &node.kind {
            JsonKind::List(entries) => Ok(entries),
            _ => Err(self.of_another_type(name, node, "a list in []")),
        }
    }

    fn hooks(&self) -> Read<Vec<Hook>> {
        let entries = self.list("hooks", self.needed("hooks")?)?.iter();
        let hook = |entry: &JsonNode| {
            let name = self.text("hooks", entry)?;
            Hook::parse(name).map_err(|error| {
                let plain = name.strip_prefix("deskhook.").unwrap_or(name);
                let plain = plain.split('/').next().unwrap_or_default();
                let meant = nearest(plain, Hook::ALL.map(Hook::name));
                let help = match meant {
                    Some(meant) => format!("did you mean {meant:?}?"),
                    None => "`deskhook hooks list` names them all".to_owned(),
                };
                self.refused(&entry.span, format!("{error}; {help}"))
            })
        };
        entries.map(hook).collect()
    }

    fn capabilities(&self) -> Read<Vec<String>> {
        let Some(node) = self.field("capabilities") else {
            return Ok(vec![]);
        };
        let asked = |entry: &JsonNode| {
            let text = self.text("capabilities", entry)?;
            let judged = check_capability(text);
            judged.map_err(|message| self.refused(&entry.span, message))?;
            Ok(text.to_owned())
        };
        self.list("capabilities", node)?.iter().map(asked).collect()
    }

    fn hash(&self) -> Read<String> {
        let node = self.field("sha256");
        let text = node.map(|node| self.text("sha256", node)).transpose()?;
        Ok(text.unwrap_or_default().to_owned())
    }

    /// A field that need not be there; null is as good as nothing.
    fn optional(&self, name: &str) -> Option<&JsonNode> {
        let node = self.field(name)?;
        (node.kind != JsonKind::Null).then_some(node)
    }

    fn library(&self) -> Read<Option<String>> {
        let node = self.optional("library");
        let named = node.map(|node| self.fitting("library", node, &form::FILE_NAME));
        named.transpose()
    }

    fn timer(&self) -> Read<Option<u32>> {
        let Some(node) = self.optional("timer") else {
            return Ok(None);
        };
        let seconds = match &node.kind {
            JsonKind::Number(number) => number.as_u64(),
            _ => None,
        };
        let seconds = seconds.and_then(|seconds| u32::try_from(seconds).ok());
        let wanted = format!(
            "\"timer\" must be a whole number of seconds, at most {}",
            u32::MAX
        );
        seconds
            .map(Some)
            .ok_or_else(|| self.refused(&node.span, wanted))
    }

    fn texts(&self) -> Read<BTreeMap<String, LocalText>> {
        let Some(node) = self.field("texts") else {
            return Ok(BTreeMap::new());
        };
        let JsonKind::Object(members) = &node.kind else {
            let wanted = "an object in {} with a text for each key";
            return Err(self.of_another_type("texts", node, wanted));
        };
        let text = |member: &JsonMember| Ok((member.key.clone(), self.local_text(member)?));
        members.iter().map(text).collect()
    }

    fn local_text(&self, member: &JsonMember) -> Read<LocalText> {
        let name = format!("texts.{}", member.key);
        let languages = match &member.value.kind {
            JsonKind::Text(text) => return Ok(LocalText::One(text.clone())),
            JsonKind::Object(languages) if !languages.is_empty() => languages,
            _ => {
                let wanted = "a text in quotes, or one for each language: {\"en\": \"...\"}";
                return Err(self.of_another_type(&name, &member.value, wanted));
            }
        };
        let text = |language: &JsonMember| {
            let name = format!("{name}.{}", language.key);
            let text = self.text(&name, &language.value)?;
            Ok((language.key.clone(), text.to_owned()))
        };
        let texts: Read<BTreeMap<_, _>> = languages.iter().map(text).collect();
        Ok(LocalText::Many(texts?))
    }
}
