//! `agent.toml`, and the same keys as flags and variables.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;

use crate::output::Failure;
use crate::places;

/// The agent's settings. A flag outweighs its variable, a variable the file, the file the default.
#[derive(clap::Args, Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct AgentSettings {
    /// Settings file (default: agent.toml in the user's or the system's configuration folder)
    #[arg(long, env = "DESKHOOK_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    pub(crate) config: Option<PathBuf>,
    /// Where identity, outbox, record and stores are kept
    #[arg(long, env = "DESKHOOK_STATE", value_name = "DIR")]
    pub(crate) state: Option<PathBuf>,
    /// The control socket
    #[arg(long, env = "DESKHOOK_SOCKET", value_name = "PATH")]
    pub(crate) socket: Option<PathBuf>,
    /// A policy file, or a folder of them; may be given more than once
    #[arg(
        long,
        env = "DESKHOOK_POLICY",
        value_name = "PATH",
        value_delimiter = ':'
    )]
    pub(crate) policy: Option<Vec<PathBuf>>,
    /// The trust file: only policy that its keys signed counts (default:
    /// /etc/deskhook/policy-trust.json where it is there)
    #[arg(long, env = "DESKHOOK_TRUST", value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
    /// A folder of hook packages; may be given more than once
    #[arg(
        long,
        env = "DESKHOOK_PACKAGES",
        value_name = "DIR",
        value_delimiter = ':'
    )]
    pub(crate) packages: Option<Vec<PathBuf>>,
    /// A folder of native plugins; may be given more than once
    #[arg(
        long,
        env = "DESKHOOK_PLUGINS",
        value_name = "DIR",
        value_delimiter = ':'
    )]
    pub(crate) plugins: Option<Vec<PathBuf>>,
    /// A group that policy is resolved for; may be given more than once
    #[arg(
        long = "group",
        env = "DESKHOOK_GROUPS",
        value_name = "NAME",
        value_delimiter = ','
    )]
    pub(crate) groups: Option<Vec<String>>,
    /// The person's language, as a tag or an English name (default: the locale's)
    #[arg(long, env = "DESKHOOK_LANGUAGE", value_name = "LANG")]
    pub(crate) language: Option<String>,
    /// Whether somebody is at this device to be asked (default: true)
    #[arg(long, env = "DESKHOOK_ATTENDED", value_name = "BOOL")]
    pub(crate) attended: Option<bool>,
    /// Whether the tray icon is shown (default: true)
    #[arg(long, env = "DESKHOOK_TRAY", value_name = "BOOL")]
    pub(crate) tray: Option<bool>,
    /// Whether links such as deskhook:remotesupport start this program in the person's desktop
    /// (default: true)
    #[arg(long, env = "DESKHOOK_LINKS", value_name = "BOOL")]
    pub(crate) links: Option<bool>,
}

/// The control socket of the agent that a command speaks to.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct Reach {
    /// The agent's control socket
    #[arg(long, env = "DESKHOOK_SOCKET", value_name = "PATH")]
    socket: Option<PathBuf>,
}

impl Reach {
    /// The flag's or variable's socket, else that of `agent.toml`, else the default.
    pub(crate) fn socket(&self) -> Result<PathBuf, Failure> {
        if let Some(socket) = &self.socket {
            return Ok(socket.clone());
        }
        let settings = AgentSettings::default().over_file()?;
        Ok(settings.socket.unwrap_or_else(places::socket))
    }
}

impl AgentSettings {
    /// What variables say of the places, for commands that have flags of their own.
    pub(crate) fn of_environment() -> Self {
        let paths = |name: &str| {
            let listed = std::env::var_os(name).filter(|value| !value.is_empty())?;
            Some(std::env::split_paths(&listed).collect())
        };
        Self {
            policy: paths("DESKHOOK_POLICY"),
            trust: std::env::var_os("DESKHOOK_TRUST")
                .filter(|value| !value.is_empty())
                .map(PathBuf::from),
            ..Self::default()
        }
    }

    /// Settings of the file at `path`, whose relative paths start where the file lies: an agent may be
    /// started from anywhere.
    fn beside(self, path: &Path) -> Self {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let folder = path.parent().unwrap_or(Path::new("/"));
        let one = |path: Option<PathBuf>| path.map(|path| folder.join(path));
        let all = |paths: Option<Vec<PathBuf>>| {
            let paths = paths?.into_iter();
            Some(paths.map(|path| folder.join(path)).collect())
        };
        Self {
            state: one(self.state),
            socket: one(self.socket),
            policy: all(self.policy),
            trust: one(self.trust),
            packages: all(self.packages),
            plugins: all(self.plugins),
            ..self
        }
    }

    /// The places that somebody named and that are not there, with their keys: nobody else misses what
    /// was to be in them, where no policy names it.
    pub(crate) fn gone(&self) -> Vec<(&'static str, PathBuf)> {
        let named = [
            ("policy", &self.policy),
            ("packages", &self.packages),
            ("plugins", &self.plugins),
        ];
        let whole = |path: &PathBuf| std::path::absolute(path).unwrap_or_else(|_| path.clone());
        let named = named.into_iter().flat_map(|(key, paths)| {
            let paths = paths.iter().flatten();
            paths.map(move |path| (key, whole(path)))
        });
        named.filter(|(_, path)| !path.exists()).collect()
    }

    /// These settings over those of the file.
    pub(crate) fn over_file(self) -> Result<Self, Failure> {
        let named = self
            .config
            .clone()
            .or_else(|| std::env::var_os("DESKHOOK_CONFIG").map(PathBuf::from))
            .filter(|path| !path.as_os_str().is_empty());
        let path = named.or_else(|| places::settings("agent.toml"));
        let file: Self = match &path {
            Some(path) => read_toml::<Self>(path)?.beside(path),
            None => Self::default(),
        };
        Ok(Self {
            config: path,
            state: self.state.or(file.state),
            socket: self.socket.or(file.socket),
            policy: self.policy.or(file.policy),
            trust: self.trust.or(file.trust).or_else(places::trust),
            packages: self.packages.or(file.packages),
            plugins: self.plugins.or(file.plugins),
            groups: self.groups.or(file.groups),
            language: self.language.or(file.language),
            attended: self.attended.or(file.attended),
            tray: self.tray.or(file.tray),
            links: self.links.or(file.links),
        })
    }
}

/// Reads a settings file; what is wrong is told with its place. The line itself is not repeated: it
/// may hold a secret.
pub(crate) fn read_toml<T: for<'a> Deserialize<'a>>(path: &Path) -> Result<T, Failure> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let parsed = toml::from_str(&text);
    let told = |error: toml::de::Error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let before = before.unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            + 1;
        let place = format!("{}:{line}:{column}", path.display());
        anyhow::anyhow!("{place}: {}", error.message())
    };
    Ok(parsed
        .map_err(told)
        .context("the settings cannot be used")?)
}
