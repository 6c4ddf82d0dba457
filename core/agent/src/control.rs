mod endpoint;

use std::path::Path;
use std::time::Duration;

use deskhook_hooks::MenuItem;
use deskhook_policy::Language;
use deskhook_session::{Origin, Question, QuestionKind};
use deskhook_wire::{Asked, ControlAnswer, ControlReply, ControlRequest, MenuShape, TimingShape};
use tokio::io::{
    AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader,
};

use endpoint::{Client, Listener};

use crate::{AgentHandle, status};

pub(crate) use endpoint::remove;

/// The longest line that is read, in bytes.
const LONGEST: u64 = 64 * 1024;

/// How long a socket may be held open by nobody who answers before it counts as taken.
pub(crate) const LEFT_BEHIND: Duration = Duration::from_secs(2);

/// How often it is looked whether it is free.
pub(crate) const PAUSE: Duration = Duration::from_millis(20);

/// Why the agent's control socket cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// No agent listens there.
    #[error("no agent runs here: nothing listens at {path}")]
    NotRunning {
        /// The socket.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is another account's.
    #[error("the agent at {0} belongs to another account: it hears that account and root alone")]
    Foreign(String),
    /// Another agent listens there already.
    #[error("another agent runs already: it listens at {0}")]
    Taken(String),
    /// The socket cannot be made.
    #[error("cannot listen at {path}")]
    Listen {
        /// The socket.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The agent's answer broke off or makes no sense.
    #[error("the agent's answer broke off")]
    Broken(#[source] std::io::Error),
}

/// Asks the agent behind `socket` one thing.
pub async fn ask(socket: &Path, request: &ControlRequest) -> Result<ControlReply, ControlError> {
    let mut replies = watch(socket, request).await?;
    replies.next().await
}

/// Asks the agent behind `socket` for something that has many answers.
pub async fn watch(socket: &Path, request: &ControlRequest) -> Result<Replies, ControlError> {
    let path = socket.display().to_string();
    let stream = endpoint::connect(socket).await;
    let mut stream = stream.map_err(|source| match source.kind() {
        std::io::ErrorKind::PermissionDenied => ControlError::Foreign(path),
        _ => ControlError::NotRunning { path, source },
    })?;
    let line =
        serde_json::to_string(request).map_err(|error| ControlError::Broken(error.into()))?;
    stream
        .write_all(format!("{line}\n").as_bytes())
        .await
        .map_err(ControlError::Broken)?;
    Ok(Replies {
        lines: BufReader::new(stream),
    })
}

/// The answers to one request.
pub struct Replies {
    lines: BufReader<Client>,
}

impl Replies {
    /// The next answer.
    pub async fn next(&mut self) -> Result<ControlReply, ControlError> {
        let mut line = String::new();
        let read = (&mut self.lines)
            .take(1 << 20)
            .read_line(&mut line)
            .await
            .map_err(ControlError::Broken)?;
        if read == 0 {
            return Err(ControlError::Broken(
                std::io::ErrorKind::UnexpectedEof.into(),
            ));
        }
        serde_json::from_str(&line).map_err(|error| ControlError::Broken(error.into()))
    }
}

/// Opens the control socket, for this account alone. A socket that nobody listens at any more is
/// replaced; one that is alive means that another agent runs.
pub(crate) async fn listen(socket: &Path) -> Result<Listener, ControlError> {
    refuse_taken(socket).await?;
    Listener::open(socket).map_err(|source| ControlError::Listen {
        path: socket.display().to_string(),
        source,
    })
}

/// An agent that listens at `socket` already is told of.
pub(crate) async fn refuse_taken(socket: &Path) -> Result<(), ControlError> {
    match is_taken(socket).await {
        true => Err(ControlError::Taken(socket.display().to_string())),
        false => Ok(()),
    }
}

/// Whether somebody holds the socket. An agent that was killed while it started a program leaves
/// it to that program for a moment, in which it is open and nobody answers: that is waited out.
async fn is_taken(socket: &Path) -> bool {
    let deadline = tokio::time::Instant::now() + LEFT_BEHIND;
    while endpoint::connect(socket).await.is_ok() {
        let asked = ask(socket, &ControlRequest::Status);
        let answer = tokio::time::timeout_at(deadline, asked).await;
        if matches!(answer, Ok(Ok(_)) | Err(_)) {
            return true;
        }
        tokio::time::sleep(PAUSE).await;
    }
    false
}

/// Serves the control socket until the agent stops. Only the account that runs the agent, and
/// root, are heard.
pub(crate) async fn serve(mut listener: Listener, handle: AgentHandle) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = handle.wakes.closed() => return,
        };
        let Ok(accepted) = accepted else {
            // Out of file handles, most likely: others may close some meanwhile.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let Some(stream) = accepted else { continue };
        let handle = handle.clone();
        tokio::spawn(async move {
            let (reader, writer) = tokio::io::split(stream);
            if let Err(error) = converse(reader, writer, &handle).await {
                tracing::debug!(%error, "a control connection broke off");
            }
        });
    }
}

