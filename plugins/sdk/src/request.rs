use crate::json::quoted;

/// What a plugin may ask the agent to do; the agent decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Start a session.
    StartSession {
        /// Why.
        reason: Option<String>,
        /// The ticket's number.
        ticket: Option<String>,
    },
    /// End the session.
    StopSession,
    /// Show a notification.
    Notify {
        /// First line.
        title: String,
        /// The rest.
        message: String,
    },
    /// Make the menu anew.
    RefreshTray,
}

impl Request {
    pub(crate) fn json(&self) -> String {
        let optional = |text: &Option<String>| text.as_deref().map_or("null".to_owned(), quoted);
        match self {
            Self::StartSession { reason, ticket } => format!(
                r#"{{"request":"start_session","reason":{},"ticket":{}}}"#,
                optional(reason),
                optional(ticket)
            ),
            Self::StopSession => r#"{"request":"stop_session"}"#.to_owned(),
            Self::Notify { title, message } => format!(
                r#"{{"request":"notify","title":{},"message":{}}}"#,
                quoted(title),
                quoted(message)
            ),
            Self::RefreshTray => r#"{"request":"refresh_tray"}"#.to_owned(),
        }
    }
}
