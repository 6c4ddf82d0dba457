//! Libraries to load, a folder to load them from, and a host that answers them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use deskhook_hooks::{
    Body, Call, Context, Device, Hook, HostCall, HostError, HostPort, HostQuestion, HostReply,
    Limit, LogLevel, Person, SessionRequest,
};
use deskhook_native::{Manifest, OpenError, Owner, Plugin, Terms};
use serde_json::{Value, json};

/// A folder with one plugin in it, and a place for private copies.
pub(crate) struct Place {
    folder: tempfile::TempDir,
}

/// How the fixture in C is built: `("MAJOR", "2")` is `-DMAJOR=2`.
pub(crate) type Flags<'a> = &'a [(&'a str, &'a str)];

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// The folder of the plugin.
    pub(crate) fn folder(&self) -> PathBuf {
        self.folder.path().join("plugin")
    }

    pub(crate) fn library(&self) -> PathBuf {
        self.folder().join("libfixture.so")
    }

    pub(crate) fn terms(&self) -> Terms {
        let copies = self.folder.path().join("copies");
        Terms {
            owner: Owner::RootOrSelf,
            pinned: None,
            copies,
            publishers: BTreeMap::new(),
            versions: Default::default(),
        }
    }

    /// Puts the fixture in C here, built with `flags`.
    pub(crate) fn with_c(self, flags: Flags<'_>) -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/plugin.c");
        self.with_library(&source, flags)
    }

    /// Puts a plugin in C here, built from that text.
    pub(crate) fn with_source(self, code: &str) -> Self {
        let source = self.folder.path().join("source.c");
        std::fs::write(&source, code).expect("a file");
        self.with_library(&source, &[])
    }

    /// Puts the fixture here as it was built with the header of the interface 1.0.
    pub(crate) fn with_first_header(self) -> Self {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/plugin.c");
        self.built(&source, (&[], "tests/first"))
    }

    fn with_library(self, source: &Path, flags: Flags<'_>) -> Self {
        self.built(source, (flags, "include"))
    }

    fn built(self, source: &Path, (flags, include): (Flags<'_>, &str)) -> Self {
        std::fs::create_dir_all(self.folder()).expect("a folder");
        let fresh = self.folder.path().join("fresh.so");
        compile(source, (flags, include), &fresh);
        std::fs::rename(fresh, self.library()).expect("the same disk");
        set_mode(&self.library(), 0o644);
        set_mode(&self.folder(), 0o755);
        self
    }

    /// The manifest of what lies here.
    pub(crate) fn manifest(&self, template: &Value) -> Manifest {
        let manifest = Manifest::template(&template.to_string()).expect("a template");
        manifest.for_library(&self.library()).expect("a library")
    }

    pub(crate) fn open(&self) -> Result<Plugin, OpenError> {
        Plugin::open(&self.library(), &self.manifest(&template()), &self.terms())
    }
}

/// Whatever this account's umask says.
pub(crate) fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("it is ours");
}

pub(crate) fn template() -> Value {
    json!({
        "id": "org.deskhook.fixture", "version": "1.0.0", "abi": "1.0", "publisher": "Deskhook",
        "hooks": ["session.request", "tray.menu"], "capabilities": ["policy:Fixture"]
    })
}

fn compile(source: &Path, (flags, include): (Flags<'_>, &str), into: &Path) {
    let native = Path::new(env!("CARGO_MANIFEST_DIR"));
    let made = Command::new("cc")
        .args([
            "-std=c11",
            "-Wall",
            "-Wextra",
            "-Werror",
            "-pedantic",
            "-fPIC",
            "-shared",
        ])
        .arg("-I")
        .arg(native.join("../../plugins/abi").join(include))
        .args(
            flags
                .iter()
                .map(|(name, value)| format!("-D{name}={value}")),
        )
        .arg(source)
        .arg("-o")
        .arg(into)
        .output()
        .expect("a C compiler is needed");
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
}

/// A library that cargo builds, by the arguments that say which.
pub(crate) fn cargo_library(arguments: &[&str]) -> PathBuf {
    let made = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--message-format",
            "json-render-diagnostics",
        ])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    let text = String::from_utf8(made.stdout).expect("cargo writes JSON");
    let artifacts = text
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let files = artifacts
        .filter(|it| it["reason"] == "compiler-artifact")
        .flat_map(|it| it["filenames"].as_array().cloned().unwrap_or_default());
    let mut libraries = files.filter_map(|it| it.as_str().map(PathBuf::from));
    let suffix = std::env::consts::DLL_SUFFIX;
    let found = libraries.find(|path| path.to_string_lossy().ends_with(suffix));
    found.expect("a dynamic library is built")
}

/// A host that answers from a small table and remembers what was logged.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) questions: mpsc::Sender<HostQuestion>,
    heard: Arc<Mutex<Vec<HostCall>>>,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let (questions, inbox) = mpsc::channel::<HostQuestion>();
        let heard = Arc::new(Mutex::new(vec![]));
        let ears = Arc::clone(&heard);
        std::thread::spawn(move || {
            let mut kept = Value::Null;
            for question in inbox {
                let answer = answer(&question.call, &mut kept);
                ears.lock().expect("nobody panics").push(question.call);
                let _ = question.reply.send(answer);
            }
        });
        Self { questions, heard }
    }

    pub(crate) fn port(&self) -> HostPort {
        HostPort::new("org.deskhook.fixture", self.questions.clone())
    }

    pub(crate) fn heard(&self, call: &HostCall) -> bool {
        self.heard.lock().expect("nobody panics").contains(call)
    }

    pub(crate) fn heard_line(&self, line: &str) -> bool {
        self.heard(&HostCall::Log {
            level: LogLevel::Info,
            message: line.to_owned(),
        })
    }
}

fn answer(call: &HostCall, kept: &mut Value) -> HostReply {
    match call {
        HostCall::Policy { key } if key.ends_with(".Word") => Ok(json!("magic")),
        HostCall::Policy { key } if key == "FreeSpace.MinimumMiB" => Ok(json!(999_999_999_u64)),
        HostCall::Policy { .. } => Ok(Value::Null),
        HostCall::StoreGet { .. } => Ok(kept.clone()),
        HostCall::StoreSet { value, .. } => {
            *kept = value.clone();
            Ok(Value::Null)
        }
        HostCall::Log { .. } | HostCall::Request(_) => Ok(Value::Null),
        other => Err(HostError::NotGranted {
            capability: other.capability().unwrap_or_default(),
        }),
    }
}

/// A `session.request` with that reason.
pub(crate) fn request(reason: Option<&str>) -> Call {
    let body = SessionRequest {
        reason: reason.map(str::to_owned),
        ..SessionRequest::default()
    };
    Call::new(Hook::SessionRequest, context(), body)
}

/// A call of `hook` with nothing in it.
pub(crate) fn bare(hook: Hook) -> Call {
    let body: Body = Call::read(Some(hook), json!({}))
        .expect("every field has a default")
        .body;
    Call {
        hook,
        context: context(),
        body,
    }
}

fn context() -> Context {
    let groups = vec!["crew".to_owned(), "night".to_owned()];
    Context {
        device: Device {
            groups,
            ..Device::default()
        },
        person: Person {
            display_name: "Ada".to_owned(),
            ..Person::default()
        },
        ..Context::default()
    }
}

pub(crate) fn limit() -> Limit {
    Limit {
        cpu: Duration::from_secs(10),
        wall: Duration::from_secs(10),
    }
}

/// An error and all its sources.
pub(crate) fn whole(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    text
}
