use std::path::{Path, PathBuf};

use deskhook_session::SessionId;

/// The session under way, on disk: what a killed agent leaves behind, so that its next start can
/// tell the portal that the session is over.
pub(crate) struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    pub(crate) fn in_folder(state: &Path) -> Self {
        Self {
            path: state.join("session"),
        }
    }

    /// The session that a former agent did not end.
    pub(crate) fn take(&self) -> Option<String> {
        let id = std::fs::read_to_string(&self.path).ok()?;
        self.end();
        let known = id.len() <= 64 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        (known && !id.is_empty()).then_some(id)
    }

    /// A session began. A file that cannot be written costs the portal only the news.
    pub(crate) fn begin(&self, session: &SessionId) {
        if let Err(error) = std::fs::write(&self.path, &session.0) {
            tracing::warn!(%error, "the session under way cannot be noted");
        }
    }

    /// It ended.
    pub(crate) fn end(&self) {
        match std::fs::remove_file(&self.path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, "the note of the session under way cannot be removed");
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_former_agent_left_is_found_once() {
        let folder = tempfile::tempdir().unwrap();
        let unfinished = Unfinished::in_folder(folder.path());
        assert_eq!(unfinished.take(), None);
        unfinished.begin(&SessionId("ab12-3".into()));
        assert_eq!(unfinished.take().as_deref(), Some("ab12-3"));
        assert_eq!(unfinished.take(), None);
        std::fs::write(folder.path().join("session"), "no/id").unwrap();
        assert_eq!(unfinished.take(), None);
    }
}
