//! Loads hook packages and native plugins for the agent.

mod child;
mod plugin;
mod reach;
mod vouched;

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use deskhook_agent::{ExtensionPlaces, ExtensionSet, Rejected};
use deskhook_hooks::{Bound, Extension, ExtensionKind, Hook};
use deskhook_isolate::{Process, StartError};
use deskhook_policy::{ExtensionPolicy, Isolation, Policy};
use deskhook_script::{Package, Script, test_package};
use deskhook_wire::{Confinement, Opening};

pub(crate) use child::OwnChild;
use child::{CHILD_MEMORY_MIB, extension_host};

/// Everything in the places that the policy does not switch off. One that cannot be loaded is
/// rejected with its reason and keeps no other from running. A name that was found already (an
/// earlier folder wins) is rejected as well, and so is a package that would replace a running one
/// and does not pass its own tests.
pub(crate) fn load(places: &ExtensionPlaces, policy: &Policy, running: &[Bound]) -> ExtensionSet {
    Loading {
        places,
        policy,
        running,
        own: &places.plugin_data(),
        counts: true,
    }
    .all()
}

/// What an agent would load, for somebody who looks: plugins have folders that are empty and vanish, and
/// no version counts as one that ran.
pub(crate) fn look(places: &ExtensionPlaces, policy: &Policy) -> anyhow::Result<ExtensionSet> {
    let own = tempfile::tempdir().context("cannot make a temporary folder")?;
    let loading = Loading {
        places,
        policy,
        running: &[],
        own: own.path(),
        counts: false,
    };
    Ok(loading.all())
}

/// From where, on whose word and for what extensions are loaded.
struct Loading<'a> {
    places: &'a ExtensionPlaces,
    policy: &'a Policy,
    running: &'a [Bound],
    /// Where plugins have their folders.
    own: &'a Path,
    /// Whether what is loaded counts as what ran here.
    counts: bool,
}

impl Loading<'_> {
    fn all(&self) -> ExtensionSet {
        let mut set = ExtensionSet::default();
        let room = Room::of(self.policy);
        let packages = self.places.packages.iter();
        for folder in packages.flat_map(|folder| deskhook_script::discover(folder)) {
            add(&mut set, self.policy, &name_of(&folder), |bound| {
                script(&folder, (&room, bound), self.running)
            });
        }
        let plugins = self.places.plugins.iter();
        for folder in plugins.flat_map(|folder| deskhook_native::discover(folder)) {
            add(&mut set, self.policy, &name_of(&folder), |bound| {
                self.plugin(&folder, bound)
            });
        }
        set
    }
}

/// What holds the child in which packages run, or why there is none; nothing where the policy wants
/// none.
pub(crate) fn held_by(policy: &Policy) -> Option<Result<Vec<String>, StartError>> {
    match Room::of(policy) {
        Room::Here => None,
        Room::Child(process) => Some(process.start().map(|()| process.held_by())),
    }
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
        .any(|other| other.extension.about().name.eq_ignore_ascii_case(name));
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

/// Where packages run: one child for all of this loading, or this process.
enum Room {
    Child(Process),
    Here,
}

impl Room {
    fn of(policy: &Policy) -> Self {
        if policy.extensions.isolation == Isolation::InProcess {
            return Self::Here;
        }
        let confinement = Confinement {
            memory_mib: CHILD_MEMORY_MIB,
            native: None,
        };
        Self::Child(Process::new("packages", extension_host(), confinement))
    }

    fn open(&self, package: &Arc<Package>, granted: &[String]) -> Loaded {
        match self {
            Self::Here => Ok(Arc::new(Script::new(Arc::clone(package), granted)?)),
            Self::Child(process) => {
                let opened = process.open(package.about(), opening(package, granted)?)?;
                Ok(Arc::new(opened))
            }
        }
    }

    /// Whether the package passes its own tests.
    fn try_out(&self, package: &Arc<Package>) -> anyhow::Result<()> {
        let outcome = match self {
            Self::Child(process) => process.test(&opening(package, &[])?)?,
            Self::Here => crate::extension_host::outcome(&test_package(package, None)?),
        };
        match outcome.first {
            None => Ok(()),
            Some(first) => anyhow::bail!(
                "{} of its {} tests fail: {first}",
                outcome.failures,
                outcome.cases
            ),
        }
    }
}

fn opening(package: &Package, granted: &[String]) -> anyhow::Result<Opening> {
    Ok(Opening {
        name: package.name().to_owned(),
        kind: ExtensionKind::Script,
        granted: granted.to_vec(),
        parcel: serde_json::value::to_raw_value(&package.parcel())?,
    })
}

fn script(folder: &Path, (room, bound): (&Room, &ExtensionPolicy), running: &[Bound]) -> Loaded {
    let package = Arc::new(Package::load(folder)?);
    let hooks = package.manifest().hooks.clone();
    let refused = |error: anyhow::Error| Unloadable {
        error,
        hooks: Some(hooks.clone()),
    };
    let script = room.open(&package, &bound.capabilities);
    let script = script.map_err(|unloadable| refused(unloadable.error))?;
    let replaces = running.iter().any(|bound| {
        let (old, new) = (bound.extension.about(), script.about());
        old.name == new.name && old.sha256 != new.sha256
    });
    if replaces {
        room.try_out(&package).map_err(refused)?;
    }
    Ok(script)
}

fn name_of(folder: &Path) -> String {
    folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
