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
        ungranted: vec![],
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

/// What a loading brings, after it was looked at.
fn admit(probation: &mut Probation, now: u64, (running, new): (&str, &str)) -> ExtensionSet {
    let mut set = ExtensionSet {
        loaded: vec![files(new)],
        rejected: vec![],
    };
    probation.admit(Moment(now), &[files(running)], &mut set);
    set
}

fn version(bound: &Bound) -> &str {
    &bound.extension.about().version
}

#[test]
fn what_fails_while_it_is_new_gives_way_to_what_ran_before_and_does_not_come_back() {
    let mut probation = Probation::default();
    assert_eq!(admit(&mut probation, 0, ("1", "2")).loaded.len(), 1);
    assert!(probation.judge(Moment(1), &health("2", 0, None)).is_empty());
    let back = probation.judge(Moment(2), &health("2", 1, failed()));
    assert_eq!(version(&back[0].0), "1");
    assert_eq!(back[0].1.why, "2 failed while it was new: tray.menu: oh no");
    assert!(!probation.sits());
    let again = admit(&mut probation, 3, ("1", "2"));
    assert!(again.loaded.is_empty());
    assert_eq!(again.rejected[0].why, back[0].1.why);
    let mended = admit(&mut probation, 4, ("1", "3"));
    assert_eq!(version(&mended.loaded[0]), "3");
    assert!(probation.sits());
}

#[test]
fn what_served_its_term_is_not_put_back_from() {
    let mut probation = Probation::default();
    admit(&mut probation, 0, ("1", "2"));
    assert!(
        probation
            .judge(Moment(599_999), &health("2", 0, None))
            .is_empty()
    );
    assert!(probation.sits());
    assert!(
        probation
            .judge(Moment(600_000), &health("2", 0, None))
            .is_empty()
    );
    assert!(!probation.sits());
    assert!(
        probation
            .judge(Moment(600_001), &health("2", 1, failed()))
            .is_empty()
    );
}

#[test]
fn what_is_on_trial_is_no_way_back() {
    let mut probation = Probation::default();
    admit(&mut probation, 0, ("1", "2"));
    admit(&mut probation, 1, ("2", "3"));
    // Loaded anew because the policy changed: the term goes on.
    admit(&mut probation, 500_000, ("3", "3"));
    let back = probation.judge(Moment(600_000), &health("3", 1, failed()));
    assert_eq!(version(&back[0].0), "1");
    admit(&mut probation, 700_000, ("3", "1"));
    admit(&mut probation, 700_001, ("1", "1"));
    assert!(probation.sits(), "1 replaces 3, which ran without a trial");
}

#[test]
fn newer_files_that_do_not_load_leave_the_trial_of_those_that_run_as_it_is() {
    let mut probation = Probation::default();
    admit(&mut probation, 0, ("1", "2"));
    let mut broken = ExtensionSet {
        loaded: vec![],
        rejected: vec![rejected(&files("3"), "it does not load".to_owned())],
    };
    probation.admit(Moment(1), &[files("2")], &mut broken);
    let back = probation.judge(Moment(2), &health("2", 1, failed()));
    assert_eq!(version(&back[0].0), "1");
}

#[test]
fn being_late_counts_three_times_in_a_row() {
    let mut probation = Probation::default();
    admit(&mut probation, 0, ("1", "2"));
    assert!(
        probation
            .judge(Moment(1), &health("2", 2, late()))
            .is_empty()
    );
    assert_eq!(probation.judge(Moment(2), &health("2", 3, late())).len(), 1);
}

#[test]
fn what_policy_ended_is_no_way_back() {
    let mut probation = Probation::default();
    admit(&mut probation, 0, ("1", "2"));
    probation.keep(|before| version(before) != "1");
    assert!(!probation.sits());
    let back = probation.judge(Moment(1), &health("2", 1, failed()));
    assert!(back.is_empty());
}
