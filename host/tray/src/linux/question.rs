use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use deskhook_agent::{AgentHandle, Errand, Snapshot};
use deskhook_policy::Language;
use deskhook_session::{Origin, QuestionId, Request};
use tokio::task::JoinHandle;
use tokio::time::{MissedTickBehavior, interval};

use super::desk::language;
use super::screen::{Screen, is_wayland};
use super::zenity::{self, Ending};
use crate::text::Texts;
use crate::{DialogText, dialog};

/// Opens a dialog for the open question, one at a time, and sends on its answer. A question that
/// goes away takes its dialog along.
pub(super) async fn run(handle: AgentHandle) {
    let mut changes = handle.changes();
    let mut dialogs = Dialogs::default();
    let mut clock = interval(Duration::from_secs(1));
    clock.set_missed_tick_behavior(MissedTickBehavior::Skip);
    loop {
        let snapshot = changes.borrow_and_update().clone();
        dialogs.show(&snapshot).await;
        tokio::select! {
            changed = changes.changed() => if changed.is_err() { return },
            (question, ending) = closed(&mut dialogs.open) => {
                dialogs.open = None;
                if let Ending::Answered(answer) = ending {
                    let question = Some(question);
                    handle.request(Request::Answer { question, answer }, Origin::Person).await;
                }
            }
            _ = clock.tick() => if let Some(open) = &dialogs.open { open.count_down().await },
        }
    }
}

#[derive(Default)]
struct Dialogs {
    open: Option<Open>,
    /// The question that had a dialog last: one that closed itself is not opened again.
    shown: Option<QuestionId>,
    /// The last errand that was looked at.
    seen: u64,
    /// Whether it was said already that there are no dialogs here.
    told: bool,
}

/// A dialog and what it asks. It is closed when this is dropped.
struct Open {
    question: QuestionId,
    title: String,
    language: Language,
    until: Instant,
    pid: Option<u32>,
    screen: Arc<OnceLock<Arc<Screen>>>,
    closed: JoinHandle<Ending>,
}

impl Drop for Open {
    fn drop(&mut self) {
        // The task owns the process, which ends with it.
        self.closed.abort();
    }
}

impl Dialogs {
    async fn show(&mut self, snapshot: &Snapshot) {
        let question = snapshot.view.question.as_ref();
        let wanted = question.map(|question| question.id);
        if self.open.as_ref().map(|open| open.question) != wanted {
            self.open = None;
        }
        let to_front = self.is_asked_for(snapshot);
        let Some(question) = question else { return };
        match &self.open {
            Some(open) if to_front => open.raise().await,
            Some(_) => {}
            None if self.shown == wanted && !to_front => {}
            None => {
                self.shown = wanted;
                let language = language(snapshot);
                let text = dialog(question, snapshot, &language);
                self.open = self.open(question.id, text, language).await;
            }
        }
    }

    /// Whether the person picked the question in the menu since this was asked last.
    fn is_asked_for(&mut self, snapshot: &Snapshot) -> bool {
        let seen = self.seen;
        let new = snapshot.errands.iter().filter(|(number, _)| *number > seen);
        let asked = new.clone().any(|(_, errand)| *errand == Errand::Ask);
        self.seen = new.map(|(number, _)| *number).max().unwrap_or(seen);
        asked
    }

    async fn open(
        &mut self,
        question: QuestionId,
        text: DialogText,
        language: Language,
    ) -> Option<Open> {
        let Some(screen) = screen().await else {
            self.say("there is no dialog: this process has no display");
            return None;
        };
        let opened = match zenity::ask(&text) {
            Ok(opened) => opened,
            Err(error) => {
                self.say(&format!(
                    "there is no dialog: zenity does not start: {error}"
                ));
                return None;
            }
        };
        let pid = opened.pid();
        let (title, until) = (
            text.title.clone(),
            Instant::now() + Duration::from_secs(text.seconds),
        );
        let closed = tokio::spawn(async move { opened.closed(&text).await });
        Some(Open {
            question,
            title,
            language,
            until,
            pid,
            screen,
            closed,
        })
    }

    /// Once: the question can be answered in a terminal.
    fn say(&mut self, why: &str) {
        if !self.told {
            tracing::warn!("{why}; `deskhook session answer` answers questions in a terminal");
        }
        self.told = true;
    }
}

impl Open {
    async fn raise(&self) {
        if let (Some(screen), Some(pid)) = (self.screen.get(), self.pid) {
            screen.raise(pid).await;
        }
    }

    /// Says in the window's title how long there is left.
    async fn count_down(&self) {
        let (Some(screen), Some(pid)) = (self.screen.get(), self.pid) else {
            return;
        };
        let left = self
            .until
            .saturating_duration_since(Instant::now())
            .as_secs();
        let texts = Texts::of(&self.language);
        let left = texts.fill("dialog.countdown", &[("seconds", &left.to_string())]);
        screen.rename(pid, format!("{} ({left})", self.title)).await;
    }
}

/// Where the dialog's window will be; none where there is nowhere. On a Wayland screen only old
/// programs need the X server, the dialog does not: it is reached for meanwhile.
async fn screen() -> Option<Arc<OnceLock<Arc<Screen>>>> {
    let found = Arc::new(OnceLock::new());
    if is_wayland() {
        let slot = Arc::clone(&found);
        tokio::spawn(async move { Screen::here().await.map(|screen| slot.set(screen)) });
    } else {
        // It was made just now and is empty.
        let _ = found.set(Screen::here().await?);
    }
    Some(found)
}

/// Waits until the open dialog is closed; for ever, where there is none. A dialog that broke off
/// is a no, as one that was closed is.
async fn closed(open: &mut Option<Open>) -> (QuestionId, Ending) {
    match open {
        Some(open) => {
            let ending = (&mut open.closed).await;
            let ending = ending.unwrap_or(Ending::Answered(deskhook_session::Answer::Deny));
            (open.question, ending)
        }
        None => std::future::pending().await,
    }
}
