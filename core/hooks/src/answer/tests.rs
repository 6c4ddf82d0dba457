use super::*;
use serde_json::json;

#[test]
fn nil_abstains_and_an_unknown_field_is_refused() {
    assert_eq!(
        Answer::read(Hook::SessionRequest, Value::Null).unwrap(),
        Answer::Nothing
    );
    let denied = json!({"verdict": "deny", "code": "x", "message": "y"});
    let verdict = Verdict::Deny {
        code: "x".into(),
        message: "y".into(),
    };
    assert_eq!(
        Answer::read(Hook::SessionRequest, denied).unwrap(),
        Answer::Verdict(verdict)
    );
    for wrong in [
        json!(true),
        json!({"verdict": "deny"}),
        json!({"verdict": "deny", "code": "", "message": "y"}),
        json!({"verdict": "deny", "code": "x", "message": " "}),
        json!({"verdict": "ask", "title": "", "message": "y"}),
        json!({"verdict": "allow", "x": 1}),
        json!({"verdict": "deny", "code": "x", "message": "y".repeat(4097)}),
        json!("allow"),
    ] {
        assert!(
            Answer::read(Hook::SessionRequest, wrong.clone()).is_err(),
            "{wrong}"
        );
    }
}

#[test]
fn fields_are_small_and_flat() {
    assert!(Answer::read(Hook::StateCollect, json!({"fields": {"a": [1]}})).is_err());
    assert!(
        Answer::read(
            Hook::StateCollect,
            json!({"fields": {"a": "x".repeat(1025)}})
        )
        .is_err()
    );
    assert!(
        Answer::read(
            Hook::StateCollect,
            json!({"fields": {"a": 1, "b": true, "c": "x"}})
        )
        .is_ok()
    );
}

#[test]
fn a_consent_dialog_is_short_enough_to_be_read() {
    let field = json!({"id": "asset", "label": "PC-0815"});
    for (long, part) in [
        (json!({"title": "x".repeat(257)}), "title"),
        (json!({"message": "x".repeat(4097)}), "message"),
        (json!({"fields": vec![field.clone(); 17]}), "list of fields"),
        (
            json!({"fields": [{"id": "a", "label": "x".repeat(257)}]}),
            "field",
        ),
    ] {
        let read = Answer::read(Hook::ConsentPrompt, long);
        assert!(matches!(read, Err(AnswerError::ConsentTooLong(at)) if at == part));
    }
    let fits = json!({"title": "x".repeat(256), "message": "x".repeat(4096), "fields": [field]});
    assert!(Answer::read(Hook::ConsentPrompt, fits).is_ok());
}

#[test]
fn an_answer_reads_back_from_its_value() {
    let one = json!({"request": "notify", "message": "hi"});
    let answer = Answer::read(Hook::MenuClick, one.clone()).unwrap();
    let again = Answer::read(Hook::MenuClick, answer.to_value()).unwrap();
    assert_eq!(again, answer);
    assert!(Answer::read(Hook::MenuClick, vec![one; 17].into()).is_err());
}
