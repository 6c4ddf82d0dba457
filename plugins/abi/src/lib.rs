//! The border between Deskhook and a native plugin: C structs and nothing else.
//!
//! `include/deskhook_plugin.h` is made from this crate. The rules, for both sides:
//!
//! * A library exports one function, `deskhook_plugin_entry`. Everything else is asked for by id,
//!   `deskhook.session.request/1`, by `get_extension` in both directions. An id that the other
//!   side does not know is answered with null, never with a guess; a changed meaning is a new id.
//! * The first 16 bytes of [`Entry`] and [`Host`] never change: magic, size, major, minor. They
//!   are read before anything else is believed.
//! * A struct says its size first and grows at its end only. A reader takes what both know, see
//!   [`read`]; what is missing reads as zero. [`Text`] and [`Texts`] never grow.
//! * No memory changes its owner. A text is a view that lives until the call returns; whoever
//!   answers writes into a [`Sink`] of the asker, which copies.
//! * Nothing unwinds through a function of this crate.
//!
//! Every function says in brackets who may call it where:
//!
//! * `[load-thread]`: the host, on any one thread, before the first hook or after the last.
//! * `[hook-thread]`: on the thread that is inside a call of a hook, until that call returns.
//!   Calls of one instance never overlap; two of them may come on different threads.
//! * `[any-thread]`: any thread, from `create` to the end of `destroy`, at the same time too.

#![no_std]

mod entry;
mod header;
mod hook;
mod id;
mod input;
mod prefix;
mod status;
mod text;
mod verdict;

/// What a host offers to a plugin.
pub mod host;

pub use entry::{ABI_MAJOR, ABI_MINOR, Entry, Head, Host, Instance, MAGIC};
pub use header::{HEADER, TRIAL_HEADER};
pub use hook::{ElevationRequestHook, JsonHook, SessionJoinHook, SessionRequestHook};
pub use id::{DECIDE_HOOKS, ENTRY_SYMBOL, HOST_SERVICES, JSON_HOOKS, hook_of};
pub use input::{
    Context, Device, ElevationRequest, Person, SessionJoin, SessionRequest, Supporter,
};
pub use prefix::{Prefixed, Short, read};
pub use status::Named;
pub use text::{
    BadText, FAILED, INVALID, NO_ANSWER, NOT_FOUND, NOT_GRANTED, OK, PANICKED, Sink, Status,
    TOO_LARGE, Text, Texts,
};
pub use verdict::{
    VERDICT_ABSTAIN, VERDICT_ALLOW, VERDICT_ASK, VERDICT_DENY, Verdict, VerdictSink,
};
