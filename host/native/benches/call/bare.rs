use std::cell::Cell;
use std::ffi::c_void;
use std::path::Path;

use deskhook_abi::host::Policy;
use deskhook_abi::{
    ABI_MAJOR, ABI_MINOR, Context, Device, ENTRY_SYMBOL, Entry, Host, Instance, MAGIC, NOT_FOUND,
    OK, Person, SessionRequest, SessionRequestHook, Sink, Status, Text, Texts, Verdict,
    VerdictSink,
};

/// A plugin without Deskhook round it: its instance, and the one function that is asked.
pub(crate) struct Bare {
    instance: *const Instance,
    decide: Decide,
}

type Decide = unsafe extern "C" fn(
    *const Instance,
    *const SessionRequest,
    *const VerdictSink,
    *const Sink,
) -> Status;

static POLICY: Policy = Policy {
    struct_size: size_of::<Policy>() as u32,
    reserved: 0,
    get: Some(no_value),
};

impl Bare {
    /// Loads a library, for the rest of the process.
    pub(crate) fn load(library: &Path) -> Self {
        // SAFETY: a library that this code base builds; its initialisers do nothing.
        let library = unsafe { libloading::Library::new(library) }.expect("it loads");
        let library = Box::leak(Box::new(library));
        // SAFETY: the one function that a plugin exports has this type.
        let entry = unsafe { library.get::<unsafe extern "C" fn() -> *const Entry>(ENTRY_SYMBOL) };
        let entry = entry.expect("it is a plugin");
        // SAFETY: it takes nothing and answers.
        let entry = unsafe { entry() };
        // SAFETY: a plugin of this very version.
        let create = unsafe { (*entry).create }.expect("it makes instances");
        // SAFETY: the host lives for ever; a plugin need not be given a sink.
        let instance = unsafe { create(host(), std::ptr::null()) };
        assert!(!instance.is_null(), "it makes no instance");
        // SAFETY: an instance of this very version.
        let get = unsafe { (*instance).get_extension }.expect("it has hooks");
        // SAFETY: its own instance, and a text that lives during the call.
        let hook = unsafe { get(instance, Text::new("deskhook.session.request/1")) };
        // SAFETY: this id means this type.
        let decide = unsafe { (*hook.cast::<SessionRequestHook>()).decide };
        Self {
            instance,
            decide: decide.expect("it decides"),
        }
    }

    /// One call; the kind of the verdict, if it gave one.
    pub(crate) fn ask(&self, input: &SessionRequest) -> Option<u32> {
        let given = Cell::new(None);
        let answer = VerdictSink {
            struct_size: size_of::<VerdictSink>() as u32,
            reserved: 0,
            context: std::ptr::from_ref(&given).cast_mut().cast(),
            give: Some(give),
        };
        let error = Sink {
            struct_size: size_of::<Sink>() as u32,
            reserved: 0,
            context: std::ptr::null_mut(),
            write: Some(ignore),
        };
        // SAFETY: its own function; all that is passed lives during the call.
        let status =
            unsafe { (self.decide)(self.instance, input, &raw const answer, &raw const error) };
        assert_eq!(status, OK);
        given.get()
    }
}

/// Calls `act` with what the call through Deskhook says too.
pub(crate) fn with_request(act: impl FnOnce(&SessionRequest)) {
    let groups = [Text::new("Berlin"), Text::new("Office")];
    let device = Device {
        struct_size: size_of::<Device>() as u32,
        reserved: 0,
        id: Text::new("9f0c2d7e"),
        name: Text::new("pc-0417"),
        os: Text::new("linux"),
        os_version: Text::new("Debian GNU/Linux 13 (trixie)"),
        groups: Texts::new(&groups),
    };
    let person = Person {
        struct_size: size_of::<Person>() as u32,
        verified: 1,
        name: Text::new("ada"),
        display_name: Text::new("Ada Lovelace"),
        language: Text::new("de-at"),
    };
    let context = Context {
        struct_size: size_of::<Context>() as u32,
        reserved: 0,
        now: Text::new("2026-03-02T09:30:00+01:00"),
        device: &raw const device,
        person: &raw const person,
        policy_version: Text::new("3f9c1a20"),
    };
    act(&SessionRequest {
        struct_size: size_of::<SessionRequest>() as u32,
        reserved: 0,
        context: &raw const context,
        reason: Text::new("The printer on the second floor does not print."),
        ticket: Text::NONE,
        origin: Text::new("person"),
        client: Text::new("sample"),
    });
}

/// A host that has a policy, which says nothing, and no other service.
fn host() -> *const Host {
    Box::leak(Box::new(Host {
        magic: MAGIC,
        struct_size: size_of::<Host>() as u32,
        abi_major: ABI_MAJOR,
        abi_minor: ABI_MINOR,
        name: Text::new("bare"),
        version: Text::new("0"),
        context: std::ptr::null_mut(),
        get_extension: Some(service),
    }))
}

unsafe extern "C" fn service(_: *const Host, id: Text) -> *const c_void {
    // SAFETY: the plugin passes a text that lives during the call.
    match unsafe { id.read() } {
        Ok(Some("deskhook.host.policy/1")) => (&raw const POLICY).cast(),
        _ => std::ptr::null(),
    }
}

unsafe extern "C" fn no_value(_: *const Host, _: Text, _: *const Sink, _: *const Sink) -> Status {
    NOT_FOUND
}

unsafe extern "C" fn give(sink: *const VerdictSink, verdict: *const Verdict) -> Status {
    // SAFETY: the plugin passes the sink that it was given.
    let given = unsafe { (*sink).context }.cast::<Cell<Option<u32>>>();
    // SAFETY: the plugin passes a verdict that lives during the call.
    let kind = unsafe { (*verdict).kind };
    // SAFETY: the context of that sink is a cell that lives during the call.
    unsafe { (*given).set(Some(kind)) };
    OK
}

unsafe extern "C" fn ignore(_: *const Sink, _: Text) -> Status {
    OK
}
