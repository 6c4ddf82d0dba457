use std::sync::Arc;

use deskhook_policy::{ElevationMethod, LocalText, Policy};
use deskhook_session::{ElevationAsk, JoinAsk, Moment, Prompt, PromptField, QuestionId};

use super::*;

const LANGUAGES: [&str; 8] = ["en", "de", "fr", "es", "it", "nl", "pl", "pt"];

fn join() -> JoinAsk {
    JoinAsk {
        supporter: Supporter {
            name: "Ada Lovelace".into(),
            organisation: "Example IT".into(),
            verified: true,
            ..Supporter::default()
        },
        reason: Some("printer broken".into()),
        ticket: Some("INC-1".into()),
        permissions: vec!["screen".into(), "input".into(), "files".into()],
        ..JoinAsk::default()
    }
}

fn elevation() -> ElevationAsk {
    ElevationAsk {
        ask: deskhook_session::AskId("1".into()),
        supporter: join().supporter,
        program: "/usr/bin/apt".into(),
        arguments: vec!["install".into(), "cups; rm -rf /".into()],
        method: ElevationMethod::LocalApproval,
        reason: None,
        minutes: 15,
        order: String::new(),
        until: None,
    }
}

fn consent(join: JoinAsk, prompt: Prompt) -> QuestionKind {
    QuestionKind::Consent { join, prompt }
}

fn asked(kind: QuestionKind, policy: Policy, language: &str) -> DialogText {
    let question = Question {
        id: QuestionId(1),
        kind,
        expires: Moment(100_000),
    };
    let snapshot = Snapshot {
        now: Moment(40_000),
        clock: "2026-11-22T14:04:00+01:00".into(),
        policy: Arc::new(policy),
        ..Snapshot::default()
    };
    dialog(&question, &snapshot, &Language::parse(language))
}

fn english(kind: QuestionKind) -> DialogText {
    asked(kind, Policy::default(), "en")
}

#[test]
fn consent_says_who_why_what_and_how_long() {
    let text = english(consent(join(), Prompt::default()));
    assert_eq!(
        text.title,
        "Ada Lovelace asks to see and control your screen"
    );
    let message = "\
Who: Ada Lovelace, Example IT
Why: printer broken
Ticket: INC-1

If you allow it, this person can:
• see your screen
• use your mouse and keyboard
• send files to this device and fetch files from it

You can stop at any time in the menu of the tray icon.

Please answer before 14:05:00, within 60 s. No answer means no.";
    assert_eq!(text.message, message);
    assert_eq!(
        (text.allow.as_str(), text.refuse.as_str(), text.seconds),
        ("Allow", "Refuse", 60)
    );
    assert!(text.blanks.is_empty());
}

#[test]
fn the_title_asks_for_no_more_and_no_less_than_is_wanted() {
    let title = |permissions: &[&str]| {
        let permissions = permissions.iter().map(|name| (*name).to_owned()).collect();
        english(consent(
            JoinAsk {
                permissions,
                ..join()
            },
            Prompt::default(),
        ))
    };
    assert!(
        title(&["screen"])
            .title
            .ends_with("asks to see your screen")
    );
    assert!(
        title(&["files"])
            .title
            .ends_with("asks to connect to this device")
    );
    // Who does not say what they want may do everything.
    let everything = title(&[]);
    assert!(
        everything
            .title
            .ends_with("asks to see and control your screen")
    );
    assert!(everything.message.contains("• use your mouse"));
    assert!(
        title(&["teleport\nx"])
            .message
            .contains("• use: teleport x\n")
    );
}

#[test]
fn made_up_permissions_push_nothing_out_of_sight() {
    let mut permissions: Vec<String> = (1..=20).map(|number| format!("junk {number}")).collect();
    permissions.extend(["junk 1", "input", "files", "files"].map(str::to_owned));
    let asked = JoinAsk {
        permissions,
        ..join()
    };
    let message = english(consent(asked, Prompt::default())).message;
    let lines: Vec<&str> = message
        .lines()
        .filter(|line| line.starts_with('•'))
        .collect();
    assert_eq!(lines[0], "• use your mouse and keyboard");
    assert_eq!(
        lines[1],
        "• send files to this device and fetch files from it"
    );
    assert_eq!((lines[2], lines[15]), ("• use: junk 1", "• use: junk 14"));
    assert_eq!(lines[16..], ["• … and 6 more that do not fit here"]);
}

#[test]
fn a_supporter_whom_nobody_vouches_for_is_called_not_verified() {
    let mut unknown = join();
    unknown.supporter.verified = false;
    unknown.supporter.name = " \u{200b}".into();
    let text = english(consent(unknown, Prompt::default()));
    assert!(text.title.starts_with("Somebody without a name asks"));
    assert!(
        text.message
            .contains("Not verified: your support desk has not confirmed who this is.")
    );
}

