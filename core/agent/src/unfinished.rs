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
    pub(crate) fn left(&self) -> Option<String> {
        let id = std::fs::read_to_string(&self.path).ok()?;
        let known = id.len() <= 64 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        (known && !id.is_empty()).then_some(id)
    }

    /// A session began. A file that cannot be written costs the portal only the news.
    pub(crate) fn begin(&self, session: &SessionId) {
        if let Err(error) = std::fs::write(&self.path, &session.0) {
            tracing::warn!(%error, "the session under way cannot be noted");
        }
    }

    /// The news of its end is on disk. A later session's note stays.
    pub(crate) fn end(&self, session: &SessionId) {
        let noted = std::fs::read_to_string(&self.path);
        if noted.is_ok_and(|id| id == session.0) {
            self.forget();
        }
    }

    /// There is nobody to tell.
    pub(crate) fn forget(&self) {
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
    fn what_a_former_agent_left_is_known_until_its_end_is_on_disk() {
        let folder = tempfile::tempdir().unwrap();
        let unfinished = Unfinished::in_folder(folder.path());
        let session = SessionId("ab12-3".into());
        assert_eq!(unfinished.left(), None);
        unfinished.begin(&session);
        unfinished.end(&SessionId("ab12-2".into()));
        assert_eq!(unfinished.left().as_deref(), Some("ab12-3"));
        unfinished.end(&session);
        assert_eq!(unfinished.left(), None);
        std::fs::write(folder.path().join("session"), "no/id").unwrap();
        assert_eq!(unfinished.left(), None);
    }
}
