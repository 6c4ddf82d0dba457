//! What `doctor` says of packages and plugins.

use std::path::Path;

use deskhook_agent::{AgentConfig, ExtensionPlaces, Rejected, absent};
use deskhook_hooks::Grants;
use deskhook_policy::Policy;
use deskhook_wire::ExtensionHealth;

use super::{Finding, Grade, loaded};
use crate::extensions::{self, Installed};
use crate::settings::AgentSettings;

/// Where packages run, and what holds them there: tried out, as the agent would.
pub(super) fn isolation(policy: &Policy) -> Finding {
    match extensions::held_by(policy) {
        None => Finding::wrong(
            Grade::Note,
            (
                "isolation",
                "packages, and plugins whose publisher and library policy names, run inside the agent, unless they ended one: Extensions.Isolation is \"in-process\"".to_owned(),
            ),
            "\"child\" gives them processes that touch only what they are granted",
        ),
        Some(Ok(held)) => of_children(&held),
        Some(Err(error)) => Finding::wrong(
            Grade::Problem,
            ("isolation", format!("{:#}", anyhow::Error::from(error))),
            "no package runs without it; a newer kernel, or less confinement around the agent, helps",
        ),
    }
}

/// What the children of this machine are held by.
fn of_children(held: &[String]) -> Finding {
    let by = held.join(", ");
    if cfg!(target_os = "linux") && !held.iter().any(|part| part == "landlock") {
        return Finding::wrong(
            Grade::Note,
            (
                "isolation",
                format!(
                    "children are held by {by}, and this kernel has no Landlock: a native plugin can read whatever its person can, and writes nothing"
                ),
            ),
            "a kernel of 5.13 or later, with landlock among its security modules (/sys/kernel/security/lsm)",
        );
    }
    Finding::ok(
        "isolation",
        format!(
            "Lua packages run in a child process, and each native plugin in one of its own, held by {by}"
        ),
    )
}

/// What the running agent says of one of its extensions.
pub(super) fn of_extension(extension: &ExtensionHealth) -> Finding {
    let ExtensionHealth {
        name,
        version,
        state,
        message,
        ..
    } = extension;
    let Some(message) = message else {
        return Finding::ok("extension", format!("{name} {version}"));
    };
    Finding::wrong(
        Grade::Problem,
        ("extension", format!("{name} {version} {state}: {message}")),
        help_of(extension),
    )
}

/// What to do about an extension of which something is wrong.
fn help_of(extension: &ExtensionHealth) -> &'static str {
    match extension.state.as_str() {
        "rejected" => REJECTED,
        // It is called no more.
        "quarantined" => {
            "it is called again when its files or the policy change; the agent's log has each fault"
        }
        _ if is_replaced(extension) => REPLACEMENT,
        _ => "the agent's log has each fault; three in a row of one hook, and it is called no more",
    }
}

/// Whether what ran before goes on in the place of newer files.
fn is_replaced(extension: &ExtensionHealth) -> bool {
    let message = extension.message.as_ref();
    message.is_some_and(|message| message.starts_with(ExtensionHealth::NEWER_REJECTED))
}

const REJECTED: &str = "deskhook script check says more of a package; plugin inspect and, of signatures, plugin verify of a plugin";

const REPLACEMENT: &str = "the version before goes on; put other files in their place, or name these by their Sha256 in the policy to have them tried anew";

/// What whoever runs this machine should know of how an extension runs.
pub(super) fn remark(name: &str, remark: &str) -> Finding {
    Finding::wrong(
        Grade::Note,
        ("extension", format!("{name} {remark}")),
        &format!("Extensions.Isolation and Extensions.Packages.{name}.Sha256 say where it runs"),
    )
}

/// The wishes of a manifest that nobody granted: those of an update, or those that were never meant to
/// be. A path that is not there is one of another system's.
pub(super) fn ungranted(name: &str, wishes: &[&str]) -> Vec<Finding> {
    let is_here = |wish: &&&str| {
        let path = wish.strip_prefix("exec:");
        let path = path.or_else(|| wish.strip_prefix("fs.read:"));
        path.is_none_or(|path| Path::new(path).exists())
    };
    let wishes = wishes.iter().filter(is_here);
    wishes.map(|wish| ungranted_here(name, wish)).collect()
}

fn ungranted_here(name: &str, wish: &str) -> Finding {
    Finding::wrong(
        Grade::Note,
        (
            "extension",
            format!("{name} asks for {wish}, which the policy does not grant"),
        ),
        &format!("grant it, if it is meant to have it: Extensions.Packages.{name}.Capabilities"),
    )
}

