use std::collections::{BTreeMap, BTreeSet};
use std::ffi::c_void;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use deskhook_abi::{
    self as abi, ElevationRequestHook, Host, Instance, JsonHook, OK, PANICKED, Prefixed,
    SessionJoinHook, SessionRequestHook, Sink, Status, Text, VerdictSink,
};
use deskhook_hooks::{
    About, Answer, Body, Call, Extension, ExtensionKind, Fault, Hook, HostPort, Limit,
};

use crate::decide::{Slot, with_elevation_request, with_session_join, with_session_request};
use crate::library::{LoadError, entry, taken};
use crate::mark::{During, Mark};
use crate::offer::host_of;
use crate::port::Port;
use crate::sink::Draft;
use crate::{Manifest, Verified};

/// The longest answer of a hook that does not decide, in bytes.
const LONGEST_ANSWER: usize = 256 << 10;
/// The longest sentence that says why something failed, in bytes.
const LONGEST_ERROR: usize = 4 << 10;

/// A native plugin, loaded into this process. Calls of it never overlap.
pub struct Plugin {
    about: About,
    instance: Living,
    hooks: BTreeMap<Hook, Ready>,
    turn: Mutex<()>,
    sizes: Sizes,
}

/// What a struct of the host's says of its size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sizes {
    /// As it is.
    #[default]
    True,
    /// It is longer, as a later host's.
    Longer,
    /// It says that nothing of it is there.
    Nothing,
}

/// An instance that was made and is ended when dropped.
struct Living {
    pointer: *const Instance,
    functions: Instance,
    port: &'static Port,
    mark: Option<Mark>,
}

// SAFETY: by the interface, an instance may be called on any thread, one call at a time; `turn`
// sees to that.
unsafe impl Send for Living {}
// SAFETY: as above.
unsafe impl Sync for Living {}

/// The plugin's side of one hook.
enum Ready {
    SessionRequest(Decide<abi::SessionRequest>),
    SessionJoin(Decide<abi::SessionJoin>),
    ElevationRequest(Decide<abi::ElevationRequest>),
    Json(Respond),
}

type Decide<I> =
    unsafe extern "C" fn(*const Instance, *const I, *const VerdictSink, *const Sink) -> Status;
type Respond = unsafe extern "C" fn(*const Instance, Text, *const Sink, *const Sink) -> Status;

impl Plugin {
    /// Loads a plugin that was judged, for the rest of the process, and makes an instance of it.
    pub fn load(verified: &Verified) -> Result<Self, LoadError> {
        Self::load_in(verified, &host_of)
    }

    /// The same for a process that has more to lose than the plugin: should it die in the middle of it,
    /// [`crashes`](crate::crashes) of that folder says so to the next.
    pub fn load_marked(verified: &Verified, folder: &Path) -> Result<Self, LoadError> {
        let mark = Mark::new(folder, &verified.manifest).map_err(LoadError::Mark)?;
        Self::load_with(verified, &host_of, Some(mark))
    }

