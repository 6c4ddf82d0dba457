use deskhook_policy::{State, Subject, resolve};

use crate::{audited, files, layers, of, tenant, whom};

const NEVER: &str = r#""Session.Consent.Mode": "never""#;

fn excepted(until: &str) -> String {
    tenant(&format!(
        r#"{{{NEVER}, "Audit.Exceptions.Consent-Never": {{"Reason": "kiosks, watched", "Until": "{until}"}}}}"#
    ))
}

#[test]
fn a_finding_with_an_exception_is_listed_and_not_open() {
    let audit = audited(&files(&[&excepted("2027-03-01")]));
    let finding = of(&audit, "consent-never")[0];
    assert!(!finding.is_open());
    assert!(audit.holds());
    assert_eq!(audit.problems, []);
    let exception = finding.exception.as_ref().expect("it is excepted");
    assert_eq!(
        (exception.reason.as_str(), exception.state),
        ("kiosks, watched", State::Holds)
    );
    assert_eq!(exception.place.file(), "0.json");
}

#[test]
fn an_exception_that_ended_or_has_no_end_in_sight_does_not_count() {
    for (until, state, text) in [
        (
            "2027-02-28",
            State::Ended,
            "the exception ended on 2027-02-28: kiosks, watched",
        ),
        (
            "2029-03-02",
            State::TooLong,
            "the exception does not count, as 2029-03-02 is more than 2 years away: kiosks, watched",
        ),
    ] {
        let audit = audited(&files(&[&excepted(until)]));
        let finding = of(&audit, "consent-never")[0];
        assert!(finding.is_open() && !audit.holds(), "{until}");
        let exception = finding.exception.as_ref().expect("it is told");
        assert_eq!(
            (exception.state, exception.to_string().as_str()),
            (state, text)
        );
    }
}

#[test]
fn an_exception_counts_for_those_whom_its_layer_is_for() {
    let text = tenant(&format!("{{{NEVER}}}"));
    let kiosks = r#"{"scope": "group", "name": "kiosks", "settings": {
        "Audit.Exceptions.consent-never": {"Reason": "nobody sits there", "Until": "2028-01-01"}}}"#;
    let audit = audited(&files(&[&text, kiosks]));
    let found = of(&audit, "consent-never");
    let shown: Vec<_> = found
        .iter()
        .map(|finding| (finding.is_open(), whom(finding)))
        .collect();
    assert_eq!(
        shown,
        [
            (true, vec!["everybody".to_owned()]),
            (false, vec!["group kiosks".to_owned()])
        ]
    );
    assert!(!audit.holds());
}

#[test]
fn a_narrower_layer_can_prolong_an_exception_or_take_it_away() {
    let longer = r#"{"scope": "group", "name": "a", "settings": {"Audit.Exceptions.consent-never.Until": "2027-12-31"}}"#;
    let gone = r#"{"scope": "group", "name": "b", "settings": {}, "remove": ["Audit.Exceptions.consent-never"]}"#;
    let audit = audited(&files(&[&excepted("2027-01-01"), longer, gone]));
    let shown: Vec<_> = of(&audit, "consent-never")
        .iter()
        .map(|finding| (finding.exception.as_ref().map(|it| it.state), whom(finding)))
        .collect();
    let group = |name: &str| vec![format!("group {name}")];
    assert_eq!(
        shown,
        [
            (Some(State::Ended), vec!["everybody".to_owned()]),
            (Some(State::Holds), group("a")),
            (None, group("b")),
        ]
    );
}

fn problems(exceptions: &str) -> Vec<(&'static str, String, Option<String>)> {
    let text = tenant(&format!(r#"{{"Audit.Exceptions": {exceptions}}}"#));
    let resolved = resolve(&layers(&files(&[&text])), &Subject::everyone());
    let each = resolved.problems.into_iter();
    each.map(|problem| (problem.code, problem.message, problem.help))
        .collect()
}

#[test]
fn an_exception_needs_a_rule_a_reason_and_a_day() {
    let whole = r#"{"Reason": "x", "Until": "2027-12-31"}"#;
    let said = problems(&format!(r#"{{"consent-nevr": {whole}}}"#));
    let help = Some("did you mean consent-never?".to_owned());
    assert_eq!((said[0].0, &said[0].2), ("unknown-rule", &help));
    assert_eq!(
        problems(&format!(r#"{{"portal-admin": {whole}}}"#))[0].0,
        "unknown-rule"
    );
    for (written, missing) in [
        ("{}", "Reason"),
        (r#"{"Until": "2027-12-31"}"#, "Reason"),
        (r#"{"Reason": "x"}"#, "Until"),
    ] {
        let said = problems(&format!(r#"{{"consent-never": {written}}}"#));
        assert_eq!(said.len(), 1, "{said:?}");
        assert_eq!(said[0].0, "exception-incomplete");
        assert!(
            said[0].1.ends_with(&format!("it has no {missing}")),
            "{said:?}"
        );
    }
    for written in [
        r#"{"Reason": " ", "Until": "2027-12-31"}"#,
        r#"{"Reason": "x", "Until": "31.12.2027"}"#,
        r#"{"Reason": "x", "Until": "2027-02-29"}"#,
        r#"{"Reason": "x", "Until": 2027}"#,
    ] {
        let said = problems(&format!(r#"{{"consent-never": {written}}}"#));
        let codes: Vec<&str> = said.iter().map(|(code, ..)| *code).collect();
        assert!(["bad-value", "wrong-type"].contains(&codes[0]), "{said:?}");
        assert_eq!(codes[1..], ["exception-incomplete"], "{said:?}");
    }
    assert_eq!(problems(&format!(r#"{{"CONSENT-NEVER": {whole}}}"#)), []);
}

#[test]
fn what_another_product_keeps_under_audit_is_its_own() {
    let text = tenant(r#"{"Audit": {"RetentionDays": 30, "Exception": {}}}"#);
    let resolved = resolve(&layers(&files(&[&text])), &Subject::everyone());
    let help: Vec<Option<&str>> = resolved
        .problems
        .iter()
        .map(|it| it.help.as_deref())
        .collect();
    assert_eq!(help, [Some("did you mean Audit.Exceptions?")]);
    assert_eq!(resolved.policy.get("Audit.RetentionDays"), Some(&30.into()));
}
