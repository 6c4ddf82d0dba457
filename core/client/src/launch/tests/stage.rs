use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use deskhook_policy::{AddressSource, ClientSpec, Executable, Query};

use crate::launch::{launch_spec, obtain};
use crate::{Desktop, LaunchError, LaunchOptions, Places, RunningClient};

/// How long anything may take before a test fails.
const DEADLINE: Duration = Duration::from_secs(20);

/// A client made of a shell script, and the folder that it lives in.
pub(super) struct Stage {
    pub(super) folder: tempfile::TempDir,
    pub(super) spec: ClientSpec,
}

impl Stage {
    /// A client whose program is the script `body`.
    pub(super) fn with(body: &str) -> Self {
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

    pub(super) fn launched_with(mut self, arguments: &[&str]) -> Self {
        self.spec.launch.arguments = arguments.iter().map(ToString::to_string).collect();
        self
    }

    pub(super) fn asked_with(mut self, patience_seconds: u32) -> Self {
        self.spec.address.push(AddressSource::Query(Query {
            arguments: vec!["--get-id".into()],
            not_ready: vec!["0".into()],
            patience_seconds,
        }));
        self
    }

    pub(super) fn read_from(mut self, prefix: &str, template: &str) -> Self {
        let (prefix, template) = (prefix.into(), template.into());
        self.spec
            .address
            .push(AddressSource::Output { prefix, template });
        self
    }

    pub(super) fn options(&self) -> LaunchOptions {
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

    pub(super) async fn launch(&self) -> Result<RunningClient, LaunchError> {
        let options = self.options();
        let program = obtain(&self.spec, &options.places, |_, _| {}).await?;
        launch_spec(&self.spec, &program, &options).await
    }

    /// Launches it and reads its address.
    pub(super) async fn address(&self) -> Result<String, LaunchError> {
        let client = self.launch().await?;
        let address = within(client.read_address()).await?;
        Ok(address.as_str().to_owned())
    }

    pub(super) fn state(&self, name: &str) -> PathBuf {
        self.folder.path().join("state/clients/stage").join(name)
    }
}

pub(super) async fn within<T>(step: impl Future<Output = T>) -> T {
    tokio::time::timeout(DEADLINE, step)
        .await
        .expect("a step came to no end")
}

/// Looks again and again until `seen` gives something.
pub(super) async fn until<T>(mut seen: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = seen() {
            return found;
        }
        assert!(begun.elapsed() < DEADLINE, "it never came");
        tokio::task::yield_now().await;
    }
}

pub(super) fn is_alive(pid: i32) -> bool {
    let state = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let after = state.rsplit(')').next().unwrap_or_default().trim_start();
    !after.is_empty() && !after.starts_with('Z')
}
