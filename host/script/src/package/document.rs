use std::collections::BTreeSet;

use jsonc_parser::ast::{Object, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::Trouble;

/// JSON as RFC 8259 has it, and nothing that a parser may add.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};
/// Deeper than any file of a package needs to be, and far from what a stack can take.
const MOST_LEVELS: usize = 16;

/// A JSON file of a package, for reading with places.
#[derive(Clone, Copy)]
pub(crate) struct Document<'a> {
    file: &'a str,
    text: &'a str,
}

/// A byte in a [`Document`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place(usize);

impl<'a> Document<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text }
    }

    /// The object that the whole file has to be; no key stands twice in it.
    pub(crate) fn object(&self) -> Result<Object<'a>, Trouble> {
        self.check_depth()?;
        let parsed = parse_to_ast(self.text, &CollectOptions::default(), &STRICT);
        let parsed = parsed.map_err(|error| {
            let message = error.kind().to_string().to_lowercase();
            self.trouble(
                Place(error.range().start),
                format!("this is no JSON: {message}"),
            )
        })?;
        match parsed.value {
            Some(Value::Object(object)) => self.without_doubles(object),
            Some(other) => Err(self.trouble(place(&other), "an object is wanted here")),
            None => Err(self.trouble(Place(0), "the file is empty")),
        }
    }

    pub(crate) fn trouble(&self, place: Place, message: impl Into<String>) -> Trouble {
        let before = self.text.get(..place.0).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .map_or(0, |last| last.chars().count())
            + 1;
        Trouble::Document {
            place: format!("{}:{line}:{column}", self.file),
            message: message.into(),
        }
    }

    fn without_doubles(&self, object: Object<'a>) -> Result<Object<'a>, Trouble> {
        let mut seen = BTreeSet::new();
        for property in &object.properties {
            let name = property.name.as_str().to_owned();
            if !seen.insert(name) {
                let message = format!("{:?} stands here twice", property.name.as_str());
                return Err(self.trouble(place(&property.name), message));
            }
        }
        Ok(object)
    }

    /// Brackets in texts count too: a file that comes near the limit with them is no real one.
    fn check_depth(&self) -> Result<(), Trouble> {
        let mut depth = 0_usize;
        for (at, byte) in self.text.bytes().enumerate() {
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > MOST_LEVELS {
                return Err(self.trouble(Place(at), "this is nested too deeply"));
            }
        }
        Ok(())
    }
}

pub(crate) fn place(of: &impl Ranged) -> Place {
    Place(of.range().start)
}
