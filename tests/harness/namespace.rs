use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use crate::patience::until;
use crate::process::{Finished, Process, run};

/// A machine of our own inside this one, as root: the same programs, and private copies of all
/// that a test may change (`/etc`, `/usr`, `/var`, `/run`) and of the processes that it sees. What
/// is written there is kept in memory, and is gone with it.
pub struct Namespace {
    // Dropped first: everything inside ends with it.
    _init: Process,
    id: String,
    daemons: Vec<Process>,
}

/// Run by the first process inside, which then waits for the end of its input.
const SETUP: &str = r#"
set -eu
umask 022
read -r id rest </proc/self/stat
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs /mnt
for part in etc usr var; do
  mkdir -p /mnt/$part/upper /mnt/$part/work
  mount -t overlay -o lowerdir=/$part,upperdir=/mnt/$part/upper,workdir=/mnt/$part/work overlay /$part
done
mount -t proc proc /proc
mount -t tmpfs -o mode=755 tmpfs /run
echo "inside as $id"
exec cat
"#;

impl Namespace {
    /// What this account lacks to make one.
    pub fn lacking() -> Option<&'static str> {
        let mut command = as_root("unshare");
        let tried = run(command.args(["--mount", "--pid", "--fork", "true"]));
        let may = tried.is_ok_and(|tried| tried.code == Some(0));
        (!may).then_some("root's right to make private namespaces")
    }

    /// Makes one.
    ///
    /// # Errors
    /// With the system's own words when it does not let us.
    pub fn start() -> Result<Self> {
        let mut command = as_root("unshare");
        command.args([
            "--mount",
            "--pid",
            "--fork",
            "--kill-child",
            "--",
            "sh",
            "-c",
            SETUP,
        ]);
        let init = Process::start(&mut command)?;
        let line = init.line("inside as ")?;
        let id = line.rsplit(' ').next().context("a line has a last word")?;
        Ok(Self {
            id: id.to_owned(),
            _init: init,
            daemons: vec![],
        })
    }

    /// A command that runs inside as root, in `/`, with nothing of this environment but a `PATH`.
    pub fn command(&self, program: &str) -> Command {
        let mut command = as_root("nsenter");
        command.args(["--target", &self.id, "--mount", "--pid", "--", program]);
        command
    }

    /// A command that runs inside as `person`, with that person's groups, started by a shell of
    /// that person: pkexec asks for whoever started it, who therefore must be inside as well.
    pub fn command_as(&self, person: &str, program: &str) -> Command {
        let mut command = self.command("setpriv");
        command.args(["--reuid", person, "--regid", person, "--init-groups"]);
        command.args(["--", "sh", "-c", r#""$@"; exit "$?""#, "sh", program]);
        command
    }

    /// Runs a shell script inside as root, and returns what it wrote to standard output.
    ///
    /// # Errors
    /// With what it wrote to standard error when it fails.
    pub fn shell(&self, script: &str) -> Result<String> {
        let Finished {
            code,
            stdout,
            stderr,
        } = run(self.command("sh").args(["-euc", script]))?;
        ensure!(code == Some(0), "{script}: {code:?} {stderr}");
        Ok(stdout)
    }

    /// Writes a file inside, owned by root, with the folders on the way there. `mode` is octal.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &str, mode: &str, content: &str) -> Result<()> {
        let mut command = self.command("install");
        let mut install = Process::start(command.args(["-D", "-m", mode, "/dev/stdin", path]))?;
        install.write(content)?;
        let Finished { code, stderr, .. } = install.end()?;
        ensure!(code == Some(0), "cannot write {path}: {stderr}");
        Ok(())
    }

    /// Starts a system bus and the authority of polkit on it.
    ///
    /// # Errors
    /// When either does not start.
    pub fn start_polkit(&mut self) -> Result<()> {
        self.shell("mkdir -p /run/dbus")?;
        let mut bus = self.command("dbus-daemon");
        self.daemons.push(Process::start(bus.args([
            "--system",
            "--nofork",
            "--nopidfile",
        ]))?);
        until("the system bus should answer", || {
            self.bus_has("org.freedesktop.DBus")
        })?;
        let mut polkit = self.command("/usr/lib/polkit-1/polkitd");
        self.daemons.push(Process::start(polkit.arg("--no-debug"))?);
        until("polkit should answer", || {
            self.bus_has("org.freedesktop.PolicyKit1")
        })
    }

    fn bus_has(&self, name: &str) -> bool {
        let mut ask = self.command("dbus-send");
        ask.args([
            "--system",
            "--print-reply",
            "--dest=org.freedesktop.DBus",
            "/org/freedesktop/DBus",
        ]);
        ask.arg("org.freedesktop.DBus.NameHasOwner")
            .arg(format!("string:{name}"));
        run(&mut ask).is_ok_and(|answer| answer.stdout.contains("boolean true"))
    }
}

/// Through sudo where we are not root ourselves, as `tests/run` does.
fn as_root(program: &str) -> Command {
    let mut command = if rustix::process::geteuid().is_root() {
        Command::new(program)
    } else {
        let mut sudo = Command::new("sudo");
        sudo.args(["-n", "--", program]);
        sudo
    };
    command.env_clear().current_dir("/");
    command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    command
}
