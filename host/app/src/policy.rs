//! `policy check`, `resolve`, `explain`, `audit`, `pin`, `client-settings`, `drift`, `schema`, and
//! signed bundles.

mod audit;
mod client_settings;
mod diagnostic;
mod drift;
mod explanation;
mod keygen;
mod sign;
mod times;
mod vendor;
mod verify;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use deskhook_client::FetchError;
use deskhook_policy::{Layer, Problem, Scope, Severity, Subject, Trail, Why};
use deskhook_source::Loaded;

use crate::agent::runtime;
use crate::output::{Colour, Exit, Failure, Outcome, json, paint, remark, say};
use crate::places;
use crate::settings::AgentSettings;
pub(crate) use keygen::{Readers, vacant, with_ending, write_new};

/// Layer files: what they say, and who said it.
#[derive(Subcommand)]
pub(crate) enum Policy {
    /// Parse and validate; exits 1 when something is wrong
    Check(Files),
    /// Print the effective policy
    Resolve(Files),
    /// Say who set a key, and what that overrode
    Explain {
        /// The key, as a dotted path; a section explains every key inside it
        key: String,
        #[command(flatten)]
        files: Files,
    },
    /// Print the JSON Schema of a layer file, with every key
    Schema,
    /// Print the lines for the vendor's custom-client generator
    ClientSettings(client_settings::Arguments),
    /// Say how an installed client differs from policy; exits 1 when it does
    Drift(drift::Arguments),
    /// Find deviations from the security guide, each with the layer that mends it
    Audit(audit::Auditing),
    /// Fetch a client and print the line that pins it
    Pin {
        /// The download's address
        url: String,
        /// The client that it is for
        #[arg(long, default_value = "anydesk")]
        client: String,
        /// The most bytes that are read
        #[arg(long, default_value_t = 134_217_728, value_parser = clap::value_parser!(u64).range(1..=4_294_967_296))]
        max_bytes: u64,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Make a key that signs policy
    Keygen(keygen::Keygen),
    /// Make a signed bundle of layer files
    Sign(sign::Sign),
    /// Say who signed a bundle, and whether devices take it; exits 1 when they do not
    Verify(verify::Verify),
}

/// Which layers, and for whom.
#[derive(Args)]
pub(crate) struct Files {
    /// Layer files and signed bundles, or folders of them (default: this machine's policy folder)
    paths: Vec<PathBuf>,
    /// Let only bundles count that the keys of this trust file signed (default: bundles count, and
    /// their signatures are not looked at; for this machine's policy folder what its agent does)
    #[arg(long, value_name = "FILE")]
    trust: Option<PathBuf>,
    /// Apply only layers that are for this user
    #[arg(long)]
    user: Option<String>,
    /// Apply only layers that are for these groups; may be given more than once
    #[arg(long)]
    group: Option<Vec<String>>,
    /// Apply only layers that are for this device
    #[arg(long)]
    device: Option<String>,
    /// Filter as on devices of this system
    #[arg(long, ignore_case = true, value_parser = ["linux", "windows", "macos"])]
    platform: Option<String>,
    /// Filter as on a device of these groups; may be given more than once
    #[arg(long)]
    device_group: Option<Vec<String>>,
    /// Filter as on a virtual desktop, or (false) as on none
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    vdi: Option<bool>,
    /// Filter as on a device that is joined to both directories, or (false) not
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    hybrid_joined: Option<bool>,
    /// Filter as on the person's own device, or (false) the organisation's
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    private_device: Option<bool>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

impl Files {
    /// The paths that are meant, and the trust file; fails where one was named that is not there.
    fn paths(&self) -> Result<(Vec<PathBuf>, Option<PathBuf>), Failure> {
        let (paths, trust) = if self.paths.is_empty() {
            let settings = AgentSettings::of_environment().over_file()?;
            let trust = self.trust.clone().or(settings.trust);
            (settings.policy.unwrap_or_else(places::policy), trust)
        } else {
            (self.paths.clone(), self.trust.clone())
        };
        for path in &paths {
            // A folder of its own that is not there holds no layers; one that was named is a slip.
            if self.paths.is_empty() {
                continue;
            }
            std::fs::metadata(path).map_err(|error| {
                Failure::Could(
                    anyhow::Error::new(error).context(format!("cannot read {}", path.display())),
                )
            })?;
        }
        Ok((paths, trust))
    }

    fn load(&self) -> Result<Loaded, Failure> {
        let subject = Subject {
            user: self.user.clone(),
            groups: self.group.clone(),
            device: self.device.clone(),
            platform: self.platform.clone(),
            device_groups: self.device_group.clone(),
            vdi: self.vdi,
            hybrid_joined: self.hybrid_joined,
            private_device: self.private_device,
        };
        let loaded = self.load_for(&subject)?;
        self.tell_strangers(&loaded.layers);
        Ok(loaded)
    }

    /// Tells whose name is in no layer: a slip would be taken for somebody whom only the broad layers
    /// are for.
    fn tell_strangers(&self, layers: &[Layer]) {
        let user = self.user.iter().map(|name| (Scope::User, name));
        let groups = self.group.iter().flatten();
        let groups = groups.map(|name| (Scope::Group, name));
        let device = self.device.iter().map(|name| (Scope::Device, name));
        for (scope, name) in user.chain(groups).chain(device) {
            let wanted = name.to_lowercase();
            let mut names = layers.iter().map(Layer::name);
            if !names.any(|layer| layer.scope == scope && layer.name.to_lowercase() == wanted) {
                remark(format!("no layer is for the {scope} \"{name}\""));
            }
        }
    }

