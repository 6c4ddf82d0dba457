//! `portal run`, `portal user add` and `portal token new`.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use deskhook_portal::{PortalConfig, Role, set_up};

use crate::agent::{asked_to_stop, log_to_stderr, runtime};
use crate::output::{Exit, Failure, Outcome, json, remark, say};
use crate::places;
use crate::settings::read_toml;

/// The support staff's server.
#[derive(Subcommand)]
pub(crate) enum Portal {
    /// Run the server until it is stopped
    Run(PortalSettings),
    /// The people who may sign in
    #[command(subcommand)]
    User(User),
    /// The tokens with which devices enrol
    #[command(subcommand)]
    Token(Token),
}

/// People.
#[derive(Subcommand)]
pub(crate) enum User {
    /// Add somebody; prints a one-time sign-in link
    Add {
        /// The name to sign in with
        name: String,
        /// owner, admin, support_agent, data_protection_officer, accountant or user
        #[arg(long)]
        role: Role,
        #[command(flatten)]
        settings: PortalSettings,
    },
    /// A new one-time sign-in link for somebody who cannot sign in
    Link {
        /// The name to sign in with
        name: String,
        #[command(flatten)]
        settings: PortalSettings,
    },
}

/// Tokens.
#[derive(Subcommand)]
pub(crate) enum Token {
    /// Make a one-time enrolment token, valid for a day
    New {
        /// The group that the device will belong to
        #[arg(long)]
        group: Option<String>,
        /// The person that the device is bound to
        #[arg(long)]
        person: Option<String>,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        settings: PortalSettings,
    },
}

/// The portal's settings. A flag outweighs its variable, a variable the file, the file the default.
#[derive(Args, Clone, Debug)]
pub(crate) struct PortalSettings {
    /// Settings file (default: portal.toml in the user's or the system's configuration folder)
    #[arg(long, env = "DESKHOOK_PORTAL_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where to listen
    #[arg(long, env = "DESKHOOK_PORTAL_LISTEN", value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Where the database and the portal's key live
    #[arg(long, env = "DESKHOOK_PORTAL_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// The address that people and agents type, where it differs
    #[arg(long, env = "DESKHOOK_PORTAL_PUBLIC_URL", value_name = "URL")]
    public_url: Option<url::Url>,
    /// The organisation's name
    #[arg(long, env = "DESKHOOK_PORTAL_ORGANIZATION", value_name = "NAME")]
    organization: Option<String>,
}

impl PortalSettings {
    fn config(&self) -> Result<PortalConfig, Failure> {
        let path = self
            .config
            .clone()
            .or_else(|| places::settings("portal.toml"));
        let mut config: PortalConfig = match &path {
            Some(path) => read_toml(path)?,
            None => PortalConfig::default(),
        };
        config.listen = self.listen.unwrap_or(config.listen);
        config.data_dir = self.data_dir.clone().unwrap_or(config.data_dir);
        config.public_url = self.public_url.clone().or(config.public_url);
        config.organization = self.organization.clone().unwrap_or(config.organization);
        Ok(config)
    }
}

/// Where people and agents reach a portal.
pub(crate) fn address(config: &PortalConfig, listen: SocketAddr) -> String {
    let scheme = if config.tls.is_some() {
        "https"
    } else {
        "http"
    };
    let own = || format!("{scheme}://{listen}");
    config
        .public_url
        .as_ref()
        .map_or_else(own, |url| url.as_str().trim_end_matches('/').to_owned())
}

/// Does what the command says.
pub(crate) fn run(command: Portal) -> Outcome {
    match command {
        Portal::Run(settings) => runtime(2)?.block_on(serve(settings.config()?)),
        Portal::User(User::Add {
            name,
            role,
            settings,
        }) => {
            let config = settings.config()?;
            let path = set_up::add_user(&config.data_dir, &name, role)?;
            remark(format!("{name} was added; this link signs in once:"));
            say(format!("{}{path}", address(&config, config.listen)));
            Ok(Exit::Done)
        }
        Portal::User(User::Link { name, settings }) => {
            let config = settings.config()?;
            let path = set_up::sign_in_link(&config.data_dir, &name)?;
            say(format!("{}{path}", address(&config, config.listen)));
            Ok(Exit::Done)
        }
        Portal::Token(Token::New {
            group,
            person,
            json: as_json,
            settings,
        }) => {
            let config = settings.config()?;
            let token = set_up::new_token(&config.data_dir, group.as_deref(), person.as_deref())?;
            let portal = address(&config, config.listen);
            if as_json {
                json(&serde_json::json!({"token": token, "portal": portal}))?;
            } else {
                remark(format!(
                    "on the device: deskhook agent enrol --portal {portal} --token {token}"
                ));
                say(token);
            }
            Ok(Exit::Done)
        }
    }
}

async fn serve(config: PortalConfig) -> Outcome {
    log_to_stderr();
    let listen = config.listen;
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen at {listen}"))?;
    let bound = listener.local_addr().unwrap_or(listen);
    let url = address(&config, bound);
    let portal = deskhook_portal::Portal::open(config)?;
    say(format!("portal running at {url}"));
    portal.serve(listener, asked_to_stop()).await?;
    say("portal stopped");
    Ok(Exit::Done)
}
