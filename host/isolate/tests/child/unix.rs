//! What a child has on Unix, and what it can say there that is no frame.

use std::path::PathBuf;

use deskhook_hooks::Fault;
use rustix::process::{Pid, test_kill_process};

use crate::{again, call, open, process};

pub(crate) fn is_alive(pid: u32) -> bool {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| test_kill_process(pid).is_ok())
}

/// Whether this system does what it is told to hold a child by.
pub(crate) fn holds() -> bool {
    true
}

/// One that ends at once and says nothing.
pub(crate) fn system_program() -> PathBuf {
    "/bin/true".into()
}

/// A file that the agent can read and its child must not.
pub(crate) fn secret() -> PathBuf {
    std::env::current_exe().expect("a test is a file")
}

#[test]
fn a_child_has_no_files_no_network_no_programs_and_nothing_of_the_agents() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let process = process();
    let extension = open(&process, "probe");
    let answer = |what: &str| call(&extension, what).unwrap();
    let denied = "Operation not permitted (os error 1)";
    assert_eq!(answer(&format!("read {}", secret().display())), denied);
    assert_eq!(answer("write /tmp/x"), denied);
    assert_eq!(answer("run /bin/true"), denied);
    let address = listener.local_addr().unwrap();
    assert_eq!(answer(&format!("connect {address}")), denied);
    assert_eq!(answer("environment"), "[]");
    // Its way to the agent twice (standard input and its copy), and this channel.
    assert_eq!(answer("handles"), "[3, 4]");
    assert_eq!(answer("thread"), "ran", "threads of its own it has");
    assert!(process.held_by().contains(&"seccomp".to_owned()));
    assert!(process.held_by().contains(&"rlimits".to_owned()));
}

#[test]
fn what_is_no_frame_ends_the_child() {
    let process = process();
    let extension = open(&process, "probe");
    for bytes in [
        "\u{1}\0\0\0x",
        "\u{7f}\u{7f}\u{7f}\u{7f}",
        "\u{9}\0\0\0\"opened\" ",
    ] {
        let fault = call(&extension, &format!("garbage {bytes}")).unwrap_err();
        assert!(matches!(fault, Fault::Crashed { .. }), "{bytes:?}: {fault}");
        again(&extension);
    }
}

#[test]
fn a_child_that_dies_in_the_middle_of_a_frame_or_says_a_byte_at_a_time_is_ended_in_time() {
    let process = process();
    let extension = open(&process, "probe");
    let fault = call(&extension, "half").unwrap_err();
    assert!(matches!(fault, Fault::Crashed { .. }), "{fault}");
    again(&extension);
    let fault = call(&extension, "drip").unwrap_err();
    assert!(matches!(fault, Fault::Late { .. }), "{fault}");
    again(&extension);
}
