mod destination;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use deskhook_policy::{Layer, Problem, Severity, Subject, resolve};
use deskhook_source::{read_text, verify};
use deskhook_wire::{BundledLayer, PolicyBundle, PolicyKey, PolicySigner, Role};

use super::keygen::{Readers, draft};
use super::{diagnostic, times};
use crate::output::{Exit, Failure, Outcome, json, say};

/// `policy sign`.
#[derive(Args)]
pub(crate) struct Sign {
    /// The key's file, as `policy keygen` wrote it; may be given more than once, for devices that
    /// trust different keys
    #[arg(long, value_name = "FILE", required = true)]
    key: Vec<PathBuf>,
    /// The bundle that is written, over a former one as well, and over nothing else
    #[arg(long, value_name = "BUNDLE")]
    out: PathBuf,
    /// How many days it holds
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u64).range(1..=400))]
    days: u64,
    /// Its number: no device takes a lower one of the same role later, nor another bundle under it
    /// (default: the microseconds since 1970, which rise by themselves)
    #[arg(long)]
    serial: Option<u64>,
    /// Layer files, or folders of them: all that this role says. The bundle replaces the former one
    #[arg(required_unless_present_any = ["rotate", "empty"])]
    paths: Vec<PathBuf>,
    /// Sign that there are no layers: takes away all policy of this role
    #[arg(long, conflicts_with = "paths")]
    empty: bool,
    /// Instead of layers, hand over to this key: devices trust it from then on, and the one that
    /// signs no more
    #[arg(long, value_name = "NEW_KEY", conflicts_with_all = ["paths", "empty"])]
    rotate: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Does what the command says.
pub(super) fn run(args: &Sign) -> Outcome {
    destination::vacant(&args.out)?;
    let mut signers = vec![];
    for path in &args.key {
        signers.push(signer(path)?);
    }
    let next = args.rotate.as_deref().map(signer).transpose()?;
    distinct(&signers, next.as_ref())?;
    let files = layers(&args.paths)?;
    // Clap asks for one key at least.
    let problems = problems(&files, signers[0].role());
    let layers = files.into_iter().map(|(_, layer)| layer).collect();
    let bundle = PolicyBundle {
        layers,
        next: next.as_ref().map(PolicySigner::public),
        ..blank(args, signers[0].role())
    };
    signers.extend(next);
    let bytes = match bundle.sign(&signers) {
        Ok(bytes) => bytes,
        Err(error) => return Err(Failure::Usage(error.into())),
    };
    let keys: Vec<PolicyKey> = signers.iter().map(PolicySigner::public).collect();
    diagnostic::print(&problems);
    if problems.iter().any(|it| it.severity == Severity::Error) {
        return refused(args, &bundle, &problems);
    }
    // Nothing is written that a device would refuse whenever it came.
    verify(&args.out.display().to_string(), &bytes, &keys)?;
    let written = draft(&args.out, &bytes, Readers::All)
        .and_then(|file| file.persist(&args.out).map_err(|error| error.error));
    written.with_context(|| format!("cannot write {}", args.out.display()))?;
    signed(args, (&bundle, &keys), &problems)
}

fn signer(path: &Path) -> Result<PolicySigner, Failure> {
    let cannot = || format!("cannot read the key {}", path.display());
    let text = read_text(path).with_context(cannot)?;
    PolicySigner::from_text(&text).ok_or_else(|| {
        let error = anyhow::anyhow!("{} is no key that signs policy", path.display());
        let help = "it is the file that `deskhook policy keygen --out` wrote, not the one in .pub";
        Failure::Help(error, help.to_owned())
    })
}

/// Fails where a key would sign twice, or hand over to itself.
fn distinct(signers: &[PolicySigner], next: Option<&PolicySigner>) -> Result<(), Failure> {
    let mut ids: Vec<String> = vec![];
    for signer in signers {
        let id = signer.public().id;
        if ids.contains(&id) {
            return Err(Failure::Usage(anyhow::anyhow!(
                "the key {id} is named twice: one signature is enough"
            )));
        }
        ids.push(id);
    }
    match next.map(|next| next.public().id) {
        Some(id) if ids.contains(&id) => Err(Failure::Usage(anyhow::anyhow!(
            "the key {id} would hand over to itself: --rotate takes the new key, and --key the old one"
        ))),
        _ => Ok(()),
    }
}

