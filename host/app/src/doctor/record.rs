//! What `doctor` says of the record.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use deskhook_record::{Break, Why, verify};

use super::{Finding, Grade};

/// Whether the record of this state holds; none where nothing was recorded yet.
pub(super) fn record(state: &Path) -> Option<Finding> {
    let path = state.join("record.jsonl");
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        Err(error) => return Some(unread(&path, &error)),
    };
    let report = match verify(BufReader::new(file), None) {
        Ok(report) => report,
        Err(error) => return Some(unread(&path, &error)),
    };
    Some(match &report.broken {
        // An agent may be writing it just now.
        None
        | Some(Break {
            why: Why::Unfinished,
            ..
        }) => {
            let entries = report.entries();
            Finding::ok("record", format!("{entries} entries, nothing changed"))
        }
        Some(broken) => Finding::wrong(
            Grade::Problem,
            (
                "record",
                format!("{}:{}: {}", path.display(), broken.line, broken.why),
            ),
            "somebody or something changed it: keep it, and compare it with what the portal has",
        ),
    })
}

fn unread(path: &Path, error: &std::io::Error) -> Finding {
    let message = format!("cannot read {}: {error}", path.display());
    let help = "it belongs to the account that the agent runs as";
    Finding::wrong(Grade::Note, ("record", message), help)
}
