use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use deskhook_hooks::{Answer, Call, Extension, Fault, Hook, Limit};
use deskhook_isolate::{Process, Program};
use deskhook_script::{Package, Script};
use deskhook_wire::{Confinement, Opening};
use serde_json::{Value, json};

use crate::desk::Desk;

/// Where an extension runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Agent,
    Child,
}

pub(crate) const PLACES: [Place; 2] = [Place::Agent, Place::Child];

/// Computing is bounded tightly, so that a suite of failures does not take minutes; the wall is
/// not, so that a busy machine does not decide which of the two is reached.
pub(crate) const LIMIT: Limit = Limit {
    cpu: Duration::from_millis(200),
    wall: Duration::from_secs(20),
};

impl Place {
    pub(crate) fn open(self, package: &Arc<Package>, granted: &[String]) -> Arc<dyn Extension> {
        match self {
            Self::Agent => {
                let script = Script::new(Arc::clone(package), granted);
                Arc::new(script.expect("the package loads"))
            }
            Self::Child => open_in(&child(), package, granted),
        }
    }

    /// Why a package does not load.
    pub(crate) fn refusal(self, package: &Arc<Package>) -> String {
        match self {
            Self::Agent => {
                let error = Script::new(Arc::clone(package), &[]).err();
                let error = anyhow::Error::from(error.expect("the package does not load"));
                format!("{error:#}")
            }
            Self::Child => {
                let opened = child().open(package.about(), opening(package, &[]));
                let error = opened.err().expect("the package does not load in a child");
                error.to_string()
            }
        }
    }
}

/// Makes the package's extension in that child.
pub(crate) fn open_in(
    process: &Process,
    package: &Package,
    granted: &[String],
) -> Arc<dyn Extension> {
    let opened = process.open(package.about(), opening(package, granted));
    Arc::new(opened.expect("the package loads in a child"))
}

/// A child of the built program, as the agent starts it.
pub(crate) fn child() -> Process {
    child_with(Confinement {
        memory_mib: 1024,
        native: None,
    })
}

/// The same with another confinement.
pub(crate) fn child_with(confinement: Confinement) -> Process {
    let program = Program {
        path: env!("CARGO_BIN_EXE_deskhook").into(),
        arguments: vec!["extension-host".to_owned()],
    };
    Process::new("conformance", program, confinement)
}

fn opening(package: &Package, granted: &[String]) -> Opening {
    let parcel = serde_json::to_string(&package.parcel());
    Opening {
        name: package.name().to_owned(),
        kind: deskhook_hooks::ExtensionKind::Script,
        granted: granted.to_vec(),
        parcel: parcel.expect("texts are JSON"),
    }
}

/// A package of the name `sample` that hears `hooks`, with these files besides its manifest.
pub(crate) fn package(hooks: &[Hook], files: &[(&str, &str)]) -> Arc<Package> {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut manifest = json!({
        "name": "sample", "version": "1.0.0", "api": 1, "hooks": hooks,
        "capabilities": CAPABILITIES,
    });
    if hooks.contains(&Hook::Timer) {
        manifest["timer"] = json!(60);
    }
    write(dir.path(), "deskhook.json", &manifest.to_string());
    for (path, text) in files {
        write(dir.path(), path, text);
    }
    Arc::new(Package::load(dir.path()).expect("it is a package"))
}

/// What the sample asks for and is granted.
pub(crate) const CAPABILITIES: [&str; 6] = [
    "policy:Sample",
    "facts:power",
    "net:tickets.example",
    "exec:/usr/bin/sample",
    "fs.read:/etc/sample",
    "env:SAMPLE",
];

pub(crate) fn granted() -> Vec<String> {
    CAPABILITIES.map(str::to_owned).to_vec()
}

fn write(dir: &Path, path: &str, text: &str) {
    let path = dir.join(path);
    let folder = path.parent().expect("a file lies in a folder");
    std::fs::create_dir_all(folder).expect("a folder in a temporary one");
    std::fs::write(path, text).expect("a file in a temporary folder");
}

/// Calls `hook` with `input` in every place, with a fresh extension and a fresh host in each; gives
/// what came of it and what the host was asked, which are the same everywhere.
pub(crate) fn everywhere(
    package: &Arc<Package>,
    calls: &[(Hook, Value)],
) -> (Vec<Result<Answer, Fault>>, Vec<Value>) {
    let mut results = PLACES.map(|place| {
        let extension = place.open(package, &granted());
        let desk = Desk::open();
        let call = |(hook, input): &(Hook, Value)| {
            let call = Call::read(Some(*hook), input.clone()).expect("the input fits the hook");
            extension.call(&call, LIMIT, desk.port())
        };
        (calls.iter().map(call).collect::<Vec<_>>(), desk.asked())
    });
    let (child, agent) = (results[1].clone(), std::mem::take(&mut results[0]));
    assert_eq!(
        agent, child,
        "the agent on the left, the child on the right"
    );
    agent
}
