//! Every command and every file of the guide for vendors, done as it says.

use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result, ensure};
use harness::{Home, TestAgent, artifacts, need};
use serde_json::Value;

use super::{ID, MANIFEST, done, plugin};
use crate::plugin::need_root;
use crate::scene::{Scene, sample};

/// Whose commands a block has.
const WAYS: [&str; 8] = [
    "c", "rust", "both", "device", "asked", "seen", "cc", "minisign",
];

fn plugins() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins")
}

fn guide() -> Result<String> {
    Ok(std::fs::read_to_string(plugins().join("README.md"))?)
}

/// The blocks of code behind that mark, in their order.
fn blocks<'g>(guide: &'g str, marks: &[String]) -> Vec<&'g str> {
    let parts = guide.split("<!-- ").skip(1);
    let marked = parts.filter_map(|part| {
        let (mark, rest) = part.split_once(" -->\n```")?;
        let is_wanted = marks.iter().any(|wanted| wanted == mark);
        let block = rest.split_once('\n')?.1;
        is_wanted.then(|| block.split("```").next().unwrap_or_default())
    });
    marked.collect()
}

/// The commands for these people, one after the other.
pub(super) fn commands(ways: &[&str]) -> Result<String> {
    let marks: Vec<String> = ways.iter().map(|way| format!("run: {way}")).collect();
    Ok(blocks(&guide()?, &marks).concat())
}

/// A shell in which there are `deskhook`, `cargo` and what is on this machine. Cargo builds into a
/// folder of its own, which stays: no other cargo waits for it.
pub(super) fn shell(home: &Home, script: &str) -> Result<Output> {
    let bin = home.path().join("bin");
    if !bin.exists() {
        std::fs::create_dir(&bin)?;
        symlink(&artifacts().deskhook, bin.join("deskhook"))?;
    }
    let mut command = home.command("sh");
    command.args(["-euc", script]);
    command.env("CARGO_NET_OFFLINE", "true");
    let built = concat!(env!("CARGO_TARGET_TMPDIR"), "/vendors");
    command.env("CARGO_TARGET_DIR", built);
    of_this_toolchain(&mut command, bin)?;
    Ok(command.output()?)
}

fn of_this_toolchain(command: &mut Command, bin: PathBuf) -> Result<()> {
    let own = std::env::var_os("CARGO").map(PathBuf::from);
    let own = own.as_deref().and_then(Path::parent).map(Path::to_owned);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = [bin]
        .into_iter()
        .chain(own)
        .chain(std::env::split_paths(&path));
    command.env("PATH", std::env::join_paths(path)?);
    let person = std::env::home_dir().context("somebody runs this")?;
    for (variable, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
        let set = std::env::var_os(variable);
        command.env(variable, set.unwrap_or_else(|| person.join(folder).into()));
    }
    Ok(())
}

fn passed(output: &Output) -> Result<String> {
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let wrong = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{told}\n{wrong}");
    Ok(told)
}

/// The layer that the guide shows, with the key that was made.
fn layer(home: &Home) -> Result<Value> {
    let guide = guide()?;
    let shown = blocks(&guide, &["layer".to_owned()]);
    let mut layer: Value = serde_json::from_str(shown.first().context("a layer is shown")?)?;
    let public = std::fs::read_to_string(home.path().join("home/example.key.pub"))?;
    let line = public.lines().last().context("a key has two lines")?;
    let publishers = &mut layer["settings"]["Extensions.Publishers"];
    ensure!(publishers["example"].is_string(), "the guide trusts it");
    publishers["example"] = line.into();
    Ok(layer)
}

