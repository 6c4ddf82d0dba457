use std::path::Path;

use deskhook_policy::Stop;

use super::stage::{Stage, is_alive, until, within};
use crate::Exit;

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
