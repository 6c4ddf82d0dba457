//! A small organisation: a portal, somebody of its support desk, and one enrolled device.

use anyhow::{Context as _, Result, ensure};
use harness::{Api, Finished, Home, Link, TestAgent, TestPortal};
use serde_json::{Value, json};

/// The organisation. Everything ends with it.
pub(crate) struct Scene {
    pub(crate) agent: TestAgent,
    pub(crate) api: Api,
    pub(crate) portal: TestPortal,
}

impl Scene {
    /// A device under this policy, with its agent running.
    pub(crate) async fn with_policy(settings: Value) -> Result<Self> {
        let mut scene = Self::prepared(settings, TestAgent::new()?).await?;
        scene.agent.start()?;
        Ok(scene)
    }

    /// The same in a home with a desktop in it.
    pub(crate) async fn at_home(home: Home, settings: Value) -> Result<Self> {
        let mut scene = Self::prepared(settings, TestAgent::living_in(home)?).await?;
        scene.agent.start()?;
        Ok(scene)
    }

    /// An agent that is enrolled and not running yet.
    pub(crate) async fn prepared(settings: Value, agent: TestAgent) -> Result<Self> {
        let portal = TestPortal::start().await?;
        let scene = Self {
            api: portal.sign_in("Ada Owner", "owner").await?,
            agent,
            portal,
        };
        scene.settings(settings)?;
        let token = scene.portal.token(&["--group", "Berlin"])?;
        scene.agent.enrol(&scene.portal.url(), &token)?;
        Ok(scene)
    }

    /// The same, with its way to the portal through a link that can go wrong.
    pub(crate) async fn behind_a_link(settings: Value) -> Result<(Self, Link)> {
        let portal = TestPortal::start().await?;
        let link = Link::to(portal.address())?;
        let api = portal.sign_in("Ada Owner", "owner").await?;
        let scene = Self {
            api,
            agent: TestAgent::new()?,
            portal,
        };
        scene.settings(settings)?;
        let token = scene.portal.token(&[])?;
        scene
            .agent
            .enrol(&format!("http://{}", link.address()), &token)?;
        Ok((scene, link))
    }

    /// Replaces the device's policy.
    pub(crate) fn settings(&self, settings: Value) -> Result<()> {
        self.agent.policy(
            "tenant.json",
            &json!({ "scope": "tenant", "settings": settings }),
        )
    }

    /// `session start`, waiting until the portal has the address; the last status.
    pub(crate) fn report(&self) -> Result<Value> {
        let said = self.start(&["--json"])?;
        ensure!(
            said.code == Some(0),
            "{}\n{}",
            said.stderr,
            self.agent.output()
        );
        Ok(serde_json::from_str(&said.stdout)?)
    }

    /// `session start --wait reported` with further arguments.
    pub(crate) fn start(&self, arguments: &[&str]) -> Result<Finished> {
        let all = [&["session", "start", "--wait", "reported"], arguments].concat();
        self.agent.deskhook(&all)
    }

    /// The device's name at the portal.
    pub(crate) async fn device(&self) -> Result<String> {
        let device = self
            .api
            .until_device("the device should be there", |_| true)
            .await?;
        Ok(device["id"].as_str().unwrap_or_default().to_owned())
    }

    /// Presses a button on the device's page, once the portal knows of the session; the order's
    /// number.
    pub(crate) async fn order(&self, what: &str, body: Value) -> Result<String> {
        let live = |device: &Value| device["state"] == "waiting" || device["state"] == "in-session";
        let device = self
            .api
            .until_device("a session should go on", live)
            .await?;
        let path = format!(
            "devices/{}/{what}",
            device["id"].as_str().unwrap_or_default()
        );
        let made = self.api.post(&path, &body).await?;
        Ok(made["order"].as_str().unwrap_or_default().to_owned())
    }

    /// Waits until an order has come to that state; the order.
    pub(crate) async fn until_order(&self, order: &str, state: &str) -> Result<Value> {
        let path = format!("orders/{order}");
        let seen = harness::eventually(state, async || {
            self.api
                .get(&path)
                .await
                .ok()
                .filter(|order| order["state"] == state)
        });
        match seen.await {
            Ok(order) => Ok(order),
            Err(error) => Err(error.context(format!("{:#}", self.api.get(&path).await?))),
        }
    }

    /// Waits until the portal knows how so many sessions ended; all that it knows of, the newest
    /// first.
    pub(crate) async fn until_over(&self, count: usize) -> Result<Vec<Value>> {
        let sessions = async || {
            self.api
                .get("sessions")
                .await?
                .as_array()
                .cloned()
                .context("a list")
        };
        let seen = harness::eventually("the sessions should be over", async || {
            let sessions = sessions().await.ok()?;
            let over = sessions
                .iter()
                .filter(|session| session["outcome"].is_string());
            (over.count() >= count).then_some(sessions)
        });
        match seen.await {
            Ok(sessions) => Ok(sessions),
            Err(error) => Err(error.context(format!("{:#?}", sessions().await?))),
        }
    }

    /// Answers the question of that kind, once it is asked.
    pub(crate) fn answer(&self, kind: &str, answer: &str) -> Result<Value> {
        let asked = self
            .agent
            .until_status(&format!("a question: {kind}"), |status| {
                status["question"]["kind"] == kind
            })?;
        let said = self.agent.deskhook(&["session", "answer", answer])?;
        ensure!(said.code == Some(0), "{}", said.stderr);
        Ok(asked["question"].clone())
    }
}

/// The built-in sample client.
pub(crate) fn sample() -> Value {
    json!({ "Integration.Clients.sample.Enabled": true })
}

/// Some settings over others.
pub(crate) fn over(mut settings: Value, more: &Value) -> Value {
    if let (Some(settings), Some(more)) = (settings.as_object_mut(), more.as_object()) {
        settings.extend(more.clone());
    }
    settings
}
