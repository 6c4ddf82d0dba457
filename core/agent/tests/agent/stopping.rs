//! What is left of an agent that has stopped in a process that goes on: nothing.

use std::sync::Arc;

use deskhook_agent::{Agent, ExtensionPlaces, ExtensionSet};
use deskhook_hooks::{
    About, Answer, Bound, Call, Extension, ExtensionKind, Fault, HostPort, Limit,
};
use deskhook_policy::{ExtensionPolicy, Policy};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::Notify;

use crate::desk::{Desk, LONG};

static DROPPED: Notify = Notify::const_new();

struct Lasting(About);

impl Extension for Lasting {
    fn about(&self) -> &About {
        &self.0
    }

    fn call(&self, _: &Call, _: Limit, _: &HostPort) -> Result<Answer, Fault> {
        Ok(Answer::Nothing)
    }
}

impl Drop for Lasting {
    fn drop(&mut self) {
        DROPPED.notify_one();
    }
}

fn load_lasting(_: &ExtensionPlaces, _: &Policy, _: &[Bound]) -> ExtensionSet {
    let about = About {
        name: "lasting".into(),
        version: "1".into(),
        kind: ExtensionKind::Script,
        hooks: vec![],
        capabilities: vec![],
        timer_seconds: None,
        sha256: String::new(),
    };
    let bound = Bound {
        extension: Arc::new(Lasting(about)),
        policy: ExtensionPolicy::default(),
    };
    ExtensionSet {
        loaded: vec![bound],
        ..ExtensionSet::default()
    }
}

/// Reads until the other side hangs up.
async fn hung_up(mut stream: impl AsyncRead + Unpin) {
    let mut all = vec![];
    let read = tokio::time::timeout(LONG, stream.read_to_end(&mut all)).await;
    // A reset says it as well.
    assert!(read.is_ok(), "the other side is still there");
}

#[tokio::test]
async fn an_agent_that_has_stopped_leaves_no_extension_and_no_connection_behind() {
    let portal = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = portal.local_addr().expect("an address");
    let desk = Desk::new(json!({}));
    desk.enrol(&format!("http://{address}"));
    let mut config = desk.config();
    config.load = load_lasting;
    let agent = Agent::start(config).await.expect("it starts");
    let handle = agent.handle();
    let asking = UnixStream::connect(desk.at("agent.sock")).await;
    let (polling, _) = portal.accept().await.expect("it asks its portal");
    agent.stop().await;
    hung_up(polling).await;
    hung_up(asking.expect("the socket is there")).await;
    let dropped = tokio::time::timeout(LONG, DROPPED.notified()).await;
    assert!(dropped.is_ok(), "an extension is still there");
    drop(handle);
}
