mod entry;

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use deskhook_agent::{AgentHandle, Snapshot};
use tokio::fs;
use tokio::process::Command;

use super::screen;
use entry::{entry, media_types};

/// The entry's file; programs that follow links know it by this name.
const NAME: &str = "org.deskhook.links.desktop";

/// Has links of `deskhook:` and of the policy's own scheme followed by `command` for this person,
/// until the agent stops: the absolute path of a program and its arguments, behind which the link
/// comes. Does nothing where there is no display: nobody clicks there.
pub async fn register_links(handle: AgentHandle, command: Vec<String>) {
    let Some(folder) = applications().filter(|_| screen::is_there()) else {
        return;
    };
    let mut changes = handle.changes();
    let mut registered = vec![];
    loop {
        let schemes = schemes(&changes.borrow_and_update());
        if registered != schemes {
            let Some(entry) = entry(&command, &schemes) else {
                let program = command.first();
                return tracing::warn!(program, "no desktop entry can start this from a link");
            };
            if let Err(error) = register(&folder, &entry, &schemes).await {
                tracing::warn!(%error, folder = %folder.display(), "links are not registered");
            }
            registered = schemes;
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

/// Ours, and the organisation's own, which the policy has looked over.
fn schemes(snapshot: &Snapshot) -> Vec<String> {
    let own = snapshot.policy.link_scheme.clone();
    std::iter::once("deskhook".to_owned()).chain(own).collect()
}

/// `$XDG_DATA_HOME/applications` (XDG Base Directory Specification 0.8), where it has a place.
fn applications() -> Option<PathBuf> {
    let absolute = |variable| {
        let path = PathBuf::from(std::env::var_os(variable)?);
        path.is_absolute().then_some(path)
    };
    let data = absolute("XDG_DATA_HOME").or_else(|| Some(absolute("HOME")?.join(".local/share")));
    Some(data?.join("applications"))
}

/// Writes the entry where it is not there as it should be, and tells the desktop then.
async fn register(folder: &Path, entry: &str, schemes: &[String]) -> io::Result<()> {
    let path = folder.join(NAME);
    if fs::read(&path)
        .await
        .is_ok_and(|old| old == entry.as_bytes())
    {
        return Ok(());
    }
    fs::create_dir_all(folder).await?;
    let draft = folder.join(format!(".{NAME}.{}", std::process::id()));
    fs::write(&draft, entry).await?;
    if let Err(error) = fs::rename(&draft, &path).await {
        // What cannot be moved can be left.
        let _ = fs::remove_file(&draft).await;
        return Err(error);
    }
    tracing::info!(?schemes, "links are registered");
    run(Command::new("update-desktop-database").arg(folder)).await;
    let types = media_types(schemes);
    run(Command::new("xdg-mime").args(["default", NAME]).args(types)).await;
    Ok(())
}

/// A desktop may lack these; some read the entry by themselves.
async fn run(command: &mut Command) {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    match command.status().await {
        Ok(status) if status.success() => {}
        Ok(status) => tracing::info!(?command, %status, "a desktop's program failed"),
        Err(error) => tracing::info!(?command, %error, "a desktop's program is not there"),
    }
}
