use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::store::StoreError;
use crate::store::schema::connect_reader;

/// Reads at a time.
const READERS: usize = 4;

/// Connections that read.
pub(crate) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    turns: Arc<Semaphore>,
}

impl Readers {
    pub(crate) fn open(folder: &Path) -> Result<Self, StoreError> {
        let idle: Result<Vec<_>, _> = (0..READERS).map(|_| connect_reader(folder)).collect();
        Ok(Self {
            idle: Arc::new(Mutex::new(idle?)),
            turns: Arc::new(Semaphore::new(READERS)),
        })
    }

    pub(crate) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let turn = self.turns.clone().acquire_owned().await;
        let turn = turn.map_err(|_| StoreError::Closed)?;
        let lent = Lent::take(&self.idle, turn).ok_or(StoreError::Closed)?;
        tokio::task::spawn_blocking(move || lent.with(work))
            .await
            .map_err(|_| StoreError::Closed)?
    }
}

/// A connection that goes back where it came from, whatever happens to its reader.
struct Lent {
    connection: Option<Connection>,
    home: Arc<Mutex<Vec<Connection>>>,
    // Given back after the connection: fields drop after `drop`.
    _turn: OwnedSemaphorePermit,
}

impl Lent {
    fn take(home: &Arc<Mutex<Vec<Connection>>>, turn: OwnedSemaphorePermit) -> Option<Self> {
        let mut idle = home.lock().unwrap_or_else(PoisonError::into_inner);
        Some(Self {
            connection: Some(idle.pop()?),
            home: home.clone(),
            _turn: turn,
        })
    }

    fn with<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let connection = self.connection.as_ref().ok_or(StoreError::Closed)?;
        // One transaction, so that all parts of a page show the same moment.
        let transaction = connection.unchecked_transaction()?;
        work(&transaction)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut idle = self.home.lock().unwrap_or_else(PoisonError::into_inner);
        idle.extend(self.connection.take());
    }
}
