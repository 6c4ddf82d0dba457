//! What the organisation allows: layer files in, one typed [`Policy`] out, with the
//! provenance of every value and the problems found on the way.
//!
//! Pure: no file, clock, network or process is touched here.

mod address;
mod client;
mod model;
mod text;

pub use address::{Address, AddressError};
pub use client::{AddressSource, ClientSpec, Download, Executable, Launch, LinkForm, Query, Stop};
pub use model::{
    AllowSet, Binding, CheckMode, ConsentMode, ConsentPolicy, ElevationMethod, ElevationPolicy,
    ExtensionPolicy, Extensions, Isolation, MenuEntry, OnTimeout, Policy, SessionPolicy,
    TrayPolicy, WebLink,
};
pub use text::{Language, LocalText};
