//! The stand-in for AnyDesk keeps to the documented command line, failures included.

use std::time::Duration;

use anyhow::Result;
use harness::{AnyDesk, Finished, Home, Process, run, until_some};

fn ask(home: &Home, question: &str) -> Result<Finished> {
    run(home.command(AnyDesk::program()).arg(question))
}

#[test]
fn without_its_service_it_says_so_and_fails() -> Result<()> {
    let home = Home::new()?;
    for question in ["--get-id", "--get-alias", "--get-status", "--stop-service"] {
        let answer = ask(&home, question)?;
        assert_eq!(
            (answer.code, answer.stdout.as_str()),
            (Some(1), "SERVICE_NOT_RUNNING\n"),
            "{question}"
        );
    }
    assert_eq!(ask(&home, "--version")?.code, Some(0));
    Ok(())
}

#[test]
fn a_portable_client_has_a_number_after_a_while_and_never_an_alias() -> Result<()> {
    let home = Home::new()?;
    let slow = AnyDesk {
        id: "1234567890".to_owned(),
        alias: Some("desk@example".to_owned()),
        ready_after: Duration::from_millis(400),
        fault: None,
    };
    slow.settle(&home)?;
    let mut client = Process::start(&mut home.command(AnyDesk::program()))?;
    let early = until_some("it should take questions", || {
        ask(&home, "--get-id")
            .ok()
            .filter(|answer| answer.code == Some(0))
    })?;
    assert_eq!(early.stdout, "", "no number at once");
    let id = until_some("it should have a number", || {
        ask(&home, "--get-id")
            .ok()
            .filter(|answer| !answer.stdout.is_empty())
    })?;
    assert_eq!(id.stdout, "1234567890\n");
    assert_eq!(ask(&home, "--get-alias")?.stdout, "");
    assert_eq!(ask(&home, "--get-status")?.stdout, "online\n");
    assert_eq!(ask(&home, "--stop-service")?.code, Some(0));
    assert!(client.wait()?.success());
    Ok(())
}

#[test]
fn an_installed_service_tells_its_alias() -> Result<()> {
    let home = Home::new()?;
    AnyDesk {
        alias: Some("desk@example".to_owned()),
        ..AnyDesk::default()
    }
    .settle(&home)?;
    let _service = Process::start(home.command(AnyDesk::program()).arg("--service"))?;
    let alias = until_some("it should have an alias", || {
        ask(&home, "--get-alias")
            .ok()
            .filter(|answer| answer.code == Some(0))
    });
    assert_eq!(alias?.stdout, "desk@example\n");
    Ok(())
}

#[test]
fn it_fails_in_the_ways_that_are_known() -> Result<()> {
    let home = Home::new()?;
    let faulty = |fault| {
        AnyDesk {
            fault: Some(fault),
            ..AnyDesk::default()
        }
        .settle(&home)
    };
    faulty("exits-at-once")?;
    assert_eq!(run(&mut home.command(AnyDesk::program()))?.code, Some(1));
    faulty("crashes-after-start")?;
    assert_eq!(
        run(&mut home.command(AnyDesk::program()))?.code,
        None,
        "a signal ends it"
    );
    faulty("prints-garbage")?;
    let _client = Process::start(&mut home.command(AnyDesk::program()))?;
    let answer = until_some("it should answer", || {
        ask(&home, "--get-id")
            .ok()
            .filter(|answer| answer.code == Some(0))
    })?;
    assert!(answer.stdout.contains("Gtk-WARNING"), "{}", answer.stdout);
    Ok(())
}

#[test]
fn what_the_real_client_does_not_know_is_an_error() -> Result<()> {
    let home = Home::new()?;
    for unknown in ["--get-adress", "--GET-ID", "123456789"] {
        assert_eq!(ask(&home, unknown)?.code, Some(2), "{unknown}");
    }
    Ok(())
}
