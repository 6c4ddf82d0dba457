use deskhook_hooks::Menu;
use deskhook_session::{Event, SessionId};
use deskhook_source::Loaded;
use deskhook_uplink::Signal;
use deskhook_wire::{CheckShape, Report};
use tokio::sync::oneshot;

use crate::ExtensionSet;
use crate::courier::News;

/// Everything that can wake the agent. A closed set: nothing else reaches the loop.
pub enum Wake {
    /// Something happened to the session.
    Event(Event),
    /// Policy files changed on disk.
    PolicyChanged,
    /// Policy files were read; none where the reading broke off.
    Policy(Option<Box<Loaded>>),
    /// Packages or plugins changed on disk.
    PackagesChanged,
    /// Extensions have heard what they were told: how they are may have changed.
    Heard,
    /// The extensions of a new generation are there; none where the loading broke off.
    Loaded(Option<ExtensionSet>),
    /// The portal's side of the connection.
    Uplink(Signal),
    /// A report is in the outbox under this sequence.
    Filed {
        /// Its sequence.
        sequence: u64,
        /// What it was.
        news: News,
    },
    /// A report of the device's own state is ready to be filed.
    Collected(Box<Report>),
    /// The pre-connect checks ran; for the surfaces.
    Voices {
        /// Whose.
        session: SessionId,
        /// Every voice.
        checks: Vec<CheckShape>,
    },
    /// The menu of a snapshot is made.
    Menu {
        /// Of which revision.
        revision: u64,
        /// The menu.
        menu: Menu,
    },
    /// The client was started.
    Started {
        /// Whose.
        session: SessionId,
        /// The password that it made, if it made one.
        password: Option<String>,
    },
    /// A client has ended, whoever ended it.
    Gone(SessionId),
    /// What an administrator needs to mend a failure.
    Detail {
        /// Whose.
        session: SessionId,
        /// The words.
        detail: Option<String>,
    },
    /// Somebody waits until what they asked before shows in the snapshot.
    Seen(oneshot::Sender<()>),
    /// Time went by.
    Tick,
    /// Somebody wants the agent to stop; answered when it has.
    Stop(oneshot::Sender<()>),
}
