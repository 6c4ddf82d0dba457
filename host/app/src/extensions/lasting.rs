//! What outlives the agent of an extension: the files that lasted, for a start at which those that are
//! installed cannot be loaded, and which new files failed.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use deskhook_agent::ExtensionPlaces;
use deskhook_hooks::{
    About, Answer, Call, Extension, ExtensionKind, Fault, HostPort, Limit, Standing,
};
use deskhook_native::{Evidence, Manifest, Versions};
use deskhook_policy::{ExtensionPolicy, Extensions};
use deskhook_script::{Package, Parcel};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The folder of one extension in the agent's state.
#[derive(Clone)]
pub(super) struct Drawer {
    folder: PathBuf,
    copies: PathBuf,
}

/// Which libraries ended an agent.
const CRASHED: &str = "crashed.json";
/// How many libraries of one plugin are remembered that ended an agent.
const MOST_CRASHED: usize = 16;

/// Says that what is kept could not be loaded.
const UNFIT: &str = "unfit";

/// Files that failed, and why.
#[derive(Serialize, Deserialize)]
struct Failed {
    sha256: String,
    why: String,
    /// What policy granted then: with other grants they may do better.
    #[serde(default)]
    granted: Vec<String>,
}

/// What an extension is made of.
pub(super) enum Made {
    Package(Arc<Package>),
    /// The private copy of its library, and what it was admitted by.
    Plugin(PathBuf, Evidence),
}

impl Drawer {
    pub(super) fn of(places: &ExtensionPlaces, name: &str) -> Self {
        Self {
            folder: places
                .private
                .with_file_name("lasting")
                .join(name.to_ascii_lowercase()),
            copies: places.private.clone(),
        }
    }

    /// Where a plugin lies that lasted, as an installer would have put it.
    pub(super) fn plugin(&self) -> PathBuf {
        self.folder.join("plugin")
    }

    /// A package that lasted.
    pub(super) fn package(&self) -> anyhow::Result<Package> {
        let path = self.folder.join("package.json");
        let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
        let parcel: Parcel = serde_json::from_slice(&bytes)?;
        Ok(Package::from_parcel(parcel)?)
    }

    /// Refuses files that failed while they were new, unless policy names them.
    pub(super) fn judge(&self, sha256: &str, bound: &ExtensionPolicy) -> anyhow::Result<()> {
        let failed: Option<Failed> = self.read("failed.json");
        let is_meant =
            |failed: &Failed| failed.sha256 == sha256 && failed.granted == bound.capabilities;
        match failed.filter(is_meant) {
            Some(Failed { why, .. }) if bound.sha256.is_none() => anyhow::bail!(why),
            _ => Ok(()),
        }
    }

    /// Other files took their place: should they come again, they are as new as any.
    pub(super) fn forget_failed(&self) {
        // There is none most of the time.
        let _ = std::fs::remove_file(self.folder.join("failed.json"));
    }

    /// Notes that files ended the agent in which they ran, or held it up, and forgets those that did so longest
    /// ago: whether that is kept.
    pub(super) fn note_crashed(&self, (name, sha256): (&str, &str), why: &str) -> bool {
        let mut all = self.all_crashed().unwrap_or_default();
        all.retain(|one| !one.sha256.eq_ignore_ascii_case(sha256));
        all.push(Failed {
            sha256: sha256.to_ascii_lowercase(),
            why: why.to_owned(),
            granted: vec![],
        });
        let latest = &all[all.len().saturating_sub(MOST_CRASHED)..];
        let text = serde_json::to_vec_pretty(latest).map_err(anyhow::Error::from);
        let kept = text.and_then(|text| self.write(CRASHED, &text));
        if let Err(error) = &kept {
            let error = format!("{error:#}");
            tracing::warn!(package = name, error, "that it crashed cannot be kept");
        }
        kept.is_ok()
    }

    /// Why files are not to run in the agent, whatever policy says.
    pub(super) fn crashed(&self, sha256: &str) -> Option<String> {
        let Some(all) = self.all_crashed() else {
            let path = self.folder.join(CRASHED);
            return Some(format!("{} cannot be read", path.display()));
        };
        let crashed = all
            .into_iter()
            .find(|one| one.sha256.eq_ignore_ascii_case(sha256))?;
        Some(crashed.why)
    }

    /// None where nobody can tell.
    fn all_crashed(&self) -> Option<Vec<Failed>> {
        match self.folder.join(CRASHED).exists() {
            true => self.read(CRASHED),
            false => Some(vec![]),
        }
    }

    /// Policy wants nothing of it in the agent: should it do so again, it has been thought over.
    pub(super) fn forget_crashed(&self) {
        // There is none most of the time.
        let _ = std::fs::remove_file(self.folder.join(CRASHED));
    }

