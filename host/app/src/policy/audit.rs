//! `policy audit`: deviations from the vendor's security guide.

mod sarif;
mod text;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use deskhook_policy::{Audience, Audit, Layer, Problem, Rule, Subject, audit, rules};
use deskhook_source::Loaded;
use jiff::civil::Date;

use super::{Files, diagnostic};
use crate::output::{Exit, Failure, Outcome, json};

/// Which layers, for whom, and how it is printed.
#[derive(Args)]
pub(crate) struct Auditing {
    #[command(flatten)]
    files: Files,
    /// For people, for programs, or for code review; --json is the same as json
    #[arg(long, value_enum)]
    format: Option<Format>,
}

/// How the findings are printed.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Each with its place, for whom it is so, and the layer that mends it
    Text,
    /// One document with everything
    Json,
    /// SARIF 2.1.0
    Sarif,
}

/// All that is printed of an audit.
struct Report {
    audit: Audit,
    audiences: Vec<Audience>,
    today: Date,
    files: Vec<PathBuf>,
    /// What is wrong with the layer files themselves.
    problems: Vec<Problem>,
    refused: usize,
}

impl Report {
    fn new(loaded: Loaded, audiences: Vec<Audience>, today: Date) -> Self {
        let mut audit = audit(&loaded.layers, &audiences, today);
        let mut problems = loaded.file_problems().to_vec();
        problems.append(&mut audit.problems);
        Self {
            audit,
            audiences,
            today,
            files: loaded.files,
            problems,
            refused: loaded.refused,
        }
    }

    /// What is judged without a refused file is not what the files say.
    fn holds(&self) -> bool {
        self.audit.holds() && self.refused == 0
    }
}

/// `policy audit PATH...`.
pub(super) fn run(auditing: &Auditing) -> Outcome {
    let format = auditing.format()?;
    // Applied for each audience alone: this once is for the files.
    let loaded = auditing.files.load_for(&Subject::everyone())?;
    if let Some(problem) = loaded
        .file_problems()
        .iter()
        .find(|problem| problem.code == "unreadable")
    {
        return Err(Failure::Could(anyhow::anyhow!(
            "{}: {}",
            problem.place.file(),
            problem.message
        )));
    }
    let audiences = auditing.files.audiences(&loaded.layers);
    let report = Report::new(loaded, audiences, jiff::Zoned::now().date());
    diagnostic::print(&report.problems);
    match format {
        Format::Text => text::print(&report),
        Format::Json => json(&document(&report))?,
        Format::Sarif => json(&sarif::log(&report))?,
    }
    Ok(if report.holds() { Exit::Done } else { Exit::No })
}

impl Auditing {
    fn format(&self) -> Result<Format, Failure> {
        match (self.files.json, self.format) {
            (true, Some(Format::Text | Format::Sarif)) => Err(Failure::Usage(anyhow::anyhow!(
                "--json is --format json: leave one of the two out"
            ))),
            (true, _) => Ok(Format::Json),
            (false, format) => Ok(format.unwrap_or(Format::Text)),
        }
    }
}

impl Files {
    /// The one whom the flags name; without any, everybody and each who has a layer.
    fn audiences(&self, layers: &[Layer]) -> Vec<Audience> {
        let everybody = Audience {
            platform: self.platform.clone(),
            device_groups: self.device_group.clone(),
            vdi: self.vdi,
            hybrid_joined: self.hybrid_joined,
            private_device: self.private_device,
            ..Audience::default()
        };
        let named = self.user.is_some() || self.group.is_some() || self.device.is_some();
        if !named {
            return Audience::all(layers, &everybody);
        }
        let audience = Audience {
            user: self.user.clone(),
            groups: self.group.clone().unwrap_or_default(),
            device: self.device.clone(),
            ..everybody
        };
        self.tell_strangers(layers);
        vec![audience]
    }
}

fn document(report: &Report) -> serde_json::Value {
    let (manual, checked): (Vec<&Rule>, Vec<&Rule>) = rules().partition(|rule| rule.is_manual());
    serde_json::json!({
        "ok": report.holds(),
        "today": report.today,
        "files": report.files,
        "audiences": report.audiences,
        "findings": report.audit.findings,
        "rules": checked,
        "manual": manual,
        "problems": report.problems,
    })
}
