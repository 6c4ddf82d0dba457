use std::path::{Path, PathBuf};

use clap::Args;
use deskhook_policy::{
    ClientRole, Comparison, Expectations, Found, Installed, Problem, Status, client_settings,
    expectations,
};
use deskhook_source::Loaded;
use serde_json::json;

use super::vendor::{Meant, Role, is_partial, is_refused, loaded, shown};
use super::{Files, diagnostic};
use crate::output::{Colour, Exit, Failure, Outcome, json as print_json, paint, remark, say};

/// So many characters of a value fit beside its name in 80 columns.
const WIDTH: usize = 68;

/// Which client, its files, and the policy.
#[derive(Args)]
#[command(mut_arg("paths", |paths| paths
    .value_name("CONF|PATH")
    .help("The client's files (*.conf), and layer files or folders of them; one of each at least")))]
pub(crate) struct Arguments {
    #[command(flatten)]
    meant: Meant,
    /// Whose client it is (default: what the policy's Direction says)
    #[arg(long)]
    role: Option<Role>,
    #[command(flatten)]
    files: Files,
}

/// `policy drift --client anydesk CONF... PATH...`.
pub(super) fn run(mut arguments: Arguments) -> Outcome {
    let paths = std::mem::take(&mut arguments.files.paths);
    let (confs, layers): (Vec<PathBuf>, Vec<PathBuf>) =
        paths.into_iter().partition(|path| is_conf(path));
    if confs.is_empty() || layers.is_empty() {
        return Err(Failure::Usage(anyhow::anyhow!(
            "drift compares files of the client (*.conf) with layer files or folders of them: \
             name at least one of each"
        )));
    }
    arguments.files.paths = layers;
    let policy = loaded(&arguments.files)?;
    if is_partial(&policy) {
        return Err(Failure::Could(anyhow::anyhow!(
            "a layer file is refused or cannot be read, so nothing says what the client should be"
        )));
    }
    if let Some(problem) = contradiction(&policy, arguments.role) {
        return contradicted(&arguments, &problem);
    }
    let expected = expectations(&policy.resolved, arguments.role.map(Into::into));
    let mut remarks = expected.remarks.clone();
    let installed = read(&confs, &expected, &mut remarks)?;
    let compared = installed.drift();
    if compared.is_empty() {
        remarks.push("the policy says nothing about this client: nothing was compared".to_owned());
    }
    let drifts = compared.iter().any(|row| row.status.is_drift());
    if arguments.files.json {
        print_json(&json!({
            "client": arguments.meant.client.name(),
            "role": expected.role,
            "drift": drifts,
            "settings": compared,
            "remarks": remarks,
            "problems": policy.problems,
        }))?;
    } else {
        print(&compared, &remarks);
    }
    // A setting that policy refuses was not compared: that nothing differs is not known.
    let wrong = drifts || is_refused(&policy);
    Ok(if wrong { Exit::No } else { Exit::Done })
}

/// What policy says against a client of this role.
fn contradiction(policy: &Loaded, role: Option<Role>) -> Option<Problem> {
    client_settings(&policy.resolved, role?.into()).err()
}

/// The lines of the other role are none to compare with.
fn contradicted(arguments: &Arguments, problem: &Problem) -> Outcome {
    diagnostic::print(std::slice::from_ref(problem));
    if arguments.files.json {
        print_json(&json!({
            "client": arguments.meant.client.name(),
            "role": arguments.role.map(ClientRole::from),
            "drift": null,
            "settings": [],
            "remarks": [],
            "problems": [problem],
        }))?;
    }
    Ok(Exit::No)
}

fn is_conf(path: &Path) -> bool {
    let ending = path.extension();
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case("conf")) && !path.is_dir()
}

fn read<'e>(
    confs: &[PathBuf],
    expected: &'e Expectations,
    remarks: &mut Vec<String>,
) -> Result<Installed<'e>, Failure> {
    let mut installed = Installed::expecting(expected);
    for conf in confs {
        let name = conf.display().to_string();
        let bytes = deskhook_client::read_config(conf)?;
        let lines = installed.read(&name, &bytes).map_err(|error| {
            anyhow::Error::new(error)
                .context(format!("the client's configuration {name} cannot be read"))
        })?;
        if lines == 0 {
            remarks.push(format!("{name} has no setting of the client's in it"));
        }
    }
    Ok(installed)
}

fn print(compared: &[Comparison], remarks: &[String]) {
    let drifts = compared.iter().filter(|row| row.status.is_drift());
    drifts.clone().for_each(row);
    let same = compared
        .iter()
        .filter(|row| row.status == Status::Same)
        .count();
    let differing = drifts.count();
    let line = match differing + same {
        0 => "no setting could be compared".to_owned(),
        all => format!("{differing} of {all} settings differ"),
    };
    let colour = match (differing, same) {
        (0, 0) => Colour::Yellow,
        (0, _) => Colour::Green,
        _ => Colour::Red,
    };
    say(paint(&line, colour));
    for row in compared.iter().filter(|row| row.status == Status::Untold) {
        let why = row.note.as_deref().unwrap_or("the files do not tell");
        let what = row.key.as_ref().unwrap_or(&row.from);
        remark(format!("untold: {}: {why}", shown(what, WIDTH)));
    }
    for text in remarks {
        remark(format!("note: {}", shown(text, 1024)));
    }
}

/// One drift: what, then what is wanted and found, then who says so.
fn row(row: &Comparison) {
    let word = match row.status {
        Status::Missing => paint("missing", Colour::Yellow),
        Status::Same | Status::Differs | Status::Untold => paint("differs", Colour::Red),
    };
    let key = row.key.as_deref().unwrap_or(&row.from);
    say(format!("{word}  {}", shown(key, WIDTH)));
    if let Some(wanted) = &row.wanted {
        say(format!("  wanted  {}", shown(wanted, WIDTH)));
    }
    if let Some(found) = &row.found {
        say(format!("  found   {}", shown(found, WIDTH)));
    }
    if let Some(Found { file, line, .. }) = &row.conf {
        say(format!("  in      {file}:{line}"));
    }
    if let Some(note) = &row.note {
        say(format!("  note    {}", shown(note, WIDTH)));
    }
    if let Some(origin) = &row.origin {
        say(format!("  set by  {origin}"));
    }
}
