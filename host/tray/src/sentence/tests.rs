use std::path::Path;

use deskhook_policy::Policy;
use deskhook_session::{Event, Moment, Origin, Request, Session};

use super::*;

fn german() -> Language {
    Language::parse("de")
}

#[test]
fn an_own_sentence_is_said_in_the_persons_language_with_its_values() {
    let reason = Reason::own(
        "client-missing",
        "AnyDesk is not installed on this device, and your organisation's policy does not say where to get it.",
    );
    let said = sentence(&reason, &german());
    assert!(
        said.starts_with("AnyDesk ist auf diesem Gerät nicht installiert"),
        "{said}"
    );
    assert_eq!(sentence(&reason, &Language::english()), reason.message);
}

#[test]
fn what_the_organisation_wrote_stays_as_it_is_whatever_its_code() {
    for code in ["outside-hours", "no-client", "disk-full"] {
        let reason = Reason {
            code: code.to_owned(),
            message: "Please call 112 first.".to_owned(),
            by: "acme".to_owned(),
        };
        assert_eq!(sentence(&reason, &german()), "Please call 112 first.");
    }
}

#[test]
fn an_expired_policy_starts_nothing_and_says_so_in_the_persons_language() {
    let mut session = Session::new("boot");
    let request = Request::Start {
        reason: None,
        ticket: None,
        client: None,
    };
    let origin = Origin::Person;
    let policy = Policy {
        expired: true,
        ..Policy::default()
    };
    session.handle(Moment(0), Event::Requested { request, origin }, &policy);
    let reason = &session.view().reasons[0];
    assert_eq!(reason.code, "policy-expired");
    assert!(sentence(reason, &german()).contains("nicht mehr aktuell"));
}

#[test]
fn the_reason_of_a_device_that_is_not_set_up_is_known() {
    let mut session = Session::new("boot");
    let request = Request::Start {
        reason: None,
        ticket: None,
        client: Some("vnc".to_owned()),
    };
    let origin = Origin::Person;
    session.handle(
        Moment(0),
        Event::Requested { request, origin },
        &Policy::default(),
    );
    let reason = &session.view().reasons[0];
    assert_ne!(sentence(reason, &german()), reason.message);
    assert!(
        sentence(reason, &german()).contains("\"vnc\"")
            || sentence(reason, &german()).contains("„vnc“")
    );
}

#[test]
fn a_warning_is_known_without_its_code() {
    let said = warning(
        "This device has not looked for updates for 40 days.",
        &german(),
    );
    assert!(
        said.contains("40") && !said.contains("updates for"),
        "{said}"
    );
    assert_eq!(warning("Mind the gap.", &german()), "Mind the gap.");
}

/// The English table repeats what other crates say; this finds the sentence that was changed
/// there and not here.
#[test]
fn every_own_sentence_stands_in_the_code_that_says_it() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core");
    let mut sources = String::new();
    for crate_name in ["session", "facts", "hooks", "client", "agent"] {
        collect(&core.join(crate_name).join("src"), &mut sources);
    }
    for (key, text) in Texts::english().under(PREFIX) {
        for part in parts(text) {
            let Part::Words(words) = part else { continue };
            let bare = words.trim_start_matches("It could not be determined ");
            let bare = bare.strip_suffix('.').unwrap_or(bare);
            let quoted = bare.replace('"', "\\\"");
            assert!(sources.contains(&quoted), "{key}: nobody says {quoted:?}");
        }
    }
}

fn collect(folder: &Path, sources: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, sources);
        } else {
            sources.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}
