//! The hook catalogue: which hooks there are, what they are given, what they may answer, how
//! answers combine, and the chain that runs one hook.
//!
//! [`Extension`] is the only open trait of Deskhook: Lua packages, native plugins and the
//! built-in checks implement it. An extension asks by [`HostCall`]; it never mutates.

mod answer;
mod call;
mod capability;
mod catalogue;
mod chain;
mod check;
mod extension;
mod host;
mod input;
mod lane;
mod menu;
mod provenance;
mod queue;
mod schema;
mod timing;
mod words;

pub use answer::{
    Answer, AnswerError, ConsentField, ConsentPatch, ExtensionRequest, FieldsPatch, LaunchPatch,
    VerdictAnswer,
};
pub use call::{Body, Call, CallError, Context};
pub use capability::Grants;
pub use catalogue::{Hook, Kind, UnknownHook};
pub use chain::{Bound, Chain, Giver, Health, Phase, Provided, Told};
pub use check::{Findings, Step, Tell};
pub use deskhook_policy::{CAPABILITY_KINDS, check_capability, nearest};
pub use extension::{About, Extension, ExtensionKind, Fault, Limit, Standing};
pub use host::{
    ExecAnswer, HostCall, HostError, HostPort, HostQuestion, HostReply, HttpAnswer, LogLevel,
};
pub use input::{
    AddressRead, AddressReport, AddressReported, ClientExited, ClientLaunch, ClientLocate,
    ConsentPrompt, Device, ElevationFinished, ElevationRequest, Empty, MenuClick, Person,
    PolicyChanged, SessionEnded, SessionJoin, SessionRequest, SessionStarted, SessionState,
    SupporterInput, Timer, TrayMenu,
};
pub use menu::{AddedItem, ItemKind, ItemPatch, Menu, MenuItem, MenuPatch, PatchError};
pub use provenance::{Dropped, Folded, Provenance, Setting};
pub use schema::{definitions, document};
pub use timing::Timing;
