use clap::Args;
use deskhook_policy::{ClientRole, ClientSettings, client_settings};
use serde_json::json;

use super::vendor::{Client, Meant, Role, is_partial, is_refused, loaded, shown};
use super::{Files, diagnostic};
use crate::output::{Exit, Outcome, json as print_json, remark, say};

/// Which client, and of what policy.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    meant: Meant,
    /// Whose client it is
    #[arg(long)]
    role: Role,
    #[command(flatten)]
    files: Files,
}

/// `policy client-settings --client anydesk --role ROLE PATH...`.
pub(super) fn run(arguments: &Arguments) -> Outcome {
    let loaded = loaded(&arguments.files)?;
    let settings = match client_settings(&loaded.resolved, arguments.role.into()) {
        Ok(settings) => settings,
        Err(problem) => {
            diagnostic::print(std::slice::from_ref(&problem));
            if arguments.files.json {
                print_json(&json!({
                    "client": arguments.meant.client.name(),
                    "role": ClientRole::from(arguments.role),
                    "ok": false,
                    "lines": [],
                    "form": [],
                    "remarks": [],
                    "problems": [problem],
                }))?;
            }
            return Ok(Exit::No);
        }
    };
    // Without a file, or without a setting, these are not the lines that policy means.
    let wrong = is_partial(&loaded) || is_refused(&loaded);
    if arguments.files.json {
        let mut document = serde_json::to_value(&settings)?;
        document["client"] = arguments.meant.client.name().into();
        document["ok"] = (!wrong).into();
        document["problems"] = serde_json::to_value(&loaded.problems)?;
        print_json(&document)?;
    } else {
        print(&settings, arguments.meant.client);
    }
    Ok(if wrong { Exit::No } else { Exit::Done })
}

/// The lines alone on standard output, so that they can be piped into a file or the clipboard;
/// what is set with the mouse beside them on standard error.
fn print(settings: &ClientSettings, client: Client) {
    for line in &settings.lines {
        say(line.to_string());
    }
    let name = match client {
        Client::Anydesk => "AnyDesk",
    };
    remark(format!(
        "In {name}'s generator, for the role {}, beside the lines under Advanced:",
        settings.role
    ));
    for entry in &settings.form {
        let by = entry
            .origin
            .as_ref()
            .map(|origin| format!("    set by {origin}"));
        remark(format!("  {}: {}", entry.name, shown(&entry.value, 1024)));
        if let Some(by) = by {
            remark(by);
        }
    }
    for text in &settings.remarks {
        remark(format!("note: {}", shown(text, 1024)));
    }
}