    /// Which versions of what lasted may run: any where newer files failed, which are then still there.
    pub(super) fn versions(&self) -> Versions {
        match self.read::<Failed>("failed.json") {
            Some(_) => Versions::Any,
            None => Versions::NoOlder,
        }
    }

    /// What is kept could not be loaded: it takes nothing's place until something else is kept.
    pub(super) fn note_unfit(&self) {
        // Where that cannot be noted, the files that failed and these may take turns.
        let _ = std::fs::write(self.folder.join(UNFIT), "");
    }

    /// The version of the files that are kept, where they are others than these.
    fn other_version(&self, about: &About) -> Option<String> {
        if self.folder.join(UNFIT).exists() {
            return None;
        }
        let (version, sha256) = match about.kind {
            ExtensionKind::Plugin => {
                let manifest = Manifest::read(&self.plugin()).ok()?;
                (manifest.version, manifest.sha256)
            }
            _ => {
                let package = self.package().ok()?;
                (package.about().version, package.sha256().to_owned())
            }
        };
        (!sha256.eq_ignore_ascii_case(&about.sha256)).then_some(version)
    }

    fn note_failed(&self, failed: &Failed) -> anyhow::Result<()> {
        self.write("failed.json", &serde_json::to_vec_pretty(failed)?)
    }

    fn keep(&self, made: &Made) -> anyhow::Result<()> {
        match made {
            Made::Package(package) => {
                self.write("package.json", &serde_json::to_vec(&package.parcel())?)?;
            }
            Made::Plugin(_, evidence) if evidence.is_kept(&self.plugin()) => {}
            Made::Plugin(library, evidence) => {
                super::plugin::private_folder(&self.folder)?;
                evidence.keep(library, &self.plugin())?;
            }
        }
        // It is there only where what was kept before was no good.
        let _ = std::fs::remove_file(self.folder.join(UNFIT));
        Ok(())
    }

    fn read<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        let bytes = std::fs::read(self.folder.join(name)).ok()?;
        serde_json::from_slice(&bytes).ok()
    }

    fn write(&self, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let path = self.folder.join(name);
        if std::fs::read(&path).is_ok_and(|there| there == bytes) {
            return Ok(());
        }
        super::plugin::private_folder(&self.folder)?;
        let mut fresh = tempfile::NamedTempFile::new_in(&self.folder)?;
        std::io::Write::write_all(&mut fresh, bytes)?;
        fresh.persist(&path)?;
        Ok(())
    }
}

/// An extension that is kept when it lasts.
pub(super) struct Lasting {
    extension: Arc<dyn Extension>,
    drawer: Drawer,
    made: Made,
    /// How policy bound it when it was loaded.
    bound: ExtensionPolicy,
}

impl Lasting {
    pub(super) fn new(
        extension: Arc<dyn Extension>,
        (drawer, made): (Drawer, Made),
        bound: &ExtensionPolicy,
    ) -> Self {
        Self {
            extension,
            drawer,
            made,
            bound: bound.clone(),
        }
    }

    fn remember(&self, why: &str, to: &str) -> anyhow::Result<()> {
        let About {
            name,
            version,
            sha256,
            ..
        } = self.about();
        self.drawer.note_failed(&Failed {
            sha256: sha256.clone(),
            why: why.to_owned(),
            granted: self.bound.capabilities.clone(),
        })?;
        if let Made::Plugin(..) = self.made {
            deskhook_native::fell_back(&self.drawer.copies, name, (version, to))?;
        }
        Ok(())
    }

    fn remembered(&self, why: &str, to: &str) -> bool {
        let kept = self.remember(why, to);
        if let Err(error) = &kept {
            let (name, error) = (&self.about().name, format!("{error:#}"));
            tracing::warn!(package = name, error, "that it failed cannot be kept");
        }
        kept.is_ok()
    }
}

impl Extension for Lasting {
    fn about(&self) -> &About {
        self.extension.about()
    }

    fn call(&self, call: &Call, limit: Limit, host: &HostPort) -> Result<Answer, Fault> {
        self.extension.call(call, limit, host)
    }

    fn standing(&self, policy: &Extensions) -> Standing {
        self.extension.standing(policy)
    }

    fn remark(&self) -> Option<&str> {
        self.extension.remark()
    }

    fn end(&self) {
        self.extension.end();
    }

    fn lasts(&self) {
        if let Err(error) = self.drawer.keep(&self.made) {
            let (name, error) = (&self.about().name, format!("{error:#}"));
            tracing::warn!(package = name, error, "its files cannot be kept");
        }
    }

    fn gave_way(&self, why: &str, to: &About) {
        self.remembered(why, &to.version);
    }

    fn gives_way(&self, why: &str) -> bool {
        // What policy names is loaded again whatever became of it.
        if self.bound.sha256.is_some() {
            return false;
        }
        let kept = self.drawer.other_version(self.about());
        kept.is_some_and(|version| self.remembered(why, &version))
    }
}
