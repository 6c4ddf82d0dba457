use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use deskhook_policy::{Address, AddressSource, ClientSpec};
use deskhook_session::Clearance;
use tokio::process::{ChildStderr, ChildStdout};

use crate::fields::Fields;
use crate::locate::is_program;
use crate::password::Password;
use crate::printed::{Printed, Stream};
use crate::running::Process;
use crate::{Desktop, LaunchError, LaunchPlan, Places, RunningClient, fetch, folder, locate};

/// What a launch needs beside its clearance.
#[derive(Clone, Debug)]
pub struct LaunchOptions {
    /// The agent's folders.
    pub places: Places,
    /// The desktop that the client is for.
    pub desktop: Desktop,
    /// The arguments and environment, where a `client.launch` hook added some.
    pub plan: Option<LaunchPlan>,
}

/// All steps in a row: finds or fetches the client, launches it, reads its address. `progress`
/// is given the bytes so far and in all while something is fetched.
pub async fn start(
    clearance: Clearance,
    options: LaunchOptions,
    progress: impl Fn(u64, Option<u64>) + Send + Sync,
) -> Result<(RunningClient, Address), LaunchError> {
    let program = obtain(clearance.spec(), &options.places, progress).await?;
    let client = launch(&clearance, &program, &options).await?;
    let address = client.read_address().await?;
    Ok((client, address))
}

/// The client's program: where it is on this machine, else what its description says to fetch,
/// verified.
pub async fn obtain(
    spec: &ClientSpec,
    places: &Places,
    progress: impl Fn(u64, Option<u64>) + Send + Sync,
) -> Result<PathBuf, LaunchError> {
    if let Some(found) = locate(spec, places) {
        return Ok(found);
    }
    let Some(download) = &spec.download else {
        return Err(LaunchError::Missing {
            client: shown_name(spec),
        });
    };
    let fetched = fetch(download, &places.fetched(), progress).await;
    let failed = |source| LaunchError::Fetch {
        client: shown_name(spec),
        name: spec.name.clone(),
        source,
    };
    fetched.map(|fetched| fetched.path).map_err(failed)
}

/// Starts `program` as the client that was cleared: an argument vector, a small environment, a
/// private folder, a process group of its own. A client whose description says that it may run as
/// a service of the machine is asked first, and only started when it does not answer.
pub async fn launch(
    clearance: &Clearance,
    program: &Path,
    options: &LaunchOptions,
) -> Result<RunningClient, LaunchError> {
    launch_spec(clearance.spec(), program, options).await
}

/// [`launch`] once clearance was shown.
pub(crate) async fn launch_spec(
    spec: &ClientSpec,
    program: &Path,
    options: &LaunchOptions,
) -> Result<RunningClient, LaunchError> {
    check_program(program)?;
    let plan = match &options.plan {
        Some(plan) if !plan.fits(spec) => return Err(LaunchError::Plan(shown_name(spec))),
        Some(plan) => plan.clone(),
        None => LaunchPlan::of(spec),
    };
    let mut client = prepare(spec, program, (options, &plan))?;
    if spec.launch.service && answers(&client).await {
        return Ok(client);
    }
    let arguments = plan.filled_arguments(&client.fields);
    let started = run(&client, arguments).await;
    let failed = |source| LaunchError::Start {
        program: program.to_owned(),
        source,
    };
    client.process = Some(started.map_err(failed)?);
    Ok(client)
}

/// The name that people read.
pub(crate) fn shown_name(spec: &ClientSpec) -> String {
    if spec.display_name.is_empty() {
        spec.name.clone()
    } else {
        spec.display_name.clone()
    }
}

fn prepare(
    spec: &ClientSpec,
    program: &Path,
    (options, plan): (&LaunchOptions, &LaunchPlan),
) -> Result<RunningClient, LaunchError> {
    let state = options.places.client(&spec.name);
    let failed = |source| LaunchError::Prepare {
        folder: state.clone(),
        source,
    };
    folder::make_private(&state).map_err(failed)?;
    if plan.wants("{display}") && options.desktop.display.is_none() {
        return Err(LaunchError::NoDisplay(shown_name(spec)));
    }
    let password = plan
        .wants("{password_file}")
        .then(|| Password::make(&state));
    let password = password.transpose().map_err(failed)?;
    let port = plan.wants("{port}").then(free_port).transpose();
    let fields = Fields {
        display: options.desktop.display.clone(),
        port: port.map_err(failed)?,
        password_file: password.as_ref().map(|password| password.path().to_owned()),
        state: state.clone(),
        own_program: options.places.own_program.clone(),
    };
    let mut environment = options.desktop.environment();
    environment.extend(plan.filled_environment(&fields));
    Ok(RunningClient {
        spec: spec.clone(),
        program: program.to_owned(),
        printed: Arc::new(Printed::new(prefixes(spec))),
        fields,
        environment,
        password,
        process: None,
    })
}

async fn run(client: &RunningClient, arguments: Vec<String>) -> io::Result<Process> {
    let mut command = Command::new(&client.program);
    command
        .args(arguments)
        .env_clear()
        .envs(&client.environment)
        .current_dir(&client.fields.state)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = crate::spawn::spawn(command).await?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let process = Process::watch(child)?;
    if let Some(stdout) = stdout {
        let (printed, stdout) = (Arc::clone(&client.printed), ChildStdout::from_std(stdout)?);
        tokio::spawn(async move { printed.follow(stdout, Stream::Output).await });
    }
    if let Some(stderr) = stderr {
        let (printed, stderr) = (Arc::clone(&client.printed), ChildStderr::from_std(stderr)?);
        tokio::spawn(async move { printed.follow(stderr, Stream::Errors).await });
    }
    Ok(process)
}

/// Whether the client runs as a service of the machine: its own command line gives an address.
async fn answers(client: &RunningClient) -> bool {
    for source in &client.spec.address {
        if let AddressSource::Query(query) = source
            && client.query_once(query).await.is_some()
        {
            return true;
        }
    }
    false
}

fn prefixes(spec: &ClientSpec) -> Vec<String> {
    let prefix = |source: &AddressSource| match source {
        AddressSource::Output { prefix, .. } => Some(prefix.clone()),
        AddressSource::Query(_) | AddressSource::Listening { .. } => None,
    };
    spec.address.iter().filter_map(prefix).collect()
}

/// A program that anybody may change, or put another in the place of, is anybody's program.
fn check_program(program: &Path) -> Result<(), LaunchError> {
    let refused = |why: &'static str| LaunchError::Program {
        program: program.to_owned(),
        why,
    };
    if !program.is_absolute() {
        return Err(refused("its path is not absolute"));
    }
    if !is_program(program) {
        return Err(refused("it is no file that can be run"));
    }
    #[cfg(unix)]
    {
        const STICKY: u32 = 0o1000;
        const OTHERS_WRITE: u32 = 0o002;
        let mode = |path: &Path| {
            let about = std::fs::metadata(path).ok()?;
            Some(std::os::unix::fs::MetadataExt::mode(&about))
        };
        let folder = program.parent().and_then(mode);
        if mode(program).is_none_or(|mode| mode & OTHERS_WRITE != 0) {
            return Err(refused("anybody may change it"));
        }
        if folder.is_none_or(|mode| mode & OTHERS_WRITE != 0 && mode & STICKY == 0) {
            return Err(refused("anybody may change its folder"));
        }
    }
    Ok(())
}

/// A port of the loopback that nothing uses at this moment.
fn free_port() -> io::Result<u16> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()
        .map(|address| address.port())
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
