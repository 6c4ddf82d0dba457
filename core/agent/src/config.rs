use std::path::{Path, PathBuf};

use deskhook_hooks::{Bound, Hook, Menu};
use deskhook_policy::{Language, Policy, Subject};
use deskhook_session::Question;
use deskhook_uplink::Identity;

use crate::{AboutDevice, AboutPerson, QuestionWords, Snapshot, agent, policies, words};

/// Makes the menu of a snapshot, before the `tray.menu` hooks.
pub type MenuBuilder = fn(&Snapshot, &Language) -> Menu;

/// Words an open question in the person's language, for every surface without a dialog of its own.
pub type QuestionWriter = fn(&Question, &Snapshot, &Language) -> QuestionWords;

/// Loads the packages and plugins that `Policy` allows from their places; told what runs now, so
/// that it can ask more of what would replace it. Runs on a thread of its own; may take its time.
pub type ExtensionLoader = fn(&ExtensionPlaces, &Policy, &[Bound]) -> ExtensionSet;

/// Where packages and plugins lie.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtensionPlaces {
    /// Folders of hook packages.
    pub packages: Vec<PathBuf>,
    /// Folders of native plugins.
    pub plugins: Vec<PathBuf>,
    /// A private folder for the copies that plugins are loaded from.
    pub private: PathBuf,
    /// Whether plugins of this account are accepted beside those of root.
    pub own_plugins: bool,
}

impl ExtensionPlaces {
    /// Where each plugin has a folder of its own, in which it writes.
    pub fn plugin_data(&self) -> PathBuf {
        self.private.with_file_name("plugin-data")
    }
}

/// What a loader found.
#[derive(Default)]
pub struct ExtensionSet {
    /// What can run.
    pub loaded: Vec<Bound>,
    /// What cannot.
    pub rejected: Vec<Rejected>,
    /// What an agent before was in the middle of when it died; told by the first loading after that.
    pub crashed: Vec<Crashed>,
}

/// An extension that ran inside an agent, and most likely ended it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crashed {
    /// Its name.
    pub name: String,
    /// What is known, in a sentence.
    pub why: String,
}

/// An extension that is there, or should be, and does not run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rejected {
    /// Its name.
    pub name: String,
    /// Why.
    pub why: String,
    /// The hooks that it would hear; none where nobody can tell.
    pub hooks: Option<Vec<Hook>>,
}

/// Everything that an agent needs to know before it starts.
#[derive(Clone)]
pub struct AgentConfig {
    /// Where identity, outbox, record and stores are kept; private to this account.
    pub state: PathBuf,
    /// The control socket; none is no socket.
    pub socket: Option<PathBuf>,
    /// Policy files, and folders of them.
    pub policy: Vec<PathBuf>,
    /// The trust file: with one, only policy that is signed by its keys counts. It has to be there,
    /// and nobody but root and this account may be able to change it; else no policy holds.
    pub trust: Option<PathBuf>,
    /// Where packages and plugins lie.
    pub extensions: ExtensionPlaces,
    /// Loads them.
    pub load: ExtensionLoader,
    /// Makes the menu.
    pub menu: MenuBuilder,
    /// Words questions.
    pub words: QuestionWriter,
    /// The device.
    pub device: AboutDevice,
    /// Who is at it.
    pub person: AboutPerson,
    /// Whether there can be somebody at the device. On a machine without a person, whatever
    /// [`AgentHandle::person_seen`](crate::AgentHandle::person_seen) is told, every question goes
    /// the way that the policy names for it: `Session.Consent.NoUser`.
    pub attended: bool,
    /// The program that `{self}` stands for in a client's description.
    pub executable: PathBuf,
    /// The X display that clients share; none is that of this process.
    pub display: Option<String>,
}

impl AgentConfig {
    /// For whom an agent of this configuration resolves its policy: device, person and groups, with
    /// what its enrolment says of them.
    pub fn subject(&self) -> Subject {
        // An identity that cannot be read keeps an agent from starting.
        let identity = Identity::load(&self.state).ok();
        policies::subject(&agent::with_identity(self.clone(), identity.as_ref()))
    }

    /// A configuration with this state folder and these policy folders: no extensions, a menu of
    /// the items alone, the device and person as the operating system names them.
    pub fn new<P: Into<PathBuf>>(
        state: impl AsRef<Path>,
        policy: impl IntoIterator<Item = P>,
    ) -> Self {
        let state = state.as_ref().to_owned();
        Self {
            socket: None,
            policy: policy.into_iter().map(Into::into).collect(),
            trust: None,
            extensions: ExtensionPlaces {
                private: state.join("plugins"),
                ..ExtensionPlaces::default()
            },
            load: |_, _, _| ExtensionSet::default(),
            menu: |_, _| Menu::default(),
            words: words::plain,
            device: AboutDevice::here(),
            person: AboutPerson::here(),
            attended: true,
            executable: std::env::current_exe().unwrap_or_default(),
            display: std::env::var("DISPLAY")
                .ok()
                .filter(|name| !name.is_empty()),
            state,
        }
    }
}
