//! Every file that the guide for integrators shows is a file that works.

use std::path::Path;

use deskhook_hooks::Hook;
use deskhook_script::{Fakes, REFERENCE, Repl, Reply, check, run, scaffold, test};

fn guide() -> String {
    page("README.md")
}

fn page(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts");
    std::fs::read_to_string(folder.join(name)).expect("a test is right about its own files")
}

/// The blocks of Lua in a part of a page.
fn lua_blocks(part: &str) -> Vec<&str> {
    let blocks = part.split("```lua\n").skip(1);
    blocks
        .map(|block| block.split("```").next().expect("a split has a first part"))
        .collect()
}

/// Lays out the package of a task: what its mark says, its first block and its second.
fn lay_out(root: &Path, mark: &serde_json::Value, blocks: &[&str]) {
    let mut manifest = serde_json::json!({"name": "task", "version": "1.0.0", "api": 1});
    for field in ["hooks", "capabilities", "timer"] {
        if let Some(value) = mark.get(field) {
            manifest[field] = value.clone();
        }
    }
    let mut files = vec![
        ("deskhook.json".to_owned(), manifest.to_string()),
        ("init.lua".to_owned(), blocks[0].to_owned()),
        ("tests/task.lua".to_owned(), blocks[1].to_owned()),
    ];
    for (language, texts) in mark["texts"].as_object().into_iter().flatten() {
        files.push((format!("texts/{language}.json"), texts.to_string()));
    }
    for (name, text) in files {
        let path = root.join(name);
        let folder = path.parent().expect("a file is in a folder");
        std::fs::create_dir_all(folder).expect("a test is right about its own files");
        std::fs::write(path, text).expect("a test is right about its own files");
    }
}

#[test]
fn every_task_of_the_guide_passes_its_check_and_its_test() {
    let tasks = page("tasks.md");
    let parts: Vec<&str> = tasks.split("<!-- task: ").skip(1).collect();
    assert!(parts.len() >= 10);
    assert_eq!(
        lua_blocks(&tasks).len(),
        2 * parts.len(),
        "a block without a task"
    );
    for part in parts {
        let (mark, _) = part.split_once(" -->").unwrap();
        let mark = serde_json::from_str(mark).expect(mark);
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("task");
        lay_out(&root, &mark, &lua_blocks(part));
        assert_eq!(check(&root), [], "{part}");
        let report = test(&root, None).unwrap();
        assert!(report.passed(), "{:#?}\n{part}", report.cases);
        assert!(!report.cases.is_empty(), "{part}");
    }
}

/// The blocks behind `<!-- file: NAME -->`.
fn files(guide: &str) -> Vec<(&str, &str)> {
    marked(guide, "<!-- file: ")
}

/// The blocks behind a mark that ends in a name.
fn marked<'a>(guide: &'a str, mark: &str) -> Vec<(&'a str, &'a str)> {
    let parts = guide.split(mark).skip(1);
    parts
        .map(|part| {
            let (name, rest) = part
                .split_once(" -->")
                .expect("a test is right about its own files");
            let (_, block) = rest
                .split_once("```")
                .expect("a test is right about its own files");
            let (_, block) = block
                .split_once('\n')
                .expect("a test is right about its own files");
            (
                name,
                block
                    .split_once("```")
                    .expect("a test is right about its own files")
                    .0,
            )
        })
        .collect()
}

