//! What the benches of hooks are given.

use std::fmt;

use deskhook_hooks::{Call, Context, Device, Hook, Person, SessionRequest};

/// How much a hook is given.
#[derive(Clone, Copy)]
pub(crate) enum Size {
    /// What a small organisation's device says of itself.
    Small,
    /// 64 KiB in one text: the reason.
    Text,
    /// 64 KiB in many texts: 2,048 groups of 32 bytes.
    List,
}

pub(crate) const SIZES: [Size; 3] = [Size::Small, Size::Text, Size::List];

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Small => "small",
            Self::Text => "64 KiB, one text",
            Self::List => "64 KiB, 2,048 texts",
        })
    }
}

impl Size {
    /// What the hook is given.
    pub(crate) fn call(self) -> Call {
        let groups = match self {
            Self::List => (0..2048)
                .map(|index| format!("{index:04} {}", "g".repeat(27)))
                .collect(),
            _ => vec!["Berlin".to_owned(), "Office".to_owned()],
        };
        let reason = match self {
            Self::Text => "r".repeat(64 << 10),
            _ => "The printer on the second floor does not print.".to_owned(),
        };
        let context = Context {
            now: "2026-03-02T09:30:00+01:00".into(),
            device: Device {
                id: "9f0c2d7e".into(),
                name: "pc-0417".into(),
                os: "linux".into(),
                os_version: "Debian GNU/Linux 13 (trixie)".into(),
                groups,
            },
            person: Person {
                name: "ada".into(),
                display_name: "Ada Lovelace".into(),
                language: "de-at".into(),
                verified: true,
            },
            policy_version: "3f9c1a20".into(),
        };
        let body = SessionRequest {
            reason: Some(reason),
            ticket: None,
            origin: "person".into(),
            client: "sample".into(),
        };
        Call::new(Hook::SessionRequest, context, body)
    }
}
