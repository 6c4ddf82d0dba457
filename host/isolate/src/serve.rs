use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

use deskhook_hooks::{
    Answer, Body, Call, Context, Extension, ExtensionKind, Fault, Findings, Hook, HostCall,
    HostError, HostPort, HostReply, Limit, Step, Tell,
};
use deskhook_wire::{
    EXTENSION_PROTOCOL, FromExtension, HostGreeting, HostStart, Opening, ToExtension,
};
use serde::Deserialize as _;

use crate::TestOutcome;
use crate::channel::{self, Channel, ChannelError, Frame, Values};
use crate::confine;
use crate::stream::Stream;

/// How often a thread looks whether it may ask.
const PACE: Duration = Duration::from_millis(1);
/// How long extensions have to end by themselves once the agent hung up.
const LAST: Duration = Duration::from_millis(200);

/// What a child can do; all of it is done after the child confined itself.
#[derive(Clone, Copy)]
pub struct Desk {
    /// Makes an extension from what came over the connection.
    pub open: fn(&Opening) -> Result<Box<dyn Extension>, String>,
    /// Runs a package's own tests.
    pub test: fn(&Opening) -> Result<TestOutcome, String>,
    /// Puts what came over the connection through a check, and tells its steps.
    pub check: fn(&Opening, &str, &Tell<'_>) -> Result<Findings, String>,
}

/// The whole life of a child, on the connection that is its standard input. Call it first in `main`,
/// before there is any thread.
///
/// The child ends with its parent, and when its parent hangs up. Where it cannot be confined, it
/// says so and takes nothing.
pub fn serve(desk: Desk) -> ExitCode {
    confine::leave_handles();
    confine::die_with_parent();
    let Some(mut control) = Stream::of_input().map(Channel::new) else {
        return ExitCode::from(2);
    };
    match greet(&mut control) {
        Ok(()) => {}
        Err(ChannelError::Closed) => return ExitCode::SUCCESS,
        Err(_) => return ExitCode::from(3),
    }
    let mut counters = vec![];
    while let Ok(Some(stream)) = control.stream().next() {
        let thread = std::thread::Builder::new().name("extension".to_owned());
        // Without a thread the connection ends, and the agent sees that.
        counters.extend(thread.spawn(move || Counter::new(stream, desk).work()));
        counters.retain(|counter| !counter.is_finished());
    }
    // An extension that is not called ends in order; calls that are under way are nobody's any more.
    let until = Instant::now() + LAST;
    while counters.iter().any(|counter| !counter.is_finished()) && Instant::now() < until {
        std::thread::sleep(PACE);
    }
    std::process::exit(0)
}

fn greet(control: &mut Channel) -> Result<(), ChannelError> {
    let start: HostStart = control.greeted(None)?;
    let held = confine::confine(&start.confinement);
    let failure = held.as_ref().err().cloned();
    let greeting = HostGreeting {
        protocol: EXTENSION_PROTOCOL,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        held_by: held.unwrap_or_default(),
        failure,
    };
    control.greet(&greeting, None)
}

/// One channel: an extension, and the thread that calls it.
struct Counter {
    wire: Arc<Mutex<Wire>>,
    host: HostPort,
    desk: Desk,
    extension: Option<Box<dyn Extension>>,
}

/// The connection, which the calls and what they ask of the host share.
struct Wire {
    channel: Channel,
    asks: u64,
}

impl Counter {
    fn new(stream: Stream, desk: Desk) -> Self {
        let channel = Channel::new(stream);
        let wire = Arc::new(Mutex::new(Wire { channel, asks: 0 }));
        let asking = Arc::clone(&wire);
        Self {
            wire,
            host: HostPort::through(move |call, patience| ask(&asking, call, patience)),
            desk,
            extension: None,
        }
    }

    /// Until the parent hangs up.
    fn work(mut self) {
        let mut said = None;
        while let Ok(frame) = self.exchange(said.take()) {
            said = self.answer(&frame);
        }
    }

    /// Says what is to be said and waits for the next frame, without anybody asking in between: they
    /// would take the next call for an answer.
    fn exchange(&self, said: Option<FromExtension>) -> Result<Frame, ChannelError> {
        let mut wire = lock(&self.wire);
        if let Some(said) = said {
            wire.channel.send(&said, None)?;
        }
        wire.channel.receive(None)
    }

