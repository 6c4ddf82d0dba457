//! What becomes of a policy that changes while extensions are loaded.

use std::sync::Arc;

use deskhook_agent::{Agent, ExtensionPlaces, ExtensionSet, Snapshot};
use deskhook_hooks::{
    About, Answer, Bound, Call, Extension, ExtensionKind, Fault, Hook, HostPort, Limit,
};
use deskhook_policy::Policy;
use deskhook_session::Origin;
use serde_json::json;
use tokio::sync::Mutex;

use crate::desk::{Desk, start, until};

/// Whoever has it keeps extensions from being loaded a second time.
static GATE: Mutex<()> = Mutex::const_new(());

/// A check that never comes to a verdict.
struct Failing(About);

impl Extension for Failing {
    fn about(&self) -> &About {
        &self.0
    }

    fn call(&self, _: &Call, _: Limit, _: &HostPort) -> Result<Answer, Fault> {
        Err(Fault::Failed {
            message: "no network".into(),
            place: None,
        })
    }
}

fn load_slowly(_: &ExtensionPlaces, policy: &Policy, _: &[Bound]) -> ExtensionSet {
    if policy.tree.get("Later").is_some() {
        drop(GATE.blocking_lock());
    }
    let about = About {
        name: "guard".into(),
        version: "1".into(),
        kind: ExtensionKind::Script,
        hooks: vec![Hook::SessionRequest],
        capabilities: vec![],
        timer_seconds: None,
        sha256: String::new(),
    };
    ExtensionSet {
        loaded: vec![Bound {
            extension: Arc::new(Failing(about)),
            policy: policy.extensions.of("guard"),
        }],
        ..ExtensionSet::default()
    }
}

#[tokio::test]
async fn a_stricter_policy_binds_what_runs_before_anything_is_loaded_anew() {
    let desk = Desk::new(json!({ "Extensions.Packages.guard.Binding": "optional" }));
    let mut config = desk.config();
    config.load = load_slowly;
    let agent = Agent::start(config).await.expect("it starts");
    let gate = GATE.lock().await;
    desk.write_policy(json!({
        "Later": true, "Extensions.Packages.guard.Binding": "required",
    }));
    until(&agent, |now| now.policy.tree.get("Later").is_some()).await;
    agent.handle().request(start(), Origin::Person).await;
    let over = |now: &Snapshot| now.view.last.is_some() || now.view.address.is_some();
    let denied = until(&agent, over).await;
    let codes = denied.view.reasons.iter().map(|reason| &reason.code);
    assert_eq!(codes.collect::<Vec<_>>(), ["check-failed"]);
    drop(gate);
    agent.stop().await;
}

/// Writes a layer as if somebody else did, while the agent reads its extensions for the first time.
fn load_while_policy_changes(
    places: &ExtensionPlaces,
    policy: &Policy,
    _: &[Bound],
) -> ExtensionSet {
    let desk = places.private.ancestors().nth(2);
    if let (None, Some(desk)) = (policy.tree.get("Later"), desk) {
        let layer = json!({ "scope": "tenant", "priority": 1, "settings": { "Later": true } });
        std::fs::write(desk.join("later"), layer.to_string()).expect("it can be written");
        let place = desk.join("policy.d/later.json");
        std::fs::rename(desk.join("later"), place).expect("it can be moved");
    }
    ExtensionSet::default()
}

#[tokio::test]
async fn a_policy_that_changes_while_the_agent_starts_is_seen() {
    let desk = Desk::new(json!({}));
    let mut config = desk.config();
    config.load = load_while_policy_changes;
    let agent = Agent::start(config).await.expect("it starts");
    until(&agent, |now| now.policy.tree.get("Later").is_some()).await;
    agent.stop().await;
}
