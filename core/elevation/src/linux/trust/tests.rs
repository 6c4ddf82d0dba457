use std::os::unix::fs::symlink;

use super::*;
use crate::linux::bench::Bench;

fn told(error: &Distrust) -> &'static str {
    match error {
        Distrust::Relative(_) => "relative",
        Distrust::Unreadable(..) => "unreadable",
        Distrust::Owner { .. } => "owner",
        Distrust::Writable { .. } => "writable",
        Distrust::Links(_) => "links",
        Distrust::Kind { .. } => "kind",
        Distrust::TooMuch(_) => "too much",
    }
}

fn file(bench: &Bench, path: &str) -> Result<PathBuf, &'static str> {
    bench
        .ground()
        .file(&bench.path(path))
        .map_err(|error| told(&error))
}

#[test]
fn a_file_is_believed_through_links_that_are_believed() {
    let bench = Bench::new();
    symlink("../bin/./tool", bench.path("etc/near")).unwrap();
    symlink(bench.path("etc/near"), bench.path("far")).unwrap();
    for path in [
        "bin/tool",
        "bin/../bin/tool",
        "etc/near",
        "far",
        "etc/../../../far",
    ] {
        assert_eq!(file(&bench, path), Ok(bench.path("bin/tool")), "{path}");
    }
}

#[test]
fn what_others_may_change_is_not_believed_at_any_level() {
    for (changed, mode) in [
        ("bin/tool", 0o757),
        ("bin/tool", 0o775),
        ("bin", 0o775),
        ("bin", 0o1777),
        ("", 0o707),
    ] {
        let bench = Bench::new();
        bench.mode(changed, mode);
        assert_eq!(
            file(&bench, "bin/tool"),
            Err("writable"),
            "{changed} {mode:o}"
        );
    }
}

#[test]
fn a_link_is_as_good_as_every_folder_on_its_way() {
    let bench = Bench::new();
    bench.script("open/tool", "true");
    bench.mode("open", 0o777);
    symlink("../open/tool", bench.path("bin/link")).unwrap();
    assert_eq!(file(&bench, "bin/link"), Err("writable"));
    // The file is fine, and the folder that the link lies in is not.
    symlink(bench.path("bin/tool"), bench.path("open/link")).unwrap();
    assert_eq!(file(&bench, "open/link"), Err("writable"));
}

#[test]
fn what_is_not_a_file_of_this_system_is_not_believed() {
    let bench = Bench::new();
    symlink("loop", bench.path("loop")).unwrap();
    symlink("/etc/passwd", bench.path("outside")).unwrap();
    for (path, why) in [
        ("missing", "unreadable"),
        ("bin/tool/below", "unreadable"),
        ("bin", "kind"),
        ("loop", "links"),
        ("outside", "relative"),
    ] {
        assert_eq!(file(&bench, path), Err(why), "{path}");
    }
    let relative = Ground::of_root().file(Path::new("bin/tool"));
    assert_eq!(relative.map_err(|error| told(&error)), Err("relative"));
}

#[test]
fn what_belongs_to_somebody_else_is_not_believed() {
    let bench = Bench::new();
    let mut ground = bench.ground();
    ground.owner += 1;
    let error = ground.file(&bench.path("bin/tool")).unwrap_err();
    assert_eq!(told(&error), "owner");
}

#[test]
fn a_program_is_a_file_that_can_be_run() {
    let bench = Bench::new();
    let program = |path: &str| {
        bench
            .ground()
            .program(&bench.path(path))
            .map_err(|error| told(&error))
    };
    assert_eq!(program("bin/tool"), Ok(bench.path("bin/tool")));
    assert_eq!(program("etc/deskhook/device"), Err("kind"));
}

#[test]
fn a_tree_is_believed_only_with_everything_in_it() {
    let bench = Bench::new();
    let tree = || {
        bench
            .ground()
            .tree(&bench.path("etc"))
            .map_err(|error| told(&error))
    };
    bench.file("etc/deskhook/policy.d/deep/er/20.json", "{}");
    assert_eq!(tree(), Ok(bench.path("etc")));
    bench.mode("etc/deskhook/policy.d/deep/er/20.json", 0o646);
    assert_eq!(tree(), Err("writable"));
}

#[test]
fn a_text_is_read_up_to_its_limit() {
    let bench = Bench::new();
    bench.file("note", "desk-7\n");
    let text = |limit| {
        let read = bench.ground().text(&bench.path("note"), limit);
        read.map_err(|error| told(&error))
    };
    assert_eq!(text(7), Ok("desk-7\n".to_owned()));
    assert_eq!(text(6), Err("too much"));
}
