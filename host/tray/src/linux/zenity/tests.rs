use super::*;

fn text(blanks: Vec<(Blank, String)>) -> DialogText {
    DialogText {
        title: "t".into(),
        message: "m".into(),
        allow: "Allow".into(),
        refuse: "Refuse".into(),
        blanks,
        seconds: 60,
    }
}

#[test]
fn only_the_word_on_the_button_agrees_whatever_the_exit_code() {
    let question = text(vec![]);
    for code in [Some(0), Some(1)] {
        let ended = ending(code, "Allow\n", &question);
        assert_eq!(ended, Ending::Answered(Answer::Allow));
    }
    let printed = [
        "",
        "\n",
        "Refuse\n",
        "allow\n",
        "Allow\nAllow\n",
        "Allow Refuse\n",
        " Allow\n",
    ];
    for printed in printed {
        for code in [Some(0), Some(1), Some(137), None] {
            let ended = ending(code, printed, &question);
            assert_eq!(
                ended,
                Ending::Answered(Answer::Deny),
                "{code:?} {printed:?}"
            );
        }
    }
}

#[test]
fn a_dialog_whose_time_is_over_answers_nothing() {
    assert_eq!(ending(Some(5), "", &text(vec![])), Ending::Late);
    let form = text(vec![(Blank::Reason, "Reason".into())]);
    assert_eq!(ending(Some(5), "", &form), Ending::Late);
}

#[test]
fn a_form_gives_what_was_typed_and_a_closed_one_is_a_no() {
    let both = text(vec![
        (Blank::Reason, "Reason".into()),
        (Blank::Ticket, "Ticket".into()),
    ]);
    let typed = ending(Some(0), "printer | jam\u{1f}INC-1\n", &both);
    let details = Answer::Details {
        reason: Some("printer | jam".into()),
        ticket: Some("INC-1".into()),
    };
    assert_eq!(typed, Ending::Answered(details));
    for (code, printed) in [
        (Some(1), ""),
        (Some(0), ""),
        (None, ""),
        (Some(1), "a\u{1f}b\n"),
    ] {
        assert_eq!(
            ending(code, printed, &both),
            Ending::Answered(Answer::Deny),
            "{printed:?}"
        );
    }
}
