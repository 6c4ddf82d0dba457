use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use deskhook_native::{Protection, Signer};

use super::sign::{PASSWORD, password};
use crate::output::{Exit, Failure, Outcome, json, remark, say};
use crate::policy::{Readers, vacant, with_ending, write_new};

/// `plugin keygen`.
#[derive(Args)]
pub(crate) struct Keygen {
    /// The file that the secret key is written to; the public key goes to FILE.pub. Neither may exist
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Encrypt the key with a password that is asked for; $DESKHOOK_KEY_PASSWORD encrypts it with its own
    #[arg(long)]
    password: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Does what the command says.
pub(super) fn run(args: &Keygen) -> Outcome {
    let public_file = with_ending(&args.out, ".pub");
    vacant(&args.out, &public_file)?;
    let (mut seed, mut id, mut salt) = ([0; 32], [0; 8], [0; 32]);
    for bytes in [&mut seed[..], &mut id, &mut salt] {
        getrandom::fill(bytes).context("the system gives no random numbers")?;
    }
    let signer = Signer::new(&seed, id);
    let is_given = std::env::var_os(PASSWORD).is_some();
    let password = (args.password || is_given).then(new_password).transpose()?;
    let protection = match &password {
        None => Protection::None,
        Some(password) if password.is_empty() => {
            let error = anyhow::anyhow!("the password is empty");
            return Err(Failure::Usage(error));
        }
        Some(password) => Protection::Password { password, salt },
    };
    let line = signer.public_line();
    write_new(&args.out, &signer.to_text(&protection)?, Readers::Owner)?;
    let public = format!("untrusted comment: a plugin publisher's public key\n{line}\n");
    write_new(&public_file, &public, Readers::All)?;
    if args.json {
        json(&serde_json::json!({
            "key": args.out,
            "public_file": public_file,
            "public": line,
            "encrypted": password.is_some(),
        }))?;
    } else {
        say(&line);
    }
    let kept = match password {
        Some(_) => "encrypted with your password".to_owned(),
        None => "NOT encrypted, readable by this account alone; --password encrypts one".to_owned(),
    };
    remark(format!(
        "  the secret key is in {}, {kept}\n  the line is for policy, Extensions.Publishers.<your name>, and stands in {} as well",
        args.out.display(),
        public_file.display()
    ));
    Ok(Exit::Done)
}

/// A password for the new key. It is typed twice: one that was mistyped would lock the key for good.
fn new_password() -> Result<String, Failure> {
    let first = password("a password for the new key")?;
    let is_typed = std::env::var_os(PASSWORD).is_none();
    if is_typed && password("the same password again")? != first {
        let error = anyhow::anyhow!("the two passwords are not the same");
        return Err(Failure::Usage(error));
    }
    Ok(first)
}
