use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use reqwest::{Method, Url};
use rustix::process::{Signal, kill_process};
use serde_json::{Map, Value, json};

use crate::home::Home;
use crate::patience::eventually;
use crate::process::{Process, processes_of};
use crate::walk::{free_port, shots};

/// Chromium without a window, driven through chromedriver, with a profile of its own.
pub struct Browser {
    client: Client,
    home: Home,
    _driver: Process,
}

/// How a page is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// The width of the window, in pixels.
    pub width: u32,
    /// Which colours the person prefers.
    pub scheme: Scheme,
}

/// A `prefers-color-scheme`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Scheme {
    /// Its name in style sheets.
    pub fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// It talks to nobody but the page, and draws with the processor.
const ARGUMENTS: &[&str] = &[
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--metrics-recording-only",
    "--no-default-browser-check",
    "--no-first-run",
    "--no-pings",
    "--password-store=basic",
];

/// Schemes of links that open another program.
const SCHEMES: &[&str] = &["anydesk", "deskhook-sample", "rustdesk", "vnc"];

/// The program that is opened: it writes its link down.
const OPENED: &str = "\
[Desktop Entry]
Type=Application
Name=Client
NoDisplay=true
";

impl Browser {
    /// The parts of `tests/parts.txt` that it is made of.
    pub const PARTS: [&'static str; 3] = ["chromium", "chromedriver", "fonts"];

    /// Starts one, 1280 by 900 pixels, of somebody who lets the pages of `site` open other
    /// programs without being asked each time. A question that nobody answers would keep every
    /// click from the page.
    ///
    /// # Errors
    /// When chromedriver or Chromium does not start.
    pub async fn start(site: &str) -> Result<Self> {
        let mut home = Home::new()?;
        register(&mut home)?;
        let port = free_port();
        let driver = Process::start(home.command("chromedriver").arg(format!("--port={port}")))?;
        driver.line("started successfully")?;
        let mut arguments: Vec<String> = ARGUMENTS.iter().map(ToString::to_string).collect();
        arguments.push("--window-size=1280,900".to_owned());
        arguments.push(format!(
            "--user-data-dir={}",
            home.path().join("profile").display()
        ));
        let mut capabilities = Capabilities::new();
        let trusted: Map<String, Value> = SCHEMES
            .iter()
            .map(|scheme| ((*scheme).to_owned(), true.into()))
            .collect();
        let origin = Url::parse(site)?.origin().ascii_serialization();
        let options = json!({
            "args": arguments,
            "prefs": { "protocol_handler": { "allowed_origin_protocol_pairs": { origin: trusted } } },
        });
        capabilities.insert("goog:chromeOptions".to_owned(), options);
        capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .with_context(|| format!("chromedriver wrote:\n{}", driver.output()))?;
        Ok(Self {
            client,
            home,
            _driver: driver,
        })
    }

    /// What drives it: pages, elements, clicks, keys.
    pub fn page(&self) -> &Client {
        &self.client
    }

    /// Presses what is there, once it is there and the page is painted: until then a browser
    /// drops every click. What the page draws anew meanwhile is looked for again.
    ///
    /// # Errors
    /// When nothing like that shows up.
    pub async fn press(&self, css: &str) -> Result<()> {
        let painted = "const [done] = arguments; requestAnimationFrame(() => requestAnimationFrame(() => done()))";
        let pressed = eventually("something to press", async || {
            self.client.execute_async(painted, Vec::new()).await.ok()?;
            let element = self.client.find(Locator::Css(css)).await.ok()?;
            element.click().await.ok()
        });
        pressed
            .await
            .with_context(|| format!("nothing to press: {css}"))
    }

    /// Looks at pages this way from here on.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn look(&self, look: Look) -> Result<()> {
        let metrics = json!({
            "width": look.width, "height": 900, "deviceScaleFactor": 1, "mobile": look.width < 600,
        });
        self.command("Emulation.setDeviceMetricsOverride", metrics)
            .await?;
        let scheme = json!({ "name": "prefers-color-scheme", "value": look.scheme.name() });
        self.command(
            "Emulation.setEmulatedMedia",
            json!({ "features": [scheme] }),
        )
        .await?;
        Ok(())
    }

    /// The links that opened another program so far.
    pub fn opened(&self) -> Vec<String> {
        let text = fs::read_to_string(self.home.path().join("opened")).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// A picture of what is seen, as `<name>.png` in the folder for screenshots.
    ///
    /// # Errors
    /// When it cannot be taken or written.
    pub async fn shot(&self, name: &str) -> Result<PathBuf> {
        let path = shots().join(format!("{name}.png"));
        fs::write(&path, self.client.screenshot().await?)?;
        Ok(path)
    }

    /// What the page wrote to the console since the last call: script errors, and what the
    /// content security policy stopped.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn console(&self) -> Result<Vec<String>> {
        let told = self
            .client
            .issue_cmd(OwnCommand {
                path: "se/log",
                body: json!({ "type": "browser" }),
            })
            .await?;
        let entries = told.as_array().context("the console is a list")?;
        let lines = entries.iter().map(|entry| {
            let part = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
            format!("{}: {}", part("level"), part("message"))
        });
        Ok(lines.collect())
    }

    /// Sends a command of the Chrome DevTools protocol.
    ///
    /// # Errors
    /// When the browser refuses it.
    pub async fn command(&self, method: &str, parameters: Value) -> Result<Value> {
        let body = json!({ "cmd": method, "params": parameters });
        let command = OwnCommand {
            path: "goog/cdp/execute",
            body,
        };
        Ok(self.client.issue_cmd(command).await?)
    }
}

impl Drop for Browser {
    /// Chromium's processes are children of chromedriver, in groups of their own: what names this
    /// profile on its command line is ours.
    fn drop(&mut self) {
        for id in processes_of(self.home.path()) {
            let _ = kill_process(id, Signal::KILL);
        }
    }
}

/// Makes a program of this home the one that opens the schemes of clients.
fn register(home: &mut Home) -> Result<()> {
    let script = format!(
        "#!/bin/sh\necho \"$1\" >> {}\n",
        home.path().join("opened").display()
    );
    let script = home.write("open-client", script)?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700))?;
    let entry = format!("{OPENED}Exec={} %u\n", script.display());
    home.write("data/applications/client.desktop", entry)?;
    let defaults = SCHEMES
        .iter()
        .map(|scheme| format!("x-scheme-handler/{scheme}=client.desktop\n"));
    home.write(
        "config/mimeapps.list",
        format!("[Default Applications]\n{}", defaults.collect::<String>()),
    )?;
    // xdg-open asks nobody about schemes where there is no display; Chromium does not look at it.
    home.set("DISPLAY", ":none");
    Ok(())
}

/// A command that is chromedriver's own, beyond what WebDriver says.
#[derive(Debug)]
struct OwnCommand {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for OwnCommand {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        let session = session.unwrap_or_default();
        base.join(&format!("session/{session}/{}", self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
