//! What a child may touch that is there for native code: what is named to it, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::net::TcpListener;
use std::path::Path;

use deskhook_isolate::Process;
use deskhook_wire::{Confinement, Connect, NativeReach};

use crate::unix::secret;
use crate::{about, call, open, opening, program};

const DENIED: &str = "Permission denied (os error 13)";
const FORBIDDEN: &str = "Operation not permitted (os error 1)";

/// What each attempt comes to in a child of that reach.
fn attempts<'a>(reach: NativeReach, attempts: &[&'a str]) -> Vec<(&'a str, String)> {
    let confinement = Confinement {
        memory_mib: 256,
        native: Some(reach),
    };
    let process = Process::new("probe", program(&[]), confinement);
    let extension = open(&process, "probe");
    let held = process.held_by();
    assert!(held.contains(&"landlock".to_owned()), "{held:?}");
    let each = attempts.iter();
    each.map(|what| (*what, call(&extension, what).expect("the probe answers")))
        .collect()
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[test]
fn native_code_reads_what_is_named_and_the_system_s_libraries() {
    let folder = tempfile::tempdir().unwrap();
    let real = folder.path().canonicalize().unwrap();
    let (named, other) = (real.join("named"), real.join("other"));
    std::fs::create_dir(&named).unwrap();
    std::fs::write(named.join("a.txt"), "told").unwrap();
    let link = real.join("link");
    std::os::unix::fs::symlink(&real, &link).unwrap();
    let unmeant = real.join("unmeant");
    std::fs::create_dir(&unmeant).unwrap();
    std::fs::write(unmeant.join("b.txt"), "secret").unwrap();
    std::fs::write(&other, "secret").unwrap();
    let reach = NativeReach {
        // A folder without a `/` behind it is not meant.
        read: vec![named.join(""), unmeant.clone(), link.join("")],
        ..NativeReach::default()
    };
    let unmeant = format!("read {}", shown(&unmeant.join("b.txt")));
    let (inside, outside) = (shown(&named.join("a.txt")), shown(&other));
    let (read, denied) = (format!("read {inside}"), format!("read {outside}"));
    let up = format!("read {}/../other", named.display());
    let own = format!("read {}", secret().display());
    let (write, remove) = (format!("write {inside}"), format!("remove {inside}"));
    let wanted = [
        (&*read, "told"),
        (&denied, DENIED),
        (&up, DENIED),
        (&unmeant, DENIED),
        (&own, DENIED),
        (&write, FORBIDDEN),
        (&remove, FORBIDDEN),
        ("read /etc/passwd", DENIED),
        ("list /home", DENIED),
        ("environment", "[]"),
        ("thread", "ran"),
    ];
    let asked: Vec<&str> = wanted.iter().map(|(what, _)| *what).collect();
    let wanted: Vec<_> = wanted.map(|(what, came)| (what, came.to_owned())).into();
    assert_eq!(attempts(reach, &asked), wanted);
    assert_eq!(std::fs::read_to_string(&inside).unwrap(), "told");
}

#[test]
fn native_code_writes_in_its_own_folder_alone() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("own");
    std::fs::create_dir(&own).unwrap();
    let reach = NativeReach {
        own: Some(own.clone()),
        ..NativeReach::default()
    };
    let file = shown(&own.join("a.txt"));
    let write = format!("write {file}");
    let read = format!("read {file}");
    let beside = format!("write {}", shown(&folder.path().join("b.txt")));
    let remove = format!("remove {file}");
    let setuid = format!("setuid {}", shown(&own.join("s")));
    let whiteout = format!("whiteout {file}");
    let asked = [
        &*write,
        &read,
        &beside,
        &whiteout,
        &remove,
        &setuid,
        "addresses",
    ];
    let tried = attempts(reach, &asked);
    let came: Vec<&str> = tried.iter().map(|(_, came)| &**came).collect();
    let no_memory = "Cannot allocate memory (os error 12)";
    let wanted = [
        "written", "x", DENIED, FORBIDDEN, "removed", FORBIDDEN, no_memory,
    ];
    assert_eq!(came, wanted);
}