/// What policy says of what is installed, and most likely does not mean; and what it switches off.
pub(super) fn slips(places: &ExtensionPlaces, policy: &Policy) -> Vec<Finding> {
    let installed = extensions::installed(places).into_iter();
    let slips = installed.flat_map(
        |Installed {
             name, capabilities, ..
         }| {
            let bound = policy.extensions.of(&name);
            if !bound.enabled {
                return vec![switched_off(&name)];
            }
            let grants = Grants::new(&capabilities, &bound.capabilities);
            let vain = grants.in_vain().into_iter();
            let vain = vain.map(|grant| unasked(&name, grant, &capabilities));
            let unset = grants.both().into_iter();
            let unset = unset.filter_map(|grant| unset_section(&name, grant, policy));
            vain.chain(unset).collect()
        },
    );
    slips.collect()
}

fn switched_off(name: &str) -> Finding {
    Finding::ok("extension", format!("{name} is switched off by policy"))
}

/// A section that it may read and nobody sets, while one that is called nearly the same is there.
fn unset_section(name: &str, grant: &str, policy: &Policy) -> Option<Finding> {
    let section = grant.strip_prefix("policy:")?.split('.').next()?;
    let there = policy.tree.as_object()?;
    if there.keys().any(|key| key.eq_ignore_ascii_case(section)) {
        return None;
    }
    let meant = deskhook_policy::nearest(section, there.keys())?;
    Some(Finding::wrong(
        Grade::Note,
        (
            "extension",
            format!("{name} reads {section}, which no layer sets"),
        ),
        &format!("was {meant:?} meant to be it?"),
    ))
}

fn unasked(name: &str, grant: &str, asked: &[String]) -> Finding {
    let meant = deskhook_policy::nearest(grant, asked);
    let meant = meant.map(|meant| format!("did you mean {meant:?}? "));
    Finding::wrong(
        Grade::Note,
        (
            "extension",
            format!("the policy grants {name} {grant}, which it does not ask for"),
        ),
        &format!(
            "{}Extensions.Packages.{name}.Capabilities",
            meant.unwrap_or_default()
        ),
    )
}

/// The folders that somebody named and that are not there.
pub(super) fn without_folders(settings: &AgentSettings) -> Vec<Finding> {
    let gone = settings.gone().into_iter();
    let told = gone.map(|(key, path)| {
        let message = format!("the setting {key} names {}, which is not there", path.display());
        Finding::wrong(
            Grade::Problem,
            ("settings", message),
            "make it, or name the right one; in agent.toml a relative path starts at that file's folder",
        )
    });
    told.collect()
}

/// What an agent would make of the files: for a machine on which none runs.
pub(super) fn untried(config: &AgentConfig) -> Vec<Finding> {
    let policy = loaded(config).resolved.policy;
    let set = match extensions::look(&config.extensions, &policy) {
        Ok(set) => set,
        Err(error) => {
            let message = format!("{error:#}");
            let help = "make room and rights for temporary files (TMPDIR)";
            return vec![Finding::wrong(Grade::Problem, ("extension", message), help)];
        }
    };
    let lost = absent(&policy, &config.extensions, &set);
    let lost = lost.into_iter().map(|Rejected { name, why, .. }| {
        Finding::wrong(
            Grade::Problem,
            ("extension", format!("{name}: {why}")),
            &format!("install it there, or take it out of policy: Extensions.Packages.{name}"),
        )
    });
    let loaded = set.loaded.iter().flat_map(|bound| {
        let about = bound.extension.about();
        let found = Finding::ok("extension", format!("{} {}", about.name, about.version));
        let grants = Grants::new(&about.capabilities, &bound.policy.capabilities);
        let wishes = ungranted(&about.name, &grants.ungranted());
        let remarks = bound.extension.remark().into_iter();
        let remarks = remarks.map(|said| remark(&about.name, said));
        std::iter::once(found).chain(remarks.chain(wishes).collect::<Vec<_>>())
    });
    let rejected = set.rejected.iter().map(|Rejected { name, why, .. }| {
        Finding::wrong(
            Grade::Problem,
            ("extension", format!("{name}: {why}")),
            REJECTED,
        )
    });
    loaded.chain(rejected).chain(lost).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_for_what_is_on_another_system_is_none_here() {
        let own = std::env::current_exe().unwrap().display().to_string();
        let (here, folder) = (format!("exec:{own}"), "fs.read:/no/such/folder/");
        let wishes = [
            "policy:Zone",
            &here,
            folder,
            r"exec:C:\no\such.exe",
            "net:*",
        ];
        let told: Vec<String> = ungranted("zone", &wishes)
            .into_iter()
            .map(|finding| finding.message)
            .collect();
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told[1].contains(&own), "{told:?}");
    }

    #[test]
    fn a_kernel_without_landlock_is_told() {
        let told = |parts: &[&str]| {
            let parts: Vec<_> = parts.iter().map(|part| (*part).to_owned()).collect();
            of_children(&parts).message.contains("no Landlock")
        };
        assert!(!told(&["rlimits", "landlock", "seccomp"]));
        assert_eq!(told(&["rlimits", "seccomp"]), cfg!(target_os = "linux"));
    }
}
