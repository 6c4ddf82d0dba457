use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use deskhook_hooks::{About, Answer, Call, Extension, ExtensionKind, Fault, HostPort, Limit};
use deskhook_wire::{FromExtension, Opening, ToExtension};

use crate::channel::{Channel, ChannelError, read};
use crate::process::{OpenError, Process, StartError, cut, with_cause};
use crate::weight::weigh;

/// How long an extension may take to load.
const LOAD: Duration = Duration::from_secs(5);
/// How long after its limit a call is given up and the child ended. The chain gives up 250 ms after
/// the limit; the rest is for ending the child first, so that the call can say what became of it.
const GRACE: Duration = Duration::from_millis(225);

/// A plugin whose child dies between two calls twice within this time has failed.
const SPAN: Duration = Duration::from_secs(10 * 60);

/// An extension in a child process. Calls of it go one after the other.
///
/// When the child died because of another extension, and this one had not asked its host for
/// anything yet, the call is made once more in the next child.
pub struct Isolated {
    about: About,
    opening: Opening,
    // Hung up before the process is let go of, which waits for it to end in order.
    line: Mutex<Option<Line>>,
    process: Process,
    /// When its child was last found to have died between two calls.
    deaths: Mutex<Option<Instant>>,
}

/// A way into the child of that number.
struct Line {
    channel: Channel,
    number: u64,
}

/// A call under way.
struct Attempt<'a> {
    call: &'a Call,
    limit: Limit,
    host: &'a HostPort,
    /// When its own time is over.
    deadline: Instant,
    /// Whether its host did something for it: then it must not run twice.
    asked: bool,
}

/// Why a call did not come back.
pub(crate) enum Loss {
    /// There is no child.
    Unstarted(StartError),
    /// The child says why it cannot have this extension.
    Refused(String),
    /// The child of that number is gone.
    Died(u64),
    /// It was gone before it heard of this call.
    Unheard(u64),
    /// The child of that number does not answer, or says what nobody understands.
    Unfit(u64, ChannelError),
}

impl Isolated {
    pub(crate) fn open(
        process: Process,
        about: About,
        opening: Opening,
    ) -> Result<Self, OpenError> {
        let name = about.name.clone();
        let until = Instant::now() + LOAD + GRACE;
        if !process.enter(&name, until) {
            return Err(OpenError::Late(millis(LOAD)));
        }
        match connect(&process, &opening, (until, until)) {
            Ok(line) => {
                process.came_back(&name);
                Ok(Self {
                    about,
                    opening,
                    process,
                    line: Mutex::new(Some(line)),
                    deaths: Mutex::default(),
                })
            }
            Err(loss) => Err(process.lost(&name, loss, LOAD)),
        }
    }

    /// Whether it died between two calls before, not long ago: an extension that has its child for itself.
    fn died_again(&self) -> bool {
        if self.opening.kind != ExtensionKind::Plugin {
            return false;
        }
        let mut deaths = self.deaths.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let before = deaths.replace(now);
        before.is_some_and(|before| now - before < SPAN)
    }

    fn attempt(&self, attempt: &mut Attempt<'_>) -> Result<Result<Answer, Fault>, Loss> {
        let mut kept = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |line: &Line| line.number == self.process.number();
        let mut line = match kept.take().filter(fresh) {
            Some(line) => line,
            // Loading may take longer than this call has; the next one is then served at once.
            None => {
                let until = attempt.deadline.max(Instant::now() + LOAD) + GRACE;
                connect(&self.process, &self.opening, (attempt.deadline, until))?
            }
        };
        let left = attempt.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            *kept = Some(line);
            return Ok(Err(away("its time was over before its turn came")));
        }
        attempt.limit = Limit {
            cpu: attempt.limit.cpu.min(left),
            wall: left,
        };
        let number = line.number;
        let lost = |error: ChannelError| match error {
            ChannelError::Closed => Loss::Died(number),
            error => Loss::Unfit(number, error),
        };
        order(&mut line.channel, attempt).map_err(|error| match error {
            ChannelError::Closed => Loss::Unheard(number),
            error => lost(error),
        })?;
        let answer = converse(&mut line.channel, attempt).map_err(lost)?;
        *kept = Some(line);
        Ok(answer)
    }
}

impl Extension for Isolated {
    fn about(&self) -> &About {
        &self.about
    }

