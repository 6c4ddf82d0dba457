#[cfg(windows)]
mod windows;

use std::path::{Path, PathBuf};

#[cfg(windows)]
pub(crate) use windows::judge;

/// Who may own a folder that plugins are loaded from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// Root alone: the folder of the machine.
    Root,
    /// Root, or the account that this process runs as: a developer's or a demo's folder.
    RootOrSelf,
}

/// Why no plugin is loaded from a folder.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// It, or one above it, cannot be looked at.
    #[error("cannot look at the folder {}", path.display())]
    Look {
        /// Which folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is a symbolic link: whoever can change the link puts another folder in its place.
    #[error(
        "{} is a symbolic link, and links are refused: put the folder itself in its place", .0.display()
    )]
    Link(PathBuf),
    /// It is no folder.
    #[error("{} is not a folder", .0.display())]
    NoFolder(PathBuf),
    /// It, or one above it, belongs to somebody else.
    #[error("{} belongs to the user {found}, and has to belong to {expected}", path.display())]
    Owner {
        /// Which file or folder.
        path: PathBuf,
        /// The user's number; on Windows its security identifier.
        found: String,
        /// Who it must be.
        expected: &'static str,
    },
    /// Others can write into it, or into one above it.
    #[error("{} can be written by others ({by}): let its owner alone write there", path.display())]
    Writable {
        /// Which file or folder.
        path: PathBuf,
        /// Its mode; on Windows whom its access control list lets write.
        by: String,
    },
}

/// Checks that nobody but `owner` can put anything at `folder`, and returns its real path, which
/// alone is to be used from then on. A folder above it may be open to all where it is sticky
/// (`/tmp`), as nobody can then replace what is not theirs; and, where the folder may be our own,
/// to our own group, as many systems make folders so and give everybody a group to themselves.
pub fn trusted_folder(folder: &Path, owner: Owner) -> Result<PathBuf, FolderError> {
    let failed = |source| FolderError::Look {
        path: folder.to_owned(),
        source,
    };
    let own = std::fs::symlink_metadata(folder).map_err(failed)?;
    if own.is_symlink() {
        return Err(FolderError::Link(folder.to_owned()));
    }
    if !own.is_dir() {
        return Err(FolderError::NoFolder(folder.to_owned()));
    }
    let real = folder.canonicalize().map_err(failed)?;
    for place in real.ancestors() {
        let failed = |source| FolderError::Look {
            path: place.to_owned(),
            source,
        };
        let metadata = std::fs::symlink_metadata(place).map_err(failed)?;
        let standing = if place == real {
            Standing::Itself
        } else {
            Standing::Above
        };
        judge(place, &metadata, owner, standing)?;
    }
    Ok(real)
}

/// What is judged: what is loaded or the folder that it lies in, or a folder above that.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    Itself,
    Above,
}

#[cfg(unix)]
pub(crate) fn judge(
    path: &Path,
    metadata: &std::fs::Metadata,
    owner: Owner,
    standing: Standing,
) -> Result<(), FolderError> {
    use std::os::unix::fs::MetadataExt as _;
    let (uid, mode) = (metadata.uid(), metadata.mode() & 0o7777);
    let own = rustix::process::geteuid().as_raw();
    let (fits, expected) = match owner {
        Owner::Root => (uid == 0, "root"),
        Owner::RootOrSelf => (uid == 0 || uid == own, "root or ourselves"),
    };
    if !fits {
        return Err(FolderError::Owner {
            path: path.to_owned(),
            found: uid.to_string(),
            expected,
        });
    }
    let own_group = uid == own && metadata.gid() == rustix::process::getegid().as_raw();
    let others = if owner == Owner::RootOrSelf && own_group {
        0o002
    } else {
        0o022
    };
    let is_open = match standing {
        Standing::Itself => mode & 0o022 != 0,
        Standing::Above => mode & others != 0 && mode & 0o1000 == 0,
    };
    if is_open {
        return Err(FolderError::Writable {
            path: path.to_owned(),
            by: format!("mode {mode:04o}"),
        });
    }
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn set_mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("it is ours");
    }

    #[test]
    fn a_folder_that_others_can_write_to_is_refused() {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("plugins");
        std::fs::create_dir(&inner).unwrap();
        set_mode(&inner, 0o755);
        assert!(trusted_folder(&inner, Owner::RootOrSelf).is_ok());
        for place in [inner.as_path(), outer.path()] {
            set_mode(place, 0o777);
            let refused = trusted_folder(&inner, Owner::RootOrSelf).unwrap_err();
            assert!(
                matches!(&refused, FolderError::Writable { by, .. } if by == "mode 0777"),
                "{refused}"
            );
            set_mode(place, 0o700);
        }
    }

    #[test]
    fn a_folder_above_may_be_open_to_our_own_group_but_not_for_the_machine() {
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("plugins");
        std::fs::create_dir(&inner).unwrap();
        set_mode(&inner, 0o755);
        set_mode(outer.path(), 0o775);
        assert!(trusted_folder(&inner, Owner::RootOrSelf).is_ok());
        assert!(trusted_folder(&inner, Owner::Root).is_err());
        set_mode(&inner, 0o775);
        assert!(trusted_folder(&inner, Owner::RootOrSelf).is_err());
    }

    #[test]
    fn a_symbolic_link_and_a_file_are_no_folder() {
        let outer = tempfile::tempdir().unwrap();
        let (real, link, file) = (
            outer.path().join("a"),
            outer.path().join("b"),
            outer.path().join("c"),
        );
        std::fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        std::fs::write(&file, "").unwrap();
        let refused = |path: &Path| trusted_folder(path, Owner::RootOrSelf).unwrap_err();
        assert!(matches!(refused(&file), FolderError::NoFolder(_)));
        let said = refused(&link).to_string();
        assert!(
            said.contains("links are refused: put the folder itself"),
            "{said}"
        );
    }
}
