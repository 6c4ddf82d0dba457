//! Native plugins: who vouches for one, and where it runs.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use deskhook_hooks::Extension;
use deskhook_native::{AdmissionError, Admitted, Manifest, Owner, Plugin, Terms, admit};
use deskhook_policy::{ExtensionPolicy, Isolation, Policy};

use super::lasting::{Drawer, Lasting, Made};
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
        let wants_here = self.policy.extensions.isolation == Isolation::InProcess;
        let here = wants_here && terms.names_both(manifest);
        let plugin: Arc<dyn Extension> = if here {
            let plugin = Plugin::load(&verified).map_err(|error| refused(error.into()))?;
            Arc::new(plugin)
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
        let place = match here {
            true => Isolation::InProcess,
            false => Isolation::Child,
        };
        let word = Word::of(&self.policy.extensions, about, place);
        let made = Made::Plugin(verified.library().to_owned(), evidence);
        let vouched = Arc::new(Vouched::new(plugin, word));
        Ok(Arc::new(Lasting::new(vouched, drawer, made)))
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

/// Of this account alone; on Windows as far as the folder that it is made in is.
pub(super) fn private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
