//! What the organisation allows: layer files in, one typed [`Policy`] out, with the
//! provenance of every value and the problems found on the way.
//!
//! [`Layer::parse`] reads one file, [`resolve`] applies many for a [`Subject`], [`explain`]
//! says who set a key and what that overrode, [`audit()`] holds them against the vendor's security guide.
//!
//! [`read_json`] reads other JSON that people write: each value knows its place, each mistake is told.
//!
//! Pure: no file, clock, network or process is touched here.

mod address;
mod audit;
mod builtin;
mod capability;
mod client;
mod layer;
mod lookup;
mod model;
mod problem;
mod publisher;
mod resolve;
mod schema;
mod syntax;
mod text;
mod ticket;
mod typed;
mod vendor;

pub use address::{Address, AddressError};
pub use audit::{
    Audience, Audit, Basis, Change, Exception, Finding, Fix, Level, Rule, State, audit, rules,
};
pub use builtin::VncListen;
pub use capability::{CAPABILITY_KINDS, check_capability};
pub use client::{AddressSource, ClientSpec, Download, Executable, Launch, LinkForm, Query, Stop};
pub use layer::{Layer, Parsed, Scope};
pub use model::{
    AllowSet, AnyDeskClient, AuditException, Binding, CheckMode, ConsentMode, ConsentPolicy,
    Direction, ElevationMethod, ElevationPolicy, ExtensionPolicy, Extensions, Isolation, MenuEntry,
    OnTimeout, Policy, SessionPolicy, TrayPolicy, UnattendedAccess, WebLink,
};
pub use problem::{Place, Problem, Severity, Source};
pub use publisher::{PublisherKeyError, check_publisher_key};
pub use resolve::{
    Explanation, LayerName, Overridden, Provenance, Resolved, Setting, Subject, Trail, Why,
    explain, resolve,
};
pub use schema::{
    MENU_DEEPEST, MENU_MOST, built_in_checks, is_built_in_entry, json_schema, nearest,
};
pub use syntax::{Kind as JsonKind, Member as JsonMember, Node as JsonNode, read_json};
pub use text::{Language, LocalText};
pub use vendor::{
    ClientRole, ClientSettings, Comparison, Evidence, Expectations, FormEntry, Found, Installed,
    NotText, Origin, Status, VendorLine, client_settings, expectations,
};
