use super::*;

fn said(notice: &Notice, language: &str) -> Announcement {
    announcement(notice, &Snapshot::default(), &Language::parse(language))
}

fn reason(code: &str, message: &str) -> Reason {
    Reason {
        code: code.into(),
        message: message.into(),
        by: "acme".into(),
    }
}

#[test]
fn a_refusal_tells_every_reason_on_a_line_of_its_own() {
    let closed = reason("outside-hours", "We are there from 8 to 18. Call 0800 1.");
    let full = reason(
        "disk-full",
        "This device has less than 500 MB of free disk space.",
    );
    let refusal = Notice::Refused(vec![closed.clone(), full, closed]);
    let german = said(&refusal, "de");
    assert_eq!(german.title, "Die Sitzung wurde nicht gestartet");
    let lines: Vec<_> = german.message.lines().collect();
    assert_eq!(lines.len(), 2, "what two checks say alike is said once");
    assert_eq!(lines[0], "We are there from 8 to 18. Call 0800 1.");
    assert!(lines[1].contains("500 MB"));
    assert_eq!(german.weight, Weight::Answer);
}

#[test]
fn every_notice_has_words_in_every_language() {
    let supporter = || Supporter {
        name: "Ada".into(),
        ..Supporter::default()
    };
    let outcomes = [
        Outcome::Disconnected,
        Outcome::Stopped,
        Outcome::ClientExited,
        Outcome::TimeLimit,
        Outcome::Policy,
        Outcome::Denied,
        Outcome::Failed,
        Outcome::AgentStopped,
    ];
    let mut notices = vec![
        Notice::AlreadyRunning,
        Notice::Joined(supporter()),
        Notice::JoinRefused {
            supporter: supporter(),
            reasons: vec![],
        },
        Notice::Failed(reason("client-start", "x")),
        Notice::Warned {
            by: "power".into(),
            message: "x".into(),
        },
    ];
    notices.extend(outcomes.map(Notice::Ended));
    for notice in notices {
        for tag in ["en", "de", "fr", "es", "it", "nl", "pl", "pt"] {
            let words = said(&notice, tag);
            assert!(
                !words.title.is_empty() && !words.message.is_empty(),
                "{tag} {notice:?}"
            );
            assert!(!words.title.contains('{'), "{tag} {notice:?}");
        }
    }
}

#[test]
fn who_was_not_let_in_is_told_with_what_the_checks_said() {
    let notice = |reasons| Notice::JoinRefused {
        supporter: Supporter {
            name: "Ada".into(),
            ..Supporter::default()
        },
        reasons,
    };
    let nobody = "Nobody is connected to this device.";
    assert_eq!(said(&notice(vec![]), "en").message, nobody);
    let closed = reason("outside-hours", "We are there from 8 to 18.");
    let words = said(&notice(vec![closed]), "en");
    assert_eq!(
        words.message,
        format!("We are there from 8 to 18.\n{nobody}")
    );
    assert_eq!(words.title, "Ada was not let in");
}

#[test]
fn an_extensions_words_are_shown_clean_and_never_without_a_title() {
    let notice = Notice::Custom {
        title: "\u{202e}\n".into(),
        message: "one\ntwo\u{7}".into(),
        by: "acme".into(),
    };
    let words = said(&notice, "en");
    assert_eq!(
        (words.title.as_str(), words.message.as_str()),
        ("Deskhook", "one\ntwo")
    );
}
