//! Hosts that are not this one: older, newer, and with nothing to offer.

use std::ffi::c_void;

use deskhook_abi::{Host, Text};

use crate::offer::{get_extension, host_of};
use crate::port::Port;

/// Makes a host for a port; it lives for the rest of the process.
pub(super) type Make = dyn Fn(&'static Port) -> &'static Host;

/// One that offers nothing.
pub(super) fn minimal(port: &'static Port) -> &'static Host {
    Box::leak(Box::new(Host {
        get_extension: Some(nothing),
        ..*host_of(port)
    }))
}

/// One of the first version of the interface.
pub(super) fn first(port: &'static Port) -> &'static Host {
    Box::leak(Box::new(Host {
        abi_minor: 0,
        get_extension: Some(of_the_first),
        ..*host_of(port)
    }))
}

/// A host with more behind it than anybody knows today.
#[repr(C)]
struct Later(Host, [u64; 4]);

/// One of a later version of the interface.
pub(super) fn later(port: &'static Port) -> &'static Host {
    let host = Host {
        struct_size: size_of::<Later>() as u32,
        abi_minor: u16::MAX,
        ..*host_of(port)
    };
    &Box::leak(Box::new(Later(host, [u64::MAX; 4]))).0
}

unsafe extern "C" fn nothing(_: *const Host, _: Text) -> *const c_void {
    std::ptr::null()
}

unsafe extern "C" fn of_the_first(host: *const Host, id: Text) -> *const c_void {
    // SAFETY: the plugin passes a text that lives during the call.
    let later = [
        "deskhook.host.call/1",
        "deskhook.host.text/1",
        "deskhook.host.folder/1",
    ];
    // SAFETY: as above.
    match unsafe { id.read() } {
        Ok(Some(id)) if later.contains(&id) => std::ptr::null(),
        // SAFETY: what was passed is passed on.
        _ => unsafe { get_extension(host, id) },
    }
}
