use deskhook_wire::ApiError;

/// What the portal says where it does not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The portal's stable word; empty where something before the portal answered.
    pub(crate) word: String,
    /// What is wrong, for people.
    pub(crate) message: String,
}

impl Refusal {
    /// Reads an answer's body: the portal's own, or a proxy's page, of which only the status counts.
    pub(crate) fn read(status: u16, body: &[u8]) -> Self {
        let told = serde_json::from_slice::<ApiError>(body);
        let (word, message) = match told {
            Ok(told) => (told.error, told.message),
            Err(_) => (
                String::new(),
                format!("it answers with the status {status}"),
            ),
        };
        Self {
            status,
            word,
            message: message.chars().take(300).collect(),
        }
    }

    /// What somebody has to mend before the portal takes this device's requests; none where the
    /// next try may go well.
    pub(crate) fn lasting(&self) -> Option<String> {
        match (self.status, self.word.as_str()) {
            (401, _) => Some("it does not know this device; enrol it again".to_owned()),
            (409, "clock") | (400 | 403..=405 | 410 | 426, _) => Some(self.message.clone()),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lasts_is_told_in_the_portals_words_and_what_passes_is_not() {
        let read = |status, body: &str| Refusal::read(status, body.as_bytes()).lasting();
        let clock = r#"{"error": "clock", "message": "The clock is 9 minutes fast."}"#;
        assert_eq!(
            read(409, clock).as_deref(),
            Some("The clock is 9 minutes fast.")
        );
        let again = r#"{"error": "conflict", "message": "This request was made before."}"#;
        assert_eq!(read(409, again), None);
        assert!(read(401, "{}").is_some_and(|told| told.contains("enrol it again")));
        let page = read(404, "<html>not here</html>");
        assert_eq!(page.as_deref(), Some("it answers with the status 404"));
        for passing in [429, 500, 502, 503] {
            assert_eq!(read(passing, ""), None, "{passing}");
        }
    }
}
