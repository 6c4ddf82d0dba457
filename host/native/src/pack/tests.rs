use super::*;
use crate::{Signer, check_signatures, inspect, sign};

/// A folder with a manifest and what could be the library of a plugin, by its name in it.
struct Bench(tempfile::TempDir);

impl Bench {
    fn new() -> Self {
        let bench = Self(tempfile::tempdir().expect("a temporary folder"));
        bench.write("manifest.json", TEMPLATE);
        bench.write("zone.so", "\u{7f}ELF code deskhook_plugin_entry code");
        bench
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.at(name), text).expect("it is ours");
    }

    fn pack(&self) -> Result<Packed, PackError> {
        pack(
            &self.at("manifest.json"),
            &self.at("zone.so"),
            &self.at("dist"),
        )
    }

    fn packed(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.at("dist/org.example.zone"));
        let names = entries.into_iter().flatten().flatten();
        let names = names.map(|entry| entry.file_name().to_string_lossy().into_owned());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }
}

const TEMPLATE: &str = r#"{
  "id": "org.example.zone", "version": "1.0.0", "abi": "1.0", "publisher": "Example",
  "hooks": ["session.request"], "later": {"a": [1]}, "timer": null
}"#;

#[test]
fn library_and_manifest_are_packed_for_each_other() {
    let bench = Bench::new();
    let packed = bench.pack().unwrap();
    assert_eq!(bench.packed(), [MANIFEST, "zone.so"]);
    let told = inspect(&packed.folder).unwrap();
    assert!(told.matches());
    assert_eq!(
        (told.manifest, told.library),
        (packed.manifest, packed.library)
    );
    let left = std::fs::read_dir(bench.at("dist")).unwrap().count();
    assert_eq!(left, 1, "nothing of the work is left");
}

#[test]
fn what_this_version_knows_nothing_of_stays_in_the_manifest() {
    let bench = Bench::new();
    let packed = bench.pack().unwrap();
    let text = std::fs::read_to_string(packed.folder.join(MANIFEST)).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["later"], serde_json::json!({"a": [1]}));
    assert_eq!(value["library"], "zone.so");
    assert!(value.get("timer").is_none(), "{text}");
    assert!(text.starts_with("{\n  \"id\""), "{text}");
}

#[test]
fn a_plugin_that_was_packed_before_is_replaced_with_its_signatures() {
    let bench = Bench::new();
    let first = bench.pack().unwrap();
    sign(&first.folder, &Signer::new(&[1; 32], [1; 8])).unwrap();
    assert_eq!(bench.packed().len(), 4);
    std::fs::rename(bench.at("zone.so"), bench.at("other.so")).unwrap();
    bench.write("other.so", "\u{7f}ELF newer deskhook_plugin_entry");
    std::os::unix::fs::symlink("other.so", bench.at("zone.so")).unwrap();
    let second = bench.pack().unwrap();
    assert_eq!(bench.packed(), [MANIFEST, "other.so"]);
    assert_ne!(first.manifest.sha256, second.manifest.sha256);
    let key = Signer::new(&[1; 32], [1; 8]).public_line();
    let key = crate::PublisherKey::read(&key).unwrap();
    let checked = check_signatures(&second.folder, &key).unwrap();
    let is_gone = |one: &crate::Checked| matches!(one.signature, Err(crate::Unsigned::Missing(_)));
    assert!(checked.iter().all(is_gone), "{checked:?}");
}

#[test]
fn nothing_but_a_packed_plugin_is_replaced() {
    let bench = Bench::new();
    let folder = bench.pack().unwrap().folder;
    bench.write("dist/org.example.zone/plugin.c", "mine");
    let refused = bench.pack().unwrap_err();
    let is_mine = |stranger: &Path| stranger.ends_with("plugin.c");
    assert!(matches!(&refused, PackError::Occupied { stranger, .. } if is_mine(stranger)));
    assert_eq!(bench.packed().len(), 3);
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::write(&folder, "mine").unwrap();
    let refused = bench.pack().unwrap_err();
    assert!(matches!(&refused, PackError::Occupied { .. }));
    assert!(
        refused
            .to_string()
            .ends_with(": it is no folder, or a link to one"),
        "{refused}"
    );
    assert_eq!(std::fs::read(&folder).unwrap(), b"mine");
}

