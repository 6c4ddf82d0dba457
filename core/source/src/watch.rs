//! Telling that watched paths changed: parents are watched rather than files, so that atomic
//! renames, and folders that come and go, are seen.

mod pending;
mod reach;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use notify::{Config, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::time::{Instant, timeout};

use pending::Pending;
use reach::Reach;

/// A change is told when nothing happened for this long: enough for a file that is written in parts.
/// One that is read too early is read again, and its last good version holds meanwhile.
const QUIET: Duration = Duration::from_millis(20);
/// A path that never rests is told after this long all the same: a policy is in use within a tenth of
/// a second.
const LONGEST: Duration = Duration::from_millis(60);

/// What is watched at the given paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// Policy: the path itself, or the `.json`, `.kv` and `.bundle` files right inside it.
    Layers,
    /// Everything at the path and below it, such as a folder of packages.
    Tree,
}

/// What happened since the last time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The paths that were named; one may be the folder above the file that changed.
    pub paths: std::collections::BTreeSet<PathBuf>,
    /// Events were lost: anything may have changed.
    pub rescan: bool,
}

/// Why paths cannot be watched.
#[derive(Debug, thiserror::Error)]
pub enum WatchError {
    /// A path cannot be made absolute.
    #[error("finding the absolute path of {} failed", .0.display())]
    Path(PathBuf, #[source] std::io::Error),
    /// The operating system gives no watcher.
    #[error("starting to watch folders failed")]
    Start(#[source] notify::Error),
    /// A folder cannot be watched.
    #[error("watching the folder {} failed", .0.display())]
    Folder(PathBuf, #[source] notify::Error),
}

/// Paths under watch, until this is dropped.
pub struct Watch {
    watcher: RecommendedWatcher,
    reach: Arc<Reach>,
    pending: Arc<Pending>,
}

/// Watches `paths`, which need not exist yet.
pub fn watch(paths: &[PathBuf], what: Watched) -> Result<Watch, WatchError> {
    let absolute = paths.iter().map(|path| {
        std::path::absolute(path).map_err(|error| WatchError::Path(path.clone(), error))
    });
    let reach = Arc::new(Reach::new(absolute.collect::<Result<_, _>>()?, what));
    let pending = Arc::new(Pending::default());
    let (filter, inbox) = (Arc::clone(&reach), Arc::clone(&pending));
    // Links between folders make endless trees of a few; `Reach` names those that count.
    let config = Config::default().with_follow_symlinks(false);
    let watcher = RecommendedWatcher::new(move |event| inbox.put(event, &filter), config);
    let mut watch = Watch {
        watcher: watcher.map_err(WatchError::Start)?,
        reach,
        pending,
    };
    watch.arm()?;
    Ok(watch)
}

impl Watch {
    /// Waits for the next change, until it has come to rest. Nothing is lost when the waiting
    /// is given up and begun again.
    pub async fn changed(&mut self) -> Change {
        loop {
            if self.pending.is_empty() {
                self.pending.next().await;
            }
            self.rest().await;
            // Before the change is taken: what happens from here on is told the next time.
            if let Err(error) = self.arm() {
                tracing::warn!(%error, "a changed folder cannot be watched");
            }
            let change = self.pending.take();
            if change != Change::default() {
                return change;
            }
        }
    }

    async fn rest(&self) {
        let until = Instant::now() + LONGEST;
        while timeout(QUIET, self.pending.next()).await.is_ok() && Instant::now() < until {}
    }

    /// Watches what is there now; repeated until nothing appeared in between.
    fn arm(&mut self) -> Result<(), WatchError> {
        let mut armed = vec![];
        for _ in 0..8 {
            let folders = self.reach.folders();
            if folders == armed {
                break;
            }
            for (folder, mode) in &folders {
                self.watch_folder(folder.clone(), *mode)?;
            }
            armed = folders;
        }
        Ok(())
    }

    fn watch_folder(&mut self, folder: PathBuf, mode: RecursiveMode) -> Result<(), WatchError> {
        match self.watcher.watch(&folder, mode) {
            Ok(()) => Ok(()),
            // Gone since it was looked for: its parent is watched.
            Err(_) if !folder.is_dir() => Ok(()),
            // A parent that may not be read hides only that its folder is replaced.
            Err(error) if self.reach.is_spare(&folder) => {
                tracing::debug!(%error, folder = %folder.display(), "a parent cannot be watched");
                Ok(())
            }
            Err(error) => Err(WatchError::Folder(folder, error)),
        }
    }
}
