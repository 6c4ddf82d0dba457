use deskhook_wire::{EnrolAnswer, Enrolled};
use ed25519_dalek::SigningKey;

use super::*;
use crate::answering;

#[tokio::test]
async fn what_the_portal_will_never_take_is_told_once_and_when_it_is_mended() {
    let clock = r#"{"error": "clock", "message": "the clock is 9 minutes fast"}"#;
    let orders = r#"{"orders": [], "last": 0}"#;
    let answers = [(409, clock), (409, clock), (200, orders)];
    let answers = answers.map(|(status, body)| Some((status, body.to_owned())));
    let (portal, _asked) = answering::portal(answers.to_vec()).await;
    let state = tempfile::tempdir().unwrap();
    let answer = EnrolAnswer {
        device: "d-1".into(),
        portal_key: String::new(),
        organization: String::new(),
        person_verified: false,
        group: None,
    };
    let enrolled = Enrolled { portal, answer };
    let key = SigningKey::from_bytes(&[7; 32]);
    let identity = Identity::keep(state.path(), key, enrolled).unwrap();
    let outbox = Outbox::open(state.path(), identity.device()).unwrap();
    let (signals, mut told) = mpsc::channel(8);
    let _connection = Connection::open(identity, outbox, "b-1", signals).unwrap();
    for expected in [
        Signal::Problem(Some("the clock is 9 minutes fast".into())),
        Signal::Problem(None),
        Signal::Online(true),
    ] {
        assert_eq!(told.recv().await, Some(expected));
    }
}

#[test]
fn a_row_is_set_aside_on_the_portals_own_word_alone() {
    for (status, word, aside) in [
        (400, "invalid", true),
        (422, "invalid", true),
        (400, "", false),
        (422, "", false),
        (413, "", true),
        (401, "unknown", false),
        (503, "", false),
    ] {
        assert_eq!(is_about_the_row(status, word), aside, "{status} {word}");
    }
}
