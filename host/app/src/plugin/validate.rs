//! `plugin validate`.

mod confined;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use deskhook_native::{CHECKS, Inspection, Outcome as Looked, check, inspect};
use serde::{Deserialize, Serialize};

use crate::output::{Colour, Exit, Failure, Outcome, json, paint, say};

/// How long one check may take.
const LONGEST: Duration = Duration::from_secs(60);
/// The most of what a plugin prints that is repeated, in bytes.
const MOST_WORDS: u64 = 4096;

/// `plugin validate`.
#[derive(Args)]
pub(crate) struct Validate {
    /// The plugin's folder, its manifest or its library
    path: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Run this check alone, in this process
    #[arg(long, hide = true, requires = "into")]
    only: Option<String>,
    /// Where to say what came of it: what a plugin prints is its own
    #[arg(long, hide = true)]
    into: Option<PathBuf>,
}

/// One check, and what came of it.
#[derive(Serialize)]
struct Report {
    name: &'static str,
    about: &'static str,
    ok: bool,
    problems: Vec<String>,
    notes: Vec<String>,
    millis: u64,
}

/// What a check's own process says.
#[derive(Default, Serialize, Deserialize)]
struct Said {
    problems: Vec<String>,
    notes: Vec<String>,
}

/// Does what the command says; the answer is no where something has to be mended.
pub(super) fn run(args: &Validate) -> Outcome {
    let inspection = inspect(&args.path)?;
    if let (Some(only), Some(into)) = (&args.only, &args.into) {
        return alone(only, &inspection, into);
    }
    let mut reports = vec![manifest(&inspection)];
    if !args.json {
        print(&reports[0]);
    }
    // What is refused before it is loaded has no other checks.
    if inspection.refusal().is_none() {
        for (name, about) in CHECKS {
            let report = timed((name, about), || apart(name, &args.path))?;
            // Where it cannot even be loaded, every check says the same.
            let is_lost = name == "entry" && !report.ok;
            tell(&mut reports, report, args);
            if is_lost {
                return conclude(args, &inspection, &reports);
            }
        }
        let library = absolute(&inspection)?;
        let report = timed(confined::NAME, || {
            Ok(confined::check(&inspection, &library))
        })?;
        tell(&mut reports, report, args);
    }
    conclude(args, &inspection, &reports)
}

fn tell(reports: &mut Vec<Report>, report: Report, args: &Validate) {
    if !args.json {
        print(&report);
    }
    reports.push(report);
}

fn timed(
    (name, about): (&'static str, &'static str),
    look: impl FnOnce() -> Result<Said, Failure>,
) -> Result<Report, Failure> {
    let begun = Instant::now();
    let Said { problems, notes } = look()?;
    Ok(Report {
        name,
        about,
        ok: problems.is_empty(),
        problems,
        notes,
        millis: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
    })
}

fn conclude(args: &Validate, inspection: &Inspection, reports: &[Report]) -> Outcome {
    let ok = reports.iter().all(|report| report.ok);
    if args.json {
        json(&serde_json::json!({
            "ok": ok,
            "id": inspection.manifest.id,
            "version": inspection.manifest.version,
            "library": inspection.library,
            "checks": reports,
        }))?;
    } else {
        say(match ok {
            true => paint("nothing has to be mended", Colour::Green),
            false => paint("something has to be mended", Colour::Red),
        });
    }
    Ok(if ok { Exit::Done } else { Exit::No })
}

fn print(report: &Report) {
    let (word, colour) = match (report.ok, report.notes.is_empty()) {
        (true, true) => ("ok  ", Colour::Green),
        (true, false) => ("note", Colour::Yellow),
        (false, _) => ("no  ", Colour::Red),
    };
    say(format!(
        "{} {:<13} {}",
        paint(word, colour),
        report.name,
        report.about
    ));
    for problem in &report.problems {
        say(format!("       {problem}"));
    }
    for note in &report.notes {
        say(format!("       note: {note}"));
    }
}

