//! Native plugins: who vouches for one, and where it runs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use anyhow::Context as _;
use deskhook_agent::{Crashed, ExtensionPlaces};
use deskhook_hooks::Extension;
use deskhook_native::{
    AdmissionError, Admitted, Crash, Manifest, Owner, Plugin, Terms, Verified, Versions, admit,
};
use deskhook_policy::{ExtensionPolicy, Isolation, Policy};

use super::lasting::{Drawer, Lasting, Made};
use super::vouched::{Vouched, Word};
use super::{Loaded, Loading, OwnChild, Unloadable};

impl Loading<'_> {
    /// A plugin runs in a child of its own; in this process only where policy says so, and names both
    /// its publisher and its library.
    pub(super) fn plugin(
        &self,
        (folder, owner, versions): (&Path, Owner, Versions),
        (name, bound): (&str, &ExtensionPolicy),
    ) -> Loaded {
        let drawer = Drawer::of(self.places, name);
        if self.counts && !self.lets_in(bound) {
            drawer.forget_crashed();
        }
        let terms = self.terms((owner, versions), bound);
        let unadmitted = |error| unadmitted(folder, self.policy, error);
        let Admitted { verified, evidence } = admit(folder, &terms).map_err(unadmitted)?;
        // What policy says of one is not said of another that calls itself the same elsewhere.
        super::called(&verified.manifest().id, name)?;
        let own = self.own.join(&verified.manifest().id);
        private_folder(&own).with_context(|| format!("cannot make {}", own.display()))?;
        let verified = verified.with_folder(own.clone());
        let manifest = verified.manifest();
        let refused = |error: anyhow::Error| Unloadable {
            error,
            hooks: Some(manifest.hooks.clone()),
        };
        drawer.judge(&manifest.sha256, bound).map_err(refused)?;
        let version = &manifest.version;
        let unloaded =
            |error: anyhow::Error| refused(error.context(format!("{version} does not load")));
        let (place, remark) = match self.lets_in(bound) && terms.names_both(manifest) {
            true => self.place((&verified, &drawer)).map_err(unloaded)?,
            false => (Place::Child, None),
        };
        let within = match &place {
            Place::Child => Isolation::Child,
            Place::Agent(_) => Isolation::InProcess,
        };
        let plugin: Arc<dyn Extension> = match place {
            Place::Agent(Some(plugin)) => Arc::from(plugin as Box<dyn Extension>),
            // Whoever only looks has nothing of it in their own process.
            Place::Child | Place::Agent(None) => {
                let child = OwnChild::of(&verified, own, &bound.capabilities);
                Arc::new(child.and_then(OwnChild::open).map_err(unloaded)?)
            }
        };
        if self.counts {
            deskhook_native::ran(&terms.copies, &manifest.id, &manifest.version)
                .context("which version runs cannot be written down")
                .map_err(refused)?;
        }
        let about = (manifest.publisher.as_str(), plugin.about());
        let word = Word::of(&self.policy.extensions, about, within);
        let made = Made::Plugin(verified.library().to_owned(), evidence);
        let vouched = Arc::new(Vouched::new(plugin, word, remark));
        Ok(Arc::new(Lasting::new(vouched, (drawer, made), bound)))
    }

    /// Whether policy lets into this process what it names by its library.
    fn lets_in(&self, bound: &ExtensionPolicy) -> bool {
        self.policy.extensions.isolation == Isolation::InProcess && bound.sha256.is_some()
    }

    /// Where a plugin runs that policy lets in, and what is to be said of that: in this process, where it
    /// ended none before, and comes back from its start.
    fn place(
        &self,
        (verified, drawer): (&Verified, &Drawer),
    ) -> anyhow::Result<(Place, Option<String>)> {
        let sha256 = &verified.manifest().sha256;
        let is_meant = |crash: &&Crash| crash.sha256.eq_ignore_ascii_case(sha256);
        let just_now = || self.crashes.iter().find(is_meant).map(why);
        let why = match drawer.crashed(sha256).or_else(just_now) {
            Some(why) => why,
            None if !self.counts => return Ok((Place::Agent(None), Some(INSIDE.to_owned()))),
            None => match load(verified, marks(self.places))? {
                Some(plugin) => {
                    return Ok((
                        Place::Agent(Some(Box::new(plugin))),
                        Some(INSIDE.to_owned()),
                    ));
                }
                None => self.held_up(verified.manifest(), drawer),
            },
        };
        let remark = format!(
            "runs in a child, although policy lets it run inside the agent: {why}. Other files of it are let in, and these where policy takes back that it names them, and says so again"
        );
        Ok((Place::Child, Some(remark)))
    }

    /// Notes that it did not come back from its start.
    fn held_up(&self, manifest: &Manifest, drawer: &Drawer) -> String {
        let Manifest {
            id,
            version,
            sha256,
            ..
        } = manifest;
        let seconds = LOAD.as_secs();
        let why = format!("{version} was not back from its start after {seconds} s");
        tracing::error!(package = id, why, "it is no longer waited for");
        drawer.note_crashed((id, sha256), &why);
        why
    }

    /// Who may own what is installed.
    pub(super) fn owner(&self) -> Owner {
        match self.places.own_plugins {
            true => Owner::RootOrSelf,
            false => Owner::Root,
        }
    }

    fn terms(&self, (owner, versions): (Owner, Versions), bound: &ExtensionPolicy) -> Terms {
        Terms {
            owner,
            pinned: bound.sha256.clone(),
            copies: self.places.private.clone(),
            publishers: self.policy.extensions.publishers.clone(),
            versions,
        }
    }
}

