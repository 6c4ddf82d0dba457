//! The tools of those who write packages, from the outside.

use anyhow::Result;
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
