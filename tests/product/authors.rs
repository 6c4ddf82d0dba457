//! The tools of those who write packages, from the outside.

use anyhow::{Context as _, Result};
use harness::{Finished, Home, Process, run};

/// A folder with the package that `script new` makes, and its path in it.
fn made() -> Result<Home> {
    let home = Home::new()?;
    let made = run(home.deskhook().args(["script", "new", "gate"]))?;
    assert_eq!(made.code, Some(0), "{made:?}");
    Ok(home)
}

fn talk(home: &Home, lines: &str) -> Result<Finished> {
    let mut process = Process::start(home.deskhook().args(["script", "repl", "gate"]))?;
    process.write(lines)?;
    process.end()
}

#[test]
fn a_new_package_has_nothing_to_find_and_passes() -> Result<()> {
    let home = made()?;
    let checked = run(home.deskhook().args(["script", "check", "gate"]))?;
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert!(
        checked.stdout.contains("gate: 0 errors, 0 warnings"),
        "{checked:?}"
    );
    assert_eq!(checked.stderr, "", "{checked:?}");
    let tested = run(home.deskhook().args(["script", "test", "gate"]))?;
    assert_eq!(tested.code, Some(0), "{tested:?}");
    assert!(tested.stdout.contains("3 tests, 0 failed"), "{tested:?}");
    Ok(())
}

#[test]
fn a_finding_shows_its_line_and_what_to_do() -> Result<()> {
    let home = made()?;
    let slip = "deskhook.on(\"session.request\", function(ctx)\n  return ctx.persn and nil\nend)\n";
    home.write("gate/init.lua", slip)?;
    let checked = run(home.deskhook().args(["script", "check", "gate"]))?;
    assert_eq!(checked.code, Some(1), "{checked:?}");
    let expected = "error: gate/init.lua:2:14: ctx has no field \"persn\"; did you mean \"person\"? [field-unknown]\n  | return ctx.persn and nil\n  |            ^\nhelp: its fields: ";
    assert!(checked.stderr.contains(expected), "{}", checked.stderr);
    Ok(())
}

#[test]
fn lua_is_tried_line_by_line_from_a_pipe() -> Result<()> {
    let home = made()?;
    let talked = talk(
        &home,
        "x = 20\nif x then\n  x = x + 1\nend\nx\n:policy gate.ShortestReason=1\n:run session.request {reason = \"x\"}\n",
    )?;
    assert_eq!(talked.code, Some(0), "{talked:?}");
    assert!(talked.stdout.contains("21\nallow"), "{talked:?}");
    let broken = talk(&home, "if x then")?;
    assert_eq!(broken.code, Some(1), "{broken:?}");
    assert!(broken.stderr.contains("<eof>"), "{broken:?}");
    Ok(())
}

#[test]
fn a_package_under_watch_is_tested_again_when_it_changes() -> Result<()> {
    let home = made()?;
    run(home.deskhook().args(["script", "new", "other"]))?;
    let watching = ["script", "test", "--watch", "gate", "other"];
    let process = Process::start(home.deskhook().args(watching))?;
    process.line_where("that it waits", |line| {
        line.contains("waiting for a change")
    })?;
    let failing = "test(\"late\", function(t) t.equal(1, 2) end)\n";
    home.write("gate/tests/late.lua", failing)?;
    process.line_where("the failure", |line| {
        line.contains("failed late (gate/tests/late.lua:1)")
    })?;
    process.line_where("its sum", |line| line.contains("4 tests, 1 failed"))?;
    process.signal(rustix::process::Signal::INT)?;
    let ended = process.end()?;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let others = ended.stdout.lines().filter(|line| *line == "other").count();
    assert_eq!(others, 1, "only what changed runs again: {ended:?}");
    let both = run(home
        .deskhook()
        .args(["script", "test", "--watch", "--format", "junit", "gate"]))?;
    assert_eq!(both.code, Some(2), "{both:?}");
    Ok(())
}

#[test]
fn a_package_without_tests_passes_nothing() -> Result<()> {
    let home = made()?;
    std::fs::remove_dir_all(home.path().join("gate/tests"))?;
    let tested = run(home.deskhook().args(["script", "test", "gate"]))?;
    assert_eq!(tested.code, Some(1), "{tested:?}");
    assert!(tested.stdout.contains("no tests"), "{tested:?}");
    assert!(
        tested.stderr.contains("error: gate has no tests: "),
        "{tested:?}"
    );
    let tested = run(home.deskhook().args(["script", "test", "--json", "gate"]))?;
    assert_eq!(tested.code, Some(1), "{tested:?}");
    let document: serde_json::Value = serde_json::from_str(&tested.stdout)?;
    assert_eq!(
        (&document["ok"], &document["tests"]),
        (&false.into(), &0.into())
    );
    Ok(())
}