async fn walk(language: &str) -> Result<()> {
    let mut scene = Scene::prepared(sample(), TestAgent::new()?).await?;
    let home = scene.agent.home();
    let script = commands(&[language, "both"])?;
    let script = script.replace(" target/release/", " $CARGO_TARGET_DIR/release/");
    let told = passed(&shell(home, &script)?)?;
    ensure!(told.contains(" 0 failed"), "its own tests ran: {told}");
    let notes = told.lines().filter(|line| line.contains(" note: "));
    let notes: Vec<&str> = notes.collect();
    let is_unsigned = |note: &&str| note.contains("it is not signed yet");
    ensure!(notes.len() == 1 && notes.iter().all(is_unsigned), "{told}");
    scene.agent.policy("vendor.json", &layer(home)?)?;
    need_root!();
    let place = home.path().join("plugins").display().to_string();
    let script = commands(&["device"])?.replace("/usr/lib/deskhook/plugins", &place);
    let told = passed(&shell(home, &format!("cd {ID}\n{script}"))?)?;
    ensure!(told.contains(ID) && !told.contains("rejected"), "{told}");
    scene.agent.start()?;
    is_asked(scene.agent.home())?;
    done(&scene.start(&["--reason", "The printer prints nothing."])?)
}

/// The agent says and writes down what the guide shows of a session that the plugin denies.
fn is_asked(home: &Home) -> Result<()> {
    let said = shell(home, &commands(&["asked"])?)?;
    let told = [&said.stdout[..], &said.stderr].concat();
    let told = String::from_utf8_lossy(&told);
    ensure!(said.status.code() == Some(1), "{told}");
    let guide = guide()?;
    let shown = blocks(&guide, &["shown: asked".to_owned()]);
    for line in shown.first().context("an answer is shown")?.lines() {
        ensure!(told.contains(line), "{line:?} is not in:\n{told}");
    }
    let told = passed(&shell(home, &commands(&["seen"])?)?)?;
    ensure!(told.contains("the record holds: "), "{told}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_leads_from_nothing_to_a_plugin_in_c_that_is_heard() -> Result<()> {
    need!("make");
    walk("c").await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_leads_from_nothing_to_a_plugin_in_rust_that_is_heard() -> Result<()> {
    walk("rust").await
}

#[test]
fn the_plugin_in_c_of_the_guide_is_built_and_packed_as_it_says() -> Result<()> {
    let (home, guide) = (Home::new()?, guide()?);
    symlink(
        plugins().canonicalize()?.join("abi"),
        home.path().join("abi"),
    )?;
    let code = guide.split("```c\n").nth(1).context("a plugin in C")?;
    home.write("ticket.c", code.split("```").next().unwrap_or_default())?;
    for name in [MANIFEST, "test.c"] {
        let file = blocks(&guide, &[format!("file: {name}")]);
        home.write(name, file.first().context(name)?)?;
    }
    passed(&shell(&home, &commands(&["cc"])?)?)?;
    done(&plugin(&home, &["inspect", "dist/org.example.ticket"])?)?;
    done(&plugin(&home, &["validate", "dist/org.example.ticket"])?)
}

#[test]
fn every_command_and_value_of_the_guide_is_run() -> Result<()> {
    let guide = guide()?;
    let marks: Vec<String> = WAYS.iter().map(|way| format!("run: {way}")).collect();
    let run = blocks(&guide, &marks);
    assert_eq!(run.len(), guide.matches("```sh\n").count());
    let used = [format!("file: {MANIFEST}"), "layer".to_owned()];
    let used = blocks(&guide, &used);
    assert_eq!(used.len(), guide.matches("```json\n").count());
    assert_eq!(
        guide.matches("```c\n").count(),
        2,
        "the plugin, and its test"
    );
    let shown = blocks(&guide, &["shown: asked".to_owned()]);
    assert_eq!(shown.len(), guide.matches("```text\n").count());
    let template = plugins().join("../host/native/templates/rust/package.toml");
    let template = std::fs::read_to_string(template)?;
    let package = guide.split("```toml\n").nth(1).context("a package")?;
    for line in package.split("```").next().unwrap_or_default().lines() {
        let line = line.split('"').next().unwrap_or_default();
        assert!(template.contains(line), "{line}");
    }
    Ok(())
}
