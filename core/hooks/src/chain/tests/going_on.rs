use super::*;

#[test]
fn the_same_files_bound_in_the_same_way_go_on_with_their_faults_and_others_begin_anew() {
    let broken: Act = || {
        Err(Fault::Failed {
            message: "boom".into(),
            place: None,
        })
    };
    let made = |sha256: &str, policy: ExtensionPolicy| {
        let of = bound("a", broken, policy.clone());
        let about = About {
            sha256: sha256.to_owned(),
            ..of.extension.about().clone()
        };
        let extension = Arc::new(Scripted(about, broken));
        chain(vec![Bound { extension, policy }])
    };
    let before = made("ab", ExtensionPolicy::default());
    for _ in 0..2 {
        before.decide(request());
    }
    let faults = |chain: &Chain| {
        chain.go_on_from(&before);
        chain.health()[0].faults
    };
    let again = made("ab", ExtensionPolicy::default());
    assert_eq!(faults(&again), 2);
    again.decide(request());
    assert!(again.health()[0].is_quarantined(), "a third one in a row");
    assert_eq!(again.timings(Hook::SessionRequest)[0].1.calls, 3);
    assert_eq!(faults(&made("cd", ExtensionPolicy::default())), 0);
    assert_eq!(faults(&made("ab", optional())), 0, "it is bound otherwise");
    assert_eq!(faults(&made("", ExtensionPolicy::default())), 0);
}
