use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;

use deskhook_policy::{Address, AddressSource, Query};
use tokio::time::Instant;

use crate::os::Reach;
use crate::printed::Stream;
use crate::query::{self, Answered};
use crate::{LaunchError, RunningClient, os, printed};

/// How long a source is asked for when its description does not say.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long one run of the client's command line may take.
const ONE_QUERY: Duration = Duration::from_secs(5);
/// The first pause between two rounds; it doubles up to the longest one.
const FIRST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// How long the rest of an ended client's output is waited for.
const LAST_WORDS: Duration = Duration::from_millis(250);
/// An address that is somewhere out there and nowhere in particular (RFC 5737, TEST-NET-1).
const DOCUMENTATION: Ipv4Addr = Ipv4Addr::new(192, 0, 2, 1);
/// AnyDesk's command line says so, with an error exit code, until its service runs.
const SERVICE_NOT_RUNNING: &str = "SERVICE_NOT_RUNNING";

/// What somebody else than the description's sources says of an address; none is nothing so far.
pub type Given = Option<Result<Address, LaunchError>>;

/// What one source said in one round.
enum Found {
    Address(Address),
    /// Nothing so far; in words, for when it stays so.
    NotYet(String),
    /// Something that is no address; it may say better soon.
    Garbage(String),
    /// There will never be one.
    Never(String),
}

/// A source that is still asked.
struct Asked<'a> {
    source: &'a AddressSource,
    until: Instant,
}

impl RunningClient {
    /// The client's address, from the sources that its description names.
    ///
    /// The sources are asked in rounds, most wanted first: the first one of a round that has an
    /// address wins. "Not yet" is an empty answer, one of the description's own words for it,
    /// `SERVICE_NOT_RUNNING`, or an exit code that is not 0; it is asked again after a growing
    /// pause, until the source's patience is over. Fails at once when the client ends, and when
    /// no source is left that could still answer. Where the description has a question for it, the
    /// client is waited for until it says that it can be reached.
    pub async fn read_address(&self) -> Result<Address, LaunchError> {
        let nobody = |_| std::future::ready(None);
        self.address_within(Duration::ZERO, nobody).await
    }

    /// The same with a source that goes before all of the description's: it is given what the client
    /// has printed, at once, when that is more, and every two seconds; for half a minute at least. An
    /// error of it ends the wait.
    pub async fn read_address_after<F: Future<Output = Given>>(
        &self,
        first: impl Fn(String) -> F,
    ) -> Result<Address, LaunchError> {
        self.address_within(PATIENCE, first).await
    }

    async fn address_within<F: Future<Output = Given>>(
        &self,
        least: Duration,
        first: impl Fn(String) -> F,
    ) -> Result<Address, LaunchError> {
        let address = self.first_address(least, first).await?;
        tokio::select! {
            () = self.until_ready() => Ok(address),
            _ = self.exited() => Err(self.ended_early().await),
        }
    }

    async fn first_address<F: Future<Output = Given>>(
        &self,
        least: Duration,
        first: impl Fn(String) -> F,
    ) -> Result<Address, LaunchError> {
        let begun = Instant::now();
        let ask = |source| Asked {
            source,
            until: begun + patience(source),
        };
        let mut asked: Vec<Asked<'_>> = self.spec.address.iter().map(ask).collect();
        let mut pause = FIRST_PAUSE;
        let (mut words, mut told) = (vec![], None);
        while !asked.is_empty() || begun.elapsed() < least {
            let mut news = std::pin::pin!(self.printed.news.notified());
            news.as_mut().enable();
            tokio::select! {
                biased;
                given = self.given(&first, &mut told) => {
                    if let Some(given) = given {
                        return given;
                    }
                }
                _ = self.exited() => return Err(self.ended_early().await),
            }
            tokio::select! {
                biased;
                found = self.round(&mut asked, &mut words) => {
                    if let Some(address) = found {
                        return Ok(address);
                    }
                }
                _ = self.exited() => return Err(self.ended_early().await),
            }
            tokio::select! {
                _ = self.exited() => return Err(self.ended_early().await),
                () = news => {}
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(LONGEST_PAUSE),
            }
        }
        Err(LaunchError::NoAddress {
            client: self.spec.display_name.clone(),
            seconds: begun.elapsed().as_secs(),
            words: words.join("\n"),
        })
    }