/// A bundle of this command's making that says nothing.
fn blank(args: &Sign, role: Role) -> PolicyBundle {
    let issued = times::now();
    PolicyBundle {
        version: PolicyBundle::VERSION,
        role,
        serial: args.serial.unwrap_or_else(times::micros),
        issued,
        expires: issued + args.days * 24 * 60 * 60,
        layers: vec![],
        next: None,
    }
}

/// A layer file with its path.
type LayerFile = (PathBuf, BundledLayer);

/// The texts of all layer files, by their names without folders.
fn layers(paths: &[PathBuf]) -> Result<Vec<LayerFile>, Failure> {
    let mut layers: Vec<LayerFile> = vec![];
    for path in paths {
        let found = deskhook_source::layer_files(path)
            .with_context(|| format!("cannot read {}", path.display()))?;
        if found.is_empty() {
            let error = anyhow::anyhow!("{} has no layer files in it", path.display());
            let help = "--empty signs that there are none, and takes all policy of this role away";
            return Err(Failure::Help(error, help.to_owned()));
        }
        for path in found {
            let cannot = || format!("cannot read {} as text", path.display());
            let text = read_text(&path).with_context(cannot)?;
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let file = name.into_owned();
            if layers
                .iter()
                .any(|(_, it)| it.file.eq_ignore_ascii_case(&file))
            {
                return Err(Failure::Usage(anyhow::anyhow!(
                    "two layer files are named {file}: in a bundle each name is there once"
                )));
            }
            layers.push((path, BundledLayer { file, text }));
        }
    }
    Ok(layers)
}

/// What is wrong in the layers, with the places of their own files.
fn problems(files: &[LayerFile], role: Role) -> Vec<Problem> {
    let of_file = |(path, layer): &LayerFile| {
        let parsed = Layer::parse(&path.display().to_string(), &layer.text);
        let mut problems = parsed.problems;
        if let Some(layer) = &parsed.layer {
            if role == Role::Routine {
                problems.extend(layer.critical_places());
            }
            let alone = resolve(std::slice::from_ref(layer), &Subject::everyone());
            problems.extend(alone.problems);
        }
        problems
    };
    files.iter().flat_map(of_file).collect()
}

/// Says what is wrong with the layers, and nothing of a bundle, as none was made.
fn refused(args: &Sign, bundle: &PolicyBundle, problems: &[Problem]) -> Outcome {
    if args.json {
        json(&serde_json::json!({
            "ok": false,
            "role": bundle.role,
            "layers": names(bundle),
            "problems": problems,
        }))?;
    } else if args.out.exists() {
        let out = args.out.display();
        say(format!("nothing was signed: {out} is the one from before"));
    } else {
        say("nothing was signed");
    }
    Ok(Exit::No)
}

fn signed(
    args: &Sign,
    (bundle, keys): (&PolicyBundle, &[PolicyKey]),
    problems: &[Problem],
) -> Outcome {
    let ids: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
    let files = names(bundle);
    if args.json {
        json(&serde_json::json!({
            "ok": true,
            "bundle": args.out,
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
    let what = match &bundle.next {
        Some(next) => format!("hands over to {}", next.id),
        None if files.is_empty() => "no layers".to_owned(),
        None => files.join(", "),
    };
    say(format!(
        "{}: {} bundle {}, expires {}, signed by {}",
        args.out.display(),
        bundle.role,
        bundle.serial,
        times::utc(bundle.expires),
        ids.join(", ")
    ));
    say(format!("  {what}"));
    Ok(Exit::Done)
}

fn names(bundle: &PolicyBundle) -> Vec<&str> {
    bundle.layers.iter().map(|it| it.file.as_str()).collect()
}
