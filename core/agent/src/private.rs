use std::io;
use std::path::Path;

/// Makes the folder, private to this account. One that is there is made so, unless that would take
/// it from others: a folder of somebody else, or one in which everybody may write, is refused.
#[cfg(unix)]
pub(crate) fn folder(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _};
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true).mode(0o700).create(path)?;
    let about = std::fs::metadata(path)?;
    let own = about.uid() == rustix::process::geteuid().as_raw();
    if own && about.mode() & 0o002 == 0 {
        return std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700));
    }
    let why = "it belongs to somebody else, or everybody can write in it";
    Err(io::Error::new(io::ErrorKind::PermissionDenied, why))
}

/// Makes the folder. Who may read it is what the folder above says: an account's own folders are
/// private on Windows, and so is `ProgramData` as the installer leaves it.
#[cfg(not(unix))]
pub(crate) fn folder(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}
