//! What lies in the places of packages and plugins, by what the manifests say. Nothing is loaded.

use deskhook_agent::ExtensionPlaces;
use deskhook_hooks::Hook;
use deskhook_native::Manifest;
use deskhook_script::Package;

/// A package or a plugin with a manifest that can be read.
pub(crate) struct Installed {
    pub(crate) name: String,
    pub(crate) hooks: Vec<Hook>,
    pub(crate) capabilities: Vec<String>,
}

/// Everything there, whatever policy makes of it.
pub(crate) fn installed(places: &ExtensionPlaces) -> Vec<Installed> {
    let packages = places.packages.iter();
    let packages = packages.flat_map(|folder| deskhook_script::discover(folder));
    let packages = packages.filter_map(|folder| {
        let package = Package::load(&folder).ok()?;
        Some(Installed {
            name: package.name().to_owned(),
            hooks: package.manifest().hooks.clone(),
            capabilities: package.manifest().capabilities.clone(),
        })
    });
    let plugins = places.plugins.iter();
    let plugins = plugins.flat_map(|folder| deskhook_native::discover(folder));
    let plugins = plugins.filter_map(|folder| {
        let Manifest {
            id,
            hooks,
            capabilities,
            ..
        } = Manifest::read(&folder).ok()?;
        Some(Installed {
            name: id,
            hooks,
            capabilities,
        })
    });
    packages.chain(plugins).collect()
}
