use std::cell::RefCell;
use std::marker::PhantomData;
use std::path::Path;

use deskhook_abi::{
    self as abi, ElevationRequestHook, Instance, JsonHook, OK, Prefixed, SessionJoinHook,
    SessionRequestHook, Sink, Status, Text, VerdictSink,
};

use crate::sink::Draft;
use crate::{
    ElevationRequest, Failure, Hook, Json, Plugin, Request, SessionJoin, SessionRequest, Verdict,
};

mod desk;
mod views;

use desk::Desk;

/// A plugin under test, across the same border as in a real host. First say what the host would
/// answer, then call hooks:
///
/// ```
/// # use deskhook_sdk::{testing::Trial, *};
/// # struct Zone;
/// # impl Plugin for Zone {
/// #     const ID: &'static str = "org.example.zone";
/// #     const VERSION: &'static str = "1.0.0";
/// #     const HOOKS: &'static [Hook] = &[Hook::SessionRequest];
/// #     fn new(_: Host) -> Result<Self, Failure> { Ok(Self) }
/// #     fn session_request(&mut self, _: &SessionRequest<'_>, host: Host) -> Result<Verdict, Failure> {
/// #         let zone = host.fact("zone")?.and_then(|zone| zone.as_string());
/// #         Ok(if zone.as_deref() == Some("guest") { Verdict::deny("guest", "Not from here.") } else { Verdict::Allow })
/// #     }
/// # }
/// let zone = Trial::<Zone>::new().fact("zone", Json::new("\"guest\""));
/// let asked = SessionRequest { reason: Some("printer"), ..SessionRequest::default() };
/// assert_eq!(zone.session_request(&asked), Ok(Verdict::deny("guest", "Not from here.")));
/// ```
///
/// What the test does not name is not granted for facts, and silent for policy. As in a real
/// host, nobody answers `Plugin::new` the first time.
pub struct Trial<P: Plugin> {
    desk: &'static Desk,
    host: &'static abi::Host,
    instance: RefCell<Option<*const Instance>>,
    plugin: PhantomData<P>,
}

impl<P: Plugin> Default for Trial<P> {
    fn default() -> Self {
        let desk: &'static Desk = Box::leak(Box::default());
        let host = Box::leak(Box::new(desk.host()));
        Self {
            desk,
            host,
            instance: RefCell::new(None),
            plugin: PhantomData,
        }
    }
}

impl<P: Plugin> Trial<P> {
    /// A host that knows nothing yet; the plugin is made with its first call.
    pub fn new() -> Self {
        Self::default()
    }

    /// The host answers this fact.
    #[must_use]
    pub fn fact(self, name: &str, value: Json) -> Self {
        self.desk.facts().insert(name.to_owned(), value);
        self
    }

    /// The policy has this value.
    #[must_use]
    pub fn policy(self, key: &str, value: Json) -> Self {
        self.desk.policy().insert(key.to_owned(), value);
        self
    }

    /// The policy may not be read.
    #[must_use]
    pub fn without_policy(self) -> Self {
        self.desk.forbid_policy();
        self
    }

    /// The store holds this value.
    #[must_use]
    pub fn kept(self, key: &str, value: Json) -> Self {
        self.desk.store().insert(key.to_owned(), value);
        self
    }

    /// The agent answers a call (`Host::call`) about this address, path or name.
    #[must_use]
    pub fn answer(self, about: &str, value: Json) -> Self {
        self.desk.answers().insert(about.to_owned(), value);
        self
    }

    /// The manifest has this text.
    #[must_use]
    pub fn text(self, key: &str, text: &str) -> Self {
        self.desk
            .texts()
            .insert(key.to_owned(), Json::of_text(text));
        self
    }

    /// The plugin has this folder of its own; it has to be there.
    #[must_use]
    pub fn folder(self, path: &Path) -> Self {
        *self.desk.folder() = path.to_str().map(str::to_owned);
        self
    }

    /// Nobody waits for the answer any more.
    #[must_use]
    pub fn cancelled(self) -> Self {
        self.desk.cancel();
        self
    }

    /// What the store holds now.
    pub fn in_store(&self, key: &str) -> Option<Json> {
        self.desk.store().get(key).cloned()
    }

    /// The lines of the log so far.
    pub fn lines(&self) -> Vec<String> {
        self.desk.lines().clone()
    }

    /// Whether the plugin asked the agent for this.
    pub fn requested(&self, request: &Request) -> bool {
        self.desk.requests().contains(&request.json())
    }