    fn call(&self, call: &Call, limit: Limit, host: &HostPort) -> Result<Answer, Fault> {
        let deadline = Instant::now() + limit.wall;
        let mut attempt = Attempt {
            call,
            limit,
            host,
            deadline,
            asked: false,
        };
        let name = &self.about.name;
        let mut tries = 2;
        while tries > 0 {
            tries -= 1;
            if !self.process.enter(name, deadline) {
                return Err(away("its turn did not come"));
            }
            match self.attempt(&mut attempt) {
                Ok(answer) => {
                    self.process.came_back(name);
                    return answer;
                }
                Err(Loss::Unstarted(error)) => {
                    self.process.came_back(name);
                    return Err(away(&with_cause(&error)));
                }
                Err(Loss::Refused(message)) => {
                    self.process.came_back(name);
                    return Err(Fault::Crashed { message });
                }
                Err(Loss::Unfit(number, error)) => {
                    self.process.end(number, name);
                    return Err(unfit(&error, limit));
                }
                // It died between two calls, which is none of this one's; but a plugin has its child for
                // itself, and does that once.
                Err(Loss::Unheard(number)) => {
                    self.process.unheard(number, name);
                    if self.died_again() {
                        return Err(died("between two calls, and not for the first time"));
                    }
                    tries += 1;
                }
                Err(Loss::Died(number)) => {
                    let (guilty, ending) = self.process.died(number, name);
                    if guilty {
                        return Err(died(&ending));
                    }
                    if attempt.asked {
                        return Err(away("its process died because of another package"));
                    }
                }
            }
        }
        Err(away("its process died twice because of other packages"))
    }
}

fn away(message: &str) -> Fault {
    Fault::Away {
        message: message.to_owned(),
    }
}

fn died(ending: &str) -> Fault {
    Fault::Crashed {
        message: format!("its process died ({ending})"),
    }
}

fn unfit(error: &ChannelError, limit: Limit) -> Fault {
    match error {
        ChannelError::Late => Fault::Late {
            millis: millis(limit.wall),
            place: None,
        },
        other => {
            let why = with_cause(other);
            Fault::Crashed {
                message: format!("its process was ended: {why}"),
            }
        }
    }
}

/// Opens the extension in the running child: waits for one as long as `rest`, then for the
/// extension as long as `until`.
fn connect(
    process: &Process,
    opening: &Opening,
    (rest, until): (Instant, Instant),
) -> Result<Line, Loss> {
    let (mut channel, number) = process.channel(rest).map_err(Loss::Unstarted)?;
    let order = ToExtension::Open(Cow::Borrowed(opening));
    match exchange(&mut channel, &order, until) {
        Ok(FromExtension::Opened) => Ok(Line { channel, number }),
        Ok(FromExtension::Refused { message }) => Err(Loss::Refused(cut(message))),
        Ok(other) => Err(Loss::Unfit(number, misplaced(&other))),
        Err(ChannelError::Closed) => Err(Loss::Died(number)),
        Err(error) => Err(Loss::Unfit(number, error)),
    }
}

/// Sends one frame and waits for the next.
pub(crate) fn exchange(
    channel: &mut Channel,
    order: &ToExtension<'_>,
    until: Instant,
) -> Result<FromExtension, ChannelError> {
    channel.send(order, Some(until))?;
    receive(channel, until)
}

/// The next frame of a child's, at the latest at `until`.
pub(crate) fn receive(
    channel: &mut Channel,
    until: Instant,
) -> Result<FromExtension, ChannelError> {
    let frame = channel.receive(Some(until))?;
    weigh(&frame)?;
    read(&frame)
}

/// Says what is to be called.
fn order(channel: &mut Channel, attempt: &Attempt<'_>) -> Result<(), ChannelError> {
    let Attempt {
        call,
        limit,
        deadline,
        ..
    } = *attempt;
    let micros = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    let order = ToExtension::Call {
        hook: call.hook,
        context: Cow::Borrowed(&call.context),
        cpu_micros: micros(limit.cpu),
        wall_micros: micros(limit.wall),
    };
    channel.send_both((&order, &call.body), Some(deadline + GRACE))
}

/// One call: the host's answers to whatever the extension asks, until it answers itself.
fn converse(
    channel: &mut Channel,
    attempt: &mut Attempt<'_>,
) -> Result<Result<Answer, Fault>, ChannelError> {
    let Attempt { call, deadline, .. } = *attempt;
    let until = deadline + GRACE;
    let mut said = receive(channel, until)?;
    loop {
        match said {
            FromExtension::Ask {
                ask,
                call,
                patience_micros,
            } => {
                attempt.asked = true;
                let left = until.saturating_duration_since(Instant::now());
                let patience = Duration::from_micros(patience_micros).min(left);
                let reply = attempt.host.ask(call, patience);
                said = exchange(channel, &ToExtension::Reply { ask, reply }, until)?;
            }
            FromExtension::Answered { value } => {
                let answer = Answer::read(call.hook, value);
                return Ok(answer.map_err(|error| Fault::BadAnswer {
                    message: error.to_string(),
                }));
            }
            FromExtension::Faulted(fault) => return Ok(Err(own(fault))),
            other => return Err(misplaced(&other)),
        }
    }
}

/// What a child says of a failure: whether it could be called at all is not the child's to say.
fn own(fault: Fault) -> Fault {
    match fault {
        Fault::Away { .. } | Fault::Busy | Fault::Quarantined { .. } => Fault::Failed {
            message: fault.to_string(),
            place: None,
        },
        fault => fault,
    }
}

pub(crate) fn misplaced(said: &FromExtension) -> ChannelError {
    ChannelError::Misplaced(format!("{said:?}").chars().take(80).collect())
}

pub(crate) fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
