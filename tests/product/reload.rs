//! Packages that change while they are used: no call is lost, nothing is left behind, and what
//! fails while it is new gives way to what ran before.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context as _, Result, ensure};
use harness::{Memory, TestAgent, extension_hosts, is_alive, until_some};
use serde_json::{Value, json};

use crate::scene::{Scene, sample};

/// 1,000 rounds under `tests/run --long`.
fn rounds() -> u64 {
    if std::env::var_os("DESKHOOK_LONG").is_some() {
        1000
    } else {
        30
    }
}

/// Puts a package in place as a whole, as an installer does.
fn install(agent: &TestAgent, version: u64, (hook, script): (&str, &str)) -> Result<()> {
    let home = agent.home();
    let draft = format!("drafts/versions/{version}");
    let manifest = json!({
        "name": "versions", "version": version.to_string(), "api": 1, "hooks": [hook],
    });
    home.write(&format!("{draft}/deskhook.json"), manifest.to_string())?;
    home.write(&format!("{draft}/init.lua"), script)?;
    let place = home.path().join("packages/versions");
    if place.exists() {
        std::fs::rename(&place, home.path().join(format!("drafts/old-{version}")))?;
    }
    Ok(std::fs::rename(home.path().join(draft), place)?)
}

fn menu(version: u64) -> String {
    format!(
        "deskhook.on('tray.menu', function()
           return {{ add = {{ {{ id = 'version', kind = 'label', text = '{version}' }} }} }}
         end)"
    )
}

/// The version that made the menu just now; it is made anew for each asking, in another language
/// than the person's.
fn version_of_menu(socket: &Path) -> Result<u64> {
    let mut stream = UnixStream::connect(socket)?;
    stream.write_all(b"{\"ask\": \"menu\", \"language\": \"German\"}\n")?;
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line)?;
    let menu: Value = serde_json::from_str(&line)?;
    let items = menu["items"].as_array().context("a menu has items")?;
    let item = items.iter().find(|item| item["id"] == "version");
    let item = item.with_context(|| format!("the package was not heard: {menu:#}"))?;
    Ok(item["text"].as_str().unwrap_or_default().parse()?)
}

fn runs(agent: &TestAgent, version: u64) -> Result<Value> {
    agent.until_status(&format!("version {version} should run"), |status| {
        status["extensions"][0]["version"] == version.to_string().as_str()
    })
}

fn handles(process: u32) -> usize {
    std::fs::read_dir(format!("/proc/{process}/fd")).map_or(0, Iterator::count)
}

#[test]
fn reloads_under_load_lose_no_call_and_leave_nothing_behind() -> Result<()> {
    let mut agent = TestAgent::new()?;
    install(&agent, 1, ("tray.menu", &menu(1)))?;
    agent.start()?;
    runs(&agent, 1)?;
    let process = agent.process()?.id();
    let socket = agent.home().socket();
    let done = AtomicBool::new(false);
    let ask = || -> Result<u64> {
        let (mut last, mut calls) = (0, 0);
        while !done.load(Ordering::Relaxed) {
            let version = version_of_menu(&socket)?;
            ensure!(version >= last, "{version} after {last}");
            (last, calls) = (version, calls + 1);
        }
        Ok(calls)
    };
    let change = |from: u64, to: u64| -> Result<()> {
        for version in from..=to {
            install(&agent, version, ("tray.menu", &menu(version)))?;
            runs(&agent, version)?;
        }
        Ok(())
    };
    let calls = std::thread::scope(|scope| {
        let askers = [scope.spawn(ask), scope.spawn(ask)];
        let changed = (|| {
            // What a process takes for the first time it keeps.
            change(2, 26)?;
            let before = Memory::of(process)?;
            change(27, 26 + rounds())?;
            anyhow::Ok((before, Memory::of(process)?))
        })();
        done.store(true, Ordering::Relaxed);
        let mut calls = 0;
        for asker in askers {
            calls += asker.join().expect("no asker panics")?;
        }
        let (before, after) = changed?;
        let grown = after.private.saturating_sub(before.private);
        // Threads that come for a busy moment bring their heaps with them.
        ensure!(
            grown < 16 * 1024 + 4 * rounds(),
            "{grown} KiB more after {} reloads",
            rounds()
        );
        Ok(calls)
    })?;
    ensure!(calls > rounds(), "only {calls} calls");
    // That of the packages that run, and that of those which would come back if they failed.
    let two = until_some("two children should be left", || {
        (extension_hosts(process).len() == 2).then_some(())
    });
    two.with_context(|| format!("children: {:?}", extension_hosts(process)))?;
    ensure!(handles(process) < 64, "{} handles", handles(process));
    Ok(())
}

