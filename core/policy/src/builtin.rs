//! The clients that Deskhook knows, as data.
//!
//! Facts come from the vendors' own documents: AnyDesk's command-line and URL-handler pages,
//! RustDesk's `core_main.rs`, the manuals of x11vnc and x0vncserver.

mod anydesk;
mod rustdesk;
mod sample;
mod vnc;

pub use vnc::VncListen;

use crate::{AddressSource, Executable, Query};

fn executable(platform: &str, path: impl Into<String>) -> Executable {
    Executable {
        platform: platform.to_owned(),
        path: path.into(),
    }
}

fn texts(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

fn query(arguments: &[&str], not_ready: &[&str], patience_seconds: u32) -> AddressSource {
    AddressSource::Query(Query {
        arguments: texts(arguments),
        not_ready: texts(not_ready),
        patience_seconds,
    })
}
