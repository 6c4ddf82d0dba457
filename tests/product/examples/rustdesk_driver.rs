//! RustDesk, played by a script that prints what RustDesk prints.

use std::os::unix::fs::PermissionsExt as _;

use anyhow::{Result, ensure};
use harness::TestAgent;
use serde_json::{Value, json};

use super::shown_settings;
use crate::plugin::need_root;
use crate::scene::{Scene, over};

const ID: &str = "org.deskhook.rustdesk-driver";

/// RustDesk, whose `--get-id` is that piece of shell. What it was started with, it writes down.
fn script(get_id: &str) -> String {
    format!(
        "#!/bin/sh
case \"$1\" in
  --version) echo 1.4.9 ;;
  --get-id) {get_id} ;;
  *) echo \"$@ $GDK_BACKEND\" > \"${{0%/*}}/started\"; exec tail -f /dev/null ;;
esac
"
    )
}

/// The agent with that RustDesk where only the driver finds it.
async fn with(get_id: &str, settings: Value) -> Result<Scene> {
    let agent = TestAgent::new()?;
    let program = agent
        .home()
        .write("opt/rustdesk/rustdesk", script(get_id))?;
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755))?;
    let kept = agent
        .home()
        .path()
        .join("home/.config/rustdesk/RustDesk.toml");
    let own = [
        format!("exec:{}", program.display()),
        format!("fs.read:{}", kept.display()),
    ];
    let wanted = json!({
        "Integration.Clients.helpdesk": {
            "Executables": [{"Path": "no-such-program"}],
            "Address": [{"Query": {"Arguments": ["--get-id"], "NotReady": ["0"], "PatienceSeconds": 60}}],
            "Launch": {"AllowedArguments": ["--tray"], "AllowedEnvironment": ["GDK_BACKEND"]},
            "Link": {"Template": "rustdesk://{address}"},
        },
        "RustDeskDriver": {
            "Clients": ["helpdesk"], "Programs": ["/no/such", program], "ConfigFile": kept,
            "Arguments": ["--tray"], "Environment": {"GDK_BACKEND": "x11"},
        },
        "Integration.RustDesk.Enabled": false,
        "Extensions.Packages": {
            (ID): {"Capabilities": ["policy:RustDeskDriver", own[0], own[1]], "Budget": 5000},
        },
    });
    let shown = over(shown_settings("rustdesk-driver")?, &wanted);
    let mut scene = Scene::prepared(over(shown, &settings), agent).await?;
    scene.agent.plugin("rustdesk-driver")?;
    let path = scene
        .agent
        .home()
        .path()
        .join(format!("plugins/{ID}/deskhook-plugin.json"));
    let mut manifest: Value = serde_json::from_slice(&std::fs::read(&path)?)?;
    if let Some(asked) = manifest["capabilities"].as_array_mut() {
        asked.extend(own.map(Value::from));
    }
    std::fs::write(&path, manifest.to_string())?;
    scene.agent.sign(ID)?;
    scene.agent.start()?;
    Ok(scene)
}

#[tokio::test(flavor = "multi_thread")]
async fn rustdesk_is_found_started_and_its_id_read_among_warnings() -> Result<()> {
    need_root!();
    let get_id = "echo '(rustdesk:8): Gtk-WARNING **: cannot open display'; echo '123 456 789'";
    let scene = with(get_id, json!({})).await?;
    let status = scene.report()?;
    ensure!(status["address"] == "123456789", "{status:#}");
    let started = scene.agent.home().path().join("opt/rustdesk/started");
    ensure!(std::fs::read_to_string(started)? == "--tray x11\n");
    let page = format!("devices/{}", scene.device().await?);
    let told = harness::eventually("what it is should be told", async || {
        let device = scene.api.get(&page).await.ok()?;
        let fields = device["fields"].clone();
        fields["rustdesk-version"].is_string().then_some(fields)
    });
    let wanted = json!({"rustdesk-version": "1.4.9", "rustdesk-id-from": "command"});
    assert_eq!(told.await?, wanted);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_it_does_not_say_is_read_from_its_configuration() -> Result<()> {
    need_root!();
    let get_id = "echo 'Installation and administrative privileges required!' >&2; exit 1";
    let scene = with(get_id, json!({})).await?;
    let file = "id = '987654321'\npassword = '00hunter2'\n";
    scene
        .agent
        .home()
        .write("home/.config/rustdesk/RustDesk.toml", file)?;
    let status = scene.report()?;
    ensure!(status["address"] == "987654321", "{status:#}");
    ensure!(!scene.agent.output().contains("hunter2"));
    Ok(())
}
