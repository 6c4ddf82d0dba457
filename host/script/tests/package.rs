//! What a folder has to be for a package, and what loading one costs at most.

use std::path::Path;
use std::time::{Duration, Instant};

use deskhook_script::{Package, Script, discover};

const MANIFEST: &str =
    r#"{"name": "sample", "version": "1.0.0", "api": 1, "hooks": ["session.request"]}"#;
const INIT: &str = "deskhook.on('session.request', function() end)";

fn write(dir: &Path, path: &str, content: impl AsRef<[u8]>) {
    let path = dir.join(path);
    std::fs::create_dir_all(path.parent().expect("a test is right about its own files"))
        .expect("a test is right about its own files");
    std::fs::write(path, content).expect("a test is right about its own files");
}

fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a test is right about its own files");
    write(dir.path(), "deskhook.json", MANIFEST);
    write(dir.path(), "init.lua", INIT);
    dir
}

fn refusal(dir: &Path) -> String {
    Package::load(dir)
        .expect_err("the package is refused")
        .to_string()
}

#[test]
fn files_packages_and_folders_are_bounded() {
    let dir = folder();
    write(dir.path(), "big.lua", vec![b' '; 256 * 1024 + 1]);
    assert!(refusal(dir.path()).contains("big.lua: is larger than 256 KiB"));

    let dir = folder();
    for number in 0..5 {
        write(dir.path(), &format!("{number}.bin"), vec![b' '; 250 * 1024]);
    }
    assert!(refusal(dir.path()).contains("larger than 1 MiB together"));

    let dir = folder();
    for number in 0..300 {
        write(dir.path(), &format!("{number}.txt"), "");
    }
    assert!(refusal(dir.path()).contains("more than 256 files"));

    let dir = folder();
    write(dir.path(), "a/a/a/a/a/a/a/a/a/a/x.lua", "");
    assert!(refusal(dir.path()).contains("more than 8 folders deep"));

    let dir = folder();
    write(dir.path(), "latin.lua", [b'-', b'-', 0xe4]);
    assert!(
        refusal(dir.path()).contains("latin.lua:1:3: this is not UTF-8: save the file as UTF-8")
    );
}

#[cfg(unix)]
#[test]
fn a_link_that_leaves_the_package_is_refused_and_one_inside_is_not() {
    let dir = folder();
    std::os::unix::fs::symlink("init.lua", dir.path().join("other.lua")).unwrap();
    Package::load(dir.path()).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", dir.path().join("texts")).unwrap();
    assert!(refusal(dir.path()).contains("texts: is a link that leaves the package"));
    let dir = folder();
    std::os::unix::fs::symlink(".", dir.path().join("round")).unwrap();
    assert!(refusal(dir.path()).contains("folders deep"));
}

#[cfg(unix)]
#[test]
fn links_that_make_an_endless_tree_of_a_few_folders_are_refused_soon() {
    let dir = folder();
    for depth in 0..7 {
        let here = dir.path().join(format!("d{depth}"));
        std::fs::create_dir(&here).unwrap();
        for link in 0..40 {
            let next = format!("../d{}", depth + 1);
            std::os::unix::fs::symlink(next, here.join(format!("l{link}"))).unwrap();
        }
    }
    std::fs::create_dir(dir.path().join("d7")).unwrap();
    assert!(refusal(dir.path()).contains("more than 4096 entries"));
}

#[test]
fn the_hash_names_every_file_and_no_hidden_one() {
    let dir = folder();
    let before = Package::load(dir.path()).unwrap().sha256().to_owned();
    write(dir.path(), ".git/HEAD", "x");
    assert_eq!(Package::load(dir.path()).unwrap().sha256(), before);
    write(dir.path(), "texts/en.json", "{}");
    let after = Package::load(dir.path()).unwrap().sha256().to_owned();
    assert_ne!(after, before);
    assert_eq!(after.len(), 64);
}

#[test]
fn a_folder_of_packages_is_listed_in_order() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["b", "a", ".hidden"] {
        write(dir.path(), &format!("{name}/deskhook.json"), MANIFEST);
    }
    write(dir.path(), "notes.txt", "");
    let found = discover(dir.path());
    assert_eq!(found, [dir.path().join("a"), dir.path().join("b")]);
    assert_eq!(discover(&dir.path().join("a")), [dir.path().join("a")]);
    assert!(discover(&dir.path().join("nothing")).is_empty());
}

#[test]
fn what_ran_is_what_was_read_even_if_the_files_change() {
    let dir = folder();
    write(dir.path(), "init.lua", "require('./late')");
    write(dir.path(), "late.lua", INIT);
    let package = Package::load(dir.path()).unwrap();
    write(dir.path(), "late.lua", "error('changed')");
    Script::new(package, &[]).unwrap();
}

#[test]
fn a_compile_bomb_ends() {
    let size = 250 * 1024;
    let filled = |part: &str| part.repeat(size / part.len());
    for (name, source) in [
        ("brackets", filled("(")),
        ("tables", format!("local x = {}", filled("{"))),
        ("functions", filled("function() ")),
        ("blocks", filled("do ")),
        ("sum", format!("local x = 1{}", filled("+1"))),
        ("text", format!("local x = 'a'{}", filled("..'a'"))),
        ("not", format!("local x = {} 1", filled("not "))),
        ("calls", format!("local x = f{}", filled("()"))),
        ("fields", format!("local x = f{}", filled(".a"))),
        ("locals", filled("local a = 1 ")),
        ("types", format!("type T = {}", filled("{a: "))),
        ("union", format!("type T = a{}", filled("|a"))),
        ("interpolated", filled("`{")),
        ("else", format!("if a then {}", filled("elseif a then "))),
        ("list", format!("return {{{}}}", filled("1,"))),
        ("closures", filled("f(function() end) ")),
    ] {
        let dir = folder();
        write(dir.path(), "bomb.lua", source);
        let package = Package::load(dir.path()).unwrap();
        let begun = Instant::now();
        let result = Script::new(package, &[]).map(drop);
        let took = begun.elapsed();
        let said = result.err().map(|error| error.to_string());
        assert!(took < Duration::from_secs(20), "{name}: {took:?}");
        if let Some(said) = said {
            assert!(said.contains("bomb.lua:"), "{name}: {said}");
        }
    }
}

#[test]
fn whatever_stands_in_a_manifest_is_a_value_or_a_refusal() {
    let dir = folder();
    for manifest in [
        "",
        "[]",
        "null",
        "{",
        "{}",
        "{\"name\": 1}",
        "{\"name\": \"../x\"}",
        "\u{feff}{}",
        "{\"name\": \"a\", \"name\": \"b\"}",
        "{\"timer\": -1}",
        "{\"timer\": 1e99}",
        "{\"hooks\": [[]]}",
        "{\"capabilities\": [\"exec:relative\"]}",
        "{\"api\": \"1\"}",
        "{\"capabilities\": [\"fs.read:/etc/../x\"]}",
        "{\"capabilities\": [\"net:a/b\"]}",
        "// x\n{}",
        "{\"a\": {\"a\": {\"a\": {\"a\": {\"a\": [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}}}}}",
    ] {
        write(dir.path(), "deskhook.json", manifest);
        let said = refusal(dir.path());
        assert!(
            said.contains("deskhook.json:1") || said.contains("deskhook.json:2"),
            "{manifest}: {said}"
        );
    }
}
