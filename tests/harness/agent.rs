use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use rustix::process::Signal;
use serde_json::Value;

use crate::home::Home;
use crate::patience::until_some;
use crate::process::{Finished, Process, run};

/// An agent in a [`Home`] of its own: its policy folder, its packages, its state.
pub struct TestAgent {
    home: Home,
    process: Option<Process>,
}

impl TestAgent {
    /// An agent that is not running yet, without policy and without packages.
    ///
    /// # Errors
    /// When its home cannot be made.
    pub fn new() -> Result<Self> {
        Self::living_in(Home::new()?)
    }

    /// The same in a home that is there already, such as one with a desktop.
    ///
    /// # Errors
    /// When its folders cannot be made.
    pub fn living_in(home: Home) -> Result<Self> {
        let top = home.path();
        for folder in ["policy.d", "packages", "plugins"] {
            fs::create_dir(top.join(folder))?;
        }
        let listed = |name: &str| format!("{name} = [{:?}]\n", top.join(name_of(name)));
        let settings: String = ["policy", "packages", "plugins"]
            .into_iter()
            .map(listed)
            .collect();
        home.write(
            "config/deskhook/agent.toml",
            settings + "language = \"English\"\n",
        )?;
        Ok(Self {
            home,
            process: None,
        })
    }

    /// Where it lives.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// Where its identity, outbox and record are.
    pub fn state(&self) -> PathBuf {
        self.home.path().join("state/deskhook")
    }

    /// Puts a layer file into its policy folder, as a whole.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn policy(&self, file: &str, layer: &Value) -> Result<()> {
        self.policy_text(file, &layer.to_string())
    }

    /// The same with any text, which need not be a layer.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn policy_text(&self, file: &str, text: &str) -> Result<()> {
        let draft = self.home.write(&format!("drafts/{file}"), text)?;
        Ok(fs::rename(
            draft,
            self.home.path().join("policy.d").join(file),
        )?)
    }

    /// Copies a hook package from the code base into its packages folder.
    ///
    /// # Errors
    /// When it is not there or cannot be copied.
    pub fn package(&self, path: &str) -> Result<()> {
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
        let name = from.file_name().context("a package has a name")?;
        copy_all(&from, &self.home.path().join("packages").join(name))
    }

    /// Writes a hook package of one file into its packages folder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn package_of(&self, name: &str, hooks: &[&str], script: &str) -> Result<()> {
        let manifest =
            serde_json::json!({ "name": name, "version": "1.0.0", "api": 1, "hooks": hooks });
        self.home.write(
            &format!("packages/{name}/deskhook.json"),
            manifest.to_string(),
        )?;
        self.home
            .write(&format!("packages/{name}/init.lua"), script)?;
        Ok(())
    }

    /// Runs `deskhook` with these arguments in this home, to its end.
    ///
    /// # Errors
    /// When it does not end.
    pub fn deskhook(&self, arguments: &[&str]) -> Result<Finished> {
        run(self.home.deskhook().args(arguments))
    }

    /// Enrols it.
    ///
    /// # Errors
    /// With what it said, when it was not taken.
    pub fn enrol(&self, portal: &str, token: &str) -> Result<()> {
        let said = self.deskhook(&["agent", "enrol", "--portal", portal, "--token", token])?;
        ensure!(said.code == Some(0), "not enrolled: {}", said.stderr);
        Ok(())
    }

    /// Starts it, and waits until it says that it runs.
    ///
    /// # Errors
    /// With what it wrote, when it does not come up.
    pub fn start(&mut self) -> Result<()> {
        let process = Process::start(self.home.deskhook().args(["agent", "run"]))?;
        process.line("agent running")?;
        self.process = Some(process);
        Ok(())
    }

    /// What the running agent wrote so far.
    pub fn output(&self) -> String {
        self.process
            .as_ref()
            .map(Process::output)
            .unwrap_or_default()
    }

    /// Its process.
    ///
    /// # Errors
    /// When it was not started.
    pub fn process(&mut self) -> Result<&mut Process> {
        self.process.as_mut().context("the agent was not started")
    }

    /// Ends it without warning, as a crash or a power cut does.
    ///
    /// # Errors
    /// When it is not running.
    pub fn kill(&mut self) -> Result<()> {
        let mut process = self.process.take().context("the agent was not started")?;
        process.signal(Signal::KILL)?;
        process.wait()?;
        Ok(())
    }

    /// Asks it to end, and waits until it has; returns what it wrote.
    ///
    /// # Errors
    /// When it does not end by itself with success.
    pub fn stop(&mut self) -> Result<Finished> {
        let process = self.process.take().context("the agent was not started")?;
        process.signal(Signal::TERM)?;
        let finished = process.end()?;
        ensure!(
            finished.code == Some(0),
            "ended with {:?}: {}",
            finished.code,
            finished.stderr
        );
        Ok(finished)
    }

    /// `status --json`.
    ///
    /// # Errors
    /// When the agent does not answer.
    pub fn status(&self) -> Result<Value> {
        let said = self.deskhook(&["status", "--json"])?;
        ensure!(said.code == Some(0), "no status: {}", said.stderr);
        Ok(serde_json::from_str(&said.stdout)?)
    }

    /// Waits until its status is as wanted, and returns that.
    ///
    /// # Errors
    /// With its last status and what it wrote, when it never was.
    pub fn until_status(&self, what: &str, is: impl Fn(&Value) -> bool) -> Result<Value> {
        let seen = until_some(what, || self.status().ok().filter(|status| is(status)));
        seen.with_context(|| {
            format!(
                "its status: {:#?}\nit wrote:\n{}",
                self.status(),
                self.output()
            )
        })
    }
}

/// The folder that a setting names.
fn name_of(setting: &str) -> &str {
    match setting {
        "policy" => "policy.d",
        other => other,
    }
}

fn copy_all(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("no package in {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_all(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
