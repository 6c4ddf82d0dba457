use std::ffi::OsString;
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
use std::path::{Component, Path, PathBuf};

/// Why a file or folder is not believed.
#[derive(Debug, thiserror::Error)]
pub enum Distrust {
    /// Relative to whoever asks.
    #[error("`{}` is not an absolute path", .0.display())]
    Relative(PathBuf),
    /// Not there, or not readable.
    #[error("`{}` cannot be read", .0.display())]
    Unreadable(PathBuf, #[source] io::Error),
    /// Somebody else's.
    #[error("`{}` belongs to the account number {owner}, not to root", .path.display())]
    Owner {
        /// What.
        path: PathBuf,
        /// Whose.
        owner: u32,
    },
    /// Others may change it.
    #[error("`{}` can be changed by others than root (mode {mode:04o})", .path.display())]
    Writable {
        /// What.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// A chain of symbolic links without an end.
    #[error("`{}` leads through too many symbolic links", .0.display())]
    Links(PathBuf),
    /// A folder for a file, a socket for a folder, a file that nobody may run.
    #[error("`{}` is not {wanted}", .path.display())]
    Kind {
        /// What.
        path: PathBuf,
        /// What it should be.
        wanted: &'static str,
    },
    /// Larger, or more of them, than anything honest.
    #[error("`{}` holds too much", .0.display())]
    TooMuch(PathBuf),
}

/// As many as the kernel follows (path_resolution(7)).
const MOST_LINKS: usize = 40;

/// Whose files are believed: of what lies below `top`, what belongs to `owner` and what nobody
/// else may change, every folder and link on the way included. Where that holds, nobody else can
/// change what a path means between a look and its use.
#[derive(Clone, Debug)]
pub(crate) struct Ground {
    pub(crate) top: PathBuf,
    pub(crate) owner: u32,
}

impl Ground {
    /// What root alone can change, from `/` down.
    pub(crate) fn of_root() -> Self {
        Self {
            top: PathBuf::from("/"),
            owner: 0,
        }
    }

    /// A regular file, with all links resolved.
    pub(crate) fn file(&self, path: &Path) -> Result<PathBuf, Distrust> {
        let (path, metadata) = self.walk(path)?;
        let wanted = "a regular file";
        metadata
            .is_file()
            .then_some(path.clone())
            .ok_or(Distrust::Kind { path, wanted })
    }

    /// A program, with all links resolved.
    pub(crate) fn program(&self, path: &Path) -> Result<PathBuf, Distrust> {
        let path = self.file(path)?;
        let metadata = look(&path)?;
        let wanted = "a program";
        (metadata.mode() & 0o111 != 0)
            .then_some(path.clone())
            .ok_or(Distrust::Kind { path, wanted })
    }

    /// A folder, with all links resolved.
    pub(crate) fn folder(&self, path: &Path) -> Result<PathBuf, Distrust> {
        let (path, metadata) = self.walk(path)?;
        let wanted = "a folder";
        metadata
            .is_dir()
            .then_some(path.clone())
            .ok_or(Distrust::Kind { path, wanted })
    }

    /// A folder for its owner's eyes only, made where it is missing.
    pub(crate) fn private_folder(&self, path: &Path) -> Result<PathBuf, Distrust> {
        let unreadable = |error| Distrust::Unreadable(path.to_path_buf(), error);
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700);
        builder.create(path).map_err(unreadable)?;
        let path = self.folder(path)?;
        let mode = look(&path)?.mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(Distrust::Writable { path, mode });
        }
        Ok(path)
    }

    /// A folder with everything in it: at most 1,000 files and folders.
    pub(crate) fn tree(&self, path: &Path) -> Result<PathBuf, Distrust> {
        let top = self.folder(path)?;
        let mut open = vec![top.clone()];
        let mut left = 1_000_u32;
        while let Some(folder) = open.pop() {
            let unreadable = |error| Distrust::Unreadable(folder.clone(), error);
            for entry in fs::read_dir(&folder).map_err(unreadable)? {
                left = left
                    .checked_sub(1)
                    .ok_or_else(|| Distrust::TooMuch(top.clone()))?;
                let (path, metadata) = self.walk(&entry.map_err(unreadable)?.path())?;
                if metadata.is_dir() {
                    open.push(path);
                }
            }
        }
        Ok(top)
    }

    /// The text of a file of at most `limit` bytes.
    pub(crate) fn text(&self, path: &Path, limit: u64) -> Result<String, Distrust> {
        let path = self.file(path)?;
        let unreadable = |error| Distrust::Unreadable(path.clone(), error);
        let mut text = String::new();
        let file = File::open(&path).map_err(unreadable)?;
        file.take(limit + 1)
            .read_to_string(&mut text)
            .map_err(unreadable)?;
        if text.len() as u64 > limit {
            return Err(Distrust::TooMuch(path));
        }
        Ok(text)
    }

    /// Goes down from `top`, a name at a time, and believes each before the next.
    fn walk(&self, path: &Path) -> Result<(PathBuf, Metadata), Distrust> {
        let mut ahead = self.names(path)?;
        let mut at = self.top.clone();
        let mut metadata = look(&at)?;
        self.believe(&at, &metadata)?;
        let mut links = 0;
        while let Some(name) = ahead.pop() {
            if name == ".." {
                if at != self.top {
                    at.pop();
                }
                metadata = look(&at)?;
                continue;
            }
            let next = at.join(&name);
            metadata = look(&next)?;
            self.believe(&next, &metadata)?;
            if !metadata.is_symlink() {
                at = next;
                continue;
            }
            links += 1;
            if links > MOST_LINKS {
                return Err(Distrust::Links(path.to_path_buf()));
            }
            let unreadable = |error| Distrust::Unreadable(next.clone(), error);
            let target = fs::read_link(&next).map_err(unreadable)?;
            if target.is_absolute() {
                at.clone_from(&self.top);
                ahead.extend(self.names(&target)?);
            } else {
                ahead.extend(names(&target));
            }
        }
        Ok((at, metadata))
    }

    fn believe(&self, path: &Path, metadata: &Metadata) -> Result<(), Distrust> {
        let path = path.to_path_buf();
        let owner = metadata.uid();
        if owner != self.owner {
            return Err(Distrust::Owner { path, owner });
        }
        // The bits of a link mean nothing; an access list shows in the bits of the group (acl(5)).
        let mode = metadata.mode() & 0o7777;
        if !metadata.is_symlink() && mode & 0o022 != 0 {
            return Err(Distrust::Writable { path, mode });
        }
        Ok(())
    }

    fn names(&self, path: &Path) -> Result<Vec<OsString>, Distrust> {
        path.strip_prefix(&self.top)
            .map(names)
            .map_err(|_| Distrust::Relative(path.to_path_buf()))
    }
}

/// The names on a path, the last one first.
fn names(path: &Path) -> Vec<OsString> {
    let named = path
        .components()
        .filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir));
    named
        .map(|part| part.as_os_str().to_owned())
        .rev()
        .collect()
}

fn look(path: &Path) -> Result<Metadata, Distrust> {
    fs::symlink_metadata(path).map_err(|error| Distrust::Unreadable(path.to_path_buf(), error))
}

#[cfg(test)]
mod tests;
