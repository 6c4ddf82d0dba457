//! `demo --once`: the whole product on one machine.

use anyhow::Result;
use harness::{Display, Finished, Home, free_port, need, run};

fn once(home: &Home) -> Result<Finished> {
    let (folder, port) = (home.path().join("demo"), free_port().to_string());
    let mut command = home.deskhook();
    command
        .args(["demo", "--once", "--port", &port, "--dir"])
        .arg(folder);
    run(&mut command)
}

#[test]
fn the_demo_walks_every_step_without_a_display() -> Result<()> {
    let home = Home::new()?;
    let said = once(&home)?;
    assert_eq!(said.code, Some(0), "{}\n{}", said.stdout, said.stderr);
    for step in ["checks", "launch", "address", "reported", "stopped"] {
        assert!(said.stdout.contains(step), "no {step} in\n{}", said.stdout);
    }
    assert!(
        said.stdout.contains("sample"),
        "it says which client it used:\n{}",
        said.stdout
    );
    Ok(())
}

#[test]
fn the_demo_shows_a_screen_by_vnc_where_there_is_one() -> Result<()> {
    need!("Xvfb", "x11vnc");
    let mut home = Home::new()?;
    let display = Display::start()?;
    home.set("DISPLAY", display.name());
    let said = once(&home)?;
    assert_eq!(said.code, Some(0), "{}\n{}", said.stdout, said.stderr);
    assert!(said.stdout.contains("vnc://"), "{}", said.stdout);
    Ok(())
}

#[test]
fn the_demo_leaves_nothing_running_and_nothing_outside_its_folder() -> Result<()> {
    let home = Home::new()?;
    once(&home)?;
    let own: Vec<_> = std::fs::read_dir(home.path())?
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    for folder in ["home", "state", "config"] {
        let left: Vec<_> = std::fs::read_dir(home.path().join(folder))?
            .flatten()
            .collect();
        assert!(left.is_empty(), "{folder}: {left:?} of {own:?}");
    }
    harness::until("no process should be left", || {
        harness::processes_of(home.path()).is_empty()
    })
}