#[test]
fn what_is_no_plugin_is_not_packed_and_leaves_what_was_there() {
    let bench = Bench::new();
    bench.pack().unwrap();
    let before = bench.packed();
    let kept = std::fs::read(bench.at("dist/org.example.zone/zone.so")).unwrap();
    bench.write("zone.so", "code");
    assert!(matches!(bench.pack(), Err(PackError::NoPlugin(_))));
    std::fs::remove_file(bench.at("zone.so")).unwrap();
    assert!(matches!(bench.pack(), Err(PackError::Library { .. })));
    bench.write("zone.so", "\u{7f}ELF code deskhook_plugin_entry newer");
    bench.write("manifest.json", &TEMPLATE.replace("1.0\"", "2.0\""));
    assert!(matches!(bench.pack(), Err(PackError::Version { .. })));
    bench.write(
        "manifest.json",
        &TEMPLATE.replace("org.example.zone", "../../zone"),
    );
    let refused = bench.pack().unwrap_err();
    assert!(refused.to_string().contains("manifest.json"), "{refused}");
    assert!(!bench.at("zone").exists());
    std::fs::remove_file(bench.at("manifest.json")).unwrap();
    let refused = crate::plugin::whole(&bench.pack().unwrap_err());
    let said = "the manifest cannot be read: there is no file ";
    assert!(refused.starts_with(said), "{refused}");
    assert_eq!(bench.packed(), before);
    let now = std::fs::read(bench.at("dist/org.example.zone/zone.so")).unwrap();
    assert_eq!(now, kept);
}

#[test]
fn what_is_packed_nobody_else_can_write_to() {
    use std::os::unix::fs::PermissionsExt as _;
    let bench = Bench::new();
    let packed = bench.pack().unwrap();
    let manifest = packed.folder.join(MANIFEST);
    for (path, mode) in [
        (packed.folder, 0o755),
        (packed.library, 0o644),
        (manifest, 0o644),
    ] {
        let found = path.metadata().unwrap().permissions().mode() & 0o7777;
        assert_eq!(found, mode, "{}", path.display());
    }
}

#[test]
fn a_manifest_that_is_a_link_is_packed_as_builds_leave_it() {
    let bench = Bench::new();
    std::fs::rename(bench.at("manifest.json"), bench.at("real.json")).unwrap();
    std::os::unix::fs::symlink("real.json", bench.at("manifest.json")).unwrap();
    let packed = bench.pack().unwrap();
    let manifest = packed.folder.join(MANIFEST);
    assert!(manifest.symlink_metadata().unwrap().is_file());
}

#[test]
fn what_may_not_be_meant_is_told_and_packed_all_the_same() {
    let bench = Bench::new();
    let packed = bench.pack().unwrap();
    let told = |packed: &Packed, what| packed.notes.iter().any(|note| note.contains(what));
    assert!(told(&packed, "id is \"org.example.zone\""), "{packed:?}");
    assert!(told(&packed, "version is \"1.0.0\""), "{packed:?}");
    let slip = TEMPLATE.replace("\"later\"", "\"capability\"");
    bench.write("manifest.json", &slip);
    bench.write(
        "zone.so",
        "\u{7f}ELF deskhook_plugin_entry org.example.zone 1.0.0",
    );
    let packed = bench.pack().unwrap();
    assert_eq!(packed.notes.len(), 1, "{packed:?}");
    assert!(
        told(&packed, "did you mean \"capabilities\"?"),
        "{packed:?}"
    );
    let signed = sign(&packed.folder, &Signer::new(&[1; 32], [1; 8])).unwrap();
    assert_eq!(signed.notes.len(), 1, "{signed:?}");
}

#[test]
fn what_lies_beside_a_plugin_or_nowhere_is_not_taken_for_it() {
    let bench = Bench::new();
    let folder = bench.pack().unwrap().folder;
    bench.write("dist/org.example.zone/notes.txt", "mine");
    for (path, said) in [
        ("notes.txt", "is no part of the plugin org.example.zone"),
        ("nowhere.so", "there is no "),
        ("../org.example.other", "there is no "),
    ] {
        let refused = inspect(&folder.join(path)).unwrap_err().to_string();
        assert!(refused.contains(said), "{refused}");
    }
    for path in [".", "zone.so", MANIFEST] {
        assert!(inspect(&folder.join(path)).is_ok(), "{path}");
    }
}
