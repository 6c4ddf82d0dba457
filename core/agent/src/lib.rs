//! The SDK's front door: [`AgentConfig`] in, a running [`Agent`] out.
//!
//! One closed enum, [`Wake`], wakes the run loop; one `Arc<Snapshot>` is published after every
//! event, and everything that shows something (tray, terminal, portal) only reads it. The loop
//! performs the effects of `deskhook-session` and never blocks: hooks run on threads of their
//! own, the client in a task, and all of them answer with a wake.
//!
//! ```no_run
//! # async fn embed() -> Result<(), Box<dyn std::error::Error>> {
//! use deskhook_agent::{Agent, AgentConfig};
//! use deskhook_session::{Origin, Request};
//!
//! let agent = Agent::start(AgentConfig::new("/var/lib/acme", ["/etc/acme/policy.d"])).await?;
//! let handle = agent.handle();
//! handle.request(Request::Start { reason: None, ticket: None, client: None }, Origin::Person).await;
//! // Until there is an address, or the session did not come so far.
//! let known = handle.until(|now| now.view.address.is_some() || now.view.last.is_some()).await;
//! println!("address: {:?}", known.and_then(|now| now.view.address.clone()));
//! agent.stop().await;
//! # Ok(()) }
//! ```

mod about;
mod agent;
mod chains;
mod clock;
mod config;
mod control;
mod courier;
mod disk;
mod extensions;
mod folds;
#[cfg(doctest)]
mod guides;
mod handle;
mod host;
mod launch;
mod menu;
mod observation;
mod perform;
mod policies;
mod private;
mod probation;
mod publish;
mod records;
mod reports;
mod rows;
mod snapshot;
mod status;
mod timers;
mod unfinished;
mod wake;
mod words;

pub use about::{AboutDevice, AboutPerson};
pub use agent::{Agent, StartError};
pub use clock::Stopwatch;
pub use config::{
    AgentConfig, Crashed, ExtensionLoader, ExtensionPlaces, ExtensionSet, MenuBuilder,
    QuestionWriter, Rejected,
};
pub use control::{ControlError, Replies, ask as ask_agent, watch as watch_agent};
pub use extensions::absent;
pub use handle::{AgentHandle, Presence};
pub use snapshot::{Errand, Snapshot};
pub use status::status;
pub use wake::Wake;
pub use words::QuestionWords;
