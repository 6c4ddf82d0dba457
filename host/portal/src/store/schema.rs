use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use crate::store::StoreError;

/// The changes of the schema, oldest first; `user_version` counts those that were made.
const MIGRATIONS: &[&str] = &[
    include_str!("schema/1.sql"),
    include_str!("schema/2.sql"),
    include_str!("schema/3.sql"),
    include_str!("schema/4.sql"),
    include_str!("schema/5.sql"),
    include_str!("schema/6.sql"),
];

/// How long a statement waits for another process's transaction.
const PATIENCE: Duration = Duration::from_secs(10);

/// The database's file.
pub(crate) fn file(folder: &Path) -> PathBuf {
    folder.join("portal.db")
}

/// A connection that may write; makes the folder and the tables where they are not there.
pub(crate) fn connect(folder: &Path) -> Result<Connection, StoreError> {
    make_private(folder).map_err(|source| StoreError::Folder {
        path: folder.to_owned(),
        source,
    })?;
    let mut connection = Connection::open(file(folder))?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    migrate(&mut connection)?;
    Ok(connection)
}

/// A connection that reads only.
pub(crate) fn connect_reader(folder: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open(file(folder))?;
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = MIGRATIONS.len() as i64;
    let missing = match usize::try_from(found) {
        Ok(done) if done <= MIGRATIONS.len() => &MIGRATIONS[done..],
        _ => return Err(StoreError::Newer { found, known }),
    };
    for migration in missing {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "user_version", known)?;
    Ok(transaction.commit()?)
}

/// Makes the folder and the (still empty) database readable by their owner only, before
/// anything is in them.
fn make_private(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true).mode(0o700).create(folder)?;
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600);
        options.open(file(folder))?;
    }
    #[cfg(not(unix))]
    fs::create_dir_all(folder)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_database_has_every_migration_and_a_newer_one_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let connection = connect(folder.path()).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        drop(connection);
        let error = connect(folder.path()).unwrap_err();
        assert!(matches!(error, StoreError::Newer { found: 99, .. }));
    }

    #[test]
    fn the_audit_table_takes_no_change() {
        let folder = tempfile::tempdir().unwrap();
        let connection = connect(folder.path()).unwrap();
        let insert = "INSERT INTO audit VALUES (1, '{}', x'00', '', NULL)";
        connection.execute(insert, []).unwrap();
        for change in ["UPDATE audit SET canonical = 'x'", "DELETE FROM audit"] {
            assert!(connection.execute(change, []).is_err(), "{change}");
        }
    }
}
