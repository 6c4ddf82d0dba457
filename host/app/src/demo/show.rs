use deskhook_agent::{AgentHandle, Snapshot};
use deskhook_elevation::Ways;
use deskhook_hooks::Menu;
use deskhook_policy::Language;

use super::stage::Stage;
use crate::agent::asked_to_stop;
use crate::menu;
use crate::output::{Colour, Exit, Outcome, paint, say};

/// Shows where to look, then tells what happens until somebody ends it.
pub(crate) async fn run(stage: Stage) -> Outcome {
    let agent = stage.agent();
    let menu = agent.menu(&Language::english()).await.state;
    introduce(&stage, &menu);
    let tray = tokio::spawn(deskhook_tray::run(agent.clone()));
    let presence = tokio::spawn(deskhook_tray::watch_presence(agent.clone()));
    tokio::select! {
        () = tell(&agent) => {}
        () = asked_to_stop() => {}
    }
    say("stopping");
    stage.stop().await;
    tray.abort();
    presence.abort();
    Ok(Exit::Done)
}

fn introduce(stage: &Stage, menu: &Menu) {
    let socket = stage.socket.display();
    say(paint(
        "Deskhook demo: a portal, an agent enrolled in it, and a sample organisation",
        Colour::Bold,
    ));
    say(format!("  client   {}", stage.client.words()));
    say(format!("  files    {}", stage.folder.root.display()));
    if let Some(why) = &stage.folder.no_plugin {
        say(format!("  plugin   none: {why}"));
    }
    let obstacle = Ways::installed().obstacle().map(|reason| reason.message);
    say(format!(
        "  elevated {}",
        obstacle.unwrap_or_else(|| "rights can be asked for".to_owned())
    ));
    say("");
    say(format!(
        "1. Sign in as support staff (the link works once):\n     {}",
        paint(&stage.sign_in, Colour::Cyan)
    ));
    say("2. Ask for help as the person, in the tray or here:");
    say(format!(
        "     deskhook session start --reason \"my printer\" --socket {socket}"
    ));
    say("3. Press Connect in the portal, and answer as the person:");
    say(format!(
        "     deskhook session answer allow --socket {socket}"
    ));
    say("");
    say("The tray's menu (deskhook tray show):");
    menu::print(menu);
    say("");
    say(paint("Ctrl-C ends the demonstration.", Colour::Dim));
}

/// One line for each thing that happens.
async fn tell(agent: &AgentHandle) {
    let mut changes = agent.changes();
    let mut last = String::new();
    loop {
        let line = line(&changes.borrow_and_update());
        if line != last {
            say(format!("  {line}"));
            last = line;
        }
        if changes.changed().await.is_err() {
            return;
        }
    }
}

fn line(now: &Snapshot) -> String {
    let view = &now.view;
    let mut words = vec![view.phase.word().to_owned()];
    words.extend(view.client.clone());
    words.extend(view.address.as_ref().map(deskhook_policy::Address::grouped));
    if view.reported {
        words.push("(the portal has it)".to_owned());
    }
    words.extend(
        now.password
            .as_ref()
            .filter(|_| view.address.is_some())
            .map(|password| format!("password {password}")),
    );
    words.extend(
        view.supporter
            .as_ref()
            .map(|supporter| format!("with {}", supporter.name)),
    );
    if view.question.is_some() {
        words.push("waiting for the person's answer".to_owned());
    }
    if view.session.is_none() {
        words.extend(
            view.last
                .as_ref()
                .map(|outcome| format!("(last: {})", outcome.word())),
        );
        words.extend(view.reasons.iter().map(|reason| reason.message.clone()));
    }
    words.join(" ")
}