/// How a plugin is told that runs in this process.
const INSIDE: &str = "runs inside the agent";
/// How long a plugin may take to start in this process, as in a child.
const LOAD: Duration = Duration::from_secs(5);

/// Where a plugin is to run.
enum Place {
    Child,
    /// In this process, loaded already unless somebody only looks.
    Agent(Option<Box<Plugin>>),
}

/// Loads it into this process; none where it does not come back. Its thread then stays.
fn load(verified: &Verified, marks: PathBuf) -> anyhow::Result<Option<Plugin>> {
    let (done, loaded) = mpsc::channel();
    let name = format!("load {}", verified.manifest().id);
    let verified = verified.clone();
    std::thread::Builder::new().name(name).spawn(move || {
        // Nobody waits any more where it was late; it ends then what it made.
        let _ = done.send(Plugin::load_marked(&verified, &marks));
    })?;
    match loaded.recv_timeout(LOAD) {
        Ok(loaded) => Ok(Some(loaded?)),
        Err(RecvTimeoutError::Timeout) => Ok(None),
        Err(RecvTimeoutError::Disconnected) => anyhow::bail!("its start broke off"),
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

/// Writes down what an agent before died in the middle of, so that it takes no other along.
pub(super) fn note_crashes(places: &ExtensionPlaces) -> Vec<Crash> {
    deskhook_native::crashes(&marks(places), |crash| {
        let Crash { id, sha256, .. } = crash;
        Drawer::of(places, id).note_crashed((id, sha256), &why(crash))
    })
}

/// What an agent before died in the middle of, and no other has started since.
pub(super) fn crashes_left(places: &ExtensionPlaces) -> Vec<Crash> {
    deskhook_native::crashes_left(&marks(places))
}

/// What the log and the record are told of it.
pub(super) fn crashed(crash: &Crash) -> Crashed {
    Crashed {
        name: crash.id.clone(),
        why: why(crash),
    }
}

fn why(crash: &Crash) -> String {
    let Crash {
        version, during, ..
    } = crash;
    format!("{version} was in the middle of {during} when an agent died with it inside")
}

/// Where it is marked which plugins run in the agent, and what they are doing.
fn marks(places: &ExtensionPlaces) -> PathBuf {
    places.private.with_file_name("in-process")
}

/// How long an agent that stops waits for its plugins to end: a little longer than a child has.
const LAST: Duration = Duration::from_millis(500);

/// The agent stops in order, once its plugins have ended: what they are still in the middle of then is not
/// what ends it.
pub(crate) fn stops_in_order(places: &ExtensionPlaces) {
    super::vouched::settle(LAST);
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
