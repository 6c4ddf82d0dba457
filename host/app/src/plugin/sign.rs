use std::path::{Path, PathBuf};

use clap::Args;
use deskhook_native::{Signer, SignerError, SigningError, sign};

use super::told::{failure, note};
use crate::output::{Exit, Failure, Outcome, json, remark, say};

/// The variable with the password of an encrypted key.
pub(super) const PASSWORD: &str = "DESKHOOK_KEY_PASSWORD";

/// What a secret key is.
const KEY: &str = "it is the file that `deskhook plugin keygen --out FILE` or `minisign -G` wrote, not the one in .pub";

/// `plugin sign`.
#[derive(Args)]
pub(crate) struct Sign {
    /// The secret key's file, of `plugin keygen` or `minisign -G`. Where it is encrypted,
    /// $DESKHOOK_KEY_PASSWORD has the password, or it is asked for
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The plugin's folder, its manifest or its library: both are signed
    path: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Does what the command says.
pub(super) fn run(args: &Sign) -> Outcome {
    let signer = signer(&args.key)?;
    let signed = sign(&args.path, &signer).map_err(|error| match error {
        SigningError::Hash { .. } => {
            let help = "pack it anew with `deskhook plugin pack`, and sign that";
            Failure::Help(error.into(), help.to_owned())
        }
        SigningError::Inspect(error) => failure(error),
        error => Failure::Could(error.into()),
    })?;
    if args.json {
        json(&serde_json::json!({
            "signatures": signed.files,
            "public": signer.public_line(),
            "notes": signed.notes,
        }))?;
    } else {
        for file in &signed.files {
            say(file.display().to_string());
        }
    }
    note(&signed.notes);
    remark(format!("  signed with the key {}", signer.public_line()));
    Ok(Exit::Done)
}

fn signer(path: &Path) -> Result<Signer, Failure> {
    let text = deskhook_source::read_text(path).map_err(|error| {
        let error = anyhow::Error::from(error);
        let error = error.context(format!("cannot read the key {}", path.display()));
        Failure::Help(error, KEY.to_owned())
    })?;
    let read = match Signer::read(&text, None) {
        Err(SignerError::Locked) => {
            let asked = format!("the password of {}", path.display());
            Signer::read(&text, Some(&password(&asked)?))
        }
        read => read,
    };
    read.map_err(|error| {
        let help = match error {
            SignerError::Form => KEY,
            _ => "DESKHOOK_KEY_PASSWORD has the password, or it is asked for on a terminal",
        };
        let error = anyhow::Error::from(error).context(format!("{} cannot sign", path.display()));
        Failure::Help(error, help.to_owned())
    })
}

/// A password from its variable, or from whoever sits at the terminal.
pub(super) fn password(what: &str) -> Result<String, Failure> {
    match std::env::var(PASSWORD) {
        Ok(password) => Ok(password),
        Err(_) => {
            let asked = rpassword::prompt_password(format!("{what}: "));
            let help = format!("without a terminal, {PASSWORD} has it");
            asked.map_err(|error| {
                let error =
                    anyhow::Error::from(error).context(format!("{what} cannot be asked for"));
                Failure::Help(error, help)
            })
        }
    }
}
