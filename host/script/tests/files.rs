//! What `script check` says of files that cannot be read, and of files that nobody reads.

use std::path::PathBuf;

use deskhook_script::check;

struct Folder(tempfile::TempDir);

impl Folder {
    fn package(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a test is right about its own files"));
        for (path, text) in files {
            let path = folder.0.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a test is right about its own files"))
                .expect("a test is right about its own files");
            std::fs::write(path, text).expect("a test is right about its own files");
        }
        folder
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("sample")
    }
}

const MANIFEST: &str =
    r#"{"name": "sample", "version": "1.0.0", "api": 1, "hooks": ["session.request"]}"#;
/// So that a test of something else is not told that there are none.
const TESTS: &str = "test('x', function(t) t.abstained(t.run('session.request', {})) end)";

fn found(folder: &Folder) -> Vec<String> {
    let findings = check(&folder.path());
    findings.iter().map(ToString::to_string).collect()
}

#[test]
fn a_mistake_in_one_file_leaves_the_others_looked_into() {
    let folder = Folder::package(&[
        ("sample/deskhook.json", "{\"name\": 5}"),
        (
            "sample/init.lua",
            "deskhook.on(\"session.request\", function(ctx)\n  return ctx.reson and nil\nend)",
        ),
        ("sample/a.lua", "local x = \nreturn x"),
        ("sample/b.lua", "if x then\n  return )\nend"),
        (
            "sample/d.lua",
            "local t = { \"\u{fc}\", ',', -- ,\n  \"\u{fc}\", 2,, 3, }",
        ),
        ("sample/tests/all.lua", TESTS),
        ("sample/texts/de.json", "{\"a\": 1}"),
        ("sample/texts/en.json", "{\"a\": \"x\""),
    ]);
    std::fs::write(folder.path().join("c.lua"), b"local x =\n \"\xfc\"").unwrap();
    let text = found(&folder).join("\n");
    for expected in [
        "deskhook.json:1:10: error: a text is wanted here",
        "init.lua:2:14: error: ctx has no field \"reson\"; did you mean \"reason\"?",
        "a.lua:2:1: error: Expected identifier when parsing expression, got 'return' [syntax]",
        "b.lua:2:10: error: ",
        "d.lua:2:10: error: Expected identifier when parsing expression, got ','",
        "c.lua:2:3: error: this is not UTF-8: save the file as UTF-8",
        "texts/de.json:1:7: error: a text is wanted here",
        "texts/en.json:1:1: error: this is no JSON",
    ] {
        assert!(text.contains(expected), "{expected}\nin\n{text}");
    }
}

#[test]
fn a_file_of_texts_is_named_by_its_language() {
    let init = "deskhook.on(\"session.request\", function()\n  deskhook.log.info(deskhook.text(\"a\"))\nend)";
    let texts = "{\"a\": \"x\"}";
    let folder = Folder::package(&[
        ("sample/deskhook.json", MANIFEST),
        ("sample/init.lua", init),
        ("sample/tests/all.lua", TESTS),
        ("sample/texts/FR.json", texts),
        ("sample/texts/german.json", texts),
        ("sample/texts/pt_br.json", texts),
        ("sample/texts/de-AT.json", texts),
        ("sample/texts/notes.txt", "x"),
    ]);
    let text = found(&folder).join("\n");
    for expected in [
        "texts/FR.json: warning: \"FR\" is written in small letters; did you mean \"fr.json\"?",
        "texts/german.json: error: \"german\" is the tag of no language; did you mean \"de.json\"?",
        "texts/pt_br.json: error: \"pt_br\" is the tag of no language; did you mean \"pt-br.json\"?",
        "texts/notes.txt: warning: nobody reads it",
        "texts/en.json: warning: there are no English texts",
    ] {
        assert!(text.contains(expected), "{expected}\nin\n{text}");
    }
    assert!(!text.contains("de-AT"), "{text}");
}

#[test]
fn a_global_is_known_in_every_file_of_the_package_and_told_where_it_is_written() {
    let init = "require(\"./desk\")\ndeskhook.on(\"session.request\", function()\n  return desk.decide()\nend)";
    let folder = Folder::package(&[
        ("sample/deskhook.json", MANIFEST),
        ("sample/init.lua", init),
        (
            "sample/desk.lua",
            "desk = {}\nfunction desk.decide() end\nreturn desk",
        ),
        ("sample/tests/all.lua", TESTS),
    ]);
    let text = found(&folder).join("\n");
    assert!(
        text.contains("desk.lua:1:1: warning: desk is global"),
        "{text}"
    );
    assert!(!text.contains("nothing here is called"), "{text}");
}
