use std::path::Path;

use deskhook_policy::{AddressSource, Query};

use super::stage::{Stage, within};
use crate::LaunchError;

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
async fn an_address_is_told_once_the_client_says_that_it_can_be_reached() {
    let script = r#"cd "$(dirname "$0")"; case "$1" in
        --get-id) echo 123456789 ;;
        --get-status) [ -e online ] && echo online || { touch online; echo offline; } ;;
        *) exec sleep 60 ;;
    esac"#;
    let mut stage = Stage::with(script).asked_with(20);
    stage.spec.ready = Some(Query {
        arguments: vec!["--get-status".into()],
        not_ready: vec!["offline".into()],
        patience_seconds: 20,
    });
    assert_eq!(stage.address().await.unwrap(), "123456789");
    assert!(stage.folder.path().join("online").exists(), "it was asked");
}