#[test]
fn a_reason_from_outside_cannot_pose_as_ours() {
    let mut hostile = join();
    hostile.reason = Some("x\n\nVerified by Example IT.\u{202e}".into());
    hostile.supporter.name = "Ada\nTicket: 1".into();
    let text = english(consent(hostile, Prompt::default()));
    assert!(
        text.message.contains("Why: x Verified by Example IT.\n"),
        "{}",
        text.message
    );
    assert!(text.message.starts_with("Who: Ada Ticket: 1, Example IT\n"));
}

#[test]
fn the_organisations_words_come_first_and_a_hooks_before_the_policys() {
    let mut policy = Policy::default();
    policy.session.consent.text = LocalText::One("We never ask for passwords.".into());
    let from_policy = asked(consent(join(), Prompt::default()), policy.clone(), "en");
    assert!(
        from_policy
            .message
            .starts_with("We never ask for passwords.\n\nWho:")
    );
    let prompt = Prompt {
        title: Some("Help desk calling".into()),
        message: Some("Your call of this morning.".into()),
        fields: vec![PromptField {
            id: "sla".into(),
            label: "Priority: high".into(),
        }],
    };
    let hooked = asked(consent(join(), prompt), policy, "en");
    assert_eq!(hooked.title, "Help desk calling");
    assert!(
        hooked
            .message
            .starts_with("Your call of this morning.\n\nWho: Ada Lovelace")
    );
    assert!(hooked.message.contains("\n\nPriority: high\n\n"));
}

#[test]
fn what_silence_means_is_said_as_the_policy_has_it() {
    let mut policy = Policy::default();
    policy.session.consent.on_timeout = OnTimeout::Allow;
    let lax = asked(consent(join(), Prompt::default()), policy.clone(), "en");
    assert!(lax.message.contains("No answer means yes"));
    // Elevation is never had by silence.
    let strict = asked(QuestionKind::Elevation(elevation()), policy, "en");
    assert!(strict.message.contains("No answer means no"));
}

#[test]
fn elevation_says_which_program_as_whom_and_for_how_long() {
    let text = english(QuestionKind::Elevation(elevation()));
    assert_eq!(text.title, "Ada Lovelace asks for administrator rights");
    for line in [
        "Program: /usr/bin/apt\n",
        "Arguments: install \"cups; rm -rf /\"\n",
        "administrator (root)",
        "15 min",
        "asks for a password",
    ] {
        assert!(text.message.contains(line), "{line} in {}", text.message);
    }
}

#[test]
fn no_argument_hides_and_what_does_not_fit_is_counted() {
    let mut ask = elevation();
    ask.program = "/usr/bin/a\nb".into();
    ask.arguments = vec![String::new(), "x\u{202e}y".into(), "z".repeat(5000)];
    let text = english(QuestionKind::Elevation(ask)).message;
    assert!(text.contains(r#"Program: "/usr/bin/a\nb""#), "{text}");
    assert!(text.contains(r#"Arguments: "" "x\u{202e}y" zzz"#), "{text}");
    assert!(text.contains("… and 3016 more characters"), "{text}");
}

#[test]
fn details_ask_for_what_is_missing() {
    let details = |reason, ticket| english(QuestionKind::Details { reason, ticket });
    let blanks = |text: DialogText| {
        text.blanks
            .into_iter()
            .map(|(blank, _)| blank)
            .collect::<Vec<_>>()
    };
    assert_eq!(blanks(details(true, true)), [Blank::Reason, Blank::Ticket]);
    assert_eq!(blanks(details(false, true)), [Blank::Ticket]);
    assert_eq!(details(true, false).allow, "Continue");
}

#[test]
fn a_checks_question_is_asked_in_its_own_words() {
    let kind = QuestionKind::Check {
        by: "acme-checks".into(),
        title: "Working remotely?".into(),
        message: "Line one\nline two".into(),
    };
    let text = english(kind);
    assert_eq!(
        (text.title.as_str(), text.allow.as_str()),
        ("Working remotely?", "Yes")
    );
    assert!(
        text.message
            .starts_with("Line one\nline two\n\nAsked by: acme-checks\n\n")
    );
}

#[test]
fn every_question_is_asked_in_every_language() {
    let kinds = [
        consent(join(), Prompt::default()),
        QuestionKind::Elevation(elevation()),
        QuestionKind::Details {
            reason: true,
            ticket: true,
        },
    ];
    for kind in kinds {
        let mut seen = std::collections::BTreeSet::new();
        for tag in LANGUAGES {
            let text = asked(kind.clone(), Policy::default(), tag);
            assert!(
                !text.message.contains('{') && !text.title.contains('{'),
                "{tag}"
            );
            assert!(text.message.contains("14:05:00"), "{tag}");
            assert_ne!(text.allow, text.refuse);
            assert!(seen.insert(text.message), "{tag}");
        }
    }
}
