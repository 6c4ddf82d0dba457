//! Loads hook packages and native plugins for the agent.

mod child;
mod installed;
mod lasting;
mod plugin;
mod reach;
mod vouched;

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use deskhook_agent::{ExtensionPlaces, ExtensionSet, Rejected};
use deskhook_hooks::{Bound, Extension, ExtensionKind, Hook, Standing};
use deskhook_isolate::{Process, StartError};
use deskhook_native::{Crash, Owner, Versions};
use deskhook_policy::{ExtensionPolicy, Isolation, Policy};
use deskhook_script::{Package, Script, test_package};
use deskhook_wire::{Confinement, Opening};

pub(crate) use child::OwnChild;
use child::{CHILD_MEMORY_MIB, extension_host};
pub(crate) use installed::{Installed, installed};
use lasting::{Drawer, Lasting, Made};
pub(crate) use plugin::stops_in_order;

/// Everything in the places that the policy does not switch off. One that cannot be loaded is
/// rejected with its reason and keeps no other from running. A name that was found already (an
/// earlier folder wins) is rejected as well, and so is a package that would replace a running one
/// and does not pass its own tests.
pub(crate) fn load(places: &ExtensionPlaces, policy: &Policy, running: &[Bound]) -> ExtensionSet {
    let crashes = plugin::note_crashes(places);
    let set = Loading {
        places,
        policy,
        running,
        own: &places.plugin_data(),
        counts: true,
        crashes: &crashes,
    }
    .all();
    // One that could be kept nowhere is told by the first loading alone.
    let told = crashes.iter().filter(|_| running.is_empty());
    let crashed = told.map(plugin::crashed).collect();
    ExtensionSet { crashed, ..set }
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
        crashes: &plugin::crashes_left(places),
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
    /// What an agent before died in the middle of, as far as nobody was told yet.
    crashes: &'a [Crash],
}

impl Loading<'_> {
    fn all(&self) -> ExtensionSet {
        let mut set = ExtensionSet::default();
        let room = Room::of(self.policy);
        let packages = self.places.packages.iter();
        for folder in packages.flat_map(|folder| deskhook_script::discover(folder)) {
            let name = name_of(&folder);
            let installed = |bound: &_| self.package(Package::load(&folder)?, (&room, bound));
            let lasting =
                |bound: &_, drawer: &Drawer| self.package(drawer.package()?, (&room, bound));
            self.add(&mut set, &name, (&installed, &lasting));
        }
        let plugins = self.places.plugins.iter();
        for folder in plugins.flat_map(|folder| deskhook_native::discover(folder)) {
            let name = name_of(&folder);
            let installed = |bound: &_| {
                let of = (&*folder, self.owner(), Versions::NoOlder);
                self.plugin(of, (&name, bound))
            };
            let lasting = |bound: &_, drawer: &Drawer| {
                let versions = drawer.versions();
                let of = (&*drawer.plugin(), Owner::RootOrSelf, versions);
                self.plugin(of, (&name, bound))
            };
            self.add(&mut set, &name, (&installed, &lasting));
        }
        set
    }

    /// Adds what is installed under this name. Where that cannot be loaded and nothing goes on in its
    /// place, what lasted before it runs, on the terms of today.
    fn add(&self, set: &mut ExtensionSet, name: &str, (installed, lasting): Ways<'_>) {
        let bound = self.policy.extensions.of(name);
        if !bound.enabled {
            return;
        }
        let mut others = set.loaded.iter().map(|other| other.extension.about());
        if others.any(|other| other.name.eq_ignore_ascii_case(name)) {
            let twice = anyhow::anyhow!("another extension has the same name");
            return set.rejected.push(rejected(name, twice.into()));
        }
        let drawer = Drawer::of(self.places, name);
        let fits = |extension| accepted(extension, name, &bound);
        let found = match installed(&bound).and_then(fits) {
            Ok(extension) => {
                if self.counts {
                    drawer.forget_failed();
                }
                Some(extension)
            }
            Err(refused) => {
                set.rejected.push(rejected(name, refused));
                let lasting = || match lasting(&bound, &drawer).and_then(fits) {
                    Ok(extension) => Some(extension),
                    Err(_) => {
                        if self.counts {
                            drawer.note_unfit();
                        }
                        None
                    }
                };
                (!self.goes_on(name)).then(lasting).flatten()
            }
        };
        set.loaded.extend(found.map(|extension| Bound {
            extension,
            policy: bound.clone(),
        }));
    }

    /// Whether what runs under this name can go on as it is.
    fn goes_on(&self, name: &str) -> bool {
        self.running.iter().any(|bound| {
            let is_named = bound.extension.about().name.eq_ignore_ascii_case(name);
            is_named && bound.extension.standing(&self.policy.extensions) == Standing::Holds
        })
    }

    fn package(&self, package: Package, (room, bound): (&Room, &ExtensionPolicy)) -> Loaded {
        let package = Arc::new(package);
        let hooks = package.manifest().hooks.clone();
        let refused = |error: anyhow::Error| Unloadable {
            error,
            hooks: Some(hooks.clone()),
        };
        let drawer = Drawer::of(self.places, package.name());
        drawer.judge(package.sha256(), bound).map_err(refused)?;
        let script = room.open(&package, &bound.capabilities);
        let script = script.map_err(|unloadable| refused(unloadable.error))?;
        let replaces = self.running.iter().any(|bound| {
            let (old, new) = (bound.extension.about(), script.about());
            old.name == new.name && old.sha256 != new.sha256
        });
        if replaces {
            room.try_out(&package).map_err(refused)?;
        }
        let made = Made::Package(package);
        Ok(Arc::new(Lasting::new(script, (drawer, made), bound)))
    }
}

/// How what is installed is loaded, and what lasted.
type Ways<'a> = (
    &'a dyn Fn(&ExtensionPolicy) -> Loaded,
    &'a dyn Fn(&ExtensionPolicy, &Drawer) -> Loaded,
);

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

fn rejected(name: &str, Unloadable { error, hooks }: Unloadable) -> Rejected {
    Rejected {
        name: name.to_owned(),
        why: format!("{error:#}"),
        hooks,
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
    called(&about.name, name).map_err(refused)?;
    let pin = bound.sha256.as_ref();
    if pin.is_some_and(|pin| !pin.eq_ignore_ascii_case(&about.sha256)) {
        let sha256 = &about.sha256;
        return Err(refused(anyhow::anyhow!(
            "its files have the SHA-256 {sha256}, which the policy does not name"
        )));
    }
    Ok(extension)
}

/// What its manifest calls it, and its folder, is one.
fn called(own: &str, folder: &str) -> anyhow::Result<()> {
    anyhow::ensure!(
        own.eq_ignore_ascii_case(folder),
        "its manifest calls it {own:?}, and its folder {folder:?}: they must be the same"
    );
    Ok(())
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
        parcel: serde_json::to_string(&package.parcel())?,
    })
}

fn name_of(folder: &Path) -> String {
    folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
