use std::path::PathBuf;

use deskhook_policy::{Place, Problem, Source};

use super::MANIFEST;
use crate::FileError;

/// Why a manifest is refused.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// The folder has none.
    #[error("there is no {MANIFEST} in {}", .0.display())]
    None(PathBuf),
    /// Its file cannot be used; a symbolic link is none.
    #[error("the manifest cannot be read")]
    File(#[source] FileError),
    /// It is not JSON, lacks a field, or a field has a value that it cannot have.
    #[error("{}", sentence(.0))]
    Wrong(Box<Problem>),
    /// It is as its author wrote it: no library belongs to it yet.
    #[error(
        "{} has no \"sha256\", so it is for no library yet: `deskhook plugin pack` lays it and the library into a folder of their own, and fills that in", .0.display()
    )]
    Unpacked(PathBuf),
    /// The library that it is made for cannot be read.
    #[error("cannot make a manifest for the library")]
    Library(#[source] FileError),
}

impl ManifestError {
    /// What is wrong with its text.
    pub(super) fn wrong(problem: Problem) -> Self {
        Self::Wrong(Box::new(problem))
    }

    /// A file that is not UTF-8, by its bytes up to where it still is.
    pub(super) fn not_utf8(path: &std::path::Path, bytes: &[u8], good: usize) -> Self {
        let text = String::from_utf8_lossy(&bytes[..good]).into_owned();
        let source = Source::new(path.display().to_string(), text);
        let place = Place::new(&source, good..good);
        let problem = Problem::error("not-utf8", place, "this byte is not UTF-8");
        Self::wrong(problem.with_help("save the file as UTF-8"))
    }
}

/// Place, what is wrong there, and what to do: all of it in one line, which a log may have, too.
pub(super) fn sentence(problem: &Problem) -> String {
    let Problem {
        place,
        message,
        help,
        ..
    } = problem;
    let help = help.iter().map(|help| format!("; {help}"));
    format!("{place}: {message}{}", help.collect::<String>())
}
