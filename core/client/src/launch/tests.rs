//! Real processes: small programs with a shebang line, written to a temporary folder.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use deskhook_policy::{Executable, Launch, Query, Stop};

use super::*;
use crate::Exit;

/// How long anything may take before a test fails.
const DEADLINE: Duration = Duration::from_secs(20);

/// A client made of a shell script, and the folder that it lives in.
struct Stage {
    folder: tempfile::TempDir,
    spec: ClientSpec,
}

impl Stage {
    /// A client whose program is the script `body`.
    fn with(body: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("client");
        std::fs::write(&program, format!("#!/bin/sh\n{body}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
        let executable = Executable {
            platform: String::new(),
            path: program.to_string_lossy().into_owned(),
        };
        let spec = ClientSpec {
            name: "stage".into(),
            display_name: "Stage client".into(),
            executables: vec![executable],
            ..ClientSpec::default()
        };
        Self { folder, spec }
    }

    fn launched_with(mut self, arguments: &[&str]) -> Self {
        self.spec.launch.arguments = arguments.iter().map(ToString::to_string).collect();
        self
    }

    fn asked_with(mut self, patience_seconds: u32) -> Self {
        self.spec.address.push(AddressSource::Query(Query {
            arguments: vec!["--get-id".into()],
            not_ready: vec!["0".into()],
            patience_seconds,
        }));
        self
    }

    fn read_from(mut self, prefix: &str, template: &str) -> Self {
        let (prefix, template) = (prefix.into(), template.into());
        self.spec
            .address
            .push(AddressSource::Output { prefix, template });
        self
    }

    fn options(&self) -> LaunchOptions {
        let places = Places {
            state: self.folder.path().join("state"),
            own_program: "/bin/deskhook".into(),
        };
        let desktop = Desktop {
            display: Some(":7".into()),
            variables: BTreeMap::from([("HOME".to_owned(), "/nowhere".to_owned())]),
        };
        LaunchOptions {
            places,
            desktop,
            plan: None,
        }
    }

    async fn launch(&self) -> Result<RunningClient, LaunchError> {
        let options = self.options();
        let program = obtain(&self.spec, &options.places, |_, _| {}).await?;
        launch_spec(&self.spec, &program, &options).await
    }

    /// Launches it and reads its address.
    async fn address(&self) -> Result<String, LaunchError> {
        let client = self.launch().await?;
        let address = within(client.read_address()).await?;
        Ok(address.as_str().to_owned())
    }

    fn state(&self, name: &str) -> PathBuf {
        self.folder.path().join("state/clients/stage").join(name)
    }
}

async fn within<T>(step: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, step)
        .await
        .expect("a step came to no end")
}

/// Looks again and again until `seen` gives something.
async fn until<T>(mut seen: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = seen() {
            return found;
        }
        assert!(begun.elapsed() < DEADLINE, "it never came");
        tokio::task::yield_now().await;
    }
}

fn is_alive(pid: i32) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after = state.rsplit(')').next().unwrap_or_default().trim_start();
    !after.is_empty() && !after.starts_with('Z')
}

#[tokio::test]
async fn a_printed_line_gives_the_address() {
    let stage = Stage::with("echo starting; echo PORT=5999; exec sleep 60")
        .read_from("PORT=", "vnc://{host}:{value}");
    assert_eq!(stage.address().await.unwrap(), "vnc://127.0.0.1:5999");
}

#[tokio::test]
async fn a_query_is_asked_again_until_it_is_ready() {
    let body = r#"
        [ "$1" = --get-id ] || exec sleep 60
        count=$(cat count 2>/dev/null || echo 0); echo $((count + 1)) > count
        case $count in
            0) echo SERVICE_NOT_RUNNING; exit 1 ;;
            1) ;;
            2) echo 0 ;;
            3) exit 51 ;;
            *) echo "123 456 789" ;;
        esac"#;
    let stage = Stage::with(body).asked_with(20);
    assert_eq!(stage.address().await.unwrap(), "123456789");
    assert_eq!(
        std::fs::read_to_string(stage.state("count")).unwrap(),
        "5\n"
    );
}

#[tokio::test]
async fn an_answer_that_is_no_address_ends_the_wait_and_is_told() {
    let stage = Stage::with("[ \"$1\" = --get-id ] && echo '<b>hello</b> you' || exec sleep 60")
        .asked_with(20);
    let Err(LaunchError::NoAddress { words, .. }) = stage.address().await else {
        panic!("garbage was taken for an address")
    };
    assert!(
        words.contains("--get-id") && words.contains("'<'"),
        "{words}"
    );
}

#[tokio::test]
async fn a_client_that_never_answers_is_given_up_with_its_last_words() {
    let stage = Stage::with("[ \"$1\" = --get-id ] && echo SERVICE_NOT_RUNNING || exec sleep 60")
        .asked_with(1);
    let error = stage.address().await.unwrap_err();
    assert_eq!(error.failure().reason.code, "no-address");
    assert!(
        error
            .failure()
            .detail
            .unwrap()
            .contains("SERVICE_NOT_RUNNING")
    );
}