#[test]
fn new_files_that_fail_while_they_are_new_give_way_to_the_old_ones() -> Result<()> {
    let mut agent = TestAgent::new()?;
    install(&agent, 1, ("tray.menu", &menu(1)))?;
    agent.start()?;
    runs(&agent, 1)?;
    let bad = "deskhook.on('tray.menu', function() error('new and broken') end)";
    install(&agent, 2, ("tray.menu", bad))?;
    let status = agent.until_status("the old version should be back", |status| {
        let said = status["extensions"][0]["message"].as_str();
        said.is_some_and(|said| said.contains("new and broken"))
    })?;
    assert_eq!(status["extensions"][0]["version"], "1", "{status:#}");
    assert_eq!(status["extensions"][0]["state"], "running", "{status:#}");
    let said = status["extensions"][0]["message"].to_string();
    assert!(
        said.contains("its files on disk are rejected: 2 failed while it was new"),
        "{said}"
    );
    assert_eq!(version_of_menu(&agent.home().socket())?, 1);
    // Whatever else is loaded anew: files that failed do not come back, mended ones do.
    agent.policy(
        "other.json",
        &json!({"scope": "tenant", "settings": {"Tray.Tooltip": "x"}}),
    )?;
    agent.until_status("the other policy should hold", |status| {
        status["policy_version"] != *"" && status["extensions"][0]["version"] == "1"
    })?;
    assert_eq!(version_of_menu(&agent.home().socket())?, 1);
    agent.kill()?;
    agent.start()?;
    let status = agent.status()?;
    assert_eq!(status["extensions"][0]["version"], "1", "{status:#}");
    assert_eq!(version_of_menu(&agent.home().socket())?, 1);
    install(&agent, 3, ("tray.menu", &menu(3)))?;
    let status = runs(&agent, 3)?;
    assert_eq!(
        status["extensions"][0]["message"],
        Value::Null,
        "{status:#}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_under_way_keeps_the_packages_that_it_began_with() -> Result<()> {
    let says = |version: u64| {
        format!(
            "deskhook.on('session.ended', function() deskhook.log.warn('ended under {version}') end)"
        )
    };
    let mut scene = Scene::prepared(sample(), TestAgent::new()?).await?;
    install(&scene.agent, 1, ("session.ended", &says(1)))?;
    scene.agent.start()?;
    scene.report()?;
    install(&scene.agent, 2, ("session.ended", &says(2)))?;
    runs(&scene.agent, 2)?;
    scene.agent.deskhook(&["session", "stop"])?;
    scene.agent.process()?.line("ended under 1")?;
    scene.report()?;
    scene.agent.deskhook(&["session", "stop"])?;
    scene.agent.process()?.line("ended under 2")?;
    Ok(())
}

#[test]
fn no_child_outlives_an_agent_that_is_killed() -> Result<()> {
    let mut agent = TestAgent::new()?;
    // It computes for as long as it may.
    let busy = "deskhook.on('agent.started', function() while true do end end)";
    install(&agent, 1, ("agent.started", busy))?;
    agent.start()?;
    let process = agent.process()?.id();
    let children = until_some("a child should run", || {
        Some(extension_hosts(process)).filter(|children| !children.is_empty())
    })?;
    agent.kill()?;
    until_some("no child should be left", || {
        let mut alive = children.iter().filter(|child| is_alive(**child));
        alive.next().is_none().then_some(())
    })
}
