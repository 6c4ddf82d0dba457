use std::fs::{self, File};

use deskhook_wire::ElevationOrder;
use ed25519_dalek::SigningKey;
use proptest::prelude::*;

use super::*;
use crate::linux::bench::Bench;

fn carry(bench: &Bench, order: &str) -> Result<i32, Refusal> {
    carry_out(&errand(order), &bench.places(), |_, _| Ok(bench.policy()))
}

/// Asked for by nils, with a leash that nobody holds.
fn errand(order: &str) -> Errand<'_, File> {
    Errand {
        order,
        caller: 1007,
        leash: File::open("/dev/null").unwrap(),
    }
}

fn code(result: Result<i32, Refusal>) -> &'static str {
    result.expect_err("it is refused").code()
}

fn marks(bench: &Bench) -> usize {
    fs::read_dir(bench.path("var/lib/deskhook/used")).map_or(0, Iterator::count)
}

#[test]
fn a_good_order_is_carried_out_once() {
    let bench = Bench::new();
    let signed = bench.sign(&bench.order());
    assert_eq!(carry(&bench, &signed).unwrap(), 0);
    assert_eq!(bench.text("out").as_deref(), Some("done\n"));
    assert_eq!(code(carry(&bench, &signed)), "order-used");
    assert_eq!(bench.text("out").as_deref(), Some("done\n"));
    assert_eq!(marks(&bench), 1);
}

#[test]
fn the_same_number_signed_again_is_the_same_order() {
    let bench = Bench::new();
    let mut order = bench.order();
    assert_eq!(carry(&bench, &bench.sign(&order)).unwrap(), 0);
    order.expires += 60;
    assert_eq!(code(carry(&bench, &bench.sign(&order))), "order-used");
    order.order = "42".into();
    assert_eq!(carry(&bench, &bench.sign(&order)).unwrap(), 0);
}

#[test]
fn of_many_that_try_at_once_one_succeeds() {
    let bench = Bench::new();
    let signed = bench.sign(&bench.order());
    let results: Vec<_> = std::thread::scope(|scope| {
        let tries: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| carry(&bench, &signed)))
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let granted = results.iter().filter(|result| result.is_ok()).count();
    assert_eq!(granted, 1, "{results:?}");
    for refused in results.into_iter().filter(Result::is_err) {
        assert_eq!(code(refused), "order-used");
    }
    assert_eq!(bench.text("out").as_deref(), Some("done\n"));
}

#[test]
fn a_refused_order_runs_nothing_and_leaves_no_mark() {
    type Change = fn(&mut ElevationOrder);
    let cases: &[(&str, Change)] = &[
        ("other-device", |order| order.device = "desk-8".into()),
        ("order-expired", |order| order.expires = 1),
        ("too-long", |order| order.expires += 3600),
        ("program-not-allowed", |order| {
            order.program = "/bin/sh".into();
        }),
    ];
    let bench = Bench::new();
    for (wanted, change) in cases {
        let mut order = bench.order();
        change(&mut order);
        assert_eq!(code(carry(&bench, &bench.sign(&order))), *wanted);
    }
    assert_eq!((marks(&bench), bench.text("out")), (0, None));
}

#[test]
fn every_place_that_others_can_change_is_refused() {
    for (path, mode, wanted) in [
        ("etc/deskhook/portal.pub", 0o666, "portal-key"),
        ("etc/deskhook/device", 0o664, "device-name"),
        ("etc/deskhook/policy.d", 0o777, "policy-not-trusted"),
        (
            "etc/deskhook/policy.d/10-tenant.json",
            0o646,
            "policy-not-trusted",
        ),
        ("bin/tool", 0o757, "program-not-trusted"),
        ("bin", 0o775, "program-not-trusted"),
        ("etc/passwd", 0o666, "accounts"),
        ("etc/deskhook", 0o777, "portal-key"),
        ("var/lib/deskhook", 0o777, "marks-not-trusted"),
        ("var/lib/deskhook/used", 0o755, "marks-not-trusted"),
    ] {
        let bench = Bench::new();
        bench.file("var/lib/deskhook/used/note", "");
        bench.mode("var/lib/deskhook/used", 0o700);
        bench.mode(path, mode);
        let refused = code(carry(&bench, &bench.sign(&bench.order())));
        assert_eq!(refused, wanted, "{path} {mode:o}");
        assert_eq!(bench.text("out"), None, "{path}");
    }
}

