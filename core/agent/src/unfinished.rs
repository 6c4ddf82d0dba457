use std::path::{Path, PathBuf};

use deskhook_session::SessionId;

use crate::disk::at_the_disk;

/// The session under way, on disk: what a killed agent leaves behind, so that its next start can
/// tell the portal that the session is over. It names the device as well: after another enrolment
/// the session is none of the new device's.
pub(crate) struct Unfinished {
    path: PathBuf,
    device: String,
}

/// What stands in the third line once the record has it.
const RECORDED: &str = "recorded";

impl Unfinished {
    pub(crate) fn in_folder(state: &Path, device: &str) -> Self {
        Self {
            path: state.join("session"),
            device: device.to_owned(),
        }
    }

    /// The session that a former agent did not end.
    pub(crate) fn left(&self) -> Option<String> {
        let note = std::fs::read_to_string(&self.path).ok()?;
        let (id, rest) = note.split_once('\n')?;
        // A device that is not enrolled has no name.
        if rest.split('\n').next() != Some(&self.device) {
            return None;
        }
        let known = id.len() <= 64 && id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        (known && !id.is_empty()).then(|| id.to_owned())
    }

    /// Whether the record has the end of that session already.
    pub(crate) fn is_recorded(&self) -> bool {
        let note = std::fs::read_to_string(&self.path);
        note.is_ok_and(|note| note.lines().nth(2) == Some(RECORDED))
    }

    /// The record has the end of that session, and whoever is to be told it is not told yet.
    pub(crate) fn recorded(&self, session: &str) {
        self.write(&format!("{session}\n{}\n{RECORDED}", self.device));
    }

    /// A session began. A file that cannot be written costs the portal only the news.
    pub(crate) fn begin(&self, session: &SessionId) {
        self.write(&format!("{}\n{}", session.0, self.device));
    }

    fn write(&self, note: &str) {
        // Written aside: an agent that is killed meanwhile leaves no half of a note.
        let aside = self.path.with_extension("new");
        let write =
            || std::fs::write(&aside, note).and_then(|()| std::fs::rename(&aside, &self.path));
        if let Err(error) = at_the_disk(write) {
            tracing::warn!(%error, "the session under way cannot be noted");
        }
    }

    /// The news of its end is on disk. A later session's note stays.
    pub(crate) fn end(&self, session: &SessionId) {
        let noted = std::fs::read_to_string(&self.path);
        let id = noted.as_deref().ok().and_then(|note| note.lines().next());
        if id == Some(&session.0) {
            self.forget();
        }
    }

    /// There is nobody to tell.
    pub(crate) fn forget(&self) {
        match at_the_disk(|| std::fs::remove_file(&self.path)) {
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
        let unfinished = Unfinished::in_folder(folder.path(), "d-1");
        let session = SessionId("ab12-3".into());
        assert_eq!(unfinished.left(), None);
        unfinished.begin(&session);
        unfinished.end(&SessionId("ab12-2".into()));
        assert_eq!(unfinished.left().as_deref(), Some("ab12-3"));
        let other = Unfinished::in_folder(folder.path(), "d-2");
        assert_eq!(other.left(), None, "a session of another device");
        assert!(!unfinished.is_recorded());
        unfinished.recorded("ab12-3");
        assert_eq!(unfinished.left().as_deref(), Some("ab12-3"));
        assert!(unfinished.is_recorded());
        unfinished.end(&session);
        assert_eq!(unfinished.left(), None);
        let nameless = Unfinished::in_folder(folder.path(), "");
        nameless.begin(&session);
        assert_eq!(nameless.left().as_deref(), Some("ab12-3"));
        nameless.recorded("ab12-3");
        assert!(nameless.left().is_some() && nameless.is_recorded());
        std::fs::write(folder.path().join("session"), "no/id\nd-1").unwrap();
        assert_eq!(unfinished.left(), None);
    }
}
