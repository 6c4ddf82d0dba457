//! The portal's database, and all SQL there is. One writer thread commits the writes of many
//! requests together, each acknowledged only when its commit is on disk; readers have
//! connections of their own and see whole commits only.

pub(crate) mod accounts;
pub(crate) mod api_keys;
pub(crate) mod attempts;
pub(crate) mod audit;
pub(crate) mod deliveries;
pub(crate) mod devices;
pub(crate) mod one_time;
pub(crate) mod orders;
mod readers;
mod schema;
pub(crate) mod sessions;
pub(crate) mod sign_ins;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use deskhook_record::LinkError;
use rusqlite::Connection;

use crate::hub::Hub;
use crate::metrics::Metrics;
pub(crate) use schema::connect;
pub(crate) use writer::Unit;

/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder cannot be made or opened.
    #[error("could not prepare the data folder {path}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// A newer portal has written it.
    #[error("the database has version {found}; this portal knows up to {known}")]
    Newer {
        /// Its version.
        found: i64,
        /// The highest that is known.
        known: i64,
    },
    /// SQLite refused.
    #[error("the database refused a statement")]
    Sql(#[from] rusqlite::Error),
    /// The commit failed: nothing of it is there.
    #[error("the database did not commit")]
    Commit(#[source] Arc<rusqlite::Error>),
    /// What happened cannot be put on the record, so it does not happen.
    #[error("the action cannot be recorded")]
    Record(#[from] LinkError),
    /// A column holds what no version has written.
    #[error("the database holds an unreadable {0}")]
    Unreadable(&'static str),
    /// The work itself broke off: a fault of the portal, told in the log.
    #[error("the portal's own work on the database broke off")]
    Panicked,
    /// The database is closed: the portal is stopping.
    #[error("the database is closed")]
    Closed,
}

/// The open database.
pub(crate) struct Store {
    writer: writer::Writer,
    readers: readers::Readers,
}

impl Store {
    /// Opens the database in `folder`, or begins it, and brings it to this version.
    pub(crate) fn open(
        folder: &Path,
        hub: Arc<Hub>,
        metrics: Arc<Metrics>,
    ) -> Result<Self, StoreError> {
        let writer = writer::Writer::start(connect(folder)?, hub, metrics);
        let readers = readers::Readers::open(folder)?;
        Ok(Self { writer, readers })
    }

    /// Runs `work` on the writer and returns once its commit is on disk. An error undoes all of it.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Unit<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        self.writer.run(work).await
    }

    /// The same for work that may refuse: then nothing of it stays, and the refusal is answered.
    pub(crate) async fn attempt<T, R, F>(&self, work: F) -> Result<Result<T, R>, StoreError>
    where
        T: Send + 'static,
        R: Send + 'static,
        F: FnOnce(&mut Unit<'_>) -> Result<Result<T, R>, StoreError> + Send + 'static,
    {
        self.write(|unit| unit.attempt(work)).await
    }

    /// Runs `work` on a connection that only reads.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        self.readers.run(work).await
    }
}
