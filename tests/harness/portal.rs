use std::net::{Ipv4Addr, SocketAddr};

use anyhow::{Context as _, Result, ensure};
use rustix::process::Signal;
use serde_json::Value;
use url::form_urlencoded;

use crate::home::Home;
use crate::patience::eventually;
use crate::process::{Process, run};
use crate::walk::{free_port, http_client};

/// A portal on loopback in a [`Home`] of its own.
pub struct TestPortal {
    home: Home,
    process: Option<Process>,
    address: SocketAddr,
    client: reqwest::Client,
}

impl TestPortal {
    /// Starts one for an organisation called Example, with an empty database.
    ///
    /// # Errors
    /// With what it wrote, when it does not come up.
    pub async fn start() -> Result<Self> {
        let home = Home::new()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let data = home.path().join("portal-data");
        let settings =
            format!("listen = \"{address}\"\ndata_dir = {data:?}\norganization = \"Example\"\n");
        home.write("portal.toml", settings)?;
        let mut portal = Self {
            home,
            process: None,
            address,
            client: http_client(),
        };
        portal.run().await?;
        Ok(portal)
    }

    /// Starts it again, on the same database and port.
    ///
    /// # Errors
    /// With what it wrote, when it does not come up.
    pub async fn run(&mut self) -> Result<()> {
        let mut process = Process::start(&mut self.deskhook(&["portal", "run"]))?;
        let url = format!("{}/readyz", self.url());
        let ready = eventually("the portal should be ready", async || {
            let answer = self.client.get(&url).send().await.ok()?;
            answer.status().is_success().then_some(())
        });
        let came = ready.await;
        ensure!(
            process.is_running(),
            "the portal ended: {}",
            process.output()
        );
        came.with_context(|| process.output())?;
        self.process = Some(process);
        Ok(())
    }

    /// Asks it to end, and waits until it has.
    ///
    /// # Errors
    /// When it does not end by itself.
    pub fn stop(&mut self) -> Result<()> {
        let process = self.process.take().context("the portal is not running")?;
        process.signal(Signal::TERM)?;
        process.end()?;
        Ok(())
    }

    /// Ends it without warning.
    ///
    /// # Errors
    /// When it is not running.
    pub fn kill(&mut self) -> Result<()> {
        let mut process = self.process.take().context("the portal is not running")?;
        process.signal(Signal::KILL)?;
        process.wait()?;
        Ok(())
    }

