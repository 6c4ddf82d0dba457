use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, PoisonError, TryLockError};

use deskhook_abi::{
    self as abi, ABI_MAJOR, Entry, FAILED, Instance, JsonHook, MAGIC, Named, OK, PANICKED, Sink,
    Status, Text,
};

use crate::{Failure, Hook, Host, Plugin, sink};

mod decide;
mod respond;
mod views;

/// Exports a [`Plugin`] as the one that this library is.
#[macro_export]
macro_rules! export_plugin {
    ($plugin:ty) => {
        /// The one function that this library exports to Deskhook.
        #[unsafe(no_mangle)]
        pub extern "C" fn deskhook_plugin_entry() -> *const $crate::abi::Entry {
            $crate::entry::<$plugin>()
        }
    };
}

/// The entry of a library that is the plugin `P`.
#[doc(hidden)]
pub fn entry<P: Plugin>() -> &'static Entry {
    const {
        &Entry {
            magic: MAGIC,
            struct_size: size_of::<Entry>() as u32,
            abi_major: ABI_MAJOR,
            abi_minor: P::ABI_MINOR,
            id: Text::new(P::ID),
            version: Text::new(P::VERSION),
            create: Some(create::<P>),
        }
    }
}

/// An instance: the plugin, and what the host sees of it.
struct Living<P> {
    seen: Instance,
    /// None after a panic, until the next call makes it anew.
    plugin: Mutex<Option<P>>,
    host: Host,
}

unsafe extern "C" fn create<P: Plugin>(
    host: *const abi::Host,
    error: *const Sink,
) -> *const Instance {
    // SAFETY: the host that a plugin is given lives as long as the process.
    let host = unsafe { Host::of(host) };
    match caught(|| P::new(host)) {
        Ok(plugin) => bear(plugin, host),
        Err((_, why)) => {
            sink::write(error, why.message());
            std::ptr::null()
        }
    }
}

fn bear<P: Plugin>(plugin: P, host: Host) -> *const Instance {
    let seen = Instance {
        struct_size: size_of::<Instance>() as u32,
        reserved: 0,
        state: std::ptr::null_mut(),
        destroy: Some(destroy::<P>),
        get_extension: Some(get_extension::<P>),
    };
    let living = Box::into_raw(Box::new(Living {
        seen,
        plugin: Mutex::new(Some(plugin)),
        host,
    }));
    // SAFETY: just made, and nobody else has it yet.
    let living = unsafe { &mut *living };
    living.seen.state = std::ptr::from_mut(living).cast();
    &raw const living.seen
}

unsafe extern "C" fn destroy<P: Plugin>(instance: *const Instance) {
    // SAFETY: the host passes an instance of ours.
    let state = unsafe { instance.as_ref() }.map(|seen| seen.state.cast::<Living<P>>());
    let Some(state) = state else { return };
    // SAFETY: made by `bear`, and destroyed once.
    let living = unsafe { Box::from_raw(state) };
    // A panic while it ends has nobody to hear of it.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(living)));
}

unsafe extern "C" fn get_extension<P: Plugin>(_: *const Instance, id: Text) -> *const c_void {
    // SAFETY: the host passes a text that lives during the call.
    let hook = unsafe { id.read() }.ok().flatten().and_then(Hook::of_id);
    match hook.filter(|hook| P::HOOKS.contains(hook)) {
        Some(hook) => side_of::<P>(hook),
        None => std::ptr::null(),
    }
}

