use std::sync::Arc;

use deskhook_hooks::{About, Answer, Call, Extension, ExtensionKind, HostPort, Limit};

use super::*;

struct Files(About);

impl Extension for Files {
    fn about(&self) -> &About {
        &self.0
    }

    fn call(&self, _: &Call, _: Limit, _: &HostPort) -> Result<Answer, Fault> {
        Ok(Answer::Nothing)
    }
}

fn files(version: &str) -> Bound {
    let about = About {
        name: "gate".to_owned(),
        version: version.to_owned(),
        kind: ExtensionKind::Script,
        hooks: vec![Hook::TrayMenu],
        capabilities: vec![],
        timer_seconds: None,
        sha256: version.to_owned(),
    };
    Bound {
        extension: Arc::new(Files(about)),
        policy: Default::default(),
    }
}

fn health(version: &str, faults: u32, last: Option<Fault>) -> [Health; 1] {
    [Health {
        name: "gate".to_owned(),
        version: version.to_owned(),
        kind: ExtensionKind::Script,
        faults,
        quarantined: false,
        ungranted: vec![],
        remark: None,
        last_fault: last.map(|fault| (Hook::TrayMenu, fault)),
    }]
}

fn failed() -> Option<Fault> {
    Some(Fault::Failed {
        message: "oh no".to_owned(),
        place: None,
    })
}

fn late() -> Option<Fault> {
    Some(Fault::Late {
        millis: 100,
        place: None,
    })
}

/// A loading that brings these files.
fn admit(probation: &mut Probation, now: u64, (running, new): (&str, &str)) {
    let set = ExtensionSet {
        loaded: vec![files(new)],
        ..ExtensionSet::default()
    };
    probation.admit(Moment(now), (&[files(running)], &[]), &set);
}

fn version(bound: &Bound) -> &str {
    &bound.extension.about().version
}

fn judge(probation: &mut Probation, now: u64, health: &[Health]) -> (Vec<String>, Vec<String>) {
    let Outcome { back, lasted, .. } = probation.judge(Moment(now), health);
    let back = back.iter().map(|(before, _)| version(before).to_owned());
    (back.collect(), lasted)
}

fn nothing() -> (Vec<String>, Vec<String>) {
    (vec![], vec![])
}

fn back(version: &str) -> (Vec<String>, Vec<String>) {
    (vec![version.to_owned()], vec![])
}

fn lasted() -> (Vec<String>, Vec<String>) {
    (vec![], vec!["gate".to_owned()])
}

#[test]
fn what_fails_while_it_is_new_gives_way_to_what_ran_before() {
    let mut probation = Probation::default();
    admit(&mut probation, 0, ("1", "2"));
    let fine = health("2", 0, None);
    assert_eq!(judge(&mut probation, 1, &fine), nothing());
    let back = probation.judge(Moment(2), &health("2", 1, failed())).back;
    assert_eq!(version(&back[0].0), "1");
    assert_eq!(back[0].1.why, "2 failed while it was new: tray.menu: oh no");
    assert!(!probation.sits());
}

#[test]
fn what_served_its_term_lasts_and_is_not_put_back_from() {
    let mut probation = Probation::default();
    admit(&mut probation, 0, ("1", "2"));
    let fine = health("2", 0, None);
    assert_eq!(judge(&mut probation, 599_999, &fine), nothing());
    assert!(probation.sits());
    assert_eq!(judge(&mut probation, 600_000, &fine), lasted());
    assert!(!probation.sits());
    let broken = health("2", 1, failed());
    assert_eq!(judge(&mut probation, 600_001, &broken), nothing());
}

#[test]
fn what_replaces_nothing_lasts_as_well_and_has_no_way_back() {
    let mut probation = Probation::default();
    let set = ExtensionSet {
        loaded: vec![files("1")],
        ..ExtensionSet::default()
    };
    probation.admit(Moment(0), (&[], &[]), &set);
    assert_eq!(
        judge(&mut probation, 600_000, &health("1", 0, None)),
        lasted()
    );
    probation.admit(Moment(0), (&[], &[]), &set);
    let broken = health("1", 1, failed());
    let outcome = probation.judge(Moment(1), &broken);
    assert!(outcome.back.is_empty() && outcome.lasted.is_empty());
    let why = "1 failed while it was new: tray.menu: oh no".to_owned();
    assert_eq!(outcome.alone, [("gate".to_owned(), why)]);
    assert!(!probation.sits());
    // What replaces it while it is itself new can give way to it.
    probation.admit(Moment(0), (&[], &[]), &set);
    admit(&mut probation, 1, ("1", "2"));
    let broken = health("2", 1, failed());
    assert_eq!(judge(&mut probation, 2, &broken), back("1"));
}

#[test]
fn what_is_on_trial_is_no_way_back() {
    let mut probation = Probation::default();
    admit(&mut probation, 0, ("1", "2"));
    admit(&mut probation, 1, ("2", "3"));
    // Loaded anew because the policy changed: the term goes on.
    admit(&mut probation, 500_000, ("3", "3"));
    let broken = health("3", 1, failed());
    assert_eq!(judge(&mut probation, 600_000, &broken), back("1"));
    admit(&mut probation, 700_000, ("3", "1"));
    admit(&mut probation, 700_001, ("1", "1"));
    assert!(probation.sits(), "1 replaces 3, which ran without a trial");
}

#[test]
fn newer_files_that_do_not_load_leave_the_trial_of_those_that_run_as_it_is() {
    let mut probation = Probation::default();
    admit(&mut probation, 0, ("1", "2"));
    let broken = ExtensionSet {
        loaded: vec![],
        rejected: vec![rejected(&files("3"), "it does not load".to_owned())],
        ..ExtensionSet::default()
    };
    probation.admit(Moment(1), (&[files("2")], &[]), &broken);
    let broken = health("2", 1, failed());
    assert_eq!(judge(&mut probation, 2, &broken), back("1"));
}

#[test]
fn being_late_counts_three_times_in_a_row() {
    let mut probation = Probation::default();
    admit(&mut probation, 0, ("1", "2"));
    assert_eq!(judge(&mut probation, 1, &health("2", 2, late())), nothing());
    assert_eq!(judge(&mut probation, 2, &health("2", 3, late())), back("1"));
}

#[test]
fn what_an_observer_says_of_itself_counts_three_times_in_a_row() {
    let observed = |faults: u32| {
        let [mut health] = health("2", faults, failed());
        health.last_fault = failed().map(|fault| (Hook::Timer, fault));
        [health]
    };
    let mut probation = Probation::default();
    admit(&mut probation, 0, ("1", "2"));
    assert_eq!(judge(&mut probation, 1, &observed(2)), nothing());
    assert_eq!(judge(&mut probation, 2, &observed(3)), back("1"));
}

#[test]
fn what_policy_ended_is_no_way_back() {
    let mut probation = Probation::default();
    admit(&mut probation, 0, ("1", "2"));
    probation.keep(|before| version(before) != "1");
    let broken = health("2", 1, failed());
    assert_eq!(judge(&mut probation, 1, &broken), nothing());
}

#[test]
fn what_is_called_no_more_is_nothing_to_go_back_to() {
    let mut probation = Probation::default();
    let set = ExtensionSet {
        loaded: vec![files("2")],
        ..ExtensionSet::default()
    };
    probation.admit(Moment(0), (&[files("1")], &["gate".to_owned()]), &set);
    let outcome = probation.judge(Moment(1), &health("2", 1, failed()));
    assert!(outcome.back.is_empty() && outcome.alone.is_empty());
}
