//! `session start`, `session stop` and `session answer`.

use clap::{Args, Subcommand, ValueEnum};
use deskhook_agent::watch_agent;
use deskhook_wire::{Asked, ControlAnswer, ControlReply, ControlRequest, Status};

use crate::agent::runtime;
use crate::output::{Colour, Exit, Failure, Outcome, json, one_line, paint, progress, remark, say};
use crate::settings::Reach;
use crate::status;

/// What the tray and its dialogs do.
#[derive(Subcommand)]
pub(crate) enum Session {
    /// Start a session
    Start(StartArgs),
    /// End the session
    Stop(#[command(flatten)] Reach),
    /// Answer the open question
    Answer {
        /// What to answer
        answer: Answer,
        #[command(flatten)]
        reach: Reach,
    },
}

/// `session start`.
#[derive(Args)]
pub(crate) struct StartArgs {
    /// Why you need support
    #[arg(long)]
    reason: Option<String>,
    /// The ticket's number
    #[arg(long)]
    ticket: Option<String>,
    /// The client by name (default: the first that the policy enables)
    #[arg(long)]
    client: Option<String>,
    /// Wait until the portal has the address, or until the session has ended
    #[arg(long, value_enum)]
    wait: Option<Wait>,
    /// Print the last status as one JSON document
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

/// What to wait for.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Wait {
    /// The portal has acknowledged the address
    Reported,
    /// The session is over
    Ended,
}

/// An answer.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Answer {
    /// Yes
    Allow,
    /// No
    Deny,
}

/// Does what the command says.
pub(crate) fn run(command: Session) -> Outcome {
    runtime(1)?.block_on(async {
        match command {
            Session::Start(args) => start(args).await,
            Session::Stop(reach) => simple(&reach, Asked::Stop, "session stopped").await,
            Session::Answer {
                answer: Answer::Allow,
                reach,
            } => simple(&reach, Asked::Allow, "allowed").await,
            Session::Answer {
                answer: Answer::Deny,
                reach,
            } => simple(&reach, Asked::Deny, "refused").await,
        }
    })
}

/// Asks for one thing and says what became of it.
pub(crate) async fn simple(reach: &Reach, asked: Asked, done: &str) -> Outcome {
    let answer = take(reach, asked, None).await?;
    if answer.taken {
        say(done);
        return Ok(Exit::Done);
    }
    remark(
        answer
            .message
            .unwrap_or_else(|| "the agent said no".to_owned()),
    );
    Ok(Exit::No)
}

/// Asks the agent to do something, as the person or, with its scheme, as a link.
pub(crate) async fn take(
    reach: &Reach,
    asked: Asked,
    link: Option<String>,
) -> Result<ControlAnswer, Failure> {
    match status::ask(reach, &ControlRequest::Do { asked, link }).await? {
        ControlReply::Done(answer) => Ok(answer),
        _ => Err(anyhow::anyhow!("the agent answered something else").into()),
    }
}

async fn start(args: StartArgs) -> Outcome {
    let socket = args.reach.socket()?;
    let mut watch = watch_agent(&socket, &ControlRequest::Watch)
        .await
        .map_err(status::unreachable)?;
    let before = next(&mut watch).await?;
    if args.wait == Some(Wait::Reported) && before.portal.is_none() {
        let why = "this device is not enrolled, so no portal can have its address";
        let help = "deskhook agent enrol --portal URL --token TOKEN";
        return Err(Failure::Help(anyhow::anyhow!(why), help.to_owned()));
    }
    let asked = Asked::Start {
        reason: args.reason,
        ticket: args.ticket,
        client: args.client,
    };
    let answer = take(&args.reach, asked, None).await?;
    if !answer.taken {
        remark(
            answer
                .message
                .unwrap_or_else(|| "the agent said no".to_owned()),
        );
        if args.json {
            json(&status::get(&args.reach).await?)?;
        }
        return Ok(Exit::No);
    }
    let Some(wait) = args.wait else {
        if args.json {
            json(&status::get(&args.reach).await?)?;
        } else {
            say("session asked for");
        }
        return Ok(Exit::Done);
    };
    let shown = if args.json {
        Shown::Nothing
    } else {
        Shown::Steps
    };
    let last = follow(&mut watch, before.attempts, (wait, shown)).await?;
    if let Some(question) = last.question.as_ref().filter(|_| wants_details(&last)) {
        take(&args.reach, Asked::Stop, None).await?;
        remark(format!("{}\n{}", question.title, question.message));
        remark("help: start it again with --reason and --ticket");
        if args.json {
            json(&last)?;
        }
        return Ok(Exit::No);
    }
    if args.json {
        json(&last)?;
    }
    conclude(&last, wait, shown)
}