    /// Its process.
    ///
    /// # Errors
    /// When it is not running.
    pub fn process(&self) -> Result<&Process> {
        self.process.as_ref().context("the portal is not running")
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address in a browser, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A new one-time token for an agent.
    ///
    /// # Errors
    /// With what the command said.
    pub fn token(&self, arguments: &[&str]) -> Result<String> {
        self.printed(&[&["portal", "token", "new"], arguments].concat())
    }

    /// A new account's one-time sign-in link.
    ///
    /// # Errors
    /// With what the command said.
    pub fn account(&self, name: &str, role: &str) -> Result<String> {
        self.printed(&["portal", "user", "add", name, "--role", role])
    }

    /// Adds an account, follows its one-time link as a browser would, and chooses a password.
    ///
    /// # Errors
    /// When any step is refused.
    pub async fn sign_in(&self, name: &str, role: &str) -> Result<Api> {
        let link = self.account(name, role)?;
        let mut api = Api {
            base: self.url(),
            cookie: String::new(),
            form_token: None,
            client: self.client.clone(),
        };
        let fields = inputs(&api.page(&link).await?);
        let mut body = form_urlencoded::Serializer::new(String::new());
        for input in &fields {
            let value = if input.kind == "password" {
                PASSWORD
            } else {
                &input.value
            };
            body.append_pair(&input.name, value);
        }
        let request = self.client.post(&link).header("origin", self.url());
        let form = "application/x-www-form-urlencoded";
        let answer = request
            .header("content-type", form)
            .body(body.finish())
            .send()
            .await?;
        let cookie = answer
            .headers()
            .get("set-cookie")
            .and_then(|cookie| cookie.to_str().ok());
        let cookie = cookie.with_context(|| format!("not signed in: {}", answer.status()))?;
        cookie
            .split(';')
            .next()
            .unwrap_or_default()
            .clone_into(&mut api.cookie);
        let profile = api.page(&format!("{}/profile", self.url())).await?;
        let token = inputs(&profile)
            .into_iter()
            .find(|input| input.name == "form_token");
        api.form_token = Some(token.context("no form token on the profile page")?.value);
        Ok(api)
    }

    fn printed(&self, arguments: &[&str]) -> Result<String> {
        let said = run(&mut self.deskhook(arguments))?;
        ensure!(said.code == Some(0), "{arguments:?}: {}", said.stderr);
        let line = said.stdout.lines().find(|line| !line.trim().is_empty());
        Ok(line.context("it printed nothing")?.trim().to_owned())
    }

    fn deskhook(&self, arguments: &[&str]) -> std::process::Command {
        let mut command = self.home.deskhook();
        command
            .args(arguments)
            .arg("--config")
            .arg(self.home.path().join("portal.toml"));
        command
    }
}

/// What everybody here signs in with.
pub const PASSWORD: &str = "correct horse battery staple";

/// The portal's JSON API, as its own pages use it: with a browser's cookie and the form token.
pub struct Api {
    base: String,
    cookie: String,
    form_token: Option<String>,
    client: reqwest::Client,
}

impl Api {
    /// `GET`, below `/api/v1/`.
    ///
    /// # Errors
    /// With status and body, when it is refused.
    pub async fn get(&self, path: &str) -> Result<Value> {
        let request = self.client.get(format!("{}/api/v1/{path}", self.base));
        self.send(request).await
    }

    /// `POST`, below `/api/v1/`.
    ///
    /// # Errors
    /// With status and body, when it is refused.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self
            .client
            .post(format!("{}/api/v1/{path}", self.base))
            .json(body);
        self.send(request).await
    }

    /// Waits until the only device is as wanted, and returns it.
    ///
    /// # Errors
    /// With all devices, when it never was.
    pub async fn until_device(&self, what: &str, is: impl Fn(&Value) -> bool) -> Result<Value> {
        let seen = eventually(what, async || {
            let devices = self.get("devices").await.ok()?;
            devices
                .as_array()?
                .first()
                .filter(|device| is(device))
                .cloned()
        });
        let seen = seen.await;
        match seen {
            Ok(device) => Ok(device),
            Err(error) => Err(error.context(format!("{:#}", self.get("devices").await?))),
        }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Value> {
        let token = self.form_token.as_deref().unwrap_or_default();
        let request = request
            .header("origin", &self.base)
            .header("deskhook-form", token);
        let answer = request.header("cookie", &self.cookie).send().await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{status}: {text}");
        serde_json::from_str(&text).with_context(|| format!("no JSON: {text}"))
    }

    async fn page(&self, url: &str) -> Result<String> {
        let answer = self
            .client
            .get(url)
            .header("cookie", &self.cookie)
            .send()
            .await?;
        let (status, text) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{url}: {status}: {text}");
        Ok(text)
    }
}

/// A field of a form.
struct Input {
    name: String,
    kind: String,
    value: String,
}

/// The named fields of the forms on a page.
fn inputs(page: &str) -> Vec<Input> {
    let tags = page
        .split("<input")
        .skip(1)
        .filter_map(|rest| rest.split('>').next());
    let fields = tags.map(|tag| {
        let attribute = |name: &str| {
            let value = tag.split(&format!(" {name}=\"")).nth(1)?;
            Some(value.split('"').next()?.to_owned())
        };
        let part = |name: &str| attribute(name).unwrap_or_default();
        Input {
            name: part("name"),
            kind: part("type"),
            value: part("value"),
        }
    });
    fields.filter(|input| !input.name.is_empty()).collect()
}
