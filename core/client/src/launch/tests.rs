//! Real processes: small programs with a shebang line, written to a temporary folder.

mod addresses;
mod ending;
mod stage;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;

use deskhook_policy::Launch;

use super::*;
use stage::{Stage, within};

#[tokio::test]
async fn a_client_gets_its_arguments_a_small_environment_and_nothing_else() {
    let body = "env > seen; printf '%s\\n' \"$@\" > arguments; pwd > folder; cat > input; echo READY=1; exec sleep 60";
    let mut stage = Stage::with(body)
        .launched_with(&[
            "{display}",
            "$(touch /tmp/x); `id`",
            "{state}",
            "{self}",
            "{unknown}",
        ])
        .read_from("READY=", "1");
    stage.spec.launch.environment = BTreeMap::from([("TITLE".into(), "on {display}".into())]);
    stage.address().await.unwrap();
    let state = stage.folder.path().join("state/clients/stage");
    let arguments = std::fs::read_to_string(stage.state("arguments")).unwrap();
    let expected = format!(
        ":7\n$(touch /tmp/x); `id`\n{}\n/bin/deskhook\n{{unknown}}\n",
        state.display()
    );
    assert_eq!(arguments, expected);
    let seen = std::fs::read_to_string(stage.state("seen")).unwrap();
    let mut names: Vec<&str> = seen
        .lines()
        .filter_map(|line| line.split('=').next())
        .collect();
    names.sort_unstable();
    names.retain(|name| !["PWD", "OLDPWD", "SHLVL", "_"].contains(name));
    assert_eq!(names, ["DISPLAY", "HOME", "PATH", "TITLE"]);
    assert!(seen.contains("TITLE=on :7"));
    assert_eq!(
        std::fs::read_to_string(stage.state("folder"))
            .unwrap()
            .trim(),
        state.to_string_lossy()
    );
    assert_eq!(std::fs::read(stage.state("input")).unwrap(), b"");
}

#[tokio::test]
async fn a_password_file_is_made_and_goes_with_the_client() {
    let stage = Stage::with("wc -c < \"$1\" > size; echo READY=$1; exec sleep 60")
        .launched_with(&["{password_file}"])
        .read_from("READY=", "ready");
    let client = stage.launch().await.unwrap();
    within(client.read_address()).await.unwrap();
    assert_eq!(client.password().map(str::len), Some(8));
    assert!(!format!("{client:?}").contains(client.password().unwrap()));
    assert_eq!(
        std::fs::read_to_string(stage.state("size")).unwrap().trim(),
        "8"
    );
    let left = || {
        let entries = std::fs::read_dir(stage.state("")).unwrap().flatten();
        entries
            .filter(|entry| entry.file_name().to_string_lossy().starts_with("password-"))
            .count()
    };
    assert_eq!(left(), 1);
    within(client.stop()).await;
    assert_eq!(left(), 0);
}

#[tokio::test]
async fn what_anybody_may_change_is_not_started() {
    let stage = Stage::with("exit 0");
    let program = stage.folder.path().join("client");
    let refused =
        |error: Result<RunningClient, LaunchError>| error.unwrap_err().failure().reason.code;
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(refused(stage.launch().await), "client-untrusted");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    std::fs::set_permissions(stage.folder.path(), std::fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(refused(stage.launch().await), "client-untrusted");
    std::fs::remove_file(&program).unwrap();
    assert_eq!(refused(stage.launch().await), "client-missing");
}

#[tokio::test]
async fn a_plan_of_another_client_and_a_missing_display_are_refused() {
    let stage = Stage::with("exit 0").launched_with(&["-display", "{display}"]);
    let mut options = stage.options();
    options.plan = Some(LaunchPlan::of(&ClientSpec::default()));
    let program = stage.folder.path().join("client");
    let launched = launch_spec(&stage.spec, &program, &options).await;
    assert_eq!(
        launched.unwrap_err().failure().reason.code,
        "client-arguments"
    );

    options.plan = None;
    options.desktop.display = None;
    let launched = launch_spec(&stage.spec, &program, &options).await;
    assert_eq!(launched.unwrap_err().failure().reason.code, "no-display");
}

#[tokio::test]
async fn a_hook_adds_an_argument_inside_the_allow_list() {
    let mut stage = Stage::with("echo READY=$2; exec sleep 60")
        .launched_with(&["-a"])
        .read_from("READY=", "{value}");
    stage.spec.launch.allowed_arguments = vec!["name-*".into()];
    let allowed: &Launch = &stage.spec.launch;
    let wanted = ["-a".to_owned(), "name-{port}".to_owned()];
    let plan = LaunchPlan::of(&stage.spec).patched(allowed, Some(&wanted), &BTreeMap::new());
    let mut options = stage.options();
    options.plan = Some(plan.unwrap());
    let program = stage.folder.path().join("client");
    let client = launch_spec(&stage.spec, &program, &options).await.unwrap();
    let printed = || client.output().contains("READY=name-{port}").then_some(());
    within(async {
        while printed().is_none() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}
