use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use crate::home::Home;

/// How the stand-in for AnyDesk behaves in a [`Home`]; see `tests/standin/anydesk.rs`.
#[derive(Clone, Debug)]
pub struct AnyDesk {
    /// Its number, of 9 or 10 digits.
    pub id: String,
    /// Its alias; only an installed one tells it.
    pub alias: Option<String>,
    /// How long after its start it has no number yet.
    pub ready_after: Duration,
    /// What goes wrong, by its name in `standin.conf`, such as `never-ready`.
    pub fault: Option<&'static str>,
}

impl Default for AnyDesk {
    fn default() -> Self {
        Self {
            id: "123456789".to_owned(),
            alias: None,
            ready_after: Duration::ZERO,
            fault: None,
        }
    }
}

impl AnyDesk {
    /// The program, which cargo builds with this package's tests and names to them.
    ///
    /// # Panics
    /// When the test was started by hand, without cargo or nextest.
    pub fn program() -> PathBuf {
        let path = std::env::var_os("CARGO_BIN_EXE_anydesk-standin");
        path.expect("cargo names its binaries to the tests that it starts")
            .into()
    }

    /// Makes it behave like this in `home`, wherever its program lies: a downloaded copy too.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn settle(&self, home: &Home) -> Result<PathBuf> {
        let mut lines = vec![
            format!("id={}", self.id),
            format!("ready-after-ms={}", self.ready_after.as_millis()),
        ];
        lines.extend(self.alias.iter().map(|alias| format!("alias={alias}")));
        lines.extend(self.fault.iter().map(|fault| format!("fault={fault}")));
        home.write("home/.anydesk/standin.conf", lines.join("\n"))
    }
}