#[test]
fn native_code_connects_where_it_may_and_to_nothing_of_this_machine_s_desktop() {
    let [open, closed] = [0; 2].map(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
    let reach = |connect| NativeReach {
        read: vec![folder.path().to_owned()],
        connect,
        ..NativeReach::default()
    };
    let connect = [&open, &closed].map(|to| format!("connect 127.0.0.1:{}", port(to)));
    let unix = format!("unix {}", path.display());
    let asked = [&*connect[0], &connect[1], "udp 127.0.0.1:0", &unix];
    let came = |connect| {
        let tried = attempts(reach(connect), &asked).into_iter();
        tried.map(|(_, came)| came).collect::<Vec<_>>()
    };
    assert_eq!(came(Connect::Nowhere), [FORBIDDEN; 4]);
    let ports = Connect::Ports(BTreeSet::from([port(&open)]));
    assert_eq!(came(ports), ["connected", DENIED, "bound", FORBIDDEN]);
    let anywhere = came(Connect::Anywhere);
    assert_eq!(anywhere, ["connected", "connected", "bound", FORBIDDEN]);
}

#[test]
fn native_code_starts_nothing_leaves_no_group_and_signals_nobody() {
    let own = std::process::id();
    let signal = format!("signal {own}");
    let reach = NativeReach {
        environment: BTreeMap::from([("LANG".to_owned(), "C".to_owned())]),
        connect: Connect::Anywhere,
        ..NativeReach::default()
    };
    let wanted = [
        ("run /bin/true", FORBIDDEN),
        ("leave", FORBIDDEN),
        (&*signal, FORBIDDEN),
        ("environment", r#"[("LANG", "C")]"#),
    ];
    let asked: Vec<&str> = wanted.iter().map(|(what, _)| *what).collect();
    let wanted: Vec<_> = wanted.map(|(what, came)| (what, came.to_owned())).into();
    assert_eq!(attempts(reach, &asked), wanted);
}

/// A child on a kernel that was built without these parts.
fn on_a_kernel_without(parts: &[&str], reach: NativeReach) -> Process {
    let arguments = [&["without"], parts].concat();
    let confinement = Confinement {
        memory_mib: 256,
        native: Some(reach),
    };
    Process::new("probe", program(&arguments), confinement)
}

#[test]
fn on_a_kernel_without_landlock_native_code_writes_nothing_and_that_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.txt");
    std::fs::write(&file, "what the person may read").unwrap();
    let reach = NativeReach {
        own: Some(folder.path().to_owned()),
        ..NativeReach::default()
    };
    let process = on_a_kernel_without(&["landlock"], reach);
    let extension = open(&process, "probe");
    assert_eq!(process.held_by(), ["rlimits", "seccomp"]);
    let answer = |what: String| call(&extension, &what).unwrap();
    let read = answer(format!("read {}", file.display()));
    assert_eq!(read, "what the person may read");
    for what in ["write", "remove"] {
        assert_eq!(answer(format!("{what} {}", file.display())), FORBIDDEN);
    }
    assert_eq!(answer("run /bin/true".to_owned()), FORBIDDEN);
    assert_eq!(answer("connect 127.0.0.1:1".to_owned()), FORBIDDEN);
}

#[test]
fn on_a_kernel_without_seccomp_nothing_runs() {
    let process = on_a_kernel_without(&["seccomp"], NativeReach::default());
    let refused = process.open(about("probe"), opening("probe", "good"));
    let refused = refused.err().expect("nothing holds it");
    let why = std::error::Error::source(&refused).map(ToString::to_string);
    let why = why.unwrap_or_default();
    assert!(why.contains("no seccomp filter"), "{refused}: {why}");
}

#[cfg(target_arch = "x86_64")]
#[test]
fn the_calls_of_another_kind_of_processor_end_the_child() {
    let confinement = Confinement {
        memory_mib: 256,
        native: Some(NativeReach::default()),
    };
    let process = Process::new("probe", program(&[]), confinement);
    let fault = call(&open(&process, "probe"), "int80")
        .unwrap_err()
        .to_string();
    // The filter's SIGSYS; SIGSEGV where the kernel was built without them.
    assert!(
        fault.contains("signal: 31") || fault.contains("signal: 11"),
        "{fault}"
    );
}
