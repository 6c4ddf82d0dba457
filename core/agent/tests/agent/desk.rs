use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use deskhook_agent::{Agent, AgentConfig, Snapshot};
use deskhook_session::Request;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Far beyond what any step takes.
pub(crate) const LONG: Duration = Duration::from_secs(20);

pub(crate) struct Desk {
    folder: TempDir,
}

impl Desk {
    /// A folder with one client: it prints an address, then waits to be ended.
    pub(crate) fn new(settings: Value) -> Self {
        let desk = Self {
            folder: tempfile::tempdir().expect("the test's own files can be used"),
        };
        let client = desk.at("client.sh");
        std::fs::write(
            &client,
            "#!/bin/sh\necho ADDRESS=123456789\nexec sleep 600\n",
        )
        .expect("the test's own files can be used");
        std::fs::set_permissions(&client, PermissionsExt::from_mode(0o700))
            .expect("the test's own files can be used");
        std::fs::create_dir(desk.at("policy.d")).expect("the test's own files can be used");
        desk.write_policy(settings);
        desk
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write_policy(&self, settings: Value) {
        let mut settings = settings;
        settings["Integration.Clients.test"] = json!({
            "Executables": [{"Path": self.at("client.sh")}],
            "Address": [{"Output": {"Prefix": "ADDRESS=", "Template": "{value}"}}],
            "Link": {"Template": "anydesk:{address}"},
        });
        let layer = json!({"scope": "tenant", "name": "Acme", "settings": settings});
        let aside = self.at("policy.new");
        std::fs::write(&aside, layer.to_string()).expect("the test's own files can be used");
        std::fs::rename(aside, self.at("policy.d/tenant.json"))
            .expect("the test's own files can be used");
    }

    /// Enrols the device at a portal, which need not be there.
    pub(crate) fn enrol(&self, portal: &str) {
        let identity = json!({
            "key": "BwcH".repeat(10) + "Bwc=", "portal": portal, "device": "d-1",
            "portal_key": "", "organization": "Acme",
        });
        std::fs::create_dir_all(self.at("state")).expect("the test's own files can be used");
        std::fs::write(self.at("state/identity.json"), identity.to_string())
            .expect("the test's own files can be used");
    }

    pub(crate) fn config(&self) -> AgentConfig {
        let mut config = AgentConfig::new(self.at("state"), [self.at("policy.d")]);
        config.socket = Some(self.at("agent.sock"));
        config
    }

    pub(crate) async fn start(&self) -> Agent {
        Agent::start(self.config())
            .await
            .expect("the test's own files can be used")
    }
}

pub(crate) fn start() -> Request {
    Request::Start {
        reason: None,
        ticket: None,
        client: None,
    }
}

pub(crate) async fn until(agent: &Agent, fits: impl Fn(&Snapshot) -> bool) -> Arc<Snapshot> {
    let handle = agent.handle();
    match tokio::time::timeout(LONG, handle.until(fits)).await {
        Ok(snapshot) => snapshot.expect("the test's own files can be used"),
        Err(_) => panic!("it never came to that: {:#?}", handle.snapshot().view),
    }
}
