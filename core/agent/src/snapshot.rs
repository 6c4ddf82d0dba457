use std::sync::Arc;
use std::time::Duration;

use deskhook_hooks::Menu;
use deskhook_policy::{Address, Policy};
use deskhook_session::{Moment, Notice, View};
use deskhook_wire::{CheckShape, ExtensionHealth};

use crate::{AboutDevice, AboutPerson, QuestionWords, Stopwatch};

/// Everything that can be seen of an agent at one moment. Published whole after each event;
/// never changed.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// Rises with each snapshot.
    pub revision: u64,
    /// When it was made.
    pub now: Moment,
    /// Since when it is there, to tell how old it is.
    pub made: Option<Stopwatch>,
    /// The local time of `now`, RFC 3339 with whole seconds.
    pub clock: String,
    /// The session.
    pub view: View,
    /// The effective policy.
    pub policy: Arc<Policy>,
    /// Errors and warnings of the policy's files, one sentence each.
    pub problems: Vec<String>,
    /// The device.
    pub device: Option<Arc<AboutDevice>>,
    /// Who is at it.
    pub person: Option<Arc<AboutPerson>>,
    /// Whether the person is at the device, as far as can be seen.
    pub present: bool,
    /// The organisation's name: the policy's, else the portal's.
    pub organization: String,
    /// The portal's address, once enrolled.
    pub portal: Option<String>,
    /// Whether the portal answered the last request.
    pub online: bool,
    /// Why the portal refuses what this device sends, where somebody has to mend that.
    pub portal_problem: Option<String>,
    /// Rows of the outbox that the portal has not acknowledged.
    pub unacknowledged: usize,
    /// The menu, after the `tray.menu` hooks, in the person's language.
    pub menu: Menu,
    /// The open question in the person's language.
    pub words: Option<QuestionWords>,
    /// Every voice of the last pre-connect checks.
    pub checks: Vec<CheckShape>,
    /// What an administrator needs to mend the last failure.
    pub detail: Option<String>,
    /// Packages and plugins with their health.
    pub extensions: Vec<ExtensionHealth>,
    /// The last things that the person was told, with rising numbers.
    pub notices: Vec<(u64, Notice)>,
    /// The last things that only a desktop can do, with rising numbers.
    pub errands: Vec<(u64, Errand)>,
    /// Whether the client of the session was started.
    pub client_started: bool,
    /// Clients that were started or are being started and have not ended: one for a session, and
    /// those of former sessions that take their time to end.
    pub clients_running: usize,
    /// The password of the running client, where it made one. Never leaves this machine.
    pub password: Option<String>,
}

impl Snapshot {
    /// The time left until `moment`, now and not when this was made.
    pub fn left(&self, moment: Moment) -> Duration {
        let age = self.made.map(Stopwatch::elapsed).unwrap_or_default();
        Duration::from_millis(moment.since(self.now)).saturating_sub(age)
    }
}

/// Something that needs a desktop: the tray does it, or a terminal says that it would.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errand {
    /// Put the address on the clipboard and say so.
    Copy(Address),
    /// Open a link.
    Open(String),
    /// Show what this program is.
    About,
    /// Bring the open question to the front.
    Ask,
}
