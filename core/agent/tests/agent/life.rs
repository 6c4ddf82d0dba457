use std::os::unix::fs::PermissionsExt;

use deskhook_agent::{Agent, AgentConfig, Presence, ask_agent};
use deskhook_session::{Origin, Outcome, Request};
use deskhook_wire::{Asked, ControlReply, ControlRequest};
use serde_json::json;

use crate::desk::{Desk, start, until};

#[tokio::test]
async fn a_client_is_started_asked_and_ended() {
    let desk = Desk::new(json!({}));
    let agent = desk.start().await;
    agent.handle().request(start(), Origin::Person).await;
    let known = until(&agent, |now| now.view.address.is_some()).await;
    assert_eq!(
        known.view.address.as_ref().unwrap().grouped(),
        "123 456 789"
    );
    agent.handle().request(Request::Stop, Origin::Person).await;
    let ended = until(&agent, |now| {
        now.view.session.is_none() && now.clients_running == 0
    })
    .await;
    assert_eq!(ended.view.last, Some(Outcome::Stopped));
    agent.stop().await;
    let record = std::fs::read_to_string(desk.at("state/record.jsonl")).unwrap();
    for action in [
        "session.requested",
        "session.cleared",
        "client.ready",
        "session.ended",
    ] {
        assert!(record.contains(action), "{action} is not on the record");
    }
}

#[tokio::test]
async fn stopping_the_agent_ends_the_client() {
    let desk = Desk::new(json!({}));
    let agent = desk.start().await;
    let handle = agent.handle();
    handle.request(start(), Origin::Person).await;
    until(&agent, |now| now.view.address.is_some()).await;
    agent.stop().await;
    assert_eq!(handle.snapshot().view.last, Some(Outcome::AgentStopped));
    assert!(!desk.at("agent.sock").exists());
}

#[tokio::test]
async fn a_client_that_ends_by_itself_ends_the_session() {
    let desk = Desk::new(json!({}));
    std::fs::write(
        desk.at("client.sh"),
        "#!/bin/sh\necho ADDRESS=123456789\nread line\n",
    )
    .unwrap();
    let agent = desk.start().await;
    agent.handle().request(start(), Origin::Person).await;
    let ended = until(&agent, |now| {
        now.view.session.is_none() && now.view.last.is_some()
    })
    .await;
    assert!(
        matches!(
            ended.view.last,
            Some(Outcome::ClientExited | Outcome::Failed)
        ),
        "{:?}",
        ended.view.last
    );
    agent.stop().await;
}

#[tokio::test]
async fn a_required_check_that_is_not_there_denies() {
    let desk = Desk::new(json!({"Extensions.Packages.posture": {"Binding": "required"}}));
    let agent = desk.start().await;
    agent.handle().request(start(), Origin::Person).await;
    let denied = until(&agent, |now| now.view.last.is_some()).await;
    assert_eq!(denied.view.reasons[0].code, "check-missing");
    assert_eq!(denied.view.reasons[0].by, "posture");
    agent.stop().await;
}

#[tokio::test]
async fn a_written_policy_applies_while_the_agent_runs_and_a_broken_one_does_not() {
    let desk = Desk::new(json!({}));
    let agent = desk.start().await;
    assert_eq!(agent.handle().snapshot().organization, "Acme");
    desk.write_policy(json!({"Organization.Name": "Acme Two"}));
    until(&agent, |now| now.organization == "Acme Two").await;
    std::fs::write(desk.at("policy.d/tenant.json"), "{\"scope\": \"tenant\", ").unwrap();
    let broken = until(&agent, |now| !now.problems.is_empty()).await;
    assert_eq!(
        (broken.organization.as_str(), broken.policy.clients.len()),
        ("Acme Two", 1)
    );
    agent.stop().await;
}

#[tokio::test]
async fn a_session_under_way_ends_when_the_policy_forbids_its_client() {
    let desk = Desk::new(json!({}));
    let agent = desk.start().await;
    agent.handle().request(start(), Origin::Person).await;
    until(&agent, |now| now.view.address.is_some()).await;
    std::fs::remove_file(desk.at("policy.d/tenant.json")).unwrap();
    let ended = until(&agent, |now| now.view.session.is_none()).await;
    assert_eq!(ended.view.last, Some(Outcome::Policy));
    agent.stop().await;
}

#[tokio::test]
async fn the_control_socket_answers_and_a_second_agent_is_refused() {
    let desk = Desk::new(json!({}));
    let agent = desk.start().await;
    let socket = desk.at("agent.sock");
    let mode = std::fs::metadata(&socket).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0);
    let ControlReply::Status(status) = ask_agent(&socket, &ControlRequest::Status).await.unwrap()
    else {
        panic!()
    };
    assert_eq!(status.phase, "idle");
    let stop = ControlRequest::Do {
        asked: Asked::Stop,
        link: None,
    };
    let ControlReply::Done(answer) = ask_agent(&socket, &stop).await.unwrap() else {
        panic!()
    };
    assert!(!answer.taken);
    let other = AgentConfig {
        state: desk.at("other"),
        ..desk.config()
    };
    assert!(Agent::start(other).await.is_err());
    agent.stop().await;
    assert!(ask_agent(&socket, &ControlRequest::Status).await.is_err());
}

