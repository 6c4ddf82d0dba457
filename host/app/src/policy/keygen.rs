use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use deskhook_wire::{PolicySigner, Role};

use crate::output::{Exit, Failure, Outcome, json, remark, say};

/// `policy keygen`.
#[derive(Args)]
pub(crate) struct Keygen {
    /// What the key signs: critical policy decides what code runs and who gets in, routine the rest
    #[arg(long)]
    role: RoleName,
    /// The file that the key is written to; its public line goes to FILE.pub. Neither may exist
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// A role, as it is typed.
#[derive(Clone, Copy, ValueEnum)]
enum RoleName {
    Critical,
    Routine,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Critical => Self::Critical,
            RoleName::Routine => Self::Routine,
        }
    }
}

/// Does what the command says.
pub(super) fn run(args: &Keygen) -> Outcome {
    let public_file = with_ending(&args.out, ".pub");
    vacant(&args.out, &public_file)?;
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).context("the system gives no random numbers")?;
    let signer = PolicySigner::new(args.role.into(), &seed);
    let public = signer.public();
    write_new(&args.out, &signer.to_text(), Readers::Owner)?;
    write_new(&public_file, &format!("{}\n", public.line()), Readers::All)?;
    if args.json {
        json(&serde_json::json!({
            "role": public.role,
            "id": public.id,
            "key": args.out,
            "public_file": public_file,
            "public": public,
        }))?;
    } else {
        say(public.line());
    }
    remark(format!(
        "  {} key kept in {}, readable by this account alone{}\n  the line is for trust files, and stands in {} as well",
        public.role,
        args.out.display(),
        if public.role == Role::Critical {
            ": keep it offline"
        } else {
            ""
        },
        public_file.display()
    ));
    Ok(Exit::Done)
}

/// Who may read a file.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    Owner,
    All,
}

/// A file beside its place, whole and on the disk. The folder is the one that it will lie in.
pub(super) fn draft(
    path: &Path,
    text: &[u8],
    readers: Readers,
) -> std::io::Result<tempfile::NamedTempFile> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let mut file = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
    file.write_all(text)?;
    if readers == Readers::All {
        open_to_all(&file)?;
    }
    file.as_file().sync_all()?;
    Ok(file)
}

#[cfg(unix)]
fn open_to_all(file: &tempfile::NamedTempFile) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::Permissions::from_mode(0o644);
    file.as_file().set_permissions(mode)
}

/// Who may read a file is what its folder says.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "a mode may be refused")]
fn open_to_all(_: &tempfile::NamedTempFile) -> std::io::Result<()> {
    Ok(())
}

/// Fails where one of a key's files is there already.
pub(crate) fn vacant(key: &Path, public: &Path) -> Result<(), Failure> {
    for path in [key, public] {
        if path.symlink_metadata().is_ok() {
            let error = anyhow::anyhow!("{} is there already", path.display());
            let help = "a key is never written over: name another file";
            return Err(Failure::Help(error, help.to_owned()));
        }
    }
    Ok(())
}

/// Writes a file whole, and only where there is none.
pub(crate) fn write_new(path: &Path, text: &str, readers: Readers) -> Result<(), Failure> {
    let written = draft(path, text.as_bytes(), readers).and_then(|file| {
        let kept = file.persist_noclobber(path);
        kept.map(drop).map_err(|error| error.error)
    });
    Ok(written.with_context(|| format!("cannot write {}", path.display()))?)
}

pub(crate) fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(ending);
    name.into()
}
