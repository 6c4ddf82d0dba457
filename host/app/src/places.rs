//! Where things lie on this machine when nobody says otherwise.

use std::path::PathBuf;

/// `$XDG_STATE_HOME/deskhook`, else `~/.local/state/deskhook`.
pub(crate) fn state() -> PathBuf {
    let home = || variable("HOME").unwrap_or_else(|| PathBuf::from("/"));
    variable("XDG_STATE_HOME")
        .unwrap_or_else(|| home().join(".local/state"))
        .join("deskhook")
}

/// `$XDG_RUNTIME_DIR/deskhook/agent.sock`, else beside the state.
pub(crate) fn socket() -> PathBuf {
    variable("XDG_RUNTIME_DIR")
        .map_or_else(state, |folder| folder.join("deskhook"))
        .join("agent.sock")
}

/// The root-owned policy folder.
pub(crate) fn policy() -> Vec<PathBuf> {
    vec![PathBuf::from("/etc/deskhook/policy.d")]
}

/// The root-owned trust file, where it is there: then only signed policy counts. One that cannot
/// be looked at counts as there.
pub(crate) fn trust() -> Option<PathBuf> {
    let path = PathBuf::from("/etc/deskhook/policy-trust.json");
    path.try_exists().unwrap_or(true).then_some(path)
}

/// The folders of hook packages.
pub(crate) fn packages() -> Vec<PathBuf> {
    ["/usr/share/deskhook/packages", "/etc/deskhook/packages"]
        .map(PathBuf::from)
        .into()
}

/// The folder of native plugins.
pub(crate) fn plugins() -> Vec<PathBuf> {
    vec![PathBuf::from("/usr/lib/deskhook/plugins")]
}

/// Settings of a program: `$XDG_CONFIG_HOME/deskhook/<file>` over `/etc/deskhook/<file>`.
pub(crate) fn settings(file: &str) -> Option<PathBuf> {
    let home = variable("HOME").map(|home| home.join(".config"));
    let own = variable("XDG_CONFIG_HOME")
        .or(home)
        .map(|folder| folder.join("deskhook").join(file));
    let all = PathBuf::from("/etc/deskhook").join(file);
    own.into_iter().chain([all]).find(|path| path.exists())
}

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name)
        .filter(|value| !value.is_empty())
        .map(PathBuf::from)
}
