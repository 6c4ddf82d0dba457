use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, ensure};

use crate::process::{Process, run};
use crate::walk::shots;

/// A screen that nobody sees: Xvfb on a number of its own choice, reachable by a socket only.
pub struct Display {
    name: String,
    _server: Process,
}

impl Display {
    /// A screen of 1280 by 800 pixels.
    ///
    /// # Errors
    /// When Xvfb does not start.
    pub fn start() -> Result<Self> {
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1280x800x24"]);
        command.args(["-nolisten", "tcp", "-noreset", "-dpi", "96"]);
        let server = Process::start(&mut command)?;
        // The number alone on a line; keyboard warnings have words in them.
        let number = server.line_where("the number of its display", |line| {
            !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
        })?;
        Ok(Self {
            name: format!(":{number}"),
            _server: server,
        })
    }

    /// What `DISPLAY` is set to: `:7`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A picture of the whole screen, as `<name>.png` in the folder for screenshots.
    ///
    /// # Errors
    /// When ImageMagick cannot take it.
    pub fn shot(&self, name: &str) -> Result<PathBuf> {
        let path = shots().join(format!("{name}.png"));
        let taken = run(Command::new("import")
            .args(["-display", &self.name, "-window", "root"])
            .arg(&path))?;
        ensure!(
            taken.code == Some(0),
            "no picture of {}: {}",
            self.name,
            taken.stderr
        );
        Ok(path)
    }

    /// How many colours there are in a part of the screen: more than one once something is drawn
    /// there. `area` is left, top, width and height.
    ///
    /// # Errors
    /// When ImageMagick cannot look.
    pub fn colours(&self, (left, top, width, height): (u16, u16, u16, u16)) -> Result<u32> {
        let part = format!("{width}x{height}+{left}+{top}");
        let mut command = Command::new("import");
        command.args(["-display", &self.name, "-window", "root", "-crop", &part]);
        let seen = run(command.args(["-format", "%k", "info:-"]))?;
        ensure!(
            seen.code == Some(0),
            "cannot look at {}: {}",
            self.name,
            seen.stderr
        );
        Ok(seen.stdout.trim().parse()?)
    }
}
