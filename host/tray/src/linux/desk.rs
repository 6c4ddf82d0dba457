use std::process::Stdio;

use deskhook_agent::{AgentHandle, Errand, Snapshot};
use deskhook_policy::{Address, Language};
use tokio::process::Command;
use tokio::task::JoinSet;

use super::notification::{Notifications, Urgency};
use super::zenity::{self, Opened};
use super::{clipboard, screen};
use crate::menu::organisation_name;
use crate::text::Texts;
use crate::{Announcement, Weight, about, announcement, link};

/// How long a window stays that nobody closes, in seconds.
const LONG: u64 = 600;
const SHORT: u64 = 5;

/// The person's language.
pub(super) fn language(snapshot: &Snapshot) -> Language {
    let person = snapshot.person.as_ref();
    person.map_or_else(Language::english, |person| person.language.clone())
}

/// Tells the person what there is to tell, and does what only a desktop can do.
pub(super) async fn run(handle: AgentHandle) {
    let mut changes = handle.changes();
    let mut desk = Desk::default();
    loop {
        let snapshot = changes.borrow_and_update().clone();
        desk.show(&snapshot).await;
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            // Taken whatever came of it: a pattern that does not fit would end the waiting for all.
            Some(ended) = desk.links.join_next() => {
                if let Ok(Err(target)) = ended {
                    let title = Texts::of(&language(&snapshot)).get("notice.not-opened");
                    desk.say(title, &target, &snapshot).await;
                }
            }
        }
    }
}

#[derive(Default)]
struct Desk {
    notifications: Notifications,
    /// The last notice and the last errand that were seen to.
    told: u64,
    done: u64,
    /// The one window that says something, where no notification can. Closed when replaced.
    window: Option<Opened>,
    /// Links that are being opened: a browser may run as long as it is open.
    links: JoinSet<Result<(), String>>,
}

impl Desk {
    async fn show(&mut self, snapshot: &Snapshot) {
        if snapshot.view.question.is_some() {
            // One dialog at a time, and the question goes first.
            self.window = None;
        }
        for (number, notice) in &snapshot.notices {
            if *number > self.told {
                self.told = *number;
                let words = announcement(notice, snapshot, &language(snapshot));
                self.tell(&words, snapshot).await;
            }
        }
        for (number, errand) in &snapshot.errands {
            if *number > self.done {
                self.done = *number;
                self.run_errand(errand, snapshot).await;
            }
        }
    }

    /// By a notification; where the desktop has none, the answer to what the person just did
    /// opens a window.
    async fn tell(&mut self, words: &Announcement, snapshot: &Snapshot) {
        let urgency = match words.weight {
            Weight::News => Urgency::Normal,
            Weight::Answer => Urgency::Critical,
        };
        let sender = organisation_name(snapshot);
        let text = (words.title.as_str(), words.message.as_str());
        let shown = self.notifications.show(&sender, text, urgency).await;
        if !shown && words.weight == Weight::Answer {
            self.open(text, LONG, snapshot);
        }
    }

    /// One dialog at a time: an open question stays alone.
    fn open(&mut self, text: (&str, &str), seconds: u64, snapshot: &Snapshot) {
        self.window = None;
        if snapshot.view.question.is_some() {
            return tracing::info!(
                title = text.0,
                message = text.1,
                "not shown beside a question"
            );
        }
        match zenity::tell(text, seconds) {
            Ok(opened) => self.window = Some(opened),
            Err(error) => {
                tracing::warn!(%error, title = text.0, message = text.1, "nothing shows this");
            }
        }
    }

    async fn run_errand(&mut self, errand: &Errand, snapshot: &Snapshot) {
        let language = language(snapshot);
        match errand {
            Errand::Copy(address) => self.copy(address, snapshot).await,
            Errand::Open(target) => {
                self.links.spawn(open_link(target.clone()));
            }
            Errand::About => {
                let title = Texts::of(&language).get("menu.about");
                self.open((title, &about(snapshot, &language)), LONG, snapshot);
            }
            // The dialogs' own.
            Errand::Ask => {}
        }
    }

    async fn copy(&mut self, address: &Address, snapshot: &Snapshot) {
        let texts = Texts::of(&language(snapshot));
        let key = match clipboard::copy(address.to_string()).await {
            Ok(()) => "notice.copied",
            Err(error) => {
                tracing::warn!(%error, "the address is not on the clipboard");
                "notice.not-copied"
            }
        };
        self.say(texts.get(key), &address.grouped(), snapshot).await;
    }

    /// What the person sees of a click that changes nothing on the screen.
    async fn say(&mut self, title: &str, message: &str, snapshot: &Snapshot) {
        let sender = organisation_name(snapshot);
        let shown = self
            .notifications
            .show(&sender, (title, message), Urgency::Normal)
            .await;
        if !shown {
            self.open((title, message), SHORT, snapshot);
        }
    }
}

/// Has the desktop open a link; the link itself, where it does not.
async fn open_link(target: String) -> Result<(), String> {
    if !link::is_safe(&target) || !screen::is_there() {
        return Err(target);
    }
    let mut command = Command::new("xdg-open");
    command
        .arg(&target)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let opened = command.status().await.is_ok_and(|status| status.success());
    opened.then_some(()).ok_or(target)
}