#[tokio::test]
async fn a_person_is_there_until_the_desktop_says_otherwise() {
    let desk = Desk::new(json!({}));
    let agent = desk.start().await;
    assert!(agent.handle().snapshot().present);
    agent.handle().person_seen(Presence::Absent).await;
    let now = until(&agent, |now| !now.present).await;
    assert!(!deskhook_agent::status(&now).present);
    agent.handle().person_seen(Presence::Present).await;
    until(&agent, |now| now.present).await;
    agent.stop().await;
}

#[tokio::test]
async fn a_device_without_a_person_stays_so_whatever_a_desktop_sees() {
    let desk = Desk::new(json!({}));
    let config = AgentConfig {
        attended: false,
        ..desk.config()
    };
    let agent = Agent::start(config).await.expect("it starts");
    assert!(!agent.handle().snapshot().present);
    agent.handle().person_seen(Presence::Present).await;
    // What is asked later is heard later.
    agent.handle().request(start(), Origin::Person).await;
    let now = until(&agent, |now| now.view.attempts > 0).await;
    assert!(!now.present);
    agent.stop().await;
}

#[tokio::test]
async fn a_link_of_a_known_scheme_starts_a_session_and_cannot_answer_or_stop() {
    let desk = Desk::new(json!({ "Links.Scheme": "acme" }));
    let agent = desk.start().await;
    let socket = desk.at("agent.sock");
    let start = Asked::Start {
        reason: None,
        ticket: None,
        client: None,
    };
    let follow = async |scheme: &str, asked: Asked| {
        let link = Some(scheme.to_owned());
        let request = ControlRequest::Do { asked, link };
        match ask_agent(&socket, &request).await.unwrap() {
            ControlReply::Done(answer) => answer,
            other => panic!("{other:?}"),
        }
    };
    let stranger = follow("evil", start.clone()).await;
    assert!(!stranger.taken);
    assert!(stranger.message.unwrap().contains("\"evil\""));
    assert!(follow("ACME", start).await.taken);
    until(&agent, |now| now.view.address.is_some()).await;
    for asked in [Asked::Stop, Asked::Quit, Asked::Click { item: "x".into() }] {
        let answer = follow("deskhook", asked.clone()).await;
        assert!(!answer.taken, "{asked:?}");
    }
    agent.stop().await;
}

#[tokio::test]
async fn an_address_that_cannot_be_written_down_fails_the_session() {
    let desk = Desk::new(json!({}));
    desk.enrol("http://127.0.0.1:9");
    let agent = desk.start().await;
    std::fs::rename(desk.at("state/outbox"), desk.at("outbox")).expect("it can be moved");
    agent.handle().request(start(), Origin::Person).await;
    let failed = until(&agent, |now| now.view.last.is_some()).await;
    assert_eq!(failed.view.last, Some(Outcome::Failed));
    assert_eq!(failed.view.reasons[0].code, "report-not-kept");
    agent.stop().await;
}

#[tokio::test]
async fn an_agent_that_may_not_run_beside_another_makes_no_socket() {
    let desk = Desk::new(json!({}));
    let agent = desk.start().await;
    let socket = desk.at("agent.sock");
    std::fs::remove_file(&socket).unwrap();
    let Err(error) = Agent::start(desk.config()).await else {
        panic!("two agents write one record")
    };
    assert!(error.to_string().contains("another agent"), "{error}");
    assert!(!socket.exists());
    agent.stop().await;
}

#[tokio::test]
async fn one_command_after_the_other_finds_what_the_one_before_did() {
    let desk = Desk::new(json!({}));
    let agent = desk.start().await;
    let socket = desk.at("agent.sock");
    let start = Asked::Start {
        reason: None,
        ticket: None,
        client: None,
    };
    for round in 0..20 {
        for asked in [&start, &Asked::Stop] {
            let request = ControlRequest::Do {
                asked: asked.clone(),
                link: None,
            };
            let answer = ask_agent(&socket, &request).await.unwrap();
            let ControlReply::Done(answer) = answer else {
                panic!("{answer:?}")
            };
            assert!(answer.taken, "{round}: {asked:?}: {answer:?}");
        }
    }
    agent.stop().await;
}

#[tokio::test]
async fn the_control_socket_tells_how_the_calls_of_a_hook_went() {
    let desk = Desk::new(json!({"Session.Checks.power": "warn"}));
    let agent = desk.start().await;
    let request = ControlRequest::Timings {
        hook: deskhook_hooks::Hook::SessionRequest,
    };
    agent.handle().request(start(), Origin::Person).await;
    until(&agent, |now| now.view.address.is_some()).await;
    let answer = ask_agent(&desk.at("agent.sock"), &request).await.unwrap();
    let ControlReply::Timings { listeners } = answer else {
        panic!("{answer:?}");
    };
    assert_eq!(listeners.len(), 1);
    assert_eq!(listeners[0].name, "power");
    assert_eq!(listeners[0].timing.calls, 1);
    assert!(listeners[0].timing.last_micros.is_some());
    agent.stop().await;
}
