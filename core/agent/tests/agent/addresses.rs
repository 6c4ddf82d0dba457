//! Addresses that a package finds in what the client prints.

use std::path::PathBuf;
use std::sync::Arc;

use deskhook_agent::{Agent, ExtensionPlaces, ExtensionSet};
use deskhook_hooks::{
    About, Answer, Body, Bound, Call, Extension, ExtensionKind, Fault, Hook, HostPort, Limit,
};
use deskhook_policy::{ExtensionPolicy, Policy};
use deskhook_session::Origin;
use serde_json::json;

use crate::desk::{Desk, start, until};

/// Looks for the number behind `ID:`, and leaves a file behind so that it is seen to have looked.
struct Reading(About, PathBuf);

impl Extension for Reading {
    fn about(&self) -> &About {
        &self.0
    }

    fn call(&self, call: &Call, _: Limit, _: &HostPort) -> Result<Answer, Fault> {
        let Body::AddressRead(read) = &call.body else {
            return Ok(Answer::Nothing);
        };
        let id = read
            .output
            .lines()
            .find_map(|line| line.strip_prefix("ID: "));
        std::fs::write(&self.1, "").expect("it can be written");
        Ok(id.map_or(Answer::Nothing, |id| Answer::Value(id.to_owned())))
    }
}

fn load_reading(places: &ExtensionPlaces, _: &Policy, _: &[Bound]) -> ExtensionSet {
    let about = About {
        name: "reading".into(),
        version: "1".into(),
        kind: ExtensionKind::Script,
        hooks: vec![Hook::AddressRead],
        capabilities: vec![],
        timer_seconds: None,
        sha256: String::new(),
    };
    let asked = places.private.with_file_name("asked");
    ExtensionSet {
        loaded: vec![Bound {
            extension: Arc::new(Reading(about, asked)),
            policy: ExtensionPolicy::default(),
        }],
        ..ExtensionSet::default()
    }
}

#[tokio::test]
async fn a_package_is_asked_again_when_the_client_has_printed_more() {
    let desk = Desk::new(json!({}));
    let asked = desk.at("state/asked");
    let script = format!(
        "#!/bin/sh\nuntil [ -e {} ]; do sleep 0.02; done\necho ID: 987654321\nexec sleep 600\n",
        asked.display()
    );
    std::fs::write(desk.at("client.sh"), script).expect("it can be written");
    let mut config = desk.config();
    config.load = load_reading;
    let agent = Agent::start(config).await.expect("it starts");
    agent.handle().request(start(), Origin::Person).await;
    let known = until(&agent, |now| now.view.address.is_some()).await;
    let address = known.view.address.as_ref().expect("it is known");
    assert_eq!(address.as_str(), "987654321");
    agent.stop().await;
}
