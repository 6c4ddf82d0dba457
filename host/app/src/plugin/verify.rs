use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use deskhook_native::{Checked, PublisherKey, Unsigned, check_signatures};
use deskhook_policy::PublisherKeyError;

use super::told::failure;
use crate::output::{Colour, Exit, Failure, Outcome, json, paint, remark, say};

/// `plugin verify`.
#[derive(Args)]
pub(crate) struct Verify {
    /// The publisher's public key: the line that begins with RW, or a file with it
    #[arg(long, value_name = "KEY")]
    publisher: String,
    /// The plugin's folder, its manifest or its library: both are looked at
    path: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Does what the command says; the answer is no where one signature does not hold.
pub(super) fn run(args: &Verify) -> Outcome {
    let key = publisher(&args.publisher)?;
    let inspection = deskhook_native::inspect(&args.path).map_err(failure)?;
    let checked = check_signatures(&args.path, &key)?;
    let holds = inspection.matches() && checked.iter().all(Checked::holds);
    if args.json {
        let files = checked.iter().map(|one| {
            serde_json::json!({
                "file": one.file,
                "holds": one.holds(),
                "comment": one.signature.as_ref().ok(),
                "why": why(one),
            })
        });
        let files: Vec<_> = files.collect();
        json(&serde_json::json!({
            "holds": holds,
            "matches": inspection.matches(),
            "id": inspection.manifest.id,
            "version": inspection.manifest.version,
            "publisher": inspection.manifest.publisher,
            "files": files,
        }))?;
    } else {
        checked.iter().for_each(print);
        advise(&checked, &inspection.folder);
        if !inspection.matches() {
            say(format!(
                "{} the library is not the one of the manifest",
                paint("no ", Colour::Red)
            ));
        }
    }
    Ok(if holds { Exit::Done } else { Exit::No })
}

fn why(checked: &Checked) -> Option<String> {
    let error = checked.signature.as_ref().err()?;
    let causes = std::iter::successors(std::error::Error::source(error), |it| it.source());
    let causes = causes.map(|cause| format!(": {cause}"));
    Some(error.to_string() + &causes.collect::<String>())
}

fn print(checked: &Checked) {
    let file = checked.file.display();
    match why(checked) {
        None => say(format!("{} {file}", paint("ok ", Colour::Green))),
        Some(why) => say(format!("{} {file}: {why}", paint("no ", Colour::Red))),
    }
}

/// What to do about files that bear no signature of this publisher.
fn advise(checked: &[Checked], folder: &Path) {
    let is_missing = |one: &Checked| matches!(one.signature, Err(Unsigned::Missing(_)));
    if checked.iter().any(is_missing) {
        let folder = folder.display();
        remark(format!(
            "{} deskhook plugin sign --key FILE {folder}",
            paint("help:", Colour::Cyan)
        ));
    }
}

/// The key itself, or what is in a file.
fn publisher(named: &str) -> Result<PublisherKey, Failure> {
    let path = Path::new(named);
    let text = if path.exists() {
        let cannot = || format!("cannot read {}", path.display());
        deskhook_source::read_text(path).with_context(cannot)?
    } else {
        named.to_owned()
    };
    PublisherKey::read(&text).map_err(|error| {
        let lacks = match (path.exists(), error) {
            (false, PublisherKeyError::Form) => ", and there is no such file",
            _ => "",
        };
        let wrong = format!("--publisher {named:?} is no publisher's key{lacks}");
        Failure::Usage(anyhow::Error::from(error).context(wrong))
    })
}
