use serde_json::Value;

/// One JSON value as text. Reads plain values and fields; for more, give [`Json::as_text`] to a
/// JSON crate of your own choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Json(String);

/// What `address.report` and `state.collect` add: at most 32 fields, a name of at most 64 bytes,
/// a value of at most 1 KiB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Json {
    /// A value from JSON text, which the host will judge.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The value as JSON text.
    pub fn as_text(&self) -> &str {
        self.0.trim()
    }

    /// A text.
    pub fn of_text(text: &str) -> Self {
        Self(quoted(text))
    }

    /// `null`.
    pub fn null() -> Self {
        Self("null".to_owned())
    }

    /// The number, where it is a whole one that is not negative.
    pub fn as_u64(&self) -> Option<u64> {
        self.value()?.as_u64()
    }

    /// The number, where it is one.
    pub fn as_f64(&self) -> Option<f64> {
        self.value()?.as_f64()
    }

    /// `true` or `false`, where it is one of them.
    pub fn as_bool(&self) -> Option<bool> {
        self.value()?.as_bool()
    }

    /// The string without its quotes, where it is one.
    pub fn as_string(&self) -> Option<String> {
        self.value()?.as_str().map(str::to_owned)
    }

    /// A field of an object, where it is one and has it.
    pub fn field(&self, name: &str) -> Option<Self> {
        Some(Self(self.value()?.get(name)?.to_string()))
    }

    fn value(&self) -> Option<Value> {
        serde_json::from_str(&self.0).ok()
    }
}

impl Fields {
    /// No fields yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a text.
    #[must_use]
    pub fn text(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), quoted(value)));
        self
    }

    /// Adds a whole number.
    #[must_use]
    pub fn number(mut self, name: &str, value: i64) -> Self {
        self.0.push((name.to_owned(), value.to_string()));
        self
    }

    /// Adds a yes or no.
    #[must_use]
    pub fn flag(mut self, name: &str, value: impl Into<bool>) -> Self {
        self.0.push((name.to_owned(), value.into().to_string()));
        self
    }

    pub(crate) fn json(&self) -> String {
        let fields: Vec<String> = self
            .0
            .iter()
            .map(|(name, value)| format!("{}:{value}", quoted(name)))
            .collect();
        format!(r#"{{"fields":{{{}}}}}"#, fields.join(","))
    }
}

/// `text` as a JSON string, with its quotes.
pub(crate) fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_values_are_read_and_others_are_not_guessed() {
        assert_eq!(Json::new(" 500 ").as_u64(), Some(500));
        assert_eq!(Json::new("-1.5").as_f64(), Some(-1.5));
        assert_eq!(Json::new("true").as_bool(), Some(true));
        for wrong in ["\"500\"", "-1", "null", "inf", "[1]"] {
            assert_eq!(Json::new(wrong).as_u64(), None, "{wrong}");
            assert_eq!(Json::new(wrong).as_bool(), None, "{wrong}");
        }
        assert_eq!(Json::new("inf").as_f64(), None);
    }

    #[test]
    fn a_string_survives_its_quotes() {
        for text in ["", "a\"b\\c", "line\nline\u{1}", "\u{1F600} ü"] {
            assert_eq!(Json::new(quoted(text)).as_string().as_deref(), Some(text));
        }
        assert_eq!(
            Json::new(r#""\ud83d\ude00\/""#).as_string().as_deref(),
            Some("\u{1F600}/")
        );
        for wrong in [r#""\ud83d""#, r#""\x""#, r#""a"b""#, "\"", "a"] {
            assert_eq!(Json::new(wrong).as_string(), None, "{wrong}");
        }
    }
}
