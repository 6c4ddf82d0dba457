//! `tray show` and `tray click`.

use clap::Subcommand;
use deskhook_hooks::{ItemKind, Menu, MenuItem};
use deskhook_wire::{Asked, ControlReply, ControlRequest, MenuShape};

use crate::agent::runtime;
use crate::output::{Colour, Exit, Failure, Outcome, json, paint, remark, say};
use crate::settings::Reach;
use crate::{session, status};

/// The tray's menu in the terminal.
#[derive(Subcommand)]
pub(crate) enum Tray {
    /// Print the menu as it is now
    Show {
        /// Language tag or English name (default: the person's)
        #[arg(long)]
        lang: Option<String>,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        reach: Reach,
    },
    /// Pick an item
    Click {
        /// The item's id, as `tray show` prints it
        id: String,
        #[command(flatten)]
        reach: Reach,
    },
}

/// Does what the command says.
pub(crate) fn run(command: Tray) -> Outcome {
    runtime(1)?.block_on(async {
        match command {
            Tray::Show {
                lang,
                json: as_json,
                reach,
            } => {
                let menu = get(&reach, lang).await?;
                if as_json {
                    json(&menu)?;
                } else {
                    print(&menu.menu);
                }
                Ok(Exit::Done)
            }
            Tray::Click { id, reach } => click(&id, &reach).await,
        }
    })
}

async fn get(reach: &Reach, language: Option<String>) -> Result<MenuShape, Failure> {
    match status::ask(reach, &ControlRequest::Menu { language }).await? {
        ControlReply::Menu(menu) => Ok(menu),
        _ => Err(anyhow::anyhow!("the agent answered something else").into()),
    }
}

async fn click(id: &str, reach: &Reach) -> Outcome {
    let answer = session::take(
        reach,
        Asked::Click {
            item: id.to_owned(),
        },
        None,
    )
    .await?;
    if !answer.taken {
        remark(
            answer
                .message
                .unwrap_or_else(|| "the agent said no".to_owned()),
        );
        return Ok(Exit::No);
    }
    say(answer.message.map_or_else(
        || format!("picked {id}"),
        |target| format!("picked {id}: {target}"),
    ));
    Ok(Exit::Done)
}

/// Prints a menu as it stands in the tray.
pub(crate) fn print(menu: &Menu) {
    if !menu.tooltip.is_empty() {
        say(paint(
            &format!("{} [{}]", menu.tooltip, menu.icon),
            Colour::Dim,
        ));
    }
    items(&menu.items, 0);
}

fn items(list: &[MenuItem], depth: usize) {
    let indent = "  ".repeat(depth);
    for item in list {
        if item.kind == ItemKind::Separator {
            say(format!("{indent}{}", paint("----", Colour::Dim)));
            continue;
        }
        let target = item
            .target
            .as_ref()
            .map(|target| format!(" -> {target}"))
            .unwrap_or_default();
        let id = paint(&format!("[{}]", item.id), Colour::Dim);
        say(format!("{indent}{}{target} {id}", item.text));
        items(&item.items, depth + 1);
    }
}
