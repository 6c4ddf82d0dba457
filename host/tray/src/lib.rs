//! What the person at the device sees: the tray's menu, the dialogs, the notifications.
//!
//! What is shown is made by pure functions of the agent's snapshot ([`menu()`], [`dialog()`],
//! [`announcement`], [`about`], [`sentence`]), in the person's language, for any surface to show.
//! [`run`] shows it on this desktop: it draws the icon, opens the dialogs and sends what the
//! person picks and answers back to the agent as requests. [`watch_presence`] tells the agent
//! whether the person is there at all; [`register_links`] has the desktop start this program for
//! links of ours.

mod about;
mod announcement;
mod clean;
mod clock;
mod dialog;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod icon;
mod link;
#[cfg(target_os = "linux")]
mod linux;
mod menu;
mod sentence;
mod text;

pub use about::about;
pub use announcement::{Announcement, Weight, announcement};
pub use dialog::{Blank, DialogText, dialog, words};
#[cfg(not(target_os = "linux"))]
pub use elsewhere::{display_answers, register_links, run, watch_presence};
#[cfg(target_os = "linux")]
pub use linux::{display_answers, register_links, run, watch_presence};
pub use menu::menu;
pub use sentence::sentence;