    fn load_for(&self, subject: &Subject) -> Result<Loaded, Failure> {
        let (paths, trust) = self.paths()?;
        verify::load(&paths, subject, trust)
    }
}

/// Does what the command says.
pub(crate) fn run(command: Policy) -> Outcome {
    match command {
        Policy::Check(files) => check(&files),
        Policy::Resolve(files) => resolve(&files),
        Policy::Explain { key, files } => explanation::run(&key, &files),
        Policy::Schema => {
            json(&deskhook_policy::json_schema())?;
            Ok(Exit::Done)
        }
        Policy::ClientSettings(arguments) => client_settings::run(&arguments),
        Policy::Drift(arguments) => drift::run(arguments),
        Policy::Audit(auditing) => audit::run(&auditing),
        Policy::Pin {
            url,
            client,
            max_bytes,
            json,
        } => pin(&url, &client, (max_bytes, json)),
        Policy::Keygen(args) => keygen::run(&args),
        Policy::Sign(args) => sign::run(&args),
        Policy::Verify(args) => verify::run(&args),
    }
}

fn check(files: &Files) -> Outcome {
    let loaded = files.load()?;
    let wrong = loaded.problems.iter().any(is_wrong);
    diagnostic::print(&loaded.problems);
    if files.json {
        json(&serde_json::json!({
            "ok": !wrong,
            "files": loaded.files,
            "problems": loaded.problems,
        }))?;
    } else {
        summary(&loaded);
    }
    Ok(if wrong { Exit::No } else { Exit::Done })
}

/// A text that stands for a boolean, and a signature that nobody asked about, are only remarked
/// on; everything else is a slip that somebody has to mend.
fn is_wrong(problem: &Problem) -> bool {
    let harmless = matches!(problem.code, "text-for-bool" | "not-verified");
    problem.severity == Severity::Error || !harmless
}

fn summary(loaded: &Loaded) {
    let count = |severity| {
        loaded
            .problems
            .iter()
            .filter(|problem| problem.severity == severity)
            .count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let files = loaded.files.len();
    let counted = |count: usize, what: &str| {
        let plural = if count == 1 { "" } else { "s" };
        format!("{count} {what}{plural}")
    };
    let line = [
        counted(files, "layer file"),
        counted(errors, "error"),
        counted(warnings, "warning"),
    ];
    let line = line.join(", ");
    let colour = if errors > 0 {
        Colour::Red
    } else if warnings > 0 {
        Colour::Yellow
    } else {
        Colour::Green
    };
    say(paint(&line, colour));
}

fn resolve(files: &Files) -> Outcome {
    let loaded = files.load()?;
    let policy = &loaded.resolved.policy;
    diagnostic::print(&loaded.problems);
    let is_off = |trail: &Trail| trail.overridden.iter().any(|it| it.why == Why::Off);
    if loaded.resolved.provenance.iter().any(is_off) {
        remark(
            "integrations are off, as on a device that never had a good version of what is refused",
        );
    }
    // What is resolved without a file is not what the files say.
    let exit = if loaded.refused > 0 {
        Exit::No
    } else {
        Exit::Done
    };
    if files.json {
        let provenance: Vec<_> = loaded.resolved.provenance.iter().collect();
        json(&serde_json::json!({
            "version": policy.version,
            "policy": policy.tree,
            "provenance": provenance,
            "problems": loaded.problems,
        }))?;
        return Ok(exit);
    }
    json(&policy.tree)?;
    Ok(exit)
}

fn pin(url: &str, client: &str, (max_bytes, as_json): (u64, bool)) -> Outcome {
    if client == "vnc" {
        return Err(Failure::Usage(anyhow::anyhow!(
            "a VNC server is installed, not downloaded: there is nothing to pin"
        )));
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if client.is_empty() || !client.chars().all(is_name) {
        return Err(Failure::Usage(anyhow::anyhow!(
            "{client:?} is no name of a client: it has letters, digits, - and _"
        )));
    }
    let bar = crate::output::progress("fetching");
    let pinned = runtime(1)?.block_on(deskhook_client::pin(url, max_bytes, |received, total| {
        bar.set_length(total.unwrap_or(received));
        bar.set_position(received);
    }));
    bar.finish_and_clear();
    let pinned = match pinned {
        Err(error @ FetchError::Url { .. }) => return Err(Failure::Usage(error.into())),
        pinned => pinned?,
    };
    if pinned.bytes == 0 {
        return Err(Failure::Could(anyhow::anyhow!(
            "{url} answered with nothing: there is no client to pin"
        )));
    }
    let line = deskhook_client::pin_line(client, &pinned.sha256);
    if as_json {
        json(&serde_json::json!({"sha256": pinned.sha256, "bytes": pinned.bytes, "line": line}))?;
    } else {
        remark(format!("{} bytes, SHA-256 {}", pinned.bytes, pinned.sha256));
        say(line);
    }
    Ok(Exit::Done)
}