#[test]
fn a_report_for_programs_is_one_document_whatever_became_of_the_tests() -> Result<()> {
    let home = made()?;
    let failing = "test(\"late\", function(t) t.equal(1, 2) end)\n";
    home.write("gate/tests/late.lua", failing)?;
    run(home.deskhook().args(["script", "new", "broken"]))?;
    home.write("broken/init.lua", "error(\"no\")\n")?;
    let both = ["script", "test", "--json", "gate", "broken"];
    let tested = run(home.deskhook().args(both))?;
    assert_eq!(tested.code, Some(1), "{tested:?}");
    let document: serde_json::Value = serde_json::from_str(&tested.stdout)?;
    assert_eq!(
        (&document["ok"], &document["failed"]),
        (&false.into(), &2.into())
    );
    let late = &document["packages"][0]["tests"][0];
    assert_eq!(
        (&late["name"], &late["passed"]),
        (&"late".into(), &false.into())
    );
    assert_eq!(late["place"], "gate/tests/late.lua:1");
    assert_eq!(
        document["packages"][1]["tests"][0]["name"],
        "the package loads"
    );
    let filtered = ["script", "test", "--json", "--filter", "reason", "gate"];
    let tested = run(home.deskhook().args(filtered))?;
    let document: serde_json::Value = serde_json::from_str(&tested.stdout)?;
    assert_eq!((tested.code, &document["ok"]), (Some(0), &true.into()));
    Ok(())
}

#[test]
fn a_slip_in_what_a_dry_run_is_given_is_told_with_its_place() -> Result<()> {
    let home = made()?;
    home.write("input.json", "{\"reason\": 5}")?;
    home.write("fakes.json", "{\"person\": {\"langauge\": \"de\"}}")?;
    home.write("empty.json", "{}")?;
    home.write("latin.json", b"{\"reason\": \"\xfc\"}")?;
    for (input, fakes, expected) in [
        (
            "input.json",
            None,
            "input.reason: expected text, got the number 5",
        ),
        (
            "empty.json",
            Some("fakes.json"),
            "did you mean \"language\"?",
        ),
        (
            "latin.json",
            None,
            "latin.json is not UTF-8: save it as UTF-8",
        ),
    ] {
        let arguments = ["script", "run", "session.request", "--input", input, "gate"];
        let fakes = fakes.map(|fakes| ["--fakes", fakes]);
        let ran = run(home.deskhook().args(arguments).args(fakes.iter().flatten()))?;
        assert_eq!(ran.code, Some(3), "{ran:?}");
        assert!(ran.stderr.contains(expected), "{ran:?}");
    }
    Ok(())
}

/// The blocks of the guide for integrators that set an agent up.
#[test]
fn the_guide_sets_up_an_agent_that_hears_the_package() -> Result<()> {
    let home = Home::new()?;
    let guide = include_str!("../../scripts/README.md");
    let top = home.path().display().to_string();
    for part in guide.split("<!-- agent: ").skip(1) {
        let (name, rest) = part.split_once(" -->\n").context("no end of a mark")?;
        let block = rest.split("```").nth(1).context("no block")?;
        let (_, text) = block.split_once('\n').context("no line")?;
        home.write(name, text.replace("/home/kim", &top))?;
    }
    run(home
        .deskhook()
        .args(["script", "new", "no-weekends", "--dir", "packages"]))?;
    let checked = run(home.deskhook().args(["policy", "check", "policy.d"]))?;
    assert_eq!(checked.code, Some(0), "{checked:?}");
    let explain = [
        "hooks",
        "explain",
        "session.request",
        "--config",
        "agent.toml",
    ];
    let explained = run(home.deskhook().args(explain))?;
    assert_eq!(explained.code, Some(0), "{explained:?}");
    let line = explained
        .stdout
        .lines()
        .find(|line| line.contains("no-weekends"));
    let line = line.context("the package is not heard")?;
    assert!(line.contains("optional"), "{}", explained.stdout);
    Ok(())
}