    /// Runs `session.request`.
    pub fn session_request(&self, asked: &SessionRequest<'_>) -> Result<Verdict, Failure> {
        let (instance, hook) = self.side::<SessionRequestHook>(Hook::SessionRequest)?;
        let decide = hook.decide.ok_or_else(|| missing(Hook::SessionRequest))?;
        views::with_session_request(asked, |input| {
            // SAFETY: the plugin's own function; all that is passed lives during the call.
            judged(|answer, error| unsafe { decide(instance, input, answer, error) })
        })
    }

    /// Runs `session.join`.
    pub fn session_join(&self, asked: &SessionJoin<'_>) -> Result<Verdict, Failure> {
        let (instance, hook) = self.side::<SessionJoinHook>(Hook::SessionJoin)?;
        let decide = hook.decide.ok_or_else(|| missing(Hook::SessionJoin))?;
        views::with_session_join(asked, |input| {
            // SAFETY: the plugin's own function; all that is passed lives during the call.
            judged(|answer, error| unsafe { decide(instance, input, answer, error) })
        })
    }

    /// Runs `elevation.request`.
    pub fn elevation_request(&self, asked: &ElevationRequest<'_>) -> Result<Verdict, Failure> {
        let (instance, hook) = self.side::<ElevationRequestHook>(Hook::ElevationRequest)?;
        let decide = hook.decide.ok_or_else(|| missing(Hook::ElevationRequest))?;
        views::with_elevation_request(asked, |input| {
            // SAFETY: the plugin's own function; all that is passed lives during the call.
            judged(|answer, error| unsafe { decide(instance, input, answer, error) })
        })
    }

    /// Runs a hook that answers in JSON; nothing is no answer.
    pub fn call(&self, hook: Hook, input: &Json) -> Result<Option<Json>, Failure> {
        let (instance, side) = self.side::<JsonHook>(hook)?;
        let call = side.call.ok_or_else(|| missing(hook))?;
        let (answer, input) = (Draft::default(), Text::new(input.as_text()));
        let sink = answer.sink();
        // SAFETY: the plugin's own function; all that is passed lives during the call.
        succeeded(|error| unsafe { call(instance, input, &raw const sink, error) })?;
        let text = answer.finish();
        Ok((!text.is_empty()).then(|| Json::new(text)))
    }

    fn side<T: Prefixed>(&self, hook: Hook) -> Result<(*const Instance, T), Failure> {
        let instance = self.instance()?;
        self.desk.open();
        // SAFETY: made by `create`, and not yet destroyed.
        let get = unsafe { abi::read(instance) }
            .ok()
            .and_then(|it| it.get_extension);
        let get = get.ok_or_else(|| missing(hook))?;
        // SAFETY: the plugin's own function, with its own instance.
        let side = unsafe { get(instance, Text::new(hook.id())) };
        // SAFETY: by the interface that id is answered with null or a struct of this type.
        let side = unsafe { abi::read(side.cast::<T>()) }.map_err(|_| missing(hook))?;
        Ok((instance, side))
    }

    fn instance(&self) -> Result<*const Instance, Failure> {
        if let Some(instance) = *self.instance.borrow() {
            return Ok(instance);
        }
        let error = Draft::default();
        let sink = error.sink();
        let create = crate::entry::<P>().create;
        let create = create.ok_or_else(|| Failure::new("the entry has no create"))?;
        // SAFETY: the plugin's own function; the host lives for ever, the sink during the call.
        let made = unsafe { create(self.host, &raw const sink) };
        if made.is_null() {
            return Err(Failure::new(error.finish()));
        }
        *self.instance.borrow_mut() = Some(made);
        Ok(made)
    }
}

impl<P: Plugin> Drop for Trial<P> {
    fn drop(&mut self) {
        let Some(instance) = self.instance.take() else {
            return;
        };
        // SAFETY: made by `create`, and not yet destroyed.
        let Some(destroy) = unsafe { abi::read(instance) }
            .ok()
            .and_then(|it| it.destroy)
        else {
            return;
        };
        // SAFETY: the plugin's own function, once.
        unsafe { destroy(instance) };
    }
}

fn judged(act: impl FnOnce(*const VerdictSink, *const Sink) -> Status) -> Result<Verdict, Failure> {
    let given = views::Given::default();
    let sink = given.sink();
    succeeded(|error| act(&raw const sink, error))?;
    Ok(given.finish())
}

fn succeeded(act: impl FnOnce(*const Sink) -> Status) -> Result<(), Failure> {
    let error = Draft::default();
    let sink = error.sink();
    match act(&raw const sink) {
        OK => Ok(()),
        _ => Err(Failure::new(error.finish())),
    }
}

fn missing(hook: Hook) -> Failure {
    Failure::new(format!(
        "the plugin does not hear {}: is it in HOOKS?",
        hook.id()
    ))
}
