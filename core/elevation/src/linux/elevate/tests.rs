use deskhook_session::{AskId, Supporter};

use super::*;
use crate::linux::bench::Bench;

/// Ways of which all lie on the bench; `deskhook` is installed, `pkexec` and `sudo` are not.
fn ways(bench: &Bench) -> Ways {
    bench.script("usr/bin/deskhook", "exit 3");
    Ways {
        ground: bench.ground(),
        running: bench.path("usr/bin/deskhook"),
        deskhook: bench.path("usr/bin/deskhook"),
        pkexec: bench.path("usr/bin/pkexec"),
        sudo: bench.path("usr/bin/sudo"),
    }
}

fn wanted(method: ElevationMethod) -> ElevationAsk {
    ElevationAsk {
        ask: AskId("1".into()),
        supporter: Supporter::default(),
        program: "/usr/bin/id".into(),
        arguments: vec![],
        method,
        reason: None,
        minutes: 5,
        order: "signed.order".into(),
        until: None,
    }
}

async fn local(ways: &Ways) -> ElevationOutcome {
    request(&wanted(ElevationMethod::LocalApproval), ways).await
}

fn codes(outcome: &ElevationOutcome) -> Vec<&str> {
    let ElevationOutcome::Denied(reasons) = outcome else {
        panic!("{outcome:?} is no denial");
    };
    reasons.iter().map(|reason| reason.code.as_str()).collect()
}

const GRANTED: &str = r#"echo '{"outcome":"elevation","result":"granted","code":0}'"#;
const NO_AGENT: &str =
    "echo 'Error executing command as another user: No authentication agent found.' >&2; exit 127";

#[tokio::test]
async fn a_machine_without_polkit_and_sudo_refuses_in_words() {
    let bench = Bench::new();
    let outcome = local(&ways(&bench)).await;
    assert_eq!(codes(&outcome), ["no-elevation"]);
    let told = format!("{outcome:?}");
    assert!(
        told.contains("neither polkit") && told.contains("An administrator"),
        "{told}"
    );
}

#[tokio::test]
async fn a_build_folder_refuses_in_words_and_asks_nobody() {
    let bench = Bench::new();
    let mut ways = ways(&bench);
    bench.script("usr/bin/pkexec", "touch \"$0.asked\"");
    bench.script("target/debug/deskhook", "exit 3");
    bench.mode("target", 0o775);
    ways.running = bench.path("target/debug/deskhook");
    let outcome = local(&ways).await;
    assert_eq!(codes(&outcome), ["helper-not-installed"]);
    assert!(format!("{outcome:?}").contains("target"), "{outcome:?}");
    assert_eq!(bench.text("usr/bin/pkexec.asked"), None);
}

#[tokio::test]
async fn a_deskhook_that_is_not_installed_refuses() {
    let bench = Bench::new();
    let mut ways = ways(&bench);
    ways.deskhook = bench.path("usr/bin/deskhook-elsewhere");
    assert_eq!(codes(&local(&ways).await), ["helper-not-installed"]);
}

#[tokio::test]
async fn the_answer_comes_back_from_the_first_way_that_gives_one() {
    let bench = Bench::new();
    let ways = ways(&bench);
    bench.script("usr/bin/pkexec", NO_AGENT);
    bench.script(
        "usr/bin/sudo",
        &format!("printf '%s ' \"$@\" > \"$0.args\"; env > \"$0.env\"; {GRANTED}"),
    );
    assert_eq!(local(&ways).await, ElevationOutcome::Granted { code: 0 });
    let arguments = bench.text("usr/bin/sudo.args").unwrap();
    let deskhook = ways.deskhook.display();
    assert_eq!(arguments, format!("-n -- {deskhook} elevate signed.order "));
    let environment = bench.text("usr/bin/sudo.env").unwrap();
    for line in environment.lines() {
        let known = ["PATH=", "LC_ALL=", "PWD=", "_="];
        assert!(known.iter().any(|name| line.starts_with(name)), "{line}");
    }
}

#[tokio::test]
async fn a_refusal_by_the_elevated_part_is_the_last_word() {
    let bench = Bench::new();
    let ways = ways(&bench);
    let line = crate::Answer::refused(&crate::Refusal::Used("41".into())).line();
    bench.script("usr/bin/pkexec", &format!("echo '{line}'; exit 1"));
    bench.script("usr/bin/sudo", GRANTED);
    assert_eq!(codes(&local(&ways).await), ["order-used"]);
}

#[tokio::test]
async fn a_dismissed_dialog_is_a_refusal_and_sudo_is_not_tried() {
    for (body, code) in [
        (
            "echo 'Error executing command as another user: Request dismissed' >&2; exit 126",
            "not-approved",
        ),
        (
            "echo 'Error executing command as another user: Not authorized' >&2; exit 127",
            "not-authorized",
        ),
    ] {
        let bench = Bench::new();
        let ways = ways(&bench);
        bench.script("usr/bin/pkexec", body);
        bench.script("usr/bin/sudo", GRANTED);
        assert_eq!(codes(&local(&ways).await), [code]);
    }
}

#[tokio::test]
async fn where_no_way_is_open_each_says_why() {
    let bench = Bench::new();
    let ways = ways(&bench);
    bench.script("usr/bin/pkexec", NO_AGENT);
    bench.script(
        "usr/bin/sudo",
        "echo 'sudo: a password is required' >&2; exit 1",
    );
    let outcome = local(&ways).await;
    assert_eq!(codes(&outcome), ["no-elevation", "no-elevation"]);
    assert!(
        format!("{outcome:?}").contains("sudo: a password is required"),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_brokered_action_tries_the_way_without_a_dialog_first() {
    let bench = Bench::new();
    let ways = ways(&bench);
    bench.script("usr/bin/pkexec", "touch \"$0.asked\"; exit 126");
    bench.script("usr/bin/sudo", GRANTED);
    let outcome = request(&wanted(ElevationMethod::BrokeredAction), &ways).await;
    assert_eq!(outcome, ElevationOutcome::Granted { code: 0 });
    assert_eq!(bench.text("usr/bin/pkexec.asked"), None);
}

#[tokio::test]
async fn credentials_and_unsigned_wishes_go_nowhere() {
    let bench = Bench::new();
    let ways = ways(&bench);
    bench.script("usr/bin/sudo", GRANTED);
    let outcome = request(&wanted(ElevationMethod::TransmittedCredentials), &ways).await;
    assert_eq!(codes(&outcome), ["method-not-allowed"]);
    let mut unsigned = wanted(ElevationMethod::LocalApproval);
    unsigned.order.clear();
    assert_eq!(codes(&request(&unsigned, &ways).await), ["order-missing"]);
}

#[tokio::test]
async fn a_flood_of_output_is_read_and_forgotten() {
    let bench = Bench::new();
    let ways = ways(&bench);
    bench.script(
        "usr/bin/sudo",
        "head -c 300000 /dev/zero; head -c 300000 /dev/zero >&2; exit 1",
    );
    assert_eq!(codes(&local(&ways).await), ["no-elevation"]);
}

#[test]
fn the_dialogs_time_is_not_the_programs() {
    let (program, dialog) = (Duration::from_secs(60), Duration::from_secs(9 * 60));
    assert!(patience(1) > program + dialog);
}