async fn converse(
    reader: impl AsyncRead + Unpin,
    mut writer: impl AsyncWrite + Unpin,
    handle: &AgentHandle,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(reader);
    loop {
        let mut line = String::new();
        let mut limited = (&mut lines).take(LONGEST);
        let read = tokio::select! {
            read = limited.read_line(&mut line) => read?,
            // Nobody answers any more.
            () = handle.wakes.closed() => 0,
        };
        if read == 0 {
            return Ok(());
        }
        match serde_json::from_str::<ControlRequest>(&line) {
            Ok(ControlRequest::Watch) => return stream(&mut writer, handle).await,
            Ok(request) => send(&mut writer, &answer(request, handle).await).await?,
            Err(error) => {
                let cut = line.len() as u64 == LONGEST;
                let message = Some(match cut {
                    true => "the request is longer than 64 KiB".to_owned(),
                    false => format!("this agent does not know that request: {error}"),
                });
                send(
                    &mut writer,
                    &ControlReply::Done(ControlAnswer {
                        taken: false,
                        message,
                    }),
                )
                .await?;
            }
        }
    }
}

async fn stream(
    writer: &mut (impl AsyncWrite + Unpin),
    handle: &AgentHandle,
) -> std::io::Result<()> {
    let mut changes = handle.changes();
    loop {
        let snapshot = changes.borrow_and_update().clone();
        send(writer, &ControlReply::Status(Box::new(status(&snapshot)))).await?;
        if changes.changed().await.is_err() {
            return Ok(());
        }
    }
}

async fn send(writer: &mut (impl AsyncWrite + Unpin), reply: &ControlReply) -> std::io::Result<()> {
    let line = serde_json::to_string(reply)?;
    writer.write_all(format!("{line}\n").as_bytes()).await
}

async fn answer(request: ControlRequest, handle: &AgentHandle) -> ControlReply {
    match request {
        ControlRequest::Status | ControlRequest::Watch => {
            ControlReply::Status(Box::new(status(&handle.snapshot())))
        }
        ControlRequest::Menu { language } => {
            let own = handle
                .snapshot()
                .person
                .as_ref()
                .map(|person| person.language.clone());
            let language = language.map(|text| Language::parse(&text)).or(own);
            let language = language.unwrap_or_else(Language::english);
            let folded = handle.menu(&language).await;
            ControlReply::Menu(MenuShape {
                menu: folded.state,
                provenance: folded.provenance,
            })
        }
        ControlRequest::Provenance { hook } => ControlReply::Provenance {
            last: handle.provenance(hook),
        },
        ControlRequest::Timings { hook } => {
            let shape = |(name, timing)| TimingShape { name, timing };
            let listeners = handle.timings(hook).into_iter().map(shape).collect();
            ControlReply::Timings { listeners }
        }
        ControlRequest::Do { asked, link } => ControlReply::Done(match link {
            Some(scheme) if !is_ours(&scheme, handle) => refuse(&format!(
                "links that begin with {scheme:?} are not this organisation's: it follows deskhook: and the scheme of the policy's Links.Scheme"
            )),
            Some(_) => take(asked, Origin::Link, handle).await,
            None => take(asked, Origin::Person, handle).await,
        }),
    }
}

/// Whether links of that scheme are followed here.
fn is_ours(scheme: &str, handle: &AgentHandle) -> bool {
    let snapshot = handle.snapshot();
    let own = snapshot.policy.link_scheme.as_deref();
    [Some("deskhook"), own]
        .into_iter()
        .flatten()
        .any(|known| known.eq_ignore_ascii_case(scheme))
}

fn is_for_details(question: &Question) -> bool {
    matches!(question.kind, QuestionKind::Details { .. })
}

fn refuse(message: &str) -> ControlAnswer {
    ControlAnswer {
        taken: false,
        message: Some(message.to_owned()),
    }
}

async fn take(asked: Asked, origin: Origin, handle: &AgentHandle) -> ControlAnswer {
    let snapshot = handle.snapshot();
    let idle = snapshot.view.session.is_none();
    match &asked {
        Asked::Quit if origin == Origin::Person => {
            let handle = handle.clone();
            tokio::spawn(async move { handle.stop().await });
            return ControlAnswer {
                taken: true,
                message: None,
            };
        }
        Asked::Stop if idle => return refuse("no session is open"),
        Asked::Start { .. } if !idle => return refuse("a session is open already"),
        Asked::Allow | Asked::Deny | Asked::Details { .. } if snapshot.view.question.is_none() => {
            return refuse("no question is open");
        }
        Asked::Allow if snapshot.view.question.as_ref().is_some_and(is_for_details) => {
            return refuse(
                "the open question asks for details: stop the session and start it with them",
            );
        }
        Asked::Click { item }
            if !snapshot
                .menu
                .find(item)
                .is_some_and(MenuItem::is_for_clicks) =>
        {
            return refuse(&format!(
                "there is no menu item {item:?} that can be picked"
            ));
        }
        _ => {}
    }
    let target = match &asked {
        Asked::Click { item } => snapshot
            .menu
            .find(item)
            .and_then(|item| item.target.clone()),
        _ => None,
    };
    match asked.request().filter(|request| origin.may(request)) {
        Some(request) => {
            handle.request(request, origin).await;
            // The next command is judged by the snapshot.
            handle.seen().await;
            ControlAnswer {
                taken: true,
                message: target,
            }
        }
        None => refuse("a link may only start a session"),
    }
}