/// What shows without loading anything.
fn manifest(inspection: &Inspection) -> Report {
    let (mut problems, mut notes) = (vec![], vec![]);
    problems.extend(inspection.refusal());
    if !inspection.names_entry {
        let what = "the library has no \"deskhook_plugin_entry\" in it: is it exported?";
        problems.push(what.to_owned());
    }
    if !inspection.matches() {
        problems.push(format!(
            "the manifest names another library, and no agent loads it; `deskhook plugin pack` writes \"sha256\": \"{}\"",
            inspection.sha256
        ));
    }
    let folder = inspection.folder.canonicalize().unwrap_or_default();
    let id = &inspection.manifest.id;
    if folder
        .file_name()
        .is_none_or(|name| !name.eq_ignore_ascii_case(id))
    {
        notes.push(format!("on a device its folder has to be called {id}"));
    }
    let signature = deskhook_native::signature_of(&inspection.library);
    if !signature.exists() {
        notes.push("it is not signed yet: deskhook plugin sign --key FILE".to_owned());
    }
    if inspection.manifest.hooks.is_empty() {
        problems.push("the manifest lists no hook: the plugin is never called".to_owned());
    }
    let is_timed = inspection
        .manifest
        .hooks
        .contains(&deskhook_hooks::Hook::Timer);
    if is_timed != inspection.manifest.timer.is_some() {
        let what = "the hook `timer` and the manifest's `timer`, its seconds, need each other";
        problems.push(what.to_owned());
    }
    Report {
        name: "manifest",
        about: "says what the library is, before anything of it runs",
        ok: problems.is_empty(),
        problems,
        notes,
        millis: 0,
    }
}

fn absolute(inspection: &Inspection) -> Result<PathBuf, Failure> {
    let library = &inspection.library;
    let absolute = std::path::absolute(library);
    Ok(absolute.with_context(|| format!("cannot find {}", library.display()))?)
}

/// Runs one check here and says what came of it.
fn alone(name: &str, inspection: &Inspection, into: &Path) -> Outcome {
    let looked = check(name, &absolute(inspection)?, &inspection.manifest);
    let Some(Looked { problems, notes }) = looked else {
        return Err(Failure::Usage(anyhow::anyhow!(
            "there is no check {name:?}"
        )));
    };
    let said = serde_json::to_vec(&Said { problems, notes })?;
    std::fs::write(into, said).with_context(|| format!("cannot write {}", into.display()))?;
    Ok(Exit::Done)
}

/// Runs one check in a process of its own.
fn apart(name: &str, path: &Path) -> Result<Said, Failure> {
    let program = std::env::current_exe().context("cannot find this program")?;
    let into = tempfile::NamedTempFile::new().context("cannot make a temporary file")?;
    let mut command = Command::new(program);
    // Whatever it starts ends with it.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command
        .args(["plugin", "validate", "--only", name, "--into"])
        .arg(into.path())
        .arg(path)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("cannot start a process for a check")?;
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let (out, err) = (follow(out), follow(err));
    let ended = wait(&mut child);
    let printed = [out, err].map(|words| words.join().unwrap_or_default());
    let words = match printed.concat().trim() {
        "" => String::new(),
        words => format!("; it printed: {words}"),
    };
    let said = std::fs::read(into.path()).unwrap_or_default();
    let problem = match ended {
        Some(0) => match serde_json::from_slice(&said) {
            Ok(said) => return Ok(said),
            Err(_) => format!("the process of this check ended and said nothing{words}"),
        },
        Some(code) if code > 128 => {
            format!(
                "the process of this check died of signal {}{words}",
                code - 128
            )
        }
        Some(code) => format!("the process of this check ended with {code}{words}"),
        None => format!(
            "it was not done within {} s, and was ended{words}",
            LONGEST.as_secs()
        ),
    };
    Ok(Said {
        problems: vec![problem],
        notes: vec![],
    })
}

/// How it ended: its exit code, or 128 and the signal; none where it was ended.
fn wait(child: &mut Child) -> Option<i32> {
    let until = Instant::now() + LONGEST;
    while Instant::now() < until {
        if let Ok(Some(status)) = child.try_wait() {
            #[cfg(unix)]
            let signal = std::os::unix::process::ExitStatusExt::signal(&status);
            #[cfg(not(unix))]
            let signal = None::<i32>;
            return status
                .code()
                .or(signal.map(|signal| 128 + signal))
                .or(Some(-1));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    // It is gone either way.
    end_group(child);
    let _ = child.kill();
    let _ = child.wait();
    None
}

fn end_group(child: &Child) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    #[cfg(not(unix))]
    let _ = child;
}

/// The first of what a pipe says; the rest is read and dropped.
fn follow(pipe: Option<impl std::io::Read + Send + 'static>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let Some(mut pipe) = pipe else {
            return String::new();
        };
        let mut bytes = vec![];
        let _ = (&mut pipe).take(MOST_WORDS).read_to_end(&mut bytes);
        let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        String::from_utf8_lossy(&bytes).into_owned()
    })
}
