use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use harness::{Home, PATIENCE, Process, TestAgent, TestPortal, Tray, TrayIcon, extension_hosts};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::table::Series;

/// An enrolled device whose clock is looked at.
pub(crate) struct Device {
    agent: TestAgent,
    process: Option<Process>,
    socket: PathBuf,
}

/// How long an agent took after it was started.
pub(crate) struct Times {
    /// To say that it runs.
    pub(crate) running: Duration,
    /// To have its icon in the tray; none without a tray.
    pub(crate) ready: Option<Duration>,
}

impl Device {
    /// One that may start the sample client.
    pub(crate) fn enrolled(home: Home, portal: &TestPortal) -> Result<Self> {
        let socket = home.path().join("runtime/deskhook/agent.sock");
        let agent = TestAgent::living_in(home)?;
        let settings = json!({ "Integration.Clients.sample.Enabled": true });
        let layer = json!({ "scope": "tenant", "settings": settings });
        agent.policy("tenant.json", &layer)?;
        agent.enrol(&portal.url(), &portal.token(&[])?)?;
        Ok(Self {
            agent,
            process: None,
            socket,
        })
    }

    /// Starts its agent.
    pub(crate) async fn start(&mut self, tray: Option<&mut Tray>) -> Result<Times> {
        let mut command = self.agent.home().deskhook();
        let began = Instant::now();
        let process = Process::start(command.args(["agent", "run"]))?;
        process.line("agent running")?;
        let running = began.elapsed();
        let mut ready = None;
        if let Some(tray) = tray {
            tray.icon().await?;
            ready = Some(began.elapsed());
        }
        self.process = Some(process);
        Watch::of(&self.socket)?.until("online", |status| status["online"] == true)?;
        Ok(Times { running, ready })
    }

    /// Ends its agent.
    pub(crate) async fn stop(&mut self, tray: Option<&Tray>) -> Result<()> {
        let process = self.process.take().context("the agent was not started")?;
        process.signal(Signal::TERM)?;
        process.end()?;
        match tray {
            Some(tray) => tray.emptied().await,
            None => Ok(()),
        }
    }

    /// Its agent's process.
    pub(crate) fn id(&self) -> Result<u32> {
        let process = self.process.as_ref();
        Ok(process.context("the agent was not started")?.id())
    }

    /// Gives it a package that every session asks and that has a test of its own.
    pub(crate) fn install_package(&self, version: usize) -> Result<()> {
        let manifest = json!({
            "name": "gate", "version": version.to_string(), "api": 1, "hooks": ["session.request"],
        });
        let script = "deskhook.on('session.request', function() return deskhook.allow() end)";
        let test = "test('lets in', function(t) t.allowed(t.run('session.request', {})) end)";
        let home = self.agent.home();
        home.write("packages/gate/init.lua", script)?;
        home.write("packages/gate/tests/gate.lua", test)?;
        home.write("packages/gate/deskhook.json", manifest.to_string())?;
        Ok(())
    }

    /// New files of that package one after the other: the times from the last written file to the
    /// status that has them running, their own tests passed.
    pub(crate) fn reloads(&self, rounds: usize) -> Result<Series> {
        let mut series = Series::default();
        let mut watch = Watch::of(&self.socket)?;
        for version in (2..).take(rounds) {
            let named = version.to_string();
            let began = Instant::now();
            self.install_package(version)?;
            watch.until("the package's new files", |status| {
                let gate = &status["extensions"];
                let gate = gate.as_array().into_iter().flatten();
                let mut gate = gate.filter(|one| one["name"] == "gate");
                gate.any(|one| one["version"].as_str() == Some(&*named))
            })?;
            series.push(began.elapsed());
        }
        Ok(series)
    }

    /// The child in which its agent runs packages.
    pub(crate) fn child(&self) -> Result<u32> {
        let agent = self.id()?;
        let mut hosts = extension_hosts(agent).into_iter();
        let host = hosts.next();
        host.with_context(|| format!("the agent {agent} has no child for packages"))
    }

    /// Sessions one after the other: the times from the click to the portal's receipt for the
    /// address. The click is in the tray's menu, as the panel makes it; without a tray it is what
    /// `deskhook session start` sends.
    pub(crate) async fn sessions(&self, rounds: usize, tray: Option<&mut Tray>) -> Result<Series> {
        let icon = match tray {
            Some(tray) => Some(tray.icon().await?),
            None => None,
        };
        let mut series = Series::default();
        for _ in 0..rounds {
            let mut watch = Watch::of(&self.socket)?;
            let began = match &icon {
                Some(icon) => clicked(icon).await?,
                None => {
                    let began = Instant::now();
                    self.ask(json!({ "ask": "do", "do": "start" }))?;
                    began
                }
            };
            watch.until("reported", |status| status["reported"] == true)?;
            series.push(began.elapsed());
            self.ask(json!({ "ask": "do", "do": "stop" }))?;
            watch.until("idle", |status| status["phase"] == "idle")?;
        }
        Ok(series)
    }

    /// Policies one after the other: the times from the written file to the status that names it.
    pub(crate) fn policies(&self, rounds: usize) -> Result<Series> {
        let mut series = Series::default();
        let mut watch = Watch::of(&self.socket)?;
        for round in 0..rounds {
            let settings = json!({ "Session.MaxMinutes": round + 1 });
            let layer = json!({ "scope": "tenant", "priority": 1, "settings": settings });
            let before = self.agent.status()?["policy_version"].clone();
            let began = Instant::now();
            self.agent.policy("measured.json", &layer)?;
            watch.until("the new policy", |status| {
                status["policy_version"] != before
            })?;
            series.push(began.elapsed());
        }
        Ok(series)
    }

    fn ask(&self, what: Value) -> Result<()> {
        let mut line = Line::open(&self.socket, what)?;
        let reply = line.next()?;
        ensure!(reply["taken"] == true, "not taken: {reply}");
        Ok(())
    }
}

/// Picks the start entry; gives the moment. A menu that was made anew in between has another entry.
async fn clicked(icon: &TrayIcon) -> Result<Instant> {
    let mut last = None;
    for _ in 0..10 {
        let entry = icon.entry("Start remote session").await?;
        let began = Instant::now();
        match icon.click(&entry).await {
            Ok(()) => return Ok(began),
            Err(error) => last = Some(error),
        }
    }
    Err(last.context("an entry that can be picked")?)
}

/// A conversation with the agent's control socket.
struct Line(BufReader<UnixStream>);

impl Line {
    fn open(socket: &Path, asked: Value) -> Result<Self> {
        let mut stream = UnixStream::connect(socket)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        writeln!(stream, "{asked}")?;
        Ok(Self(BufReader::new(stream)))
    }

    fn next(&mut self) -> Result<Value> {
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        serde_json::from_str(&line).with_context(|| format!("the agent said {line:?}"))
    }
}

/// Its status after each change, as it happens.
struct Watch(Line);

impl Watch {
    fn of(socket: &Path) -> Result<Self> {
        Line::open(socket, json!({ "ask": "watch" })).map(Self)
    }

    fn until(&mut self, what: &str, is: impl Fn(&Value) -> bool) -> Result<()> {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if is(&self.0.next()?) {
                return Ok(());
            }
        }
        anyhow::bail!("waited in vain: {what}")
    }
}