#[tokio::test]
async fn a_client_that_ends_early_is_told_with_its_last_lines() {
    let stage = Stage::with("echo no screen >&2; exit 3")
        .asked_with(20)
        .read_from("PORT=", "{value}");
    let error = stage.address().await.unwrap_err();
    let failure = error.failure();
    assert_eq!(failure.reason.code, "client-exited");
    let detail = failure.detail.unwrap();
    assert!(
        detail.contains("exit code 3") && detail.contains("no screen"),
        "{detail}"
    );
}

#[tokio::test]
async fn the_chosen_port_is_the_address_once_something_listens_on_it() {
    let stage = Stage::with(
        "exec python3 -c 'import socket,sys,time\ns = socket.create_server((\"127.0.0.1\", int(sys.argv[1])))\ntime.sleep(60)' \"$1\"",
    );
    let mut stage = stage.launched_with(&["{port}"]);
    let template = "vnc://{host}:{port}".to_owned();
    stage
        .spec
        .address
        .push(AddressSource::Listening { template });
    if Path::new("/usr/bin/python3").exists() {
        let client = stage.launch().await.unwrap();
        let address = within(client.read_address()).await.unwrap();
        assert_eq!(
            address.as_str(),
            format!("vnc://127.0.0.1:{}", client.port().unwrap())
        );
    }
}

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
async fn stopping_ends_the_client_and_its_children() {
    let stage = Stage::with("sleep 60 & echo CHILD=$!; wait").read_from("CHILD=", "{value}");
    let client = stage.launch().await.unwrap();
    let child: i32 = within(client.read_address())
        .await
        .unwrap()
        .as_str()
        .parse()
        .unwrap();
    assert!(is_alive(child) && client.exit().is_none());
    let watch = client.exited();
    let exit = within(client.stop()).await.unwrap();
    assert_eq!(
        exit,
        Exit {
            code: None,
            signal: Some(15)
        }
    );
    assert_eq!(within(watch).await, exit);
    until(|| (!is_alive(child)).then_some(())).await;
}

#[tokio::test]
async fn a_client_that_does_not_want_to_end_is_ended() {
    let stage = Stage::with("trap '' TERM; echo READY=1; while :; do sleep 1; done")
        .read_from("READY=", "1");
    let client = stage.launch().await.unwrap();
    within(client.read_address()).await.unwrap();
    assert_eq!(within(client.stop()).await.unwrap().signal, Some(9));
}

#[tokio::test]
async fn its_own_stop_command_comes_first() {
    let body = "[ \"$1\" = --quit ] && { touch quit; exit 0; }\necho READY=1; while ! [ -e quit ]; do sleep 0.01; done; exit 7";
    let mut stage = Stage::with(body).read_from("READY=", "1");
    stage.spec.stop = Stop::Command(vec!["--quit".into()]);
    let client = stage.launch().await.unwrap();
    within(client.read_address()).await.unwrap();
    within(client.stop()).await;
    assert!(stage.state("quit").exists());
}

#[tokio::test]
async fn dropping_a_client_ends_it() {
    let stage = Stage::with("sleep 60 & echo CHILD=$!; wait").read_from("CHILD=", "{value}");
    let client = stage.launch().await.unwrap();
    let child: i32 = within(client.read_address())
        .await
        .unwrap()
        .as_str()
        .parse()
        .unwrap();
    let watch = client.exited();
    drop(client);
    assert_eq!(within(watch).await.signal, Some(9));
    until(|| (!is_alive(child)).then_some(())).await;
}

#[tokio::test]
async fn a_crash_is_seen_with_its_signal_and_its_children_go() {
    let stage = Stage::with(
        "sleep 60 & echo CHILD=$!; while ! [ -e crash ]; do sleep 0.01; done; kill -SEGV $$",
    )
    .read_from("CHILD=", "{value}");
    let client = stage.launch().await.unwrap();
    let child: i32 = within(client.read_address())
        .await
        .unwrap()
        .as_str()
        .parse()
        .unwrap();
    std::fs::write(stage.state("crash"), "").unwrap();
    assert_eq!(within(client.exited()).await.signal, Some(11));
    until(|| (!is_alive(child)).then_some(())).await;
}

#[tokio::test]
async fn a_program_that_runs_as_a_daemon_already_is_only_asked() {
    let mut stage = Stage::with(
        "[ \"$1\" = --get-id ] && { echo 123456789; exit; }; touch started; exec sleep 60",
    )
    .asked_with(5);
    stage.spec.launch.service = true;
    let client = stage.launch().await.unwrap();
    assert_eq!(
        within(client.read_address()).await.unwrap().as_str(),
        "123456789"
    );
    assert_eq!(
        (client.pid(), stage.state("started").exists()),
        (None, false)
    );
    assert_eq!(within(client.stop()).await, None);
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

/// The client has to go when the agent does, however the agent goes.
#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_client_carries_the_signal_of_its_parents_death() {
    // PR_GET_PDEATHSIG is for oneself alone, so the client asks: 2 is its number in prctl(2).
    let body = "exec python3 -c 'import ctypes,time\nn = ctypes.c_int()\nctypes.CDLL(None).prctl(2, ctypes.byref(n))\nprint(\"SIGNAL=%d\" % n.value, flush=True)\ntime.sleep(60)'";
    let stage = Stage::with(body).read_from("SIGNAL=", "{value}");
    if Path::new("/usr/bin/python3").exists() {
        assert_eq!(stage.address().await.unwrap(), "9");
    }
}
