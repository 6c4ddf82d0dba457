use deskhook_abi::{self as abi, Text};

/// What a hook that decides says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// No opinion; never counts as allow.
    #[default]
    Abstain,
    /// Nothing against it.
    Allow,
    /// No, and why.
    Deny {
        /// A stable word for programs: `outside-hours`.
        code: String,
        /// The sentence that the person reads.
        message: String,
    },
    /// Ask the person first.
    Ask {
        /// First line of the question.
        title: String,
        /// The question.
        message: String,
        /// Seconds until silence is a no, 5 to 600; none is the host's own choice.
        timeout: Option<u32>,
    },
}

impl Verdict {
    /// A denial: a stable word for programs, and the sentence that the person reads.
    pub fn deny(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Deny {
            code: code.into(),
            message: message.into(),
        }
    }

    /// A question: its first line, and the rest.
    pub fn ask(title: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Ask {
            title: title.into(),
            message: message.into(),
            timeout: None,
        }
    }

    pub(crate) fn view(&self) -> abi::Verdict {
        let empty = abi::Verdict {
            struct_size: size_of::<abi::Verdict>() as u32,
            kind: abi::VERDICT_ABSTAIN,
            timeout_seconds: 0,
            reserved: 0,
            code: Text::NONE,
            message: Text::NONE,
            title: Text::NONE,
        };
        match self {
            Self::Abstain => empty,
            Self::Allow => abi::Verdict {
                kind: abi::VERDICT_ALLOW,
                ..empty
            },
            Self::Deny { code, message } => abi::Verdict {
                kind: abi::VERDICT_DENY,
                code: Text::new(code),
                message: Text::new(message),
                ..empty
            },
            Self::Ask {
                title,
                message,
                timeout,
            } => abi::Verdict {
                kind: abi::VERDICT_ASK,
                timeout_seconds: timeout.unwrap_or_default(),
                message: Text::new(message),
                title: Text::new(title),
                ..empty
            },
        }
    }
}
