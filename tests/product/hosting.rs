//! Whatever a native plugin does to its process, it costs its own answer and nothing else.

use anyhow::{Result, ensure};
use harness::{TestAgent, extension_hosts, is_alive, until_some};
use serde_json::{Value, json};

use crate::plugin::need_root;
use crate::scene::{Scene, over, sample};

pub(super) const ID: &str = "org.example.rogue";

/// Builds the rogue and installs it; it is signed.
pub(super) fn install(agent: &TestAgent) -> Result<()> {
    let hooks = ["session.request", "address.reported"];
    agent.plugin_in_c("rogue", &hooks, None).map(drop)
}

async fn with_rogue(settings: Value) -> Result<Scene> {
    let mut scene = Scene::prepared(over(sample(), &settings), TestAgent::new()?).await?;
    install(&scene.agent)?;
    scene.agent.start()?;
    Ok(scene)
}

/// The voice of the rogue in a start that was refused.
pub(super) fn refused(scene: &Scene, reason: &str) -> Result<String> {
    let said = scene.start(&["--reason", reason])?;
    ensure!(said.code == Some(1), "{reason}: {said:?}");
    Ok(said.stderr)
}

pub(super) fn allowed(scene: &Scene, reason: &str) -> Result<()> {
    let said = scene.start(&["--reason", reason])?;
    ensure!(said.code == Some(0), "{reason}: {said:?}");
    let said = scene.agent.deskhook(&["session", "stop"])?;
    ensure!(said.code == Some(0), "{said:?}");
    let idle = |status: &Value| status["phase"] == "idle";
    scene
        .agent
        .until_status("the session should be over", idle)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_that_dies_denies_and_the_next_call_has_a_child() -> Result<()> {
    need_root!();
    let mut scene = with_rogue(json!({})).await?;
    let agent = scene.agent.process()?.id();
    allowed(&scene, "nothing")?;
    for (reason, told) in [
        ("crash", "signal: 11"),
        ("abort", "signal: 6"),
        ("leave", "exit status: 3"),
    ] {
        let said = refused(&scene, reason)?;
        ensure!(said.contains(ID) && said.contains(told), "{reason}: {said}");
        if reason != "leave" {
            allowed(&scene, "nothing")?;
        }
    }
    // Three lost processes within ten minutes are enough.
    let said = refused(&scene, "nothing")?;
    ensure!(said.contains("quarantined"), "{said}");
    let status = scene.agent.status()?;
    ensure!(
        status["extensions"][0]["state"] == "quarantined",
        "{status:#}"
    );
    ensure!(scene.agent.process()?.id() == agent, "it is the same agent");
    // Files of another extension are no pardon.
    steady(&scene.agent, "1.0.0")?;
    let both = |status: &Value| {
        status["extensions"]
            .as_array()
            .is_some_and(|all| all.len() == 2)
    };
    let status = scene.agent.until_status("another one should run", both)?;
    let rogue = status["extensions"].as_array().into_iter().flatten();
    let rogue = rogue.filter(|it| it["name"] == ID).map(|it| &it["state"]);
    ensure!(rogue.eq(["quarantined"]), "{status:#}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_that_ignores_every_signal_is_ended_at_its_limit() -> Result<()> {
    need_root!();
    let limit = json!({ "Extensions.Packages": { (ID): { "Budget": 500 } } });
    let mut scene = with_rogue(limit).await?;
    let agent = scene.agent.process()?.id();
    let before = extension_hosts(agent);
    let said = refused(&scene, "hang")?;
    ensure!(said.contains("no answer within"), "{said}");
    until_some("the child should be gone", || {
        let now = extension_hosts(agent);
        before
            .iter()
            .all(|child| !now.contains(child))
            .then_some(())
    })?;
    allowed(&scene, "nothing")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_starts_nothing_and_reads_nothing_that_is_not_its_own() -> Result<()> {
    need_root!();
    let scene = with_rogue(json!({})).await?;
    for (reason, code) in [
        ("fork", "no-fork"),
        ("read", "no-read"),
        ("code", "no-code"),
        ("shared", "no-shared"),
        ("pair", "no-pair"),
        ("stream", "streams"),
    ] {
        let said = refused(&scene, reason)?;
        ensure!(said.contains(code), "{reason}: {said}");
    }
    allowed(&scene, "print")?;
    let told = scene.agent.output();
    let lines = told.matches("a plugin may say what it likes").count();
    ensure!(
        (1..=200).contains(&lines),
        "{lines} of 5000 lines in the log"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_that_dies_in_a_session_leaves_it_running() -> Result<()> {
    need_root!();
    let scene = with_rogue(json!({})).await?;
    let said = scene.start(&["--reason", "crash later"])?;
    ensure!(said.code == Some(0), "{said:?}");
    let crashed = |status: &Value| {
        let message = status["extensions"][0]["message"].as_str();
        message.is_some_and(|said| said.contains("address.reported"))
    };
    let status = scene
        .agent
        .until_status("the crash should be told", crashed)?;
    ensure!(
        status["phase"] == "waiting" || status["phase"] == "live",
        "{status:#}"
    );
    let said = scene.agent.deskhook(&["session", "stop"])?;
    ensure!(said.code == Some(0), "{said:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_plugin_outlives_an_agent_that_is_killed() -> Result<()> {
    need_root!();
    let mut scene = with_rogue(json!({})).await?;
    let children = extension_hosts(scene.agent.process()?.id());
    ensure!(!children.is_empty(), "a plugin has a child");
    scene.agent.kill()?;
    until_some("no child should be left", || {
        let mut alive = children.iter().filter(|child| is_alive(**child));
        alive.next().is_none().then_some(())
    })
}

/// The version that answers the next session.
pub(super) fn answering(scene: &Scene) -> Result<String> {
    let said = refused(scene, "version")?;
    let version = ["1.0.0", "1.1.0", "0.9.0"].into_iter();
    let mut version = version.filter(|version| said.contains(version));
    Ok(version.next().unwrap_or_default().to_owned())
}

pub(super) fn steady(agent: &TestAgent, version: &str) -> Result<()> {
    let define = format!("VERSION=\"{version}\"");
    let hooks = ["session.request", "session.ended"];
    agent.plugin_in_c("steady", &hooks, Some(&define)).map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn new_files_take_over_and_a_session_keeps_those_that_it_began_with() -> Result<()> {
    need_root!();
    let mut scene = Scene::prepared(sample(), TestAgent::new()?).await?;
    steady(&scene.agent, "1.0.0")?;
    scene.agent.start()?;
    ensure!(answering(&scene)? == "1.0.0");
    let said = scene.start(&["--reason", "nothing"])?;
    ensure!(said.code == Some(0), "{said:?}");
    steady(&scene.agent, "1.1.0")?;
    let runs =
        |wanted: &'static str| move |status: &Value| status["extensions"][0]["version"] == wanted;
    scene
        .agent
        .until_status("the new files should run", runs("1.1.0"))?;
    scene.agent.deskhook(&["session", "stop"])?;
    scene.agent.process()?.line("ended under 1.0.0")?;
    ensure!(answering(&scene)? == "1.1.0");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_refused_leave_those_before_at_work() -> Result<()> {
    need_root!();
    let mut scene = Scene::prepared(sample(), TestAgent::new()?).await?;
    steady(&scene.agent, "1.0.0")?;
    scene.agent.start()?;
    ensure!(answering(&scene)? == "1.0.0");
    let rejected = |why: &'static str| {
        move |status: &Value| {
            let said = status["extensions"][0]["message"]
                .as_str()
                .unwrap_or_default();
            let is_rejected = said.starts_with("its files on disk are rejected: ");
            is_rejected && said.contains(why) && status["extensions"][0]["version"] == "1.0.0"
        }
    };
    // Somebody's change after it was signed.
    let manifest = scene
        .agent
        .home()
        .path()
        .join("plugins/org.example.steady/deskhook-plugin.json");
    let text = std::fs::read_to_string(&manifest)?;
    std::fs::write(&manifest, text.replace("1.0.0", "1.1.0"))?;
    scene.agent.until_status(
        "the change should be refused",
        rejected("was changed since"),
    )?;
    ensure!(answering(&scene)? == "1.0.0");
    // What ran before comes back, and one older than that does not.
    steady(&scene.agent, "0.9.0")?;
    scene.agent.until_status(
        "the old one should be refused",
        rejected("is older than 1.0.0"),
    )?;
    ensure!(answering(&scene)? == "1.0.0");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn new_files_that_die_give_way_to_those_before() -> Result<()> {
    need_root!();
    let mut scene = Scene::prepared(sample(), TestAgent::new()?).await?;
    steady(&scene.agent, "1.0.0")?;
    scene.agent.start()?;
    ensure!(answering(&scene)? == "1.0.0");
    steady(&scene.agent, "6.6.6")?;
    let runs = |status: &Value| status["extensions"][0]["version"] == "6.6.6";
    scene.agent.until_status("the new files should run", runs)?;
    let said = refused(&scene, "version")?;
    ensure!(said.contains("signal: 6"), "{said}");
    let back = |status: &Value| {
        let said = status["extensions"][0]["message"]
            .as_str()
            .unwrap_or_default();
        said.contains("its files on disk are rejected: 6.6.6 failed while it was new")
            && status["extensions"][0]["version"] == "1.0.0"
    };
    scene
        .agent
        .until_status("the files before should be back", back)?;
    ensure!(answering(&scene)? == "1.0.0");
    // Also for an agent that knows nothing of it but what is on disk.
    scene.agent.kill()?;
    scene.agent.start()?;
    let status = scene.agent.status()?;
    ensure!(back(&status), "{status:#}");
    ensure!(answering(&scene)? == "1.0.0");
    // What failed never ran: a version below it is no older one.
    steady(&scene.agent, "1.1.0")?;
    let runs = |status: &Value| status["extensions"][0]["version"] == "1.1.0";
    scene
        .agent
        .until_status("the mended files should run", runs)?;
    ensure!(answering(&scene)? == "1.1.0");
    let record = std::fs::read_to_string(scene.agent.state().join("record.jsonl"))?;
    ensure!(record.contains("6.6.6 failed while it was new"), "{record}");
    an_update_while_the_agent_is_off_has_a_way_back(&mut scene, back)
}

/// What was kept takes the place of what fails, also where nothing ran in between; and that another version
/// ran since is remembered.
fn an_update_while_the_agent_is_off_has_a_way_back(
    scene: &mut Scene,
    back: impl Fn(&Value) -> bool,
) -> Result<()> {
    let stopped = scene.agent.stop()?;
    ensure!(stopped.stderr.contains("the end of 1.1.0"), "{stopped:?}");
    steady(&scene.agent, "6.6.6")?;
    scene.agent.start()?;
    let status = scene.agent.status()?;
    ensure!(status["extensions"][0]["version"] == "6.6.6", "{status:#}");
    refused(scene, "version")?;
    scene
        .agent
        .until_status("what was kept should run", &back)?;
    ensure!(answering(scene)? == "1.0.0");
    scene.agent.kill()?;
    scene.agent.start()?;
    let status = scene.agent.status()?;
    ensure!(back(&status), "{status:#}");
    let record = std::fs::read_to_string(scene.agent.state().join("record.jsonl"))?;
    let mut decided = record.lines().filter_map(|line| {
        let line: Value = serde_json::from_str(line).ok()?;
        let entry = line.get("entry").cloned().unwrap_or(line);
        let is_start = entry["action"] == "extension.started";
        is_start.then(|| {
            entry["fields"]["version"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
    });
    let versions = [
        "1.0.0", "6.6.6", "1.0.0", "1.0.0", "1.1.0", "6.6.6", "1.0.0", "1.0.0",
    ];
    ensure!(decided.by_ref().eq(versions), "{record}");
    let versions = std::fs::read_to_string(scene.agent.state().join("plugins/versions.json"))?;
    let versions: Value = serde_json::from_str(&versions)?;
    ensure!(versions["org.example.steady"] == "1.1.0", "{versions:#}");
    Ok(())
}
