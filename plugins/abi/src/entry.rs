use core::ffi::c_void;

use crate::{Sink, Text};

/// The eight bytes `DESKHOOK`, read as a little-endian number: how a library shows that it means
/// this interface.
pub const MAGIC: u64 = 0x4B4F_4F48_4B53_4544;
/// The interface's major version. Both sides must have the same one.
pub const ABI_MAJOR: u16 = 1;
/// The interface's minor version. A plugin says the oldest one that it can live with; a host
/// refuses a plugin whose number is higher than its own.
pub const ABI_MINOR: u16 = 1;

/// What never changes at the beginning of `deskhook_entry` and `deskhook_host`, in any version.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// `DESKHOOK_MAGIC`.
    pub magic: u64,
    /// Size of the whole struct in bytes, as its maker knows it.
    pub struct_size: u32,
    /// Major version.
    pub abi_major: u16,
    /// Minor version.
    pub abi_minor: u16,
}

/// What a library exports by its one function, `deskhook_plugin_entry`. It lives as long as the
/// library is loaded, which is as long as the process lives: a library is never unloaded.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// `DESKHOOK_MAGIC`.
    pub magic: u64,
    /// Size of this struct in bytes, as the plugin knows it.
    pub struct_size: u32,
    /// `DESKHOOK_ABI_MAJOR` that the plugin was built for.
    pub abi_major: u16,
    /// The oldest minor version that the plugin can live with.
    pub abi_minor: u16,
    /// The plugin's id in reverse-domain form; the manifest's `id`.
    pub id: Text,
    /// The plugin's own version; the manifest's `version`.
    pub version: Text,
    /// [load-thread] Makes an instance, which lives until its `destroy`. Null where it cannot,
    /// with a sentence for the log in `error`. `host` stays valid for the rest of the process;
    /// its services have nobody to answer before the first hook, but the log, the clock, the
    /// cancel token and the folder. Several instances may live at the same time.
    pub create:
        Option<unsafe extern "C" fn(host: *const Host, error: *const Sink) -> *const Instance>,
}

/// One living plugin, made by `deskhook_entry.create`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Instance {
    /// Size of this struct in bytes, as the plugin knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// The plugin's own.
    pub state: *mut c_void,
    /// [load-thread] Ends it. Afterwards none of its threads runs and nobody calls it.
    pub destroy: Option<unsafe extern "C" fn(instance: *const Instance)>,
    /// [any-thread] The plugin's side of `id` (a hook: `DESKHOOK_SESSION_REQUEST`, ...), or null
    /// where it has none. Valid until `destroy`; the same answer each time.
    pub get_extension:
        Option<unsafe extern "C" fn(instance: *const Instance, id: Text) -> *const c_void>,
}

/// The host, as a plugin sees it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Host {
    /// `DESKHOOK_MAGIC`.
    pub magic: u64,
    /// Size of this struct in bytes, as the host knows it.
    pub struct_size: u32,
    /// `DESKHOOK_ABI_MAJOR` of the host.
    pub abi_major: u16,
    /// `DESKHOOK_ABI_MINOR` of the host.
    pub abi_minor: u16,
    /// The host's name, for the log only.
    pub name: Text,
    /// The product's version, for the log only: never decide by it.
    pub version: Text,
    /// The host's own.
    pub context: *mut c_void,
    /// [any-thread] The host's side of `id` (a service: `DESKHOOK_HOST_LOG`, ...), or null where
    /// it has none, which a plugin must be able to live with. Valid as long as the host is.
    pub get_extension: Option<unsafe extern "C" fn(host: *const Host, id: Text) -> *const c_void>,
}
