use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Instant;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::hub::{Change, Hub};
use crate::metrics::Metrics;
use crate::store::StoreError;

/// The most writes that one commit takes along.
const BATCH: usize = 256;

/// What one request writes: all of it is committed, or nothing. Derefs to the connection.
pub(crate) struct Unit<'c> {
    connection: &'c Connection,
    changes: Vec<Change>,
}

impl<'c> Unit<'c> {
    pub(crate) fn new(connection: &'c Connection) -> Self {
        Self {
            connection,
            changes: Vec::new(),
        }
    }

    /// Runs `work` so that a refusal undoes it.
    pub(crate) fn attempt<T, R>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<Result<T, R>, StoreError>,
    ) -> Result<Result<T, R>, StoreError> {
        self.connection.execute_batch("SAVEPOINT attempt")?;
        let done = work(self)?;
        if done.is_err() {
            self.connection.execute_batch("ROLLBACK TO attempt")?;
            self.changes.clear();
        }
        self.connection.execute_batch("RELEASE attempt")?;
        Ok(done)
    }

    /// Tells whoever watches, once it is committed.
    pub(crate) fn tell(&mut self, change: Change) {
        self.changes.push(change);
    }
}

impl Deref for Unit<'_> {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        self.connection
    }
}

/// What is left to do when the commit succeeded or failed.
type Settle = Box<dyn FnOnce(Result<&Hub, &Arc<rusqlite::Error>>) + Send>;
type Job = Box<dyn FnOnce(&Connection) -> Settle + Send>;

/// The one thread that writes.
pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    pub(crate) fn start(connection: Connection, hub: Arc<Hub>, metrics: Arc<Metrics>) -> Self {
        let (jobs, queue) = mpsc::channel::<Job>();
        thread::spawn(move || {
            while let Ok(first) = queue.recv() {
                let batch = std::iter::once(first).chain(queue.try_iter().take(BATCH - 1));
                let begun = Instant::now();
                let written = commit(&connection, batch, &hub);
                metrics.committed(begun.elapsed(), written);
            }
        });
        Self { jobs }
    }

    pub(crate) async fn run<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Unit<'_>) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = move |connection: &Connection| -> Settle {
            let done = apart(connection, work);
            Box::new(move |committed| {
                let told = match (committed, done) {
                    (Ok(hub), Ok((value, changes))) => {
                        changes.into_iter().for_each(|change| hub.publish(change));
                        Ok(value)
                    }
                    (Err(source), _) => Err(StoreError::Commit(source.clone())),
                    (Ok(_), Err(error)) => Err(error),
                };
                // Whoever asked may have hung up.
                let _ = answer.send(told);
            })
        };
        self.jobs
            .send(Box::new(job))
            .map_err(|_| StoreError::Closed)?;
        answered.await.map_err(|_| StoreError::Closed)?
    }
}

fn commit(connection: &Connection, batch: impl Iterator<Item = Job>, hub: &Hub) -> usize {
    let begun = connection.execute_batch("BEGIN IMMEDIATE");
    let settles: Vec<Settle> = batch.map(|job| job(connection)).collect();
    let committed = begun.and_then(|()| connection.execute_batch("COMMIT"));
    let committed = committed.map_err(|error| {
        // Nothing is left open for the next batch; where there is nothing to undo it says so.
        let _ = connection.execute_batch("ROLLBACK");
        tracing::error!(%error, "the database did not commit");
        Arc::new(error)
    });
    let written = settles.len();
    for settle in settles {
        settle(committed.as_ref().map(|()| hub));
    }
    written
}

/// Runs one request's writes so that a failure undoes them and no others'.
fn apart<T, F>(connection: &Connection, work: F) -> Result<(T, Vec<Change>), StoreError>
where
    F: FnOnce(&mut Unit<'_>) -> Result<T, StoreError>,
{
    if connection.is_autocommit() {
        return Err(StoreError::Closed);
    }
    connection.execute_batch("SAVEPOINT unit")?;
    let mut unit = Unit::new(connection);
    // A fault in one request's work is that request's failure: the thread goes on for all others.
    let done = catch_unwind(AssertUnwindSafe(|| work(&mut unit)));
    let done = done.unwrap_or_else(|_| {
        tracing::error!("a request's writes panicked; nothing of them stays");
        Err(StoreError::Panicked)
    });
    match done {
        Ok(value) => {
            let changes = unit.changes;
            connection.execute_batch("RELEASE unit")?;
            Ok((value, changes))
        }
        Err(error) => {
            connection.execute_batch("ROLLBACK TO unit; RELEASE unit")?;
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_that_panics_fails_alone_and_the_writer_lives_on() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE t (n)").unwrap();
        let writer = Writer::start(connection, Arc::new(Hub::new()), Arc::default());
        let add = |unit: &Unit<'_>, n: i64| unit.execute("INSERT INTO t VALUES (?1)", [n]);
        for n in 0..3 {
            let panicked = writer.run(move |unit| {
                add(unit, 100)?;
                unit.attempt(|unit| -> Result<Result<(), ()>, StoreError> {
                    add(unit, 200)?;
                    panic!("a fault of work {n}")
                })
            });
            assert!(matches!(panicked.await, Err(StoreError::Panicked)));
            writer.run(move |unit| Ok(add(unit, n)?)).await.unwrap();
        }
        let sum = writer.run(|unit| {
            let select = "SELECT sum(n) FROM t";
            Ok(unit.query_row(select, [], |row| row.get::<_, i64>(0))?)
        });
        assert_eq!(sum.await.unwrap(), 3);
    }
}