    fn answer(&mut self, frame: &[u8]) -> Option<FromExtension> {
        let refused = |message: String| FromExtension::Refused { message };
        let mut values = channel::values(frame);
        Some(match ToExtension::deserialize(&mut values) {
            Ok(ToExtension::Open(opening)) => match guarded(|| (self.desk.open)(&opening)) {
                Ok(extension) => {
                    self.extension = Some(extension);
                    match opening.kind {
                        ExtensionKind::Plugin => {
                            confine::seal().map_or_else(refused, |()| FromExtension::Opened)
                        }
                        _ => FromExtension::Opened,
                    }
                }
                Err(message) => refused(message),
            },
            Ok(ToExtension::Test(opening)) => {
                let outcome = guarded(|| (self.desk.test)(&opening));
                outcome.map_or_else(refused, tested)
            }
            Ok(ToExtension::Check { opening, name }) => {
                let findings = guarded(|| self.check(&opening, &name));
                findings.map_or_else(refused, FromExtension::Checked)
            }
            Ok(ToExtension::Call {
                hook,
                context,
                cpu_micros,
                wall_micros,
            }) => {
                let limit = Limit {
                    cpu: Duration::from_micros(cpu_micros),
                    wall: Duration::from_micros(wall_micros),
                };
                match self.call((hook, context.into_owned(), &mut values), limit) {
                    Ok(answer) => FromExtension::Answered {
                        value: answer.to_value(),
                    },
                    Err(fault) => FromExtension::Faulted(fault),
                }
            }
            // To a question that was given up.
            Ok(ToExtension::Reply { .. }) => return None,
            Err(error) => refused(format!("a frame that cannot be read: {error}")),
        })
    }

    /// Code may still be loaded meanwhile: a check makes what it checks again and again.
    fn check(&self, opening: &Opening, name: &str) -> Result<Findings, String> {
        let tell = |step: Step| {
            // An agent that has hung up is told nothing, and ends this process.
            let _ = lock(&self.wire)
                .channel
                .send(&FromExtension::Step(step), None);
        };
        (self.desk.check)(opening, name, &tell)
    }

    fn call(
        &self,
        (hook, context, values): (Hook, Context, &mut Values<'_>),
        limit: Limit,
    ) -> Result<Answer, Fault> {
        let crashed = |message: String| Fault::Crashed { message };
        let extension = self.extension.as_ref();
        let extension = extension.ok_or_else(|| crashed("it is not open".to_owned()))?;
        let body = Body::deserialize(hook, values);
        let body = body.map_err(|error| crashed(format!("its input cannot be read: {error}")))?;
        let call = Call {
            hook,
            context,
            body,
        };
        let run = AssertUnwindSafe(|| extension.call(&call, limit, &self.host));
        catch_unwind(run).unwrap_or_else(|panic| Err(Fault::of_panic(&*panic)))
    }
}

/// Asks the agent, which listens while it waits for a call and not between two: a thread of a plugin's
/// own that asks then is told so when its patience is over.
fn ask(wire: &Mutex<Wire>, call: HostCall, patience: Duration) -> HostReply {
    let until = Instant::now() + patience;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        match wire.try_lock() {
            Ok(mut wire) => return wire.ask(call, left),
            Err(TryLockError::Poisoned(wire)) => return wire.into_inner().ask(call, left),
            Err(TryLockError::WouldBlock) if left.is_zero() => return Err(HostError::NoAnswer),
            Err(TryLockError::WouldBlock) => std::thread::sleep(PACE.min(left)),
        }
    }
}

fn tested(outcome: TestOutcome) -> FromExtension {
    FromExtension::Tested {
        cases: outcome.cases,
        failures: outcome.failures,
        first: outcome.first,
    }
}

fn guarded<T>(run: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let ran = catch_unwind(AssertUnwindSafe(run));
    ran.unwrap_or_else(|panic| match Fault::of_panic(&*panic) {
        Fault::Crashed { message } => Err(message),
        other => Err(other.to_string()),
    })
}

impl Wire {
    fn ask(&mut self, call: HostCall, patience: Duration) -> HostReply {
        self.asks += 1;
        let ask = self.asks;
        let until = Some(Instant::now() + patience);
        let lost = |_| HostError::NoAnswer;
        let question = FromExtension::Ask {
            ask,
            call,
            patience_micros: u64::try_from(patience.as_micros()).unwrap_or(u64::MAX),
        };
        self.channel.send(&question, until).map_err(lost)?;
        loop {
            let frame = self.channel.receive(until).map_err(lost)?;
            // Anything else is the answer to a question that was given up.
            if let Ok(ToExtension::Reply { ask: to, reply }) = channel::read(&frame)
                && to == ask
            {
                return reply;
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
