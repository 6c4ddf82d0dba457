use std::sync::Arc;

use deskhook_agent::{Agent, ExtensionPlaces, ExtensionSet, Rejected, Snapshot};
use deskhook_hooks::{
    About, Answer, Bound, Call, Extension, ExtensionKind, Fault, Hook, HostCall, HostPort, Limit,
};
use deskhook_policy::{ExtensionPolicy, Policy};
use deskhook_session::{Origin, Verdict};
use serde_json::json;

use crate::desk::{Desk, LONG, start, until};

/// A package that asks its host for things and denies with what it was told.
struct Asking(About);

impl Extension for Asking {
    fn about(&self) -> &About {
        &self.0
    }

    fn call(&self, _: &Call, _: Limit, host: &HostPort) -> Result<Answer, Fault> {
        let ask = |call| match host.ask(call, LONG) {
            Ok(value) => value.to_string(),
            Err(error) => error.to_string(),
        };
        let policy = |key: &str| {
            ask(HostCall::Policy {
                key: key.to_owned(),
            })
        };
        let stored = ask(HostCall::StoreSet {
            key: "k".into(),
            value: json!(1),
        }) + &ask(HostCall::StoreGet { key: "k".into() });
        let message = format!("{} {} {stored}", policy("Asked.For"), policy("Other.Key"));
        Ok(Answer::Verdict(Verdict::Deny {
            code: "told".into(),
            message,
        }))
    }
}

fn load_asking(_: &ExtensionPlaces, policy: &Policy, _: &[Bound]) -> ExtensionSet {
    let about = About {
        name: "asking".into(),
        version: "1".into(),
        kind: ExtensionKind::Script,
        hooks: vec![Hook::SessionRequest],
        capabilities: vec!["policy:Asked".into(), "policy:Other".into()],
        timer_seconds: None,
        sha256: String::new(),
    };
    let bound = policy
        .extensions
        .packages
        .get("asking")
        .cloned()
        .unwrap_or_else(ExtensionPolicy::default);
    ExtensionSet {
        loaded: vec![Bound {
            extension: Arc::new(Asking(about)),
            policy: bound,
        }],
        ..ExtensionSet::default()
    }
}

#[tokio::test]
async fn a_package_gets_what_the_policy_grants_and_nothing_else() {
    let desk = Desk::new(json!({
        "Asked.For": "value", "Other.Key": "secret",
        "Extensions.Packages.asking": {"Capabilities": ["policy:Asked"]},
    }));
    let mut config = desk.config();
    config.load = load_asking;
    let agent = Agent::start(config).await.unwrap();
    agent.handle().request(start(), Origin::Person).await;
    let denied = until(&agent, |now| now.view.last.is_some()).await;
    let message = &denied.view.reasons[0].message;
    assert!(
        message.starts_with("\"value\" ") && message.contains("policy:Other.Key"),
        "{message}"
    );
    assert!(
        !message.contains("secret") && message.ends_with("null1"),
        "{message}"
    );
    let asking = denied.extensions.iter().find(|one| one.name == "asking");
    assert_eq!(asking.unwrap().ungranted, ["policy:Other"]);
    agent.stop().await;
}

fn load_broken(_: &ExtensionPlaces, _: &Policy, _: &[Bound]) -> ExtensionSet {
    ExtensionSet {
        rejected: vec![Rejected {
            name: "guard".into(),
            why: "it has a slip".into(),
            hooks: None,
        }],
        ..ExtensionSet::default()
    }
}

#[tokio::test]
async fn a_check_that_cannot_be_loaded_denies_unless_the_policy_makes_it_optional() {
    let optional = json!({ "Extensions.Packages.Guard.Binding": "optional" });
    for (settings, may) in [(json!({}), false), (optional, true)] {
        let desk = Desk::new(settings);
        let mut config = desk.config();
        config.load = load_broken;
        let agent = Agent::start(config).await.unwrap();
        agent.handle().request(start(), Origin::Person).await;
        let ended = |now: &Snapshot| now.view.last.is_some() || now.view.address.is_some();
        let ended = until(&agent, ended).await;
        assert_eq!(ended.view.address.is_some(), may, "{:?}", ended.view);
        if !may {
            assert_eq!(ended.view.reasons[0].code, "check-missing");
        }
        agent.stop().await;
    }
}

/// The first loading finds a guard; every later one finds its files broken.
fn load_once(_: &ExtensionPlaces, policy: &Policy, _: &[Bound]) -> ExtensionSet {
    if policy.tree.get("Later").is_some() {
        return load_broken(&ExtensionPlaces::default(), policy, &[]);
    }
    let mut set = load_asking(&ExtensionPlaces::default(), policy, &[]);
    for bound in &mut set.loaded {
        let about = About {
            name: "guard".into(),
            ..bound.extension.about().clone()
        };
        bound.extension = Arc::new(Asking(about));
    }
    set
}

#[tokio::test]
async fn a_package_whose_new_files_do_not_load_goes_on_as_it_was() {
    let desk = Desk::new(json!({}));
    let mut config = desk.config();
    config.load = load_once;
    let agent = Agent::start(config).await.unwrap();
    desk.write_policy(json!({ "Later": true }));
    let told = |now: &Snapshot| {
        let guard = now.extensions.iter().find(|one| one.name == "guard");
        guard.is_some_and(|guard| guard.message.is_some())
    };
    let snapshot = until(&agent, told).await;
    assert_eq!(snapshot.extensions[0].state, "running");
    agent.handle().request(start(), Origin::Person).await;
    let denied = until(&agent, |now| now.view.last.is_some()).await;
    assert_eq!(
        denied.view.reasons[0].code, "told",
        "the old one still decides"
    );
    agent.stop().await;
}

/// One guard that loads, and a second one of the same name.
fn load_twice(_: &ExtensionPlaces, _: &Policy, _: &[Bound]) -> ExtensionSet {
    let mut set = load_once(&ExtensionPlaces::default(), &Policy::default(), &[]);
    let second = load_broken(&ExtensionPlaces::default(), &Policy::default(), &[]);
    set.rejected = second.rejected;
    set
}

#[tokio::test]
async fn two_packages_of_one_name_stay_one_however_often_they_are_loaded() {
    let desk = Desk::new(json!({}));
    let mut config = desk.config();
    config.load = load_twice;
    let agent = Agent::start(config).await.unwrap();
    for round in 0..3 {
        desk.write_policy(json!({ "Round": round }));
        let seen = |now: &Snapshot| now.policy.tree.get("Round") == Some(&json!(round));
        until(&agent, seen).await;
    }
    agent.handle().packages_changed().await;
    agent.handle().request(start(), Origin::Person).await;
    let denied = until(&agent, |now| now.view.last.is_some()).await;
    let guards = denied.extensions.iter().filter(|one| one.name == "guard");
    assert_eq!(guards.count(), 1, "{:?}", denied.extensions);
    agent.stop().await;
}