fn side_of<P: Plugin>(hook: Hook) -> *const c_void {
    match hook {
        Hook::SessionRequest => decide::session_request::<P>(),
        Hook::SessionJoin => decide::session_join::<P>(),
        Hook::ElevationRequest => decide::elevation_request::<P>(),
        Hook::TrayMenu => json::<P, { Hook::TrayMenu as usize }>(),
        Hook::ConsentPrompt => json::<P, { Hook::ConsentPrompt as usize }>(),
        Hook::ClientLaunch => json::<P, { Hook::ClientLaunch as usize }>(),
        Hook::ClientLocate => json::<P, { Hook::ClientLocate as usize }>(),
        Hook::AddressRead => json::<P, { Hook::AddressRead as usize }>(),
        Hook::AddressReport => json::<P, { Hook::AddressReport as usize }>(),
        Hook::StateCollect => json::<P, { Hook::StateCollect as usize }>(),
        Hook::MenuClick => json::<P, { Hook::MenuClick as usize }>(),
        Hook::AgentStarted => json::<P, { Hook::AgentStarted as usize }>(),
        Hook::AgentStopping => json::<P, { Hook::AgentStopping as usize }>(),
        Hook::PolicyChanged => json::<P, { Hook::PolicyChanged as usize }>(),
        Hook::Timer => json::<P, { Hook::Timer as usize }>(),
        Hook::AddressReported => json::<P, { Hook::AddressReported as usize }>(),
        Hook::SessionStarted => json::<P, { Hook::SessionStarted as usize }>(),
        Hook::SessionEnded => json::<P, { Hook::SessionEnded as usize }>(),
        Hook::ClientExited => json::<P, { Hook::ClientExited as usize }>(),
        Hook::ElevationFinished => json::<P, { Hook::ElevationFinished as usize }>(),
    }
}

fn json<P: Plugin, const HOOK: usize>() -> *const c_void {
    let side = const {
        &JsonHook {
            struct_size: size_of::<JsonHook>() as u32,
            reserved: 0,
            call: Some(call::<P, HOOK>),
        }
    };
    std::ptr::from_ref(side).cast()
}

unsafe extern "C" fn call<P: Plugin, const HOOK: usize>(
    instance: *const Instance,
    input: Text,
    answer: *const Sink,
    error: *const Sink,
) -> Status {
    run::<P>(instance, error, |plugin, host| {
        // SAFETY: the host passes a text that lives during the call.
        let input = unsafe { input.read() }.ok().flatten();
        let input = input.ok_or_else(|| Failure::new("the host passed what is not UTF-8"))?;
        let made = respond::run(plugin, Hook::ALL[HOOK], input, host)?;
        match made.map(|text| sink::write(answer, &text)) {
            None | Some(OK) => Ok(()),
            Some(status) => Err(Failure::new(format!(
                "the host did not take the answer: {}",
                Named(status)
            ))),
        }
    })
}

/// Runs one hook: one at a time, with every panic caught and every failure told.
fn run<P: Plugin>(
    instance: *const Instance,
    error: *const Sink,
    act: impl FnOnce(&mut P, Host) -> Result<(), Failure>,
) -> Status {
    // SAFETY: the host passes an instance of ours.
    let state = unsafe { instance.as_ref() }.map(|seen| seen.state.cast::<Living<P>>());
    // SAFETY: the state of an instance of ours is what `bear` made, until `destroy`.
    let Some(living) = state.and_then(|state| unsafe { state.as_ref() }) else {
        sink::write(error, "the host passed no instance");
        return FAILED;
    };
    let ran = caught(|| living.turn(act));
    match ran {
        Ok(()) => OK,
        Err((status, why)) => {
            sink::write(error, why.message());
            status
        }
    }
}

impl<P: Plugin> Living<P> {
    fn turn(&self, act: impl FnOnce(&mut P, Host) -> Result<(), Failure>) -> Result<(), Failure> {
        let mut slot = match self.plugin.try_lock() {
            Ok(slot) => slot,
            Err(TryLockError::Poisoned(slot)) => PoisonError::into_inner(slot),
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::new("the host called while another call runs"));
            }
        };
        // Taken out, so that a panic leaves nothing half-changed behind.
        let mut plugin = match slot.take() {
            Some(plugin) => plugin,
            None => P::new(self.host)?,
        };
        let result = act(&mut plugin, self.host);
        *slot = Some(plugin);
        result
    }
}

fn caught<R>(act: impl FnOnce() -> Result<R, Failure>) -> Result<R, (Status, Failure)> {
    match catch_unwind(AssertUnwindSafe(act)) {
        Ok(result) => result.map_err(|why| (FAILED, why)),
        Err(payload) => {
            let text = payload.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
            let why = Failure::new(text.unwrap_or("it panicked"));
            // A payload may itself panic when dropped.
            std::mem::forget(payload);
            Err((PANICKED, why))
        }
    }
}
