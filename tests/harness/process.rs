use std::fs;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::patience::{PATIENCE, until_some};

/// A process of ours, in a process group of its own, which is killed when this is dropped.
pub struct Process {
    name: String,
    child: Child,
    captured: Arc<Captured>,
}

/// A process that has ended.
#[derive(Debug)]
pub struct Finished {
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to standard output.
    pub stdout: String,
    /// What it wrote to standard error.
    pub stderr: String,
}

/// Runs a command to its end, with nothing to read.
///
/// # Errors
/// When it cannot be started, or has not ended within [`PATIENCE`].
pub fn run(command: &mut Command) -> Result<Finished> {
    Process::start(command)?.end()
}

/// Whether a process is there and does something. A dead one may still wait for whoever inherits it.
#[must_use]
pub fn is_alive(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

/// The children of an agent in which packages and plugins run.
#[must_use]
pub fn extension_hosts(agent: u32) -> Vec<u32> {
    let mut hosts = children_of(agent);
    hosts.retain(|child| {
        let name = std::fs::read_to_string(format!("/proc/{child}/comm"));
        name.is_ok_and(|name| name.trim() == "deskhook-ext")
    });
    hosts
}

/// The children of a process: their ids.
#[must_use]
pub fn children_of(process: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{process}/task"));
    let lists = tasks
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    let ids = lists.flat_map(|list| {
        let ids = list.split_whitespace().map(str::to_owned);
        ids.collect::<Vec<_>>()
    });
    ids.filter_map(|id| id.parse().ok()).collect()
}

/// The processes that name `folder` on their command line or live in it: those that were started
/// there, and what they started.
pub fn processes_of(folder: &Path) -> Vec<Pid> {
    let name = folder.display().to_string();
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let named = entries.filter_map(|entry| {
        let id = entry
            .file_name()
            .to_string_lossy()
            .parse()
            .ok()
            .and_then(Pid::from_raw)?;
        let arguments = fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let lives = fs::read_link(entry.path().join("cwd")).unwrap_or_default();
        let ours = String::from_utf8_lossy(&arguments).contains(&name) || lives.starts_with(folder);
        ours.then_some(id)
    });
    named.collect()
}

impl Process {
    /// Starts a command with both its outputs captured.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut child = command
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let captured = Arc::new(Captured::default());
        let stdout = child.stdout.take().expect("its output is a pipe");
        let stderr = child.stderr.take().expect("its error output is a pipe");
        let filled = (Arc::clone(&captured), Arc::clone(&captured));
        std::thread::spawn(move || filled.0.fill(Stream::Out, stdout));
        std::thread::spawn(move || filled.1.fill(Stream::Err, stderr));
        Ok(Self {
            name,
            child,
            captured,
        })
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Both its outputs so far, line by line as they came.
    pub fn output(&self) -> String {
        self.captured.text(None)
    }

    /// Waits for a line of either output that contains `needle`, and returns it.
    ///
    /// # Errors
    /// With all output, when none came within [`PATIENCE`] or both outputs ended.
    pub fn line(&self, needle: &str) -> Result<String> {
        self.line_where(&format!("{needle:?}"), |line| line.contains(needle))
    }

    /// Waits for a line of either output that is `what`, and returns it.
    ///
    /// # Errors
    /// With all output, when none came within [`PATIENCE`] or both outputs ended.
    pub fn line_where(&self, what: &str, is: impl Fn(&str) -> bool) -> Result<String> {
        match self.captured.wait_for(is) {
            Some(line) => Ok(line),
            None => bail!(
                "{} never wrote {what}; it wrote:\n{}",
                self.name,
                self.output()
            ),
        }
    }

    /// Writes to its standard input.
    ///
    /// # Errors
    /// When it no longer reads.
    pub fn write(&mut self, text: &str) -> Result<()> {
        let input = self.child.stdin.as_mut().context("its input is closed")?;
        input.write_all(text.as_bytes())?;
        Ok(input.flush()?)
    }

    /// Whether it still runs.
    pub fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends it, and it alone, a signal.
    ///
    /// # Errors
    /// When it has ended.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let name = &self.name;
        kill_process(self.pid()?, signal).with_context(|| format!("cannot signal {name}"))
    }

    /// Closes its input and waits for its end.
    ///
    /// # Errors
    /// With all output, when it has not ended within [`PATIENCE`].
    pub fn end(mut self) -> Result<Finished> {
        drop(self.child.stdin.take());
        let status = self.wait()?;
        self.captured.wait_for_end();
        Ok(Finished {
            code: status.code(),
            stdout: self.captured.text(Some(Stream::Out)),
            stderr: self.captured.text(Some(Stream::Err)),
        })
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// With all output, when it has not ended within [`PATIENCE`].
    pub fn wait(&mut self) -> Result<ExitStatus> {
        let what = format!("{} should end", self.name);
        let child = &mut self.child;
        until_some(&what, || child.try_wait().ok().flatten())
            .with_context(|| format!("it wrote:\n{}", self.captured.text(None)))
    }

    fn pid(&self) -> Result<Pid> {
        let raw = i32::try_from(self.child.id())?;
        Pid::from_raw(raw).context("a process id is never 0")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Ok(group) = self.pid() {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stream {
    Out,
    Err,
}

/// Lines as they come in, and a bell that rings for each.
#[derive(Default)]
struct Captured {
    lines: Mutex<Lines>,
    bell: Condvar,
}

#[derive(Default)]
struct Lines {
    seen: Vec<(Stream, String)>,
    ended: usize,
}

impl Captured {
    fn fill(&self, stream: Stream, pipe: impl Read) {
        let mut reader = BufReader::new(pipe);
        let mut bytes = Vec::new();
        while reader
            .read_until(b'\n', &mut bytes)
            .is_ok_and(|count| count > 0)
        {
            let line = String::from_utf8_lossy(&bytes)
                .trim_end_matches(['\r', '\n'])
                .to_owned();
            self.lines().seen.push((stream, line));
            self.bell.notify_all();
            bytes.clear();
        }
        self.lines().ended += 1;
        self.bell.notify_all();
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn text(&self, only: Option<Stream>) -> String {
        let lines = self.lines();
        let wanted = lines
            .seen
            .iter()
            .filter(|(stream, _)| only.is_none_or(|only| only == *stream));
        wanted.map(|(_, line)| format!("{line}\n")).collect()
    }

    fn wait_for(&self, is: impl Fn(&str) -> bool) -> Option<String> {
        let found = |lines: &Lines| {
            lines
                .seen
                .iter()
                .map(|(_, line)| line)
                .find(|line| is(line))
                .cloned()
        };
        self.wait(|lines| found(lines).is_some() || lines.ended == 2);
        found(&self.lines())
    }

    /// A child of the process may hold the pipes open, so this too is bounded.
    fn wait_for_end(&self) {
        self.wait(|lines| lines.ended == 2);
    }

    fn wait(&self, done: impl Fn(&Lines) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut lines = self.lines();
        while !done(&lines) {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let woken = self.bell.wait_timeout(lines, left);
            lines = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