    /// The same with a host that is made otherwise.
    pub(crate) fn load_in(
        verified: &Verified,
        host: &dyn Fn(&'static Port) -> &'static Host,
    ) -> Result<Self, LoadError> {
        Self::load_with(verified, host, None)
    }

    fn load_with(
        verified: &Verified,
        host: &dyn Fn(&'static Port) -> &'static Host,
        mark: Option<Mark>,
    ) -> Result<Self, LoadError> {
        let starting = mark.as_ref().map(|mark| mark.within(During::Starting));
        let entry = entry(verified)?;
        let texts = verified.manifest.texts.clone();
        let port = Port::of(texts, verified.own.as_deref());
        let port: &'static Port = Box::leak(Box::new(port));
        let mut instance = Living::new(&entry, (port, host(port)))?;
        let hooks = verified.manifest.hooks.iter();
        let hooks = hooks
            .map(|hook| Ok((*hook, instance.hook(*hook)?)))
            .collect::<Result<_, _>>()?;
        drop(starting);
        instance.mark = mark;
        let about = about(&verified.manifest);
        Ok(Self {
            about,
            instance,
            hooks,
            turn: Mutex::default(),
            sizes: Sizes::True,
        })
    }

    pub(crate) fn with_sizes(self, sizes: Sizes) -> Self {
        Self { sizes, ..self }
    }

    /// The texts that it asked for and its manifest does not have.
    pub(crate) fn lacking_texts(&self) -> BTreeSet<String> {
        self.instance.port.lacking()
    }

    /// What the plugin answers to an id.
    pub(crate) fn side(&self, id: &str) -> *const c_void {
        let Some(get) = self.instance.functions.get_extension else {
            return std::ptr::null();
        };
        // SAFETY: the plugin's own function, with its own instance and a text that lives long enough.
        unsafe { get(self.instance.pointer, Text::new(id)) }
    }

    fn run(&self, ready: &Ready, call: &Call) -> Result<Answer, Fault> {
        let context = &call.context;
        match (ready, &call.body) {
            (Ready::SessionRequest(decide), Body::SessionRequest(body)) => {
                with_session_request(context, body, |input| self.decide(*decide, input))
            }
            (Ready::SessionJoin(decide), Body::SessionJoin(body)) => {
                with_session_join(context, body, |input| self.decide(*decide, input))
            }
            (Ready::ElevationRequest(decide), Body::ElevationRequest(body)) => {
                with_elevation_request(context, body, |input| self.decide(*decide, input))
            }
            (Ready::Json(respond), _) => self.respond(*respond, call),
            _ => Err(bad(format!(
                "{} came with the input of another hook",
                call.hook
            ))),
        }
    }

    fn decide<I: Copy>(&self, decide: Decide<I>, input: &I) -> Result<Answer, Fault> {
        let (slot, error) = (Slot::default(), Draft::new(LONGEST_ERROR));
        let (answer, why) = (slot.sink(), error.sink());
        let odd = Odd::of(input, self.sizes);
        let input = odd.as_ref().map_or(input, |odd| &odd.0);
        // SAFETY: the plugin's own function; all that is passed lives during the call.
        let status = unsafe {
            decide(
                self.instance.pointer,
                input,
                &raw const answer,
                &raw const why,
            )
        };
        // What is wrong with the verdict says more than the status that came of it.
        let given = slot.finish().map_err(bad)?;
        succeeded(status, error)?;
        Ok(given)
    }

    fn respond(&self, respond: Respond, call: &Call) -> Result<Answer, Fault> {
        let input = serde_json::to_string(call).map_err(|error| bad(error.to_string()))?;
        let (draft, error) = (Draft::new(LONGEST_ANSWER), Draft::new(LONGEST_ERROR));
        let (answer, why) = (draft.sink(), error.sink());
        let input = Text::new(&input);
        // SAFETY: the plugin's own function; all that is passed lives during the call.
        let status = unsafe {
            respond(
                self.instance.pointer,
                input,
                &raw const answer,
                &raw const why,
            )
        };
        succeeded(status, error)?;
        let text = draft.finish().map_err(|wrong| bad(wrong.to_owned()))?;
        if text.is_empty() {
            return Ok(Answer::Nothing);
        }
        let value = serde_json::from_str(&text)
            .map_err(|error| bad(format!("its answer is not JSON: {error}")))?;
        Answer::read(call.hook, value).map_err(|error| bad(whole(&error)))
    }
}

/// A struct of the host's with more behind it, and with a size that somebody made up.
#[repr(C)]
struct Odd<I>(I, [u64; 4]);

impl<I: Copy> Odd<I> {
    fn of(input: &I, sizes: Sizes) -> Option<Self> {
        let size = match sizes {
            Sizes::True => return None,
            Sizes::Longer => size_of::<Self>() as u32,
            Sizes::Nothing => 0,
        };
        let mut odd = Self(*input, [u64::MAX; 4]);
        // SAFETY: every input begins with its size.
        unsafe { (&raw mut odd.0).cast::<u32>().write(size) };
        Some(odd)
    }
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plugin")
            .field("about", &self.about)
            .finish_non_exhaustive()
    }
}

impl Extension for Plugin {
    fn about(&self) -> &About {
        &self.about
    }

