use super::*;

fn template(change: impl FnOnce(&mut serde_json::Value)) -> Result<Manifest, ManifestError> {
    let mut json = serde_json::json!({
        "id": "org.example.zone", "version": "1.2.0", "abi": "1.0",
        "hooks": ["session.request"], "publisher": "Example"
    });
    change(&mut json);
    Manifest::template(&json.to_string())
}

#[test]
fn a_manifest_reads_back_as_it_was_written() {
    let manifest = template(|json| json["later"] = true.into()).unwrap();
    assert_eq!(Manifest::template(&manifest.to_json()).unwrap(), manifest);
    assert_eq!(manifest.abi, AbiVersion { major: 1, minor: 0 });
}

/// What is said of a manifest of this text, which is refused.
fn refused(text: &str) -> String {
    Manifest::template(text).unwrap_err().to_string()
}

#[test]
fn a_wrong_field_is_named_with_what_it_must_be() {
    for (field, value) in [
        ("id", "zone"),
        ("id", "org.Example"),
        ("version", ""),
        ("abi", "one"),
        ("publisher", ""),
        ("publisher", "Example "),
        ("library", "../../evil.so"),
        ("library", ".."),
    ] {
        let refused = template(|json| json[field] = value.into())
            .unwrap_err()
            .to_string();
        assert!(
            refused.contains(&format!("{field:?}")) && refused.contains(value),
            "{refused}"
        );
    }
    let refused = template(|json| json["capabilities"] = vec!["root:all"].into()).unwrap_err();
    assert!(refused.to_string().contains("root:all"), "{refused}");
}

#[test]
fn a_field_of_another_type_says_what_it_is_and_what_it_must_be() {
    use serde_json::json;
    for (field, value, said) in [
        (
            "id",
            json!(1),
            "\"id\" is a number: it must be a text in quotes",
        ),
        (
            "hooks",
            json!("timer"),
            "\"hooks\" is a text: it must be a list in []",
        ),
        (
            "hooks",
            json!([null]),
            "\"hooks\" is null: it must be a text in quotes",
        ),
        ("timer", json!(1.5), "a whole number of seconds"),
        ("timer", json!(-1), "a whole number of seconds"),
        ("texts", json!([]), "\"texts\" is a list"),
        ("texts", json!({"a": {}}), "\"texts.a\" is an object"),
        (
            "texts",
            json!({"a": {"en": 1}}),
            "\"texts.a.en\" is a number",
        ),
        ("sha256", json!(true), "\"sha256\" is a boolean"),
    ] {
        let refused = template(|json| json[field] = value)
            .unwrap_err()
            .to_string();
        assert!(refused.contains(said), "{refused}");
    }
}

#[test]
fn what_is_wrong_is_told_with_line_and_column_and_what_to_do() {
    let lines = |hooks: &str| {
        format!(
            "{{\n  \"id\": \"org.example.zone\", \"version\": \"1\",\n  \"abi\": \"1.0\", {hooks}, \"publisher\": \"x\"\n}}"
        )
    };
    for (text, said) in [
        (
            lines("\"hooks\": [\"session.reqest\"]"),
            "template:3:27: there is no hook \"session.reqest\"; did you mean \"session.request\"?",
        ),
        (
            lines("\"hooks\": [\"a\"]"),
            "template:3:27: there is no hook \"a\"; `deskhook hooks list` names them all",
        ),
        (
            lines("\"hook\": []"),
            "template:1:1: the field \"hooks\" is missing; did you mean it by \"hook\"?",
        ),
        (
            lines("\"hooks\": [],\n \"hooks\": []"),
            "template:4:2: the key hooks was set before, in line 3, column 17; keep one of them",
        ),
        (
            lines("\"hooks\": [],\n \"new\": 1, \"new\": 2"),
            "template:4:12: the key new was set before, in line 4, column 2; keep one of them",
        ),
        (
            lines("\"hooks\": ['x']"),
            "template:3:27: JSON knows only straight double quotes",
        ),
        (lines("\"hooks\": [],"), "template:3:29: "),
        ("{".to_owned(), "template:1:"),
        (String::new(), "template:1:1: "),
        (
            "[1]".to_owned(),
            "template:1:1: a manifest is an object in {}, and this is a list",
        ),
    ] {
        let refused = refused(&text);
        assert!(refused.starts_with(said), "{refused}");
        assert!(
            !refused.contains("expected"),
            "no parser's words: {refused}"
        );
    }
}

