//! Native plugins: who vouches for one, and where it runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use deskhook_agent::{Crashed, ExtensionPlaces};
use deskhook_hooks::Extension;
use deskhook_native::{AdmissionError, Admitted, Crash, Manifest, Owner, Plugin, Terms, admit};
use deskhook_policy::{ExtensionPolicy, Isolation, Policy};

use super::lasting::{Drawer, Failed, Lasting, Made};
use super::vouched::{Vouched, Word};
use super::{Loaded, Loading, OwnChild, Unloadable};

impl Loading<'_> {
    /// A plugin runs in a child of its own; in this process only where policy says so, and names both
    /// its publisher and its library.
    pub(super) fn plugin(
        &self,
        (folder, owner): (&Path, Owner),
        bound: &ExtensionPolicy,
    ) -> Loaded {
        let terms = self.terms(owner, bound);
        let unadmitted = |error| unadmitted(folder, self.policy, error);
        let Admitted { verified, evidence } = admit(folder, &terms).map_err(unadmitted)?;
        let own = self.own.join(&verified.manifest().id);
        private_folder(&own).with_context(|| format!("cannot make {}", own.display()))?;
        let verified = verified.with_folder(own.clone());
        let manifest = verified.manifest();
        let refused = |error: anyhow::Error| Unloadable {
            error,
            hooks: Some(manifest.hooks.clone()),
        };
        let drawer = Drawer::of(self.places, &manifest.id);
        drawer.judge(&manifest.sha256, bound).map_err(refused)?;
        let (place, remark) = self.place((manifest, &terms), &drawer);
        // Whoever only looks has nothing of it in their own process.
        let plugin: Arc<dyn Extension> = if place == Isolation::InProcess && self.counts {
            let plugin = Plugin::load_marked(&verified, &marks(self.places));
            Arc::new(plugin.map_err(|error| refused(error.into()))?)
        } else {
            let child = OwnChild::of(&verified, own, &bound.capabilities);
            Arc::new(child.and_then(OwnChild::open).map_err(refused)?)
        };
        if self.counts {
            deskhook_native::ran(&terms.copies, &manifest.id, &manifest.version)
                .context("which version runs cannot be written down")
                .map_err(refused)?;
        }
        let about = (manifest.publisher.as_str(), plugin.about());
        let word = Word::of(&self.policy.extensions, about, place);
        let made = Made::Plugin(verified.library().to_owned(), evidence);
        let vouched = Arc::new(Vouched::new(plugin, word, remark));
        Ok(Arc::new(Lasting::new(vouched, drawer, made)))
    }

    /// Where a plugin runs, and what is to be said of that: in this process where policy wants it there
    /// and names it twice, and where it ended none before.
    fn place(
        &self,
        (manifest, terms): (&Manifest, &Terms),
        drawer: &Drawer,
    ) -> (Isolation, Option<String>) {
        let wants_here = self.policy.extensions.isolation == Isolation::InProcess;
        if !wants_here || !terms.names_both(manifest) {
            if self.counts {
                drawer.forget_crashed();
            }
            return (Isolation::Child, None);
        }
        match drawer.crashed(&manifest.sha256) {
            None => (
                Isolation::InProcess,
                Some("runs inside the agent".to_owned()),
            ),
            Some(why) => {
                let remark =
                    format!("runs in a child, although policy lets it run inside the agent: {why}");
                (Isolation::Child, Some(remark))
            }
        }
    }

    /// Writes down what an agent before left in the middle of, so that it takes no other along.
    pub(super) fn note_crashes(&self) -> Vec<Crashed> {
        let crashes = deskhook_native::crashes(&marks(self.places)).into_iter();
        let noted = crashes.map(|crash| {
            let Crash {
                id,
                version,
                sha256,
                during,
            } = crash;
            let why = format!(
                "{version} was in the middle of {during} when an agent died with it inside"
            );
            let failed = Failed { sha256, why };
            if let Err(error) = Drawer::of(self.places, &id).note_crashed(&failed) {
                let error = format!("{error:#}");
                tracing::warn!(package = id, error, "that it crashed cannot be kept");
            }
            Crashed {
                name: id,
                why: failed.why,
            }
        });
        noted.collect()
    }

    /// Who may own what is installed.
    pub(super) fn owner(&self) -> Owner {
        match self.places.own_plugins {
            true => Owner::RootOrSelf,
            false => Owner::Root,
        }
    }

    fn terms(&self, owner: Owner, bound: &ExtensionPolicy) -> Terms {
        Terms {
            owner,
            pinned: bound.sha256.clone(),
            copies: self.places.private.clone(),
            publishers: self.policy.extensions.publishers.clone(),
        }
    }
}

/// One for which nobody vouches, and of which policy says nothing, is none of the organisation's: no
/// session waits for it.
fn unadmitted(folder: &Path, policy: &Policy, error: AdmissionError) -> Unloadable {
    let packages = &policy.extensions.packages;
    let is_stranger = |id: &str| !packages.keys().any(|name| name.eq_ignore_ascii_case(id));
    let hooks = match &error {
        AdmissionError::Nobody { id, .. } if is_stranger(id) => Some(vec![]),
        _ => Manifest::read(folder).ok().map(|manifest| manifest.hooks),
    };
    Unloadable {
        error: error.into(),
        hooks,
    }
}

/// Where it is marked which plugins run in the agent, and what they are doing.
fn marks(places: &ExtensionPlaces) -> PathBuf {
    places.private.with_file_name("in-process")
}

/// The agent stops in order: what its plugins are still in the middle of is not what ends it.
pub(crate) fn stops_in_order(places: &ExtensionPlaces) {
    if let Err(error) = deskhook_native::stops_in_order(&marks(places)) {
        tracing::warn!(%error, "that the agent stopped in order cannot be noted");
    }
}

/// Of this account alone; on Windows as far as the folder that it is made in is.
pub(super) fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