    fn call(&self, call: &Call, limit: Limit, host: &HostPort) -> Result<Answer, Fault> {
        let Some(ready) = self.hooks.get(&call.hook) else {
            return Ok(Answer::Nothing);
        };
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let language = &call.context.person.language;
        let Living { port, mark, .. } = &self.instance;
        let mark = mark.as_ref();
        let _within = mark.map(|mark| mark.within(During::Call(call.hook)));
        let _running = port.begin(limit.wall, (host, language));
        self.run(ready, call)
    }
}

impl Living {
    fn new(
        entry: &deskhook_abi::Entry,
        (port, host): (&'static Port, &'static Host),
    ) -> Result<Self, LoadError> {
        let create = entry
            .create
            .ok_or(LoadError::NoFunction("entry's create"))?;
        let error = Draft::new(LONGEST_ERROR);
        let sink = error.sink();
        // SAFETY: the plugin's own function; the host lives for ever, the sink during the call.
        let pointer = unsafe { create(host, &raw const sink) };
        if pointer.is_null() {
            return Err(LoadError::Refused(sentence(error)));
        }
        // SAFETY: by the interface, what `create` answers is an instance that says its size.
        let functions = unsafe { taken(pointer, "instance") }?;
        Ok(Self {
            pointer,
            functions,
            port,
            mark: None,
        })
    }

    fn hook(&self, hook: Hook) -> Result<Ready, LoadError> {
        let get = self.functions.get_extension;
        let get = get.ok_or(LoadError::NoFunction("instance's get_extension"))?;
        let id = format!("deskhook.{hook}/1");
        // SAFETY: the plugin's own function, with its own instance and a text that lives long enough.
        let found = unsafe { get(self.pointer, Text::new(&id)) };
        if found.is_null() {
            return Err(LoadError::NoHook(hook));
        }
        match hook {
            Hook::SessionRequest => function_of::<SessionRequestHook, _>(found, |it| it.decide)
                .map(Ready::SessionRequest),
            Hook::SessionJoin => {
                function_of::<SessionJoinHook, _>(found, |it| it.decide).map(Ready::SessionJoin)
            }
            Hook::ElevationRequest => function_of::<ElevationRequestHook, _>(found, |it| it.decide)
                .map(Ready::ElevationRequest),
            _ => function_of::<JsonHook, _>(found, |it| it.call).map(Ready::Json),
        }
    }
}

/// The one function of what a plugin answered to a hook's id.
fn function_of<T: Prefixed, F>(
    found: *const c_void,
    function: fn(T) -> Option<F>,
) -> Result<F, LoadError> {
    // SAFETY: by the interface, a hook's id is answered with a struct of the hook's type.
    let hook = unsafe { taken(found.cast::<T>(), "hook") }?;
    function(hook).ok_or(LoadError::NoFunction("hook's function"))
}

impl Drop for Living {
    fn drop(&mut self) {
        let mark = self.mark.as_ref();
        let _ending = mark.map(|mark| mark.within(During::Ending));
        if let Some(destroy) = self.functions.destroy {
            // SAFETY: the plugin's own function, once, with an instance that nobody uses any more.
            unsafe { destroy(self.pointer) };
        }
        // The port itself stays: a thread of the plugin may hold on to it against the interface.
        self.port.close();
    }
}

pub(crate) fn about(manifest: &Manifest) -> About {
    About {
        name: manifest.id.clone(),
        version: manifest.version.clone(),
        kind: ExtensionKind::Plugin,
        hooks: manifest.hooks.clone(),
        capabilities: manifest.capabilities.clone(),
        timer_seconds: manifest.timer,
        sha256: manifest.sha256.to_ascii_lowercase(),
    }
}

fn succeeded(status: Status, error: Draft) -> Result<(), Fault> {
    match status {
        OK => Ok(()),
        PANICKED => Err(Fault::Crashed {
            message: why(status, error),
        }),
        status => Err(Fault::Failed {
            message: why(status, error),
            place: None,
        }),
    }
}

/// Why a plugin failed: what it wrote, or else at least the name of its status.
fn why(status: Status, error: Draft) -> String {
    let said = sentence(error);
    if said.trim().is_empty() {
        let status = abi::Named(status);
        return format!("it failed with {status} and did not say why");
    }
    said
}

/// What a plugin wrote to say why it failed; something is better than nothing.
fn sentence(error: Draft) -> String {
    error.finish().unwrap_or_else(str::to_owned)
}

fn bad(message: String) -> Fault {
    Fault::BadAnswer { message }
}

/// An error and all its sources.
pub(crate) fn whole(error: &dyn std::error::Error) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        said = format!("{said}: {inner}");
        source = inner.source();
    }
    said
}
