//! Knows of RustDesk what its command line does not tell: where it is installed, its ID in the forms
//! in which it is printed or kept, its version. README.md has the policy.

mod configuration;
mod driver;
mod launch;
mod places;
mod printed;
mod settings;

pub use driver::RustDeskDriver;

deskhook_sdk::export_plugin!(RustDeskDriver);
