use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use deskhook_policy::{Problem, Subject};
use deskhook_source::{
    BundleRefusal, Keyring, Loaded, Signing, VerifiedBundle, inspect, load_signed, read_bundle,
    verify,
};

use super::{diagnostic, times};
use crate::output::{Colour, Exit, Failure, Outcome, json, paint, say};
use crate::places;

/// `policy verify`.
#[derive(Args)]
pub(crate) struct Verify {
    /// The trust file: lines as `policy keygen` prints them (default: this machine's)
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// A bundle by which a key handed over to another; may be given more than once
    #[arg(long, value_name = "BUNDLE")]
    after: Vec<PathBuf>,
    /// The bundle
    bundle: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// What an agent would have of these files: with a trust file what is signed, without it
/// everything, signatures unseen.
pub(super) fn load(
    paths: &[PathBuf],
    subject: &Subject,
    trust: Option<PathBuf>,
) -> Result<Loaded, Failure> {
    let Some(trust) = trust else {
        return Ok(inspect(paths, subject));
    };
    Keyring::read_anyones(&trust)?;
    let signing = Signing {
        trust,
        memory: None,
        now: times::now(),
    };
    Ok(load_signed(paths, subject, &signing))
}

/// Does what the command says.
pub(super) fn run(args: &Verify) -> Outcome {
    let Some(trust) = args.trust.clone().or_else(places::trust) else {
        return Err(Failure::Usage(anyhow::anyhow!(
            "this machine has no trust file: name one by --trust"
        )));
    };
    let mut keyring = Keyring::read_anyones(&trust)?;
    // It may lie otherwise on the devices.
    let caution = Keyring::caution(&trust);
    diagnostic::print(caution.as_slice());
    for path in &args.after {
        let handed = judged(path, &keyring)?;
        let handed = handed.map_err(|error| {
            anyhow::Error::new(error).context(format!("{} hands over nothing", path.display()))
        })?;
        let Some(next) = handed.bundle.next.clone() else {
            return Err(Failure::Usage(anyhow::anyhow!(
                "{} names no key that takes over",
                path.display()
            )));
        };
        keyring.hand_over(&handed.signers, next);
    }
    match judged(&args.bundle, &keyring)? {
        Ok(verified) => accepted(args, &verified, caution.as_slice()),
        Err(refusal) => refused(args, &refusal),
    }
}

/// Fails where the file cannot be read.
fn judged(
    path: &Path,
    keyring: &Keyring,
) -> Result<Result<VerifiedBundle, BundleRefusal>, Failure> {
    let bytes = read_bundle(path);
    let bytes = bytes.with_context(|| format!("cannot read {}", path.display()))?;
    let name = path.display().to_string();
    let verified = verify(&name, &bytes, keyring.current()).and_then(|verified| {
        verified.is_timely(times::now())?;
        Ok(verified)
    });
    Ok(verified)
}

fn accepted(args: &Verify, verified: &VerifiedBundle, problems: &[Problem]) -> Outcome {
    let bundle = &verified.bundle;
    let ids: Vec<&str> = verified.signers.iter().map(|it| it.id.as_str()).collect();
    let files: Vec<&str> = bundle.layers.iter().map(|it| it.file.as_str()).collect();
    if args.json {
        json(&serde_json::json!({
            "ok": true,
            "role": bundle.role,
            "serial": bundle.serial,
            "issued": times::utc(bundle.issued),
            "expires": times::utc(bundle.expires),
            "layers": files,
            "signed_by": ids,
            "next": bundle.next,
            "problems": problems,
        }))?;
        return Ok(Exit::Done);
    }
    let role = paint(&format!("{} bundle", bundle.role), Colour::Green);
    say(format!("{role} {}", bundle.serial));
    say(format!("  signed by {}", ids.join(", ")));
    say(format!("  issued    {}", times::utc(bundle.issued)));
    say(format!("  expires   {}", times::utc(bundle.expires)));
    match &bundle.next {
        Some(next) => say(format!("  hands over to {}", next.line())),
        None if files.is_empty() => say("  no layers"),
        None => files
            .iter()
            .for_each(|file| say(format!("  layer     {file}"))),
    }
    Ok(Exit::Done)
}

fn refused(args: &Verify, refusal: &BundleRefusal) -> Outcome {
    let problems = refusal.problems(&args.bundle.display().to_string());
    diagnostic::print(&problems);
    if args.json {
        let reason: Vec<&str> = problems.iter().map(|it| it.message.as_str()).collect();
        json(&serde_json::json!({
            "ok": false,
            "code": refusal.code(),
            "reason": reason.join("; "),
            "problems": problems,
        }))?;
    } else {
        say(paint("refused", Colour::Red));
    }
    Ok(Exit::No)
}
