//! What `doctor` says of packages and plugins.

use deskhook_agent::{AgentConfig, ExtensionPlaces, Rejected, absent};
use deskhook_hooks::Grants;
use deskhook_policy::Policy;
use deskhook_wire::ExtensionHealth;

use super::{Finding, Grade, loaded};
use crate::extensions;
use crate::settings::AgentSettings;

/// Where packages run, and what holds them there: tried out, as the agent would.
pub(super) fn isolation(policy: &Policy) -> Finding {
    match extensions::held_by(policy) {
        None => Finding::wrong(
            Grade::Note,
            (
                "isolation",
                "packages, and plugins whose publisher and library policy names, run inside the agent: Extensions.Isolation is \"in-process\"".to_owned(),
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
        "mend its files, or what the policy says of it: the agent then tries it anew",
    )
}

/// A wish of a manifest that nobody granted: one of an update, or one that was never meant to be.
pub(super) fn ungranted(name: &str, wish: &str) -> Finding {
    Finding::wrong(
        Grade::Note,
        (
            "extension",
            format!("{name} asks for {wish}, which the policy does not grant"),
        ),
        &format!("grant it, if it is meant to have it: Extensions.Packages.{name}.Capabilities"),
    )
}

/// Grants that no manifest asks for: slips of policy, or what an older version asked for.
pub(super) fn in_vain(places: &ExtensionPlaces, policy: &Policy) -> Vec<Finding> {
    let packages = places.packages.iter();
    let packages = packages.flat_map(|folder| deskhook_script::discover(folder));
    let packages = packages.filter_map(|folder| {
        let package = deskhook_script::Package::load(&folder).ok()?;
        Some((
            package.name().to_owned(),
            package.manifest().capabilities.clone(),
        ))
    });
    let plugins = places.plugins.iter();
    let plugins = plugins.flat_map(|folder| deskhook_native::discover(folder));
    let plugins = plugins.filter_map(|folder| {
        let manifest = deskhook_native::Manifest::read(&folder).ok()?;
        Some((manifest.id, manifest.capabilities))
    });
    let vain = packages.chain(plugins).flat_map(|(name, asked)| {
        let grants = Grants::new(&asked, &policy.extensions.of(&name).capabilities);
        let vain = grants.in_vain().into_iter();
        vain.map(|grant| unasked(&name, grant, &asked))
            .collect::<Vec<_>>()
    });
    vain.collect()
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
        let wishes = grants.ungranted();
        let wishes = wishes.into_iter().map(|wish| ungranted(&about.name, wish));
        std::iter::once(found).chain(wishes.collect::<Vec<_>>())
    });
    let rejected = set.rejected.iter().map(|Rejected { name, why, .. }| {
        Finding::wrong(
            Grade::Problem,
            ("extension", format!("{name}: {why}")),
            "deskhook script check says more of a package; plugin inspect and, of signatures, plugin verify of a plugin",
        )
    });
    loaded.chain(rejected).chain(lost).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