#[test]
fn what_was_most_likely_not_meant_is_noted_and_the_manifest_read() {
    let text = r#"{
  "id": "org.example.zone", "version": "1", "abi": "1.0", "hooks": [], "publisher": "x",
  "capability": ["policy:Zone"],
  "texts": {
    "full": {"en": "{free} MB of {all}", "de": "{fre} MB von {all}", "Deutsh": "{free} {all}"},
    "one": {"pt-BR": "{free}"}, "same": "{free}"
  },
  "$schema": "x", "homepage": "https://example.org"
}"#;
    let template = Template::of(text, Path::new("m")).unwrap();
    let said: Vec<&str> = template.slips.iter().map(String::as_str).collect();
    assert_eq!(
        said,
        [
            "m:3:3: \"capability\" is no field of a manifest; did you mean \"capabilities\"?",
            "m:5:5: the text \"full\" is not there in pt, as others are",
            "m:5:48: no other language of this text has {fre}; did you mean {free}, as they have it?",
            "m:5:70: \"Deutsh\" is no language, and is taken for English; write a tag such as de or pt-BR, or a name such as German",
            "m:6:5: the text \"one\" is not there in de, en, as others are",
        ]
    );
}

#[test]
fn a_timer_without_seconds_and_seconds_without_a_timer_are_noted() {
    let noted = |hooks: &str, timer: &str| {
        let text = format!(
            r#"{{"id": "org.example.zone", "version": "1", "abi": "1.0", "publisher": "x", "hooks": [{hooks}]{timer}}}"#
        );
        Template::of(&text, Path::new("m")).unwrap().slips
    };
    assert_eq!(noted("\"timer\"", ", \"timer\": 60"), [""; 0]);
    assert_eq!(noted("\"session.request\"", ", \"timer\": null"), [""; 0]);
    let without = noted("\"timer\"", "");
    assert!(
        without[0].contains("the hook is never called"),
        "{without:?}"
    );
    let alone = noted("\"session.request\"", ", \"timer\": 60");
    assert!(alone[0].contains("nobody hears it"), "{alone:?}");
}

#[test]
fn a_manifest_without_a_hash_is_a_template_only() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join(MANIFEST),
        template(|_| ()).unwrap().to_json(),
    )
    .unwrap();
    let refused = Manifest::read(folder.path()).unwrap_err().to_string();
    assert!(refused.contains("no \"sha256\""), "{refused}");
    assert!(refused.contains("`deskhook plugin pack`"), "{refused}");
}

#[test]
fn a_manifest_that_is_not_there_or_not_its_own_file_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let said = || {
        let refused = Manifest::read(folder.path()).unwrap_err();
        crate::plugin::whole(&refused)
    };
    assert!(
        said().starts_with("there is no deskhook-plugin.json in "),
        "{}",
        said()
    );
    let path = folder.path().join(MANIFEST);
    std::fs::write(&path, b"{\n \"id\": \"\xff\"}").unwrap();
    assert!(
        said().contains(".json:2:9: this byte is not UTF-8"),
        "{}",
        said()
    );
    std::fs::write(&path, " ".repeat(65 << 10)).unwrap();
    assert!(said().contains("is larger than 64 KiB"), "{}", said());
    #[cfg(unix)]
    {
        std::fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("elsewhere", &path).unwrap();
        assert!(said().contains("links are refused"), "{}", said());
    }
}

#[test]
fn the_library_is_named_after_the_id_unless_the_manifest_says_otherwise() {
    let own = template(|_| ()).unwrap().library_in(Path::new("p"));
    assert!(own.to_string_lossy().contains("zone"), "{}", own.display());
    let named = template(|json| json["library"] = "z.so".into()).unwrap();
    assert_eq!(named.library_in(Path::new("p")), Path::new("p/z.so"));
}
