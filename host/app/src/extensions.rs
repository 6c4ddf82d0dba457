//! Loads hook packages and native plugins for the agent.

use std::path::Path;
use std::sync::Arc;

use deskhook_agent::{ExtensionPlaces, ExtensionSet};
use deskhook_hooks::{Bound, Extension};
use deskhook_native::{Manifest, Owner, Plugin, Terms, trusted_folder};
use deskhook_policy::{ExtensionPolicy, Policy};
use deskhook_script::{Package, Script};

/// Everything in the places that the policy does not switch off. One that cannot be loaded is
/// rejected with its reason and keeps no other from running. A name that was found already (an
/// earlier folder wins) is rejected as well.
pub(crate) fn load(places: &ExtensionPlaces, policy: &Policy) -> ExtensionSet {
    let mut set = ExtensionSet::default();
    for folder in places
        .packages
        .iter()
        .flat_map(|folder| deskhook_script::discover(folder))
    {
        add(&mut set, policy, &name_of(&folder), |bound| {
            script(&folder, bound)
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

type Loaded = Result<Arc<dyn Extension>, anyhow::Error>;

fn add(
    set: &mut ExtensionSet,
    policy: &Policy,
    name: &str,
    load: impl FnOnce(&ExtensionPolicy) -> Loaded,
) {
    let found = policy
        .extensions
        .packages
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name));
    let bound = found.map(|(_, bound)| bound.clone()).unwrap_or_default();
    if !bound.enabled {
        return;
    }
    let taken = set
        .loaded
        .iter()
        .any(|other| other.extension.about().name == name);
    let loaded = if taken {
        Err(anyhow::anyhow!("another extension has the same name"))
    } else {
        load(&bound)
    };
    let checked = loaded.and_then(|extension| match pin_fits(extension.as_ref(), &bound) {
        true => Ok(extension),
        false => Err(anyhow::anyhow!(
            "its files have the SHA-256 {}, which the policy does not name",
            extension.about().sha256
        )),
    });
    match checked {
        Ok(extension) => set.loaded.push(Bound {
            extension,
            policy: bound,
        }),
        Err(error) => set.rejected.push((name.to_owned(), format!("{error:#}"))),
    }
}

fn pin_fits(extension: &dyn Extension, bound: &ExtensionPolicy) -> bool {
    bound
        .sha256
        .as_ref()
        .is_none_or(|pin| pin.eq_ignore_ascii_case(&extension.about().sha256))
}

fn script(folder: &Path, bound: &ExtensionPolicy) -> Loaded {
    let package = Package::load(folder)?;
    Ok(Arc::new(Script::new(package, &bound.capabilities)?))
}

fn plugin(folder: &Path, places: &ExtensionPlaces, bound: &ExtensionPolicy) -> Loaded {
    let owner = if places.own_plugins {
        Owner::RootOrSelf
    } else {
        Owner::Root
    };
    trusted_folder(folder, owner)?;
    let manifest = Manifest::read(folder)?;
    let terms = Terms {
        owner,
        pinned: bound.sha256.clone(),
        copies: places.private.clone(),
    };
    Ok(Arc::new(Plugin::open(
        &manifest.library_in(folder),
        &manifest,
        &terms,
    )?))
}

fn name_of(folder: &Path) -> String {
    folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