#[test]
fn what_is_missing_or_malformed_is_refused() {
    for (path, content, wanted) in [
        ("etc/deskhook/portal.pub", None, "portal-key"),
        ("etc/deskhook/portal.pub", Some("not base64!"), "portal-key"),
        ("etc/deskhook/portal.pub", Some("AAAA"), "portal-key"),
        // A point of small order, for which anybody can make signatures.
        (
            "etc/deskhook/portal.pub",
            Some("AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
            "portal-key",
        ),
        ("etc/deskhook/device", None, "device-name"),
        ("etc/deskhook/device", Some("\n"), "other-device"),
        ("bin/tool", None, "program-not-trusted"),
    ] {
        let bench = Bench::new();
        match content {
            Some(content) => bench.file(path, content),
            None => fs::remove_file(bench.path(path)).unwrap(),
        }
        let refused = code(carry(&bench, &bench.sign(&bench.order())));
        assert_eq!(refused, wanted, "{path} {content:?}");
        assert_eq!(bench.text("out"), None, "{path}");
    }
}

#[test]
fn an_order_of_another_portal_is_refused() {
    let mut bench = Bench::new();
    bench.key = SigningKey::from_bytes(&[6; 32]);
    assert_eq!(
        code(carry(&bench, &bench.sign(&bench.order()))),
        "order-not-believed"
    );
}

#[test]
fn a_policy_is_read_only_where_it_is_believed_and_may_refuse_to_be_one() {
    let bench = Bench::new();
    let signed = bench.sign(&bench.order());
    let with = |policy: Result<Policy, String>| {
        carry_out(&errand(&signed), &bench.places(), |_, _| policy)
    };
    assert_eq!(code(with(Ok(Policy::default()))), "elevation-off");
    let refusal = with(Err("10-tenant.json:1:2: a comma is missing".into())).unwrap_err();
    assert_eq!(refusal.code(), "policy-unreadable");
    assert!(
        refusal.to_string().ends_with("a comma is missing"),
        "{refusal}"
    );

    bench.mode("etc/deskhook/policy.d", 0o777);
    let unread = |_: &PolicyFiles, _: &Subject| panic!("what others can change is not even read");
    assert_eq!(
        code(carry_out(&errand(&signed), &bench.places(), unread)),
        "policy-not-trusted"
    );
}

#[test]
fn the_policy_is_the_one_for_what_root_knows() {
    let bench = Bench::new();
    let mut order = bench.order();
    for (caller, user) in [(1007, "nils"), (0, "root"), (70_000, "70000")] {
        order.order.push('0');
        let signed = bench.sign(&order);
        let errand = Errand {
            caller,
            ..errand(&signed)
        };
        let granted = carry_out(&errand, &bench.places(), |files, subject| {
            assert_eq!(files.folder, bench.path("etc/deskhook/policy.d"));
            assert_eq!(files.signing, None);
            assert_eq!(subject.user.as_deref(), Some(user));
            assert_eq!(subject.device.as_deref(), Some("desk-7"));
            let groups = Some(vec!["reception".to_owned(), "kiosk".to_owned()]);
            assert_eq!(
                (&subject.groups, &subject.device_groups),
                (&groups, &groups)
            );
            assert_eq!(subject.platform.as_deref(), Some("linux"));
            Ok(bench.policy())
        });
        assert_eq!(granted.unwrap(), 0);
    }
}

#[test]
fn with_a_trust_file_only_signed_policy_is_asked_for_and_its_memory_is_private() {
    let bench = Bench::new();
    bench.file("etc/deskhook/policy-trust.json", "{}");
    let signed = bench.sign(&bench.order());
    let granted = carry_out(&errand(&signed), &bench.places(), |files, _| {
        let trust = bench.path("etc/deskhook/policy-trust.json");
        let memory = bench.path("var/lib/deskhook/policy");
        assert_eq!(files.signing, Some((trust, memory)));
        Ok(bench.policy())
    });
    assert_eq!(granted.unwrap(), 0);
    for (path, mode) in [
        ("var/lib/deskhook/policy", 0o755),
        ("etc/deskhook/policy-trust.json", 0o664),
    ] {
        bench.mode(path, mode);
        assert_eq!(code(carry(&bench, &signed)), "policy-not-trusted", "{path}");
    }
}

#[test]
fn only_one_order_is_taken_and_only_as_root() {
    let unread = |_: &PolicyFiles, _: &Subject| panic!("nothing is read");
    for arguments in [vec![], vec!["a".to_owned(), "b".to_owned()]] {
        assert_eq!(code(attempt(&arguments, unread)), "usage");
    }
    if !geteuid().is_root() {
        assert_eq!(code(attempt(&["a".to_owned()], unread)), "not-root");
    }
}

/// What a text may become on its way.
fn damaged(signed: String) -> impl Strategy<Value = String> {
    let flips = (0..signed.len(), 0_u32..7);
    let flip = {
        let signed = signed.clone();
        flips.prop_map(move |(at, bit)| {
            let mut bytes = signed.clone().into_bytes();
            bytes[at] ^= 1 << bit;
            String::from_utf8(bytes).expect("seven bits are ASCII")
        })
    };
    let cut = {
        let signed = signed.clone();
        (0..signed.len()).prop_map(move |at| signed[..at].to_owned())
    };
    let more = ".*".prop_filter("something is added", |more| !more.is_empty());
    prop_oneof![
        flip,
        cut,
        more.prop_map(move |more| format!("{signed}{more}"))
    ]
}

#[test]
fn a_damaged_order_is_never_carried_out() {
    let bench = Bench::new();
    let orders = damaged(bench.sign(&bench.order()));
    proptest!(|(order in orders)| {
        prop_assert_eq!(code(carry(&bench, &order)), "order-not-believed");
    });
    assert_eq!((marks(&bench), bench.text("out")), (0, None));
}
