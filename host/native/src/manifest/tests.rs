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

#[test]
fn a_wrong_field_is_named_with_what_it_must_be() {
    for (field, value) in [
        ("id", "zone"),
        ("id", "org.Example"),
        ("version", ""),
        ("library", "../../evil.so"),
        ("library", ".."),
    ] {
        let refused = template(|json| json[field] = value.into())
            .unwrap_err()
            .to_string();
        assert!(
            refused.contains(field) && refused.contains(value),
            "{refused}"
        );
    }
    let refused = template(|json| json["capabilities"] = vec!["root:all"].into()).unwrap_err();
    assert!(refused.to_string().contains("root:all"), "{refused}");
}

#[test]
fn an_unknown_hook_or_version_says_where_it_stands() {
    for (field, value) in [
        ("hooks", serde_json::json!(["session.wish"])),
        ("abi", "one".into()),
    ] {
        let refused = template(|json| json[field] = value).unwrap_err();
        let source = std::error::Error::source(&refused)
            .map(ToString::to_string)
            .unwrap_or_default();
        assert!(source.contains("line 1"), "{source}");
    }
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
    assert!(refused.contains("sha256"), "{refused}");
}

#[test]
fn the_library_is_named_after_the_id_unless_the_manifest_says_otherwise() {
    let own = template(|_| ()).unwrap().library_in(Path::new("p"));
    assert!(own.to_string_lossy().contains("zone"), "{}", own.display());
    let named = template(|json| json["library"] = "z.so".into()).unwrap();
    assert_eq!(named.library_in(Path::new("p")), Path::new("p/z.so"));
}
