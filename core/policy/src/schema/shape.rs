use serde_json::Value;

use super::forms::{self, Form};
use crate::syntax::{Kind as Written, Member, Node};
use crate::text;

/// What may stand at a key.
#[derive(Clone, Copy)]
pub(crate) enum Shape {
    /// An object with known keys.
    Section(&'static Section),
    /// An object with free names.
    Names(&'static Names),
    /// A value that layers replace as a whole.
    Leaf(Leaf),
    /// Such a value, or an object of free names with one each.
    LeafOrNames(Leaf),
}

/// An object with known keys.
pub(crate) struct Section {
    pub(crate) fields: &'static [Field],
    /// What a key means that is not among them.
    pub(crate) openness: Openness,
    /// The beginning of keys that end in a language's English name.
    pub(crate) language_prefix: Option<&'static str>,
}

/// What an unknown key of a section means.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Openness {
    /// A mistake, or newer than this program: told.
    Closed,
    /// Somebody else's, unless it is nearly one of ours.
    Shared,
    /// Somebody else's.
    Open,
}

/// A known key.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    /// What it is, in a line.
    pub(crate) about: &'static str,
    /// What holds where no layer says, as JSON; empty where nothing does.
    pub(crate) default: &'static str,
    /// Whether an object without it is none.
    pub(super) needed: Needed,
}

/// Which objects need a key.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Needed {
    None,
    All,
    /// Those whose `Kind` is this.
    OfKind(&'static str),
}

impl Field {
    pub(crate) const fn about(self, about: &'static str) -> Self {
        Self { about, ..self }
    }

    pub(crate) const fn default(self, default: &'static str) -> Self {
        Self { default, ..self }
    }

    pub(super) const fn needed(self, needed: Needed) -> Self {
        Self { needed, ..self }
    }
}

/// An object with free names.
pub(crate) struct Names {
    /// What stands at each name.
    pub(crate) value: Shape,
    /// Whether names have dots of their own, as in `com.example.tool`.
    pub(crate) dots: Dots,
}

/// Whether a dot inside a name parts it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dots {
    /// As everywhere: `A.B` is `B` inside `A`.
    Part,
    /// The dot belongs to the name.
    Belong,
}

/// A value that layers replace as a whole.
#[derive(Clone, Copy)]
pub(crate) struct Leaf {
    pub(crate) kind: Kind,
    pub(crate) merge: Merge,
}

/// The type of a leaf.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Bool,
    /// A whole number, both bounds included.
    Number(u64, u64),
    Text(&'static Form),
    Texts(&'static Form),
    /// A list of texts; one text is a list of one.
    TextOrTexts(&'static Form),
    Choice(&'static [&'static str]),
    Choices(&'static [&'static str]),
    /// A text, number or boolean.
    Scalar,
    /// The entries of the menu: records, and what a whole menu can have.
    Menu(&'static Section, fn(&Value) -> Result<(), String>),
    /// A list of objects, with a check over each.
    Records(&'static Section, fn(&Value) -> Result<(), String>),
    /// How a client is stopped.
    Stop,
}

/// How a narrower layer's value combines with a broader one's.
#[derive(Clone, Copy)]
pub(crate) enum Merge {
    /// The narrower one holds.
    Replace,
    /// An explicit false holds, wherever it stands.
    FalseWins,
    /// The one of the higher rank holds; the second is the rank where nobody set it.
    Stricter(fn(&Value) -> i64, i64),
}

impl Merge {
    /// How strict a value is; `None` is a key that nobody set, or that is replaced freely.
    pub(crate) fn rank(&self, value: Option<&Value>) -> i64 {
        match self {
            Self::Replace => 0,
            Self::FalseWins => i64::from(value == Some(&Value::Bool(false))),
            Self::Stricter(rank, unset) => value.map_or(*unset, rank),
        }
    }
}

impl Section {
    /// The known key that `name` is, compared without case: its spelling and its shape.
    pub(crate) fn field(&self, name: &str) -> Option<(String, Shape)> {
        let mut fields = self.fields.iter();
        if let Some(field) = fields.find(|field| field.name.eq_ignore_ascii_case(name)) {
            return Some((field.name.to_owned(), field.shape));
        }
        let prefix = self.language_prefix?;
        let head = name.get(..prefix.len())?;
        let language = text::language_name(&name[prefix.len()..])?;
        let shape = Shape::Leaf(Leaf {
            kind: Kind::Text(&forms::CAPTION),
            merge: Merge::Replace,
        });
        head.eq_ignore_ascii_case(prefix)
            .then(|| (format!("{prefix}{language}"), shape))
    }

    /// Every key that may stand here.
    pub(crate) fn names(&self) -> Vec<String> {
        let fields = self.fields.iter().map(|field| field.name.to_owned());
        let languages = self.language_prefix.into_iter().flat_map(|prefix| {
            text::language_names().map(move |language| format!("{prefix}{language}"))
        });
        fields.chain(languages).collect()
    }
}

/// A section whose unknown keys are told.
pub(crate) const fn closed(fields: &'static [Field]) -> Section {
    Section {
        fields,
        openness: Openness::Closed,
        language_prefix: None,
    }
}

/// A key with a shape.
pub(crate) const fn field(name: &'static str, shape: Shape) -> Field {
    let (about, default) = ("", "");
    let needed = Needed::None;
    Field {
        name,
        shape,
        about,
        default,
        needed,
    }
}

/// A key with a value that the narrowest layer sets.
pub(crate) const fn leaf(name: &'static str, kind: Kind) -> Field {
    let merge = Merge::Replace;
    field(name, Shape::Leaf(Leaf { kind, merge }))
}

/// A key with a value that only gets stricter.
pub(crate) const fn strict(name: &'static str, kind: Kind, merge: Merge) -> Field {
    field(name, Shape::Leaf(Leaf { kind, merge }))
}

/// A key with a text, or one text for each language.
pub(crate) const fn local(name: &'static str) -> Field {
    let kind = Kind::Text(&forms::CAPTION);
    let merge = Merge::Replace;
    field(name, Shape::LeafOrNames(Leaf { kind, merge }))
}

impl Names {
    /// The free name at the beginning of a written one, and what follows it.
    pub(crate) fn part<'n>(&self, written: &'n str) -> (&'n str, Option<&'n str>) {
        match (self.dots, self.value) {
            (Dots::Belong, Shape::Section(section)) => match written.rsplit_once('.') {
                Some((name, field)) if section.field(field).is_some() => (name, Some(field)),
                _ => (written, None),
            },
            (Dots::Belong, _) => (written, None),
            (Dots::Part, _) => match written.split_once('.') {
                Some((name, rest)) if !name.is_empty() && !rest.is_empty() => (name, Some(rest)),
                _ => (written, None),
            },
        }
    }

    /// Whether what stands at a name is no value yet, but the next part of a dotted name.
    pub(crate) fn is_prefix(&self, node: &Node) -> bool {
        let Written::Object(members) = &node.kind else {
            return false;
        };
        match (self.dots, self.value) {
            (Dots::Part, _) => false,
            (Dots::Belong, Shape::Section(section)) => {
                let inner = |member: &Member| matches!(member.value.kind, Written::Object(_));
                let known = |member: &Member| section.field(&member.key).is_some();
                !members.is_empty() && members.iter().all(|m| inner(m) && !known(m))
            }
            (Dots::Belong, _) => true,
        }
    }
}
