//! The Luau runtime: a package of hooks as an [`Extension`](deskhook_hooks::Extension), and the
//! tools of those who write one.
//!
//! One Lua state for each package, closed to everything but the language and `deskhook`; what a
//! script wants of the world it asks the host for. Whatever a script does, a call of it ends
//! within its limit with an answer or a [`Fault`](deskhook_hooks::Fault) that says where.

mod api;
mod check;
mod dry;
mod fake;
mod globals;
mod lexer;
mod meter;
mod misfit;
mod nearest;
mod notation;
mod package;
mod page;
mod repl;
mod scaffold;
mod script;
mod shape;
mod stage;
mod stub;
mod suite;
mod value;
mod vm;

pub use api::{Entry, REFERENCE};
pub use check::{Finding, Severity, check};
pub use dry::{RunError, RunResult, run};
pub use fake::{Fakes, FakesError, Record};
pub use nearest::nearest_hook;
pub use notation::notation;
pub use package::{LoadError, Manifest, Package, Parcel, Texts, discover, manifest_schema};
pub use page::{api_page, hooks_page};
pub use repl::{Repl, Reply};
pub use scaffold::{ScaffoldError, scaffold};
pub use script::Script;
pub use stub::{luals_stubs, luau_definitions};
pub use suite::{TestCase, TestFailure, TestReport, junit, test, test_package};
