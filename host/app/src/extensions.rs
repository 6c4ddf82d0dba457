//! Loads hook packages and native plugins for the agent.

mod child;
mod reach;

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use deskhook_agent::{Before, ExtensionPlaces, ExtensionSet, Rejected};
use deskhook_hooks::{Bound, Extension, ExtensionKind, Hook};
use deskhook_isolate::{Process, StartError};
use deskhook_native::{AdmissionError, Manifest, Owner, Plugin, Terms, admit};
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
    let mut set = ExtensionSet::default();
    let room = Room::of(policy);
    for folder in places
        .packages
        .iter()
        .flat_map(|folder| deskhook_script::discover(folder))
    {
        add(&mut set, policy, &name_of(&folder), |bound| {
            script(&folder, (&room, bound), running)
        });
    }
    for folder in places
        .plugins
        .iter()
        .flat_map(|folder| deskhook_native::discover(folder))
    {
        add(&mut set, policy, &name_of(&folder), |bound| {
            plugin(&folder, places, (policy, bound, running))
        });
    }
    set
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
    before: Before,
}

impl<E: Into<anyhow::Error>> From<E> for Unloadable {
    fn from(error: E) -> Self {
        Self {
            error: error.into(),
            hooks: None,
            before: Before::GoesOn,
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
        Err(Unloadable {
            error,
            hooks,
            before,
        }) => set.rejected.push(Rejected {
            name: name.to_owned(),
            why: format!("{error:#}"),
            hooks,
            before,
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
        before: Before::GoesOn,
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
        before: Before::GoesOn,
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

/// A plugin runs in a child of its own; in this process only where policy says so, and names both its
/// publisher and its library.
fn plugin(
    folder: &Path,
    places: &ExtensionPlaces,
    (policy, bound, running): (&Policy, &ExtensionPolicy, &[Bound]),
) -> Loaded {
    let owner = if places.own_plugins {
        Owner::RootOrSelf
    } else {
        Owner::Root
    };
    let terms = Terms {
        owner,
        pinned: bound.sha256.clone(),
        copies: places.private.clone(),
        publishers: policy.extensions.publishers.clone(),
    };
    let verified =
        admit(folder, &terms).map_err(|error| unadmitted(folder, (policy, running), error))?;
    let own = places.plugin_data();
    let own = own.join(&verified.manifest().id);
    private_folder(&own).with_context(|| format!("cannot make {}", own.display()))?;
    let verified = verified.with_folder(own.clone());
    let refused = |error: anyhow::Error| Unloadable {
        error,
        hooks: Some(verified.manifest().hooks.clone()),
        before: Before::GoesOn,
    };
    let wants_here = policy.extensions.isolation == Isolation::InProcess;
    let extension: Arc<dyn Extension> = if wants_here && terms.names_both(verified.manifest()) {
        let plugin = Plugin::load(&verified).map_err(|error| refused(error.into()))?;
        Arc::new(plugin)
    } else {
        Arc::new(
            OwnChild::of(&verified, own, &bound.capabilities)
                .and_then(OwnChild::open)
                .map_err(refused)?,
        )
    };
    let Manifest { id, version, .. } = verified.manifest();
    deskhook_native::ran(&terms.copies, id, version)
        .context("which version runs cannot be written down")
        .map_err(refused)?;
    Ok(extension)
}

/// One for which nobody vouches, and of which policy says nothing, is none of the organisation's: no
/// session waits for it.
fn unadmitted(
    folder: &Path,
    (policy, running): (&Policy, &[Bound]),
    error: AdmissionError,
) -> Unloadable {
    let packages = &policy.extensions.packages;
    let is_stranger = |id: &str| !packages.keys().any(|name| name.eq_ignore_ascii_case(id));
    let hooks = match &error {
        AdmissionError::Nobody { id, .. } if is_stranger(id) => Some(vec![]),
        _ => Manifest::read(folder).ok().map(|manifest| manifest.hooks),
    };
    // Whom policy trusts no more does not go on either; nor do the very files that run.
    let before = match &error {
        AdmissionError::Nobody { .. } | AdmissionError::Key { .. } => Before::Ends,
        AdmissionError::Signature { .. }
        | AdmissionError::Unsigned { .. }
        | AdmissionError::Downgrade { .. }
            if runs(folder, running) =>
        {
            Before::Ends
        }
        _ => Before::GoesOn,
    };
    Unloadable {
        error: error.into(),
        hooks,
        before,
    }
}

/// Whether the files in `folder` are those of an extension that runs: then it is policy that changed.
fn runs(folder: &Path, running: &[Bound]) -> bool {
    let Ok(inspection) = deskhook_native::inspect(folder) else {
        return false;
    };
    let Manifest { id, version, .. } = &inspection.manifest;
    let mut others = running.iter().map(|bound| bound.extension.about());
    others.any(|about| {
        let is_named = about.name.eq_ignore_ascii_case(id) && about.version == *version;
        is_named && about.sha256.eq_ignore_ascii_case(&inspection.sha256)
    })
}

/// Of this account alone.
fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn name_of(folder: &Path) -> String {
    folder
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}
