//! A plugin of the SDK, seen across the border.

use std::sync::atomic::{AtomicU32, Ordering};

use deskhook_sdk::testing::Trial;
use deskhook_sdk::{
    ElevationRequest, Failure, Hook, Host, Json, Level, Plugin, Request, SessionJoin,
    SessionRequest, Supporter, Verdict,
};

static MADE: AtomicU32 = AtomicU32::new(0);

struct Odd;

impl Plugin for Odd {
    const ID: &'static str = "org.deskhook.odd";
    const VERSION: &'static str = "1.0.0";
    const HOOKS: &'static [Hook] = &[
        Hook::SessionRequest,
        Hook::SessionJoin,
        Hook::ElevationRequest,
        Hook::SessionEnded,
    ];

    fn new(host: Host) -> Result<Self, Failure> {
        if MADE.fetch_add(1, Ordering::Relaxed) == u32::MAX {
            host.log(Level::Error, "made too often");
        }
        Ok(Self)
    }

    fn session_request(
        &mut self,
        asked: &SessionRequest<'_>,
        host: Host,
    ) -> Result<Verdict, Failure> {
        assert_ne!(asked.reason, Some("panic"), "no reason to panic");
        host.policy("Odd.Key")?;
        host.log(Level::Warn, "asked");
        host.keep("last", &Json::new("1"))?;
        host.request(&Request::RefreshTray)?;
        let number: u8 = asked.ticket.unwrap_or("0").parse()?;
        Ok(Verdict::ask(number.to_string(), asked.origin))
    }

    fn session_join(&mut self, asked: &SessionJoin<'_>, _: Host) -> Result<Verdict, Failure> {
        Ok(Verdict::deny(
            asked.supporter.name,
            asked.permissions.join(","),
        ))
    }

    fn elevation_request(
        &mut self,
        asked: &ElevationRequest<'_>,
        _: Host,
    ) -> Result<Verdict, Failure> {
        Ok(if asked.minutes > 5 {
            Verdict::deny("long", asked.arguments.join(" "))
        } else {
            Verdict::Allow
        })
    }
}

#[test]
fn what_is_asked_and_answered_crosses_the_border_whole() {
    let odd = Trial::<Odd>::new();
    let asked = SessionRequest {
        ticket: Some("7"),
        origin: "person",
        ..SessionRequest::default()
    };
    assert_eq!(odd.session_request(&asked), Ok(Verdict::ask("7", "person")));
    assert_eq!(odd.lines(), ["asked"]);
    assert_eq!(odd.in_store("last").and_then(|it| it.as_u64()), Some(1));
    assert!(odd.requested(&Request::RefreshTray));

    let supporter = Supporter {
        name: "Ada",
        ..Supporter::default()
    };
    let join = SessionJoin {
        supporter,
        permissions: vec!["screen", "input"],
        ..SessionJoin::default()
    };
    assert_eq!(
        odd.session_join(&join),
        Ok(Verdict::deny("Ada", "screen,input"))
    );
    let rights = ElevationRequest {
        minutes: 9,
        arguments: vec!["-a", "b"],
        ..ElevationRequest::default()
    };
    assert_eq!(
        odd.elevation_request(&rights),
        Ok(Verdict::deny("long", "-a b"))
    );
    assert_eq!(odd.call(Hook::SessionEnded, &Json::new("{}")), Ok(None));
}

#[test]
fn an_error_is_told_as_a_sentence() {
    let asked = SessionRequest {
        ticket: Some("x"),
        ..SessionRequest::default()
    };
    let told = Trial::<Odd>::new().session_request(&asked).unwrap_err();
    assert_eq!(told.message(), "invalid digit found in string");
}

#[test]
fn a_panic_is_a_failure_and_the_plugin_is_made_anew() {
    let odd = Trial::<Odd>::new();
    let asked = SessionRequest {
        reason: Some("panic"),
        ..SessionRequest::default()
    };
    let told = odd.session_request(&asked).unwrap_err();
    assert!(told.message().contains("no reason to panic"), "{told:?}");
    let before = MADE.load(Ordering::Relaxed);
    assert!(odd.session_request(&SessionRequest::default()).is_ok());
    assert!(MADE.load(Ordering::Relaxed) > before);
}

struct Hasty;

impl Plugin for Hasty {
    const ID: &'static str = "org.deskhook.hasty";
    const VERSION: &'static str = "1.0.0";
    const HOOKS: &'static [Hook] = &[Hook::SessionRequest];

    fn new(host: Host) -> Result<Self, Failure> {
        host.policy("Hasty.Key")?;
        Ok(Self)
    }
}

#[test]
fn nobody_answers_before_the_first_hook_and_the_failure_says_why() {
    let hasty = Trial::<Hasty>::new().policy("Hasty.Key", Json::new("1"));
    let told = hasty
        .session_request(&SessionRequest::default())
        .unwrap_err();
    assert_eq!(told.message(), "the host did not answer in time");
}

#[test]
fn what_is_not_granted_is_named() {
    let told = Trial::<Odd>::new()
        .without_policy()
        .session_request(&SessionRequest::default());
    assert!(told.unwrap_err().message().contains("policy:Odd.Key"));
}

#[test]
fn a_hook_that_is_not_heard_is_not_there() {
    assert!(
        Trial::<Odd>::new()
            .call(Hook::TrayMenu, &Json::new("{}"))
            .is_err()
    );
}