#[test]
fn the_first_hook_of_the_guide_passes_its_check_and_tests() {
    let (dir, guide) = (tempfile::tempdir().unwrap(), guide());
    let root = dir.path().join("no-weekends");
    for (name, text) in files(&guide) {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    assert_eq!(check(&root), []);
    let report = test(&root, None).unwrap();
    assert!(report.passed(), "{report:?}");
    assert_eq!(report.cases.len(), 2);
    let lua = files(&guide);
    let lua = lua.iter().filter(|(name, _)| name.ends_with(".lua"));
    assert_eq!(
        lua_blocks(&guide).len(),
        lua.count(),
        "a block without a file"
    );
    let sunday = serde_json::json!({"clock": "2026-11-22T10:00:00+01:00"});
    let input = serde_json::json!({"reason": "printer"});
    let fakes = Fakes::read(&sunday).unwrap();
    let result = run(&root, Hook::SessionRequest, input, fakes).unwrap();
    assert!(result.denies(), "{result:?}");
}

#[test]
fn the_guide_shows_what_a_dry_run_with_fakes_says() {
    let (dir, guide) = (tempfile::tempdir().unwrap(), guide());
    let root = dir.path().join("no-weekends");
    for (name, text) in files(&guide) {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let (name, fakes) = marked(&guide, "<!-- fakes: ")[0];
    let fakes = Fakes::read(&serde_json::from_str(fakes).unwrap()).unwrap();
    let input = serde_json::json!({"reason": "printer"});
    let result = run(&root, Hook::SessionRequest, input, fakes).unwrap();
    assert_eq!(result.notes, [""; 0]);
    let line = format!("--fakes {name} no-weekends\n");
    let (_, expected) = guide.split_once(&line).unwrap();
    let (expected, _) = expected.split_once("\n```").unwrap();
    assert_eq!(shown(Reply::Ran(Box::new(result))), expected);
}

#[test]
fn the_fakes_of_a_task_answer_its_hook() {
    let tasks = page("tasks.md");
    let with_fakes = |part: &&str| part.contains("```json\n");
    let parts = tasks.split("<!-- task: ").skip(1).filter(with_fakes);
    let mut seen = 0;
    for part in parts {
        let (mark, _) = part.split_once(" -->").unwrap();
        let mark = serde_json::from_str(mark).expect(mark);
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("task");
        lay_out(&root, &mark, &lua_blocks(part));
        let (_, fakes) = part.split_once("```json\n").unwrap();
        let (fakes, _) = fakes.split_once("```").unwrap();
        let fakes = Fakes::read(&serde_json::from_str(fakes).unwrap()).unwrap();
        let input = serde_json::json!({"reason": "printer"});
        let result = run(&root, Hook::SessionRequest, input, fakes).unwrap();
        assert_eq!(result.to_document()["verdict"], "allow", "{result:?}");
        assert_eq!(result.notes, [""; 0]);
        seen += 1;
    }
    assert!(seen > 0);
}

/// What the terminal shows for a line of `script repl`.
fn shown(reply: Reply) -> String {
    match reply {
        Reply::Shown(text) => text,
        Reply::Ran(result) => {
            let answer = result.to_value();
            let part = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
            format!("{} {}: {}", part("verdict"), part("code"), part("message"))
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn the_guide_shows_what_the_repl_says() {
    let (dir, guide) = (tempfile::tempdir().unwrap(), guide());
    let root = dir.path().join("no-weekends");
    for (name, text) in files(&guide) {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let (_, talk) = guide
        .split_once("$ deskhook script repl no-weekends\n")
        .unwrap();
    let (talk, _) = talk.split_once("```").unwrap();
    let mut repl = Repl::open(&root).unwrap();
    let mut said = String::new();
    for line in talk.lines().filter_map(|line| line.strip_prefix("> ")) {
        said += &format!("> {line}\n{}\n", shown(repl.take(line)));
    }
    assert_eq!(said, talk);
}

#[test]
fn the_guide_names_every_function() {
    let (guide, tasks) = (guide(), page("tasks.md"));
    for entry in REFERENCE {
        let last = entry.name.rsplit('.').next().unwrap();
        assert!(guide.contains(last), "{} is not in the guide", entry.name);
        let room = entry.name.rsplit_once('.').map_or("", |(room, _)| room);
        assert!(tasks.contains(room), "{room} is in no task");
    }
}

#[test]
fn the_hook_of_the_front_door_denies_without_a_ticket() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let front = std::fs::read_to_string(path).unwrap();
    let dir = tempfile::tempdir().unwrap();
    scaffold("no-ticket", dir.path()).unwrap();
    let root = dir.path().join("no-ticket");
    let (_, hook) = files(&front)[0];
    std::fs::write(root.join("init.lua"), hook).unwrap();
    let run = |input| run(&root, Hook::SessionRequest, input, Fakes::default()).unwrap();
    assert!(run(serde_json::json!({"reason": "printer"})).denies());
    assert!(!run(serde_json::json!({"ticket": "1"})).denies());
}