    /// What the source before all others says, if there is a reason to ask it; `told` is what it was
    /// given last, and when.
    async fn given<F: Future<Output = Given>>(
        &self,
        first: impl Fn(String) -> F,
        told: &mut Option<(String, Instant)>,
    ) -> Given {
        let printed = self.output();
        let known = told
            .as_ref()
            .is_some_and(|(text, at)| *text == printed && at.elapsed() < LONGEST_PAUSE);
        if known {
            return None;
        }
        *told = Some((printed.clone(), Instant::now()));
        first(printed).await
    }

    /// Waits until the client says that it can be reached, as long as its description says.
    async fn until_ready(&self) {
        let Some(query) = &self.spec.ready else {
            return;
        };
        let until = Instant::now() + patience_of(query);
        let mut pause = FIRST_PAUSE;
        while Instant::now() < until {
            let answered = query::run(self, &query.arguments, ONE_QUERY).await;
            if answered.is_ok_and(|answered| says_ready(query, &answered)) {
                return;
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        let client = self.name();
        tracing::warn!(client, "the client does not say that it can be reached");
    }

    /// Asks every source once; those that have nothing to hope for any more go.
    async fn round(&self, asked: &mut Vec<Asked<'_>>, words: &mut Vec<String>) -> Option<Address> {
        words.retain(|line| line.starts_with(NEVER));
        let mut kept = vec![];
        for one in asked.drain(..) {
            match self.ask(&one).await {
                Found::Address(address) => return Some(address),
                Found::NotYet(why) => {
                    words.push(why);
                    if Instant::now() < one.until {
                        kept.push(one);
                    }
                }
                Found::Garbage(why) => {
                    words.push(why);
                    let until = one.until.min(Instant::now() + GARBAGE);
                    if Instant::now() < one.until {
                        kept.push(Asked { until, ..one });
                    }
                }
                Found::Never(why) => words.push(format!("{NEVER}{why}")),
            }
        }
        *asked = kept;
        None
    }

    async fn ask(&self, asked: &Asked<'_>) -> Found {
        match asked.source {
            AddressSource::Query(query) => {
                let left = asked.until.saturating_duration_since(Instant::now());
                self.query(query, left.clamp(FIRST_PAUSE, ONE_QUERY)).await
            }
            AddressSource::Output { prefix, template } => match self.printed.value(prefix) {
                Some(value) => self.templated(template, &value),
                None => Found::NotYet(format!("it printed no line that begins with {prefix:?}")),
            },
            AddressSource::Listening { template } => match self.fields.port {
                Some(port) if os::listener(port).is_some() => self.templated(template, ""),
                Some(port) => Found::NotYet(format!("it does not listen on port {port}")),
                None => Found::Never("no argument of it holds {port}".to_owned()),
            },
        }
    }

    pub(crate) async fn query_once(&self, query: &Query) -> Option<Address> {
        match self.query(query, ONE_QUERY).await {
            Found::Address(address) => Some(address),
            Found::NotYet(_) | Found::Garbage(_) | Found::Never(_) => None,
        }
    }

    async fn query(&self, query: &Query, limit: Duration) -> Found {
        let asked = query.arguments.join(" ");
        match query::run(self, &query.arguments, limit).await {
            Ok(answered) => judge(query, &answered),
            Err(error) => Found::NotYet(format!("{asked}: {error}")),
        }
    }

    fn templated(&self, template: &str, value: &str) -> Found {
        let port = self.fields.port.map(|port| port.to_string());
        let text = template
            .replace("{host}", &self.host())
            .replace("{port}", port.as_deref().unwrap_or_default())
            .replace("{value}", value);
        match Address::parse(&text) {
            Ok(address) => Found::Address(address),
            Err(error) => Found::Never(error.to_string()),
        }
    }

    /// This machine as those see it who can reach the client's port.
    fn host(&self) -> String {
        let outward = || {
            let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
            // Sends nothing: it only asks the routing table which address would be used.
            socket.connect((DOCUMENTATION, 9)).ok()?;
            Some(socket.local_addr().ok()?.ip().to_string())
        };
        let reached = self.fields.port.and_then(os::listener);
        let seen = (reached == Some(Reach::Network)).then(outward).flatten();
        seen.unwrap_or_else(|| Ipv4Addr::LOCALHOST.to_string())
    }

    /// The last lines of both streams.
    fn last_words(&self) -> String {
        let of = |stream| printed::last_lines(&self.printed.text(stream), 8);
        let both = [of(Stream::Output), of(Stream::Errors)];
        both.join("\n").trim().to_owned()
    }

    async fn ended_early(&self) -> LaunchError {
        let exit = self.exited().await;
        let rest = async {
            while !self.printed.is_over() {
                let mut news = std::pin::pin!(self.printed.news.notified());
                news.as_mut().enable();
                if !self.printed.is_over() {
                    news.await;
                }
            }
        };
        // A child that left the group may hold the pipe open.
        let _late = tokio::time::timeout(LAST_WORDS, rest).await;
        LaunchError::Exited {
            client: self.spec.display_name.clone(),
            exit,
            output: self.last_words(),
        }
    }
}

/// What goes before words that stay.
const NEVER: &str = "not an address: ";
/// How much longer a source is asked that answers with something else.
const GARBAGE: Duration = Duration::from_secs(3);

fn patience(source: &AddressSource) -> Duration {
    match source {
        AddressSource::Query(query) => patience_of(query),
        _ => PATIENCE,
    }
}

fn patience_of(query: &Query) -> Duration {
    match query.patience_seconds {
        0 => PATIENCE,
        seconds => Duration::from_secs(seconds.into()),
    }
}

fn says_ready(query: &Query, answered: &Answered) -> bool {
    let text = answered.stdout.trim();
    let not_yet = text.is_empty() || query.not_ready.iter().any(|word| word == text);
    answered.code == Some(0) && !not_yet
}

fn judge(query: &Query, answered: &Answered) -> Found {
    let text = answered.stdout.trim();
    let said = |what: &str| Found::NotYet(format!("{}: {what}", query.arguments.join(" ")));
    if text.contains(SERVICE_NOT_RUNNING) || answered.stderr.contains(SERVICE_NOT_RUNNING) {
        return said(SERVICE_NOT_RUNNING);
    }
    match answered.code {
        Some(0) => {}
        Some(code) => return said(&format!("exit code {code}")),
        None => return said("ended by a signal"),
    }
    if text.is_empty() {
        return said("an empty answer");
    }
    if query.not_ready.iter().any(|word| word == text) {
        return said(text);
    }
    // A client may say other things first, on lines of their own.
    let last = text.lines().last().unwrap_or_default().trim();
    match Address::parse(text).or_else(|whole| Address::parse(last).map_err(|_| whole)) {
        Ok(address) => Found::Address(address),
        Err(error) => Found::Garbage(format!(
            "{}: not an address: {error}",
            query.arguments.join(" ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(code: i32, stdout: &str) -> Result<String, &'static str> {
        let query = Query {
            not_ready: vec!["0".into()],
            ..Query::default()
        };
        let answered = Answered {
            code: Some(code),
            stdout: stdout.into(),
            stderr: String::new(),
        };
        match judge(&query, &answered) {
            Found::Address(address) => Ok(address.as_str().to_owned()),
            Found::NotYet(_) => Err("not yet"),
            Found::Garbage(_) | Found::Never(_) => Err("garbage"),
        }
    }

    #[test]
    fn an_answer_is_an_address_or_may_become_one() {
        assert_eq!(judged(0, "123 456 789\n").as_deref(), Ok("123456789"));
        for not_yet in ["", " \n", "0\n", "SERVICE_NOT_RUNNING"] {
            assert_eq!(judged(0, not_yet), Err("not yet"), "{not_yet:?}");
        }
        assert_eq!(judged(51, "123456789"), Err("not yet"));
        assert_eq!(judged(0, "<b>hello</b> world"), Err("garbage"));
        assert_eq!(
            judged(0, "a new version\n123456789").as_deref(),
            Ok("123456789")
        );
    }
}
