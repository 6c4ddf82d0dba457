use std::fs::File;

use super::*;
use crate::linux::bench::Bench;

/// Runs `body` as a script, with a leash that nobody holds.
fn run_script(body: &str, limit: Duration) -> (Bench, Result<i32, Refusal>) {
    let bench = Bench::new();
    bench.script("bin/it", body);
    let code = run_it(&bench, limit, File::open("/dev/null").unwrap());
    (bench, code)
}

fn run_it(bench: &Bench, limit: Duration, leash: impl AsFd) -> Result<i32, Refusal> {
    let task = Task {
        file: &bench.path("bin/it"),
        name: "/usr/bin/it",
        arguments: &[
            bench.path("out").display().to_string(),
            "a b".into(),
            "*".into(),
        ],
        limit,
    };
    run(&task, leash)
}

const LONG: Duration = Duration::from_secs(60);

#[test]
fn the_code_is_the_one_that_the_program_ended_with() {
    for (body, code) in [("exit 0", 0), ("exit 7", 7), ("kill -TERM $$", 143)] {
        assert_eq!(run_script(body, LONG).1.unwrap(), code, "{body}");
    }
}

#[test]
fn the_program_finds_exactly_its_arguments_and_a_small_environment() {
    let body = r#"exec > "$1"; echo "$#|$2|$3"; pwd; env | grep -v '^_=\|^PWD=' | sort"#;
    let (bench, code) = run_script(body, LONG);
    assert_eq!(code.unwrap(), 0);
    let mut wanted = vec!["3|a b|*".to_owned(), "/".to_owned()];
    let mut environment: Vec<_> = ENVIRONMENT
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    environment.sort();
    wanted.extend(environment);
    assert_eq!(
        bench.text("out").unwrap().lines().collect::<Vec<_>>(),
        wanted
    );
}

#[test]
fn a_program_and_its_children_are_killed_when_its_time_is_up() {
    let body = "sleep 300 & trap '' TERM; wait; sleep 300";
    let began = Instant::now();
    let (_bench, code) = run_script(body, Duration::from_millis(200));
    assert_eq!(code.unwrap(), 137);
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn a_program_is_killed_when_the_leash_is_let_go() {
    let bench = Bench::new();
    bench.script("bin/it", "sleep 300");
    let (leash, held) = std::io::pipe().unwrap();
    drop(held);
    let began = Instant::now();
    assert_eq!(run_it(&bench, LONG, leash).unwrap(), 137);
    assert!(
        began.elapsed() < Duration::from_secs(20),
        "{:?}",
        began.elapsed()
    );
}

#[test]
fn a_held_leash_does_not_disturb_the_program() {
    let bench = Bench::new();
    bench.script("bin/it", "exit 4");
    let (leash, _held) = std::io::pipe().unwrap();
    assert_eq!(run_it(&bench, LONG, leash).unwrap(), 4);
}

#[test]
fn a_program_that_cannot_be_started_is_named() {
    let bench = Bench::new();
    bench.file("bin/it", "no program");
    let refusal = run_it(&bench, LONG, File::open("/dev/null").unwrap()).unwrap_err();
    assert_eq!(refusal.code(), "program-not-started");
    assert!(refusal.to_string().contains("/usr/bin/it"), "{refusal}");
}
