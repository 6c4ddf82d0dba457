use std::sync::{Arc, mpsc};

use deskhook_hooks::{
    Answer, Bound, Chain, Extension, Fault, Hook, HostCall, HostPort, HostQuestion,
};
use deskhook_native::Plugin;
use deskhook_policy::ExtensionPolicy;
use deskhook_session::Verdict;

use crate::fixture::{Desk, Place, bare, limit, request};

fn asked(plugin: &Plugin, reason: Option<&str>, desk: &Desk) -> Result<Answer, Fault> {
    plugin.call(&request(reason), limit(), &desk.port())
}

#[test]
fn a_plugin_in_c_is_asked_and_answers() {
    let (plugin, desk) = (Place::new().with_c(&[]).open().unwrap(), Desk::new());
    let denied = Verdict::Deny {
        code: "fixture".into(),
        message: "crew".into(),
    };
    assert_eq!(
        asked(&plugin, Some("x"), &desk),
        Ok(Answer::Verdict(denied))
    );
    assert_eq!(asked(&plugin, None, &desk), Ok(Answer::Nothing));
    let menu = plugin.call(&bare(Hook::TrayMenu), limit(), &desk.port());
    let Ok(Answer::Menu(patch)) = menu else {
        panic!("{menu:?}")
    };
    assert_eq!(patch.tooltip.as_deref(), Some("fixture"));
    assert!(
        desk.heard_line("made"),
        "a line from before the first hook is kept"
    );
}

#[test]
fn the_host_answers_a_plugin_up_its_own_port() {
    let (plugin, desk) = (Place::new().with_c(&[]).open().unwrap(), Desk::new());
    let denied = Verdict::Deny {
        code: "policy".into(),
        message: "\"magic\"".into(),
    };
    assert_eq!(
        asked(&plugin, Some("policy"), &desk),
        Ok(Answer::Verdict(denied))
    );
    assert!(desk.heard(&HostCall::Policy {
        key: "Fixture.Word".into()
    }));
}

#[test]
fn an_answer_that_breaks_a_rule_is_a_fault_and_never_a_verdict() {
    let (plugin, desk) = (Place::new().with_c(&[]).open().unwrap(), Desk::new());
    for (reason, said) in [
        ("lacking", "lacks the code"),
        ("wordless", "the message of the verdict is empty"),
        ("short", "4 bytes, at least 64"),
        ("utf8", "not UTF-8"),
        ("two", "two verdicts"),
        ("kind", "unknown kind"),
    ] {
        let fault = asked(&plugin, Some(reason), &desk).unwrap_err();
        assert!(matches!(fault, Fault::BadAnswer { .. }), "{fault:?}");
        assert!(fault.to_string().contains(said), "{fault}");
    }
    for (reason, said) in [
        ("status", "failed with the unknown status 77"),
        (
            "invalid",
            "failed with DESKHOOK_INVALID and did not say why",
        ),
        ("why", "it could not tell"),
    ] {
        let fault = asked(&plugin, Some(reason), &desk).unwrap_err();
        assert!(matches!(fault, Fault::Failed { .. }), "{fault:?}");
        assert!(fault.to_string().contains(said), "{fault}");
    }
    let fault = asked(&plugin, Some("panicked"), &desk)
        .unwrap_err()
        .to_string();
    let said = "crashed: it failed with DESKHOOK_PANICKED and did not say why";
    assert_eq!(fault, said);
    assert!(asked(&plugin, None, &desk).is_ok(), "and goes on");
}

#[test]
fn an_endless_answer_is_cut_off() {
    let (plugin, desk) = (
        Place::new().with_c(&[("ENDLESS", "1")]).open().unwrap(),
        Desk::new(),
    );
    let fault = plugin
        .call(&bare(Hook::TrayMenu), limit(), &desk.port())
        .unwrap_err();
    assert!(
        matches!(fault, Fault::Failed { .. } | Fault::BadAnswer { .. }),
        "{fault:?}"
    );
}

#[test]
fn a_call_past_its_limit_is_told_so_and_a_hanging_one_is_not_waited_for() {
    let desk = Desk::new();
    let judge = |reason| {
        let plugin = Place::new().with_c(&[]).open().unwrap();
        let policy = ExtensionPolicy {
            budget: 50,
            ..ExtensionPolicy::default()
        };
        let chain = Chain::new(
            vec![Bound {
                extension: Arc::new(plugin),
                policy,
            }],
            &desk.questions,
        );
        chain.decide(request(Some(reason))).remove(0).verdict
    };
    assert_eq!(judge("cancel"), None, "it saw its token and abstained");
    let Some(Verdict::Deny { message, .. }) = judge("hang") else {
        panic!("it must deny")
    };
    assert!(message.contains("no answer within 50 ms"), "{message}");
}

#[test]
fn a_plugin_that_is_gone_keeps_no_host_alive() {
    let plugin = Place::new().with_c(&[]).open().unwrap();
    let (questions, inbox) = mpsc::channel::<HostQuestion>();
    let host = std::thread::spawn(move || {
        for question in inbox {
            // The plugin may have been given up.
            let _ = question.reply.send(Ok(serde_json::Value::Null));
        }
    });
    let port = HostPort::new("fixture", questions);
    plugin.call(&request(None), limit(), &port).unwrap();
    drop((plugin, port));
    host.join().unwrap();
}
