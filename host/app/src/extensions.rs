//! Loads hook packages and native plugins for the agent.

use std::path::Path;
use std::sync::Arc;

use deskhook_agent::{ExtensionPlaces, ExtensionSet, Rejected};
use deskhook_hooks::{Bound, Extension, Hook};
use deskhook_native::{Manifest, Owner, Plugin, Terms, trusted_folder};
use deskhook_policy::{ExtensionPolicy, Policy};
use deskhook_script::{Package, Script, test_package};

/// Everything in the places that the policy does not switch off. One that cannot be loaded is
/// rejected with its reason and keeps no other from running. A name that was found already (an
/// earlier folder wins) is rejected as well, and so is a package that would replace a running one
/// and does not pass its own tests.
pub(crate) fn load(places: &ExtensionPlaces, policy: &Policy, running: &[Bound]) -> ExtensionSet {
    let mut set = ExtensionSet::default();
    for folder in places
        .packages
        .iter()
        .flat_map(|folder| deskhook_script::discover(folder))
    {
        add(&mut set, policy, &name_of(&folder), |bound| {
            script(&folder, bound, running)
        });
    }
    for folder in places
        .plugins
        .iter()
        .flat_map(|folder| deskhook_native::discover(folder))
    {
        add(&mut set, policy, &name_of(&folder), |bound| {
            plugin(&folder, places, bound)
        });
    }
    set
}

/// Why one does not load, and what it would hear, as far as its manifest can be read.
struct Unloadable {
    error: anyhow::Error,
    hooks: Option<Vec<Hook>>,
}

impl<E: Into<anyhow::Error>> From<E> for Unloadable {
    fn from(error: E) -> Self {
        Self {
            error: error.into(),
            hooks: None,
        }
    }
}

type Loaded = Result<Arc<dyn Extension>, Unloadable>;

fn add(
    set: &mut ExtensionSet,
    policy: &Policy,
    name: &str,
    load: impl FnOnce(&ExtensionPolicy) -> Loaded,
) {
    let bound = policy.extensions.of(name);
    if !bound.enabled {
        return;
    }
    let taken = set
        .loaded
        .iter()
        .any(|other| other.extension.about().name == name);
    let loaded = if taken {
        Err(anyhow::anyhow!("another extension has the same name").into())
    } else {
        load(&bound)
    };
    match loaded.and_then(|extension| accepted(extension, name, &bound)) {
        Ok(extension) => set.loaded.push(Bound {
            extension,
            policy: bound,
        }),
        Err(Unloadable { error, hooks }) => set.rejected.push(Rejected {
            name: name.to_owned(),
            why: format!("{error:#}"),
            hooks,
        }),
    }
}

/// What the policy knows by its folder's name must bear that name, and be the files that the
/// policy pins.
fn accepted(extension: Arc<dyn Extension>, name: &str, bound: &ExtensionPolicy) -> Loaded {
    let about = extension.about();
    let refused = |error| Unloadable {
        error,
        hooks: Some(about.hooks.clone()),
    };
    if !about.name.eq_ignore_ascii_case(name) {
        let own = &about.name;
        return Err(refused(anyhow::anyhow!(
            "its manifest calls it {own:?}, and its folder {name:?}: they must be the same"
        )));
    }
    let pin = bound.sha256.as_ref();
    if pin.is_some_and(|pin| !pin.eq_ignore_ascii_case(&about.sha256)) {
        let sha256 = &about.sha256;
        return Err(refused(anyhow::anyhow!(
            "its files have the SHA-256 {sha256}, which the policy does not name"
        )));
    }
    Ok(extension)
}

fn script(folder: &Path, bound: &ExtensionPolicy, running: &[Bound]) -> Loaded {
    let package = Arc::new(Package::load(folder)?);
    let hooks = package.manifest().hooks.clone();
    let refused = |error: anyhow::Error| Unloadable {
        error,
        hooks: Some(hooks.clone()),
    };
    let script = Script::new(Arc::clone(&package), &bound.capabilities);
    let script = script.map_err(|error| refused(error.into()))?;
    let replaces = running.iter().any(|bound| {
        let (old, new) = (bound.extension.about(), script.about());
        old.name == new.name && old.sha256 != new.sha256
    });
    if replaces {
        passes_its_tests(&package).map_err(refused)?;
    }
    Ok(Arc::new(script))
}

fn passes_its_tests(package: &Arc<Package>) -> anyhow::Result<()> {
    let report = test_package(package, None)?;
    let failed = report.cases.iter().find(|case| case.failure.is_some());
    let Some(failed) = failed else {
        return Ok(());
    };
    anyhow::bail!(
        "{} of its {} tests fail: {}",
        report.failures(),
        report.cases.len(),
        failed.name
    )
}

fn plugin(folder: &Path, places: &ExtensionPlaces, bound: &ExtensionPolicy) -> Loaded {
    let owner = if places.own_plugins {
        Owner::RootOrSelf
    } else {
        Owner::Root
    };
    let folder = trusted_folder(folder, owner)?;
    let manifest = Manifest::read(&folder)?;
    let terms = Terms {
        owner,
        pinned: bound.sha256.clone(),
        copies: places.private.clone(),
    };
    let plugin = Plugin::open(&manifest.library_in(&folder), &manifest, &terms);
    let plugin = plugin.map_err(|error| Unloadable {
        error: error.into(),
        hooks: Some(manifest.hooks.clone()),
    })?;
    Ok(Arc::new(plugin))
}

fn name_of(folder: &Path) -> String {
    folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