/// Whether steps are printed as they come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Steps,
    Nothing,
}

/// Follows the session that was asked for after `attempts` others, until it came as far as is
/// waited for or is over.
async fn follow(
    watch: &mut deskhook_agent::Replies,
    attempts: u64,
    (wait, shown): (Wait, Shown),
) -> Result<Status, Failure> {
    let mut told = String::new();
    let bar = progress("fetching the client");
    loop {
        let status = next(watch).await?;
        if status.attempts <= attempts {
            continue;
        }
        if let Some((received, total)) = status.progress {
            bar.set_length(total.unwrap_or(received));
            bar.set_position(received);
            continue;
        }
        bar.finish_and_clear();
        let line = step(&status);
        // What a question says changes with the time that is left.
        let question = status.question.as_ref();
        let news = question.map_or_else(|| line.clone(), |asked| asked.title.clone());
        if shown == Shown::Steps && news != told && status.session.is_some() {
            remark(&line);
            told = news;
        }
        let over = status.session.is_none() || wants_details(&status);
        if over || (wait == Wait::Reported && status.reported) {
            return Ok(status);
        }
    }
}

/// Whether the organisation wants to know what this command was not given: nobody can tell it
/// now.
fn wants_details(status: &Status) -> bool {
    let question = status.question.as_ref();
    question.is_some_and(|question| question.kind == "details")
}

fn step(status: &Status) -> String {
    if let Some(question) = &status.question {
        let lines = question.message.lines();
        let message: String = lines.map(|line| format!("  {line}\n")).collect();
        return format!(
            "{}\n{message}  answer with: {}",
            question.title,
            status::answer_with(question)
        );
    }
    status::session(status)
}

async fn next(watch: &mut deskhook_agent::Replies) -> Result<Status, Failure> {
    match watch.next().await? {
        ControlReply::Status(status) => Ok(*status),
        _ => Err(anyhow::anyhow!("the agent answered something else").into()),
    }
}

fn conclude(last: &Status, wait: Wait, shown: Shown) -> Outcome {
    let outcome = last.last_outcome.as_deref().unwrap_or_default();
    if last.session.is_some() {
        if shown == Shown::Steps {
            say(last.address.clone().unwrap_or_default());
        }
        return Ok(Exit::Done);
    }
    match outcome {
        "denied" => {
            reasons(last, "not started");
            Ok(Exit::No)
        }
        "failed" => {
            reasons(last, "failed");
            Err(Failure::Could(anyhow::anyhow!(
                "the session did not get as far"
            )))
        }
        _ if wait == Wait::Ended => {
            if shown == Shown::Steps {
                say(format!("session over: {outcome}"));
            }
            Ok(Exit::Done)
        }
        _ => {
            remark(format!("session over: {outcome}"));
            Ok(Exit::No)
        }
    }
}

fn reasons(last: &Status, word: &str) {
    remark(paint(word, Colour::Red));
    for reason in &last.reasons {
        remark(format!(
            "  {} [{}, {}]",
            reason.message,
            one_line(&reason.code),
            one_line(&reason.by)
        ));
    }
    if let Some(detail) = &last.detail {
        for line in detail.lines() {
            remark(format!("  {line}"));
        }
    }
}
