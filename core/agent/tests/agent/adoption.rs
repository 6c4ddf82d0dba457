//! What becomes of a policy that changes while extensions are loaded.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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

/// Whoever has it keeps what was kept from being loaded.
static KEPT: Mutex<()> = Mutex::const_new(());

/// A check that policy does not name, that fails, and in whose place something was kept.
struct Giving(Failing);

impl Extension for Giving {
    fn about(&self) -> &About {
        self.0.about()
    }

    fn call(&self, call: &Call, limit: Limit, host: &HostPort) -> Result<Answer, Fault> {
        match self.about().version.as_str() {
            "kept" => Ok(Answer::Nothing),
            _ => self.0.call(call, limit, host),
        }
    }

    fn gives_way(&self, _: &str) -> bool {
        true
    }
}

fn load_what_gives_way(_: &ExtensionPlaces, _: &Policy, _: &[Bound]) -> ExtensionSet {
    // The first loading is the one at the start, while nobody holds it.
    let version = if KEPT.try_lock().is_ok() && !GAVE_WAY.load(Ordering::Relaxed) {
        "new"
    } else {
        drop(KEPT.blocking_lock());
        "kept"
    };
    let about = About {
        name: "stranger".into(),
        version: version.into(),
        kind: ExtensionKind::Script,
        hooks: vec![Hook::SessionRequest],
        capabilities: vec![],
        timer_seconds: None,
        sha256: version.into(),
    };
    ExtensionSet {
        loaded: vec![Bound {
            extension: Arc::new(Giving(Failing(about))),
            policy: Default::default(),
        }],
        ..ExtensionSet::default()
    }
}

static GAVE_WAY: AtomicBool = AtomicBool::new(false);

#[tokio::test]
async fn what_gives_way_denies_until_something_takes_its_place() {
    let desk = Desk::new(json!({}));
    let mut config = desk.config();
    config.load = load_what_gives_way;
    let agent = Agent::start(config).await.expect("it starts");
    let gate = KEPT.lock().await;
    GAVE_WAY.store(true, Ordering::Relaxed);
    let refused = |code: &'static str| {
        move |now: &Snapshot| now.view.reasons.iter().any(|reason| reason.code == code)
    };
    agent.handle().request(start(), Origin::Person).await;
    until(&agent, refused("check-failed")).await;
    let is_gone = |now: &Snapshot| now.extensions.iter().any(|it| it.state == "rejected");
    until(&agent, is_gone).await;
    // Nobody is asked in its place.
    agent.handle().request(start(), Origin::Person).await;
    until(&agent, refused("check-missing")).await;
    drop(gate);
    let is_kept = |now: &Snapshot| now.extensions.iter().any(|it| it.version == "kept");
    until(&agent, is_kept).await;
    agent.stop().await;
}
