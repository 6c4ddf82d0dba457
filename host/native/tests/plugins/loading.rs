use deskhook_hooks::{Answer, Extension, Hook};
use deskhook_native::{MANIFEST, Manifest, OpenError, Plugin, discover, inspect, install, verify};
use deskhook_session::Verdict;
use serde_json::json;

use crate::fixture::{Desk, Place, bare, limit, request, set_mode, template, whole};

/// `plugins/abi/tests/first` has the header as it was when the interface was 1.0; it is never renewed.
#[test]
fn a_plugin_that_was_built_against_the_first_interface_runs_on_today_s_host() {
    let place = Place::new().with_first_header();
    let plugin = place.open().unwrap();
    let desk = Desk::new();
    for (reason, code) in [("x", "fixture"), ("policy", "policy")] {
        let answer = plugin.call(&request(Some(reason)), limit(), &desk.port());
        let denied =
            matches!(&answer, Ok(Answer::Verdict(Verdict::Deny { code: it, .. })) if it == code);
        assert!(denied, "{reason}: {answer:?}");
    }
    let menu = plugin.call(&bare(Hook::TrayMenu), limit(), &desk.port());
    assert!(matches!(menu, Ok(Answer::Menu(_))), "{menu:?}");
}

/// Each fixture is refused, and the sentence says what was expected and found.
#[test]
fn a_library_that_is_no_fitting_plugin_is_refused_with_both_sides() {
    for (flags, said) in [
        (
            ("MAJOR", "2"),
            ["interface 2.0", "this host has 1.1", "update Deskhook"],
        ),
        (
            ("MINOR", "9"),
            ["interface 1.9", "this host has 1.1", "update Deskhook"],
        ),
        (
            ("MAJOR", "0"),
            [
                "interface 0.0",
                "this host has 1.1",
                "a newer version of the plugin",
            ],
        ),
        (
            ("MAGIC", "0"),
            ["0000000000000000", "4b4f4f484b534544", "no plugin"],
        ),
        (("ENTRY_SIZE", "40"), ["entry", "40 bytes", "at least 56"]),
        (
            ("INSTANCE_SIZE", "8"),
            ["instance", "8 bytes", "at least 32"],
        ),
        (("HOOK_SIZE", "0"), ["hook", "0 bytes", "at least 16"]),
        (
            ("ENTRY", "other_entry"),
            ["deskhook_plugin_entry", "exports no", "symbol"],
        ),
        (("NULL_ENTRY", "1"), ["deskhook_plugin_entry", "null", ""]),
        (("REFUSES", "1"), ["does not start", "no licence", ""]),
        (
            ("REFUSES_SILENTLY", "1"),
            [
                "does not start",
                "answered null",
                "wrote no sentence to `error`",
            ],
        ),
        (("NO_MENU", "1"), ["tray.menu", "manifest", "does not have"]),
        (
            ("ID", "\"org.other\""),
            ["org.other", "org.deskhook.fixture", "id"],
        ),
    ] {
        let refused = Place::new().with_c(&[flags]).open().err();
        let told = refused
            .as_ref()
            .map(|error| whole(error))
            .unwrap_or_default();
        assert!(
            said.iter().all(|word| told.contains(word)),
            "{flags:?}: {told:?}"
        );
    }
}

#[test]
fn a_version_that_the_manifest_names_is_refused_before_any_code_runs() {
    let place = Place::new().with_c(&[("MAJOR", "2")]);
    let mut template = template();
    template["abi"] = json!("2.0");
    let refused = verify(&place.library(), &place.manifest(&template), &place.terms()).unwrap_err();
    assert!(whole(&refused).contains("interface 2.0"), "{refused}");
    assert!(!place.terms().copies.exists(), "not even copied");
}

#[test]
fn a_library_is_another_than_manifest_and_policy_say() {
    let place = Place::new().with_c(&[]);
    let manifest = place.manifest(&template());
    let mut terms = place.terms();
    terms.pinned = Some("ab".repeat(32));
    let refused = Plugin::open(&place.library(), &manifest, &terms)
        .err()
        .map(|it| whole(&it));
    let told = refused.unwrap_or_default();
    assert!(
        told.contains("the policy expects") && told.contains(&manifest.sha256),
        "{told}"
    );
    let place = place.with_c(&[("ANSWER", "\"tampered\"")]);
    let refused = Plugin::open(&place.library(), &manifest, &place.terms()).err();
    assert!(matches!(
        refused,
        Some(OpenError::Hash {
            by: "the manifest",
            ..
        })
    ));
}

