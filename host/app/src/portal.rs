//! `portal run`, `portal user`, `portal token` and `portal key`.

mod settings;

use std::net::SocketAddr;

use anyhow::Context as _;
use clap::Subcommand;
use deskhook_portal::{PortalConfig, Role, SetUpError, set_up};
#[cfg(unix)]
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use settings::PortalSettings;

use crate::agent::{asked_to_stop, runtime};
use crate::output::{Colour, Exit, Failure, Outcome, json, log_to_stderr, paint, remark, say};

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
    /// The keys with which programs use the API
    #[command(subcommand)]
    Key(Key),
}

/// Keys.
#[derive(Subcommand)]
pub(crate) enum Key {
    /// Make an API key, valid for a year; it is printed this once
    New {
        /// What it is called in its owner's list
        name: String,
        /// The account in whose name it works
        #[arg(long, value_name = "WHO")]
        owner: String,
        /// A right that it has, such as clients:view or session.connect; may be given more than once
        #[arg(long = "scope", value_name = "SCOPE", required = true)]
        scopes: Vec<String>,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        settings: PortalSettings,
    },
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
        Portal::User(user) => answered(people(user)),
        Portal::Token(token) => answered(enrolment(token)),
        Portal::Key(key) => answered(program(key)),
    }
}

/// A set-up that was not done: wrongly asked, answered with no, or not possible.
fn answered(done: Result<(), Failure>) -> Outcome {
    let error = match done {
        Ok(()) => return Ok(Exit::Done),
        Err(Failure::Could(error)) => error,
        Err(other) => return Err(other),
    };
    match error.downcast_ref::<SetUpError>() {
        Some(SetUpError::Name(_) | SetUpError::Scope(_) | SetUpError::NoScope) => {
            Err(Failure::Usage(error))
        }
        Some(SetUpError::Taken(_) | SetUpError::Unknown(_) | SetUpError::Above { .. }) => {
            remark(format!("{} {error}", paint("no:", Colour::Red)));
            Ok(Exit::No)
        }
        _ => Err(Failure::Could(error)),
    }
}

fn people(user: User) -> Result<(), Failure> {
    match user {
        User::Add {
            name,
            role,
            settings,
        } => {
            let config = settings.config()?;
            let path = set_up::add_user(&config.data_dir, &name, role)?;
            remark(format!("{name} was added; this link signs in once:"));
            say(format!("{}{path}", settings.reached(&config)));
        }
        User::Link { name, settings } => {
            let config = settings.config()?;
            let path = set_up::sign_in_link(&config.data_dir, &name)?;
            say(format!("{}{path}", settings.reached(&config)));
        }
    }
    Ok(())
}

fn enrolment(token: Token) -> Result<(), Failure> {
    let Token::New {
        group,
        person,
        json: as_json,
        settings,
    } = token;
    let config = settings.config()?;
    let token = set_up::new_token(&config.data_dir, group.as_deref(), person.as_deref())?;
    let portal = settings.reached(&config);
    if as_json {
        return Ok(json(
            &serde_json::json!({"token": token, "portal": portal}),
        )?);
    }
    remark(format!(
        "on the device: deskhook agent enrol --portal {portal} --token {token}"
    ));
    say(token);
    Ok(())
}

fn program(key: Key) -> Result<(), Failure> {
    let Key::New {
        name,
        owner,
        scopes,
        json: as_json,
        settings,
    } = key;
    let config = settings.config()?;
    let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
    let key = set_up::new_key(&config.data_dir, &name, &owner, &scopes)?;
    let portal = settings.reached(&config);
    if as_json {
        return Ok(json(&serde_json::json!({"key": key, "portal": portal}))?);
    }
    remark("send it as Authorization: Bearer KEY; it is not shown again:");
    say(key);
    Ok(())
}

async fn serve(config: PortalConfig) -> Outcome {
    log_to_stderr();
    raise_descriptors();
    let listen = config.listen;
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen at {listen}"))?;
    let bound = listener.local_addr().unwrap_or(listen);
    let url = address(&config, bound);
    if let Some(told) = exposure(&config, bound) {
        tracing::warn!("{told}");
    }
    let folder = config.data_dir.clone();
    let portal = deskhook_portal::Portal::open(config)?;
    if let Err(error) = set_up::remember_address(&folder, &url) {
        tracing::warn!(%error, "the portal's address is not kept: name it to `portal token new`");
    }
    say(format!("portal running at {url}"));
    portal.serve(listener, asked_to_stop()).await?;
    say("portal stopped");
    Ok(Exit::Done)
}

/// What an operator should know of a portal that other machines reach.
fn exposure(config: &PortalConfig, bound: SocketAddr) -> Option<String> {
    let is_open = !bound.ip().is_loopback() && config.public_url.is_none();
    is_open.then(|| {
        let plain = match config.tls {
            Some(_) => "",
            None => ", and everything is sent in the clear without TLS",
        };
        format!(
            "other machines reach the portal at {bound} and public_url is not set: links and \
             tokens name whatever address was typed{plain}"
        )
    })
}

/// Each device holds a connection open, and the usual soft limit is 1,024 of them: a portal takes
/// what the hard limit allows.
#[cfg(unix)]
fn raise_descriptors() {
    let wanted = raised(&getrlimit(Resource::Nofile));
    if let Err(error) = setrlimit(Resource::Nofile, wanted) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}

/// Windows knows no such limit.
#[cfg(not(unix))]
fn raise_descriptors() {}

#[cfg(unix)]
fn raised(limit: &Rlimit) -> Rlimit {
    Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_portal_may_open_as_many_files_as_the_system_lets_it() {
        let of = |current, maximum| Rlimit { current, maximum };
        let wanted = raised(&of(Some(256), Some(4096)));
        assert_eq!((wanted.current, wanted.maximum), (Some(4096), Some(4096)));
        let wanted = raised(&of(Some(256), None));
        assert_eq!((wanted.current, wanted.maximum), (None, None));
    }

    #[test]
    fn a_portal_that_other_machines_reach_without_a_public_url_is_warned_of() {
        let at = |address: &str, public: Option<&str>| {
            let config = PortalConfig {
                public_url: public.map(|url| url.parse().expect("a URL")),
                ..PortalConfig::default()
            };
            exposure(&config, address.parse().expect("an address"))
        };
        assert_eq!(at("127.0.0.1:8460", None), None);
        assert_eq!(at("[::1]:8460", None), None);
        assert_eq!(at("0.0.0.0:8460", Some("https://help.example")), None);
        let told = at("0.0.0.0:8460", None).expect("a warning");
        assert!(
            told.contains("public_url") && told.contains("TLS"),
            "{told}"
        );
    }

    #[test]
    fn wrong_usage_and_a_no_are_told_apart() {
        let code = |error: SetUpError| match answered(Err(error.into())) {
            Ok(Exit::Done) => 0,
            Ok(Exit::No) => 1,
            Err(Failure::Usage(_)) => 2,
            Err(_) => 3,
        };
        assert_eq!(code(SetUpError::Name(String::new())), 2);
        assert_eq!(code(SetUpError::NoScope), 2);
        assert_eq!(code(SetUpError::Taken("sam".into())), 1);
        assert_eq!(code(SetUpError::Unknown("sam".into())), 1);
        assert_eq!(
            code(SetUpError::Store(deskhook_portal::StoreError::Closed)),
            3
        );
    }
}