#[test]
fn a_place_that_others_can_write_to_and_a_link_are_refused() {
    let place = Place::new().with_c(&[]);
    set_mode(&place.library(), 0o666);
    assert!(matches!(place.open().err(), Some(OpenError::Place { .. })));
    set_mode(&place.library(), 0o644);
    set_mode(&place.folder(), 0o777);
    assert!(matches!(place.open().err(), Some(OpenError::Place { .. })));
    set_mode(&place.folder(), 0o755);
    assert!(place.open().is_ok());
    let manifest = place.manifest(&template());
    let link = place.folder().join("link.so");
    std::os::unix::fs::symlink(place.library(), &link).unwrap();
    let refused = Plugin::open(&link, &manifest, &place.terms()).err();
    assert!(matches!(refused, Some(OpenError::Library { .. })));
}

#[test]
fn a_replaced_library_is_the_new_code_and_the_old_plugin_stays_the_old() {
    let desk = Desk::new();
    let code = |plugin: &Plugin| match plugin.call(&request(Some("x")), limit(), &desk.port()) {
        Ok(Answer::Verdict(Verdict::Deny { code, .. })) => code,
        other => panic!("{other:?}"),
    };
    let place = Place::new().with_c(&[("ANSWER", "\"first\"")]);
    let first = place.open().unwrap();
    let place = place.with_c(&[("ANSWER", "\"second\"")]);
    let second = place.open().unwrap();
    assert_eq!([code(&first), code(&second)], ["first", "second"]);
}

#[test]
fn a_plugin_is_installed_found_and_told_of_without_running() {
    let place = Place::new().with_c(&[("REFUSES", "1")]);
    let plugins = place.folder().join("plugins");
    let folder = install(&template().to_string(), &place.library(), &plugins).unwrap();
    std::fs::create_dir(plugins.join("no-plugin")).unwrap();
    assert_eq!(discover(&plugins), std::slice::from_ref(&folder));
    assert_eq!(discover(&plugins.join("nowhere")).len(), 0);
    let link = plugins.join("org.example.link");
    std::os::unix::fs::symlink(&folder, &link).unwrap();
    std::os::unix::fs::symlink("nowhere", plugins.join("org.example.broken")).unwrap();
    assert_eq!(
        discover(&plugins),
        [folder.clone(), link],
        "it is told of, and refused"
    );
    let manifest = Manifest::read(&folder).unwrap();
    let told = inspect(&folder).unwrap();
    assert!(told.matches() && told.names_entry && told.bytes > 0);
    assert_eq!(inspect(&manifest.library_in(&folder)).unwrap(), told);
    std::fs::write(manifest.library_in(&folder), "rubbish").unwrap();
    let told = inspect(&folder).unwrap();
    assert!(!told.matches() && !told.names_entry);
    std::fs::remove_file(folder.join(MANIFEST)).unwrap();
    assert!(inspect(&folder).is_err());
}

#[test]
fn the_plugin_in_c_of_the_guide_builds_and_decides() {
    let guide = include_str!("../../../../plugins/README.md");
    let code = guide
        .split("```c\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next());
    let place = Place::new().with_source(code.expect("the guide has a plugin in C"));
    let mut template = template();
    template["id"] = json!("org.example.ticket");
    template["hooks"] = json!(["session.request"]);
    let plugin =
        Plugin::open(&place.library(), &place.manifest(&template), &place.terms()).unwrap();
    let answer = plugin.call(&request(None), limit(), &Desk::new().port());
    let denied =
        matches!(&answer, Ok(Answer::Verdict(Verdict::Deny { code, .. })) if code == "no-ticket");
    assert!(denied, "{answer:?}");
}

#[test]
fn a_loaded_plugin_says_what_its_manifest_says() {
    let plugin = Place::new().with_c(&[]).open().unwrap();
    let about = plugin.about();
    assert_eq!(about.name, "org.deskhook.fixture");
    assert_eq!(about.hooks, [Hook::SessionRequest, Hook::TrayMenu]);
    assert_eq!(about.capabilities, ["policy:Fixture"]);
    assert_eq!(about.sha256.len(), 64);
}
