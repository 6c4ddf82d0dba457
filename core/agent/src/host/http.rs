mod address;
mod reach;

use std::collections::BTreeMap;
use std::time::Duration;

use deskhook_hooks::{HostError, HostReply, HttpAnswer};
use reqwest::header::{
    ACCEPT, ACCEPT_LANGUAGE, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, HeaderMap,
    HeaderName, HeaderValue, LOCATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE, USER_AGENT,
};
use reqwest::{Method, Response, StatusCode, Url};

use super::failed;
pub(crate) use reach::Reach;

const LARGEST: usize = 1024 * 1024;
const MOST_SECONDS: u32 = 30;
const USUAL_SECONDS: u32 = 5;
const MOST_HOPS: usize = 5;
/// Headers that say nothing of who asks: they alone follow a redirect to another site.
const HARMLESS: [HeaderName; 4] = [ACCEPT, ACCEPT_LANGUAGE, CONTENT_TYPE, USER_AGENT];
/// Headers that say where a request goes and where it ends: the agent's own to set. So is whatever
/// is meant for a proxy.
const OURS: [HeaderName; 8] = [
    CONNECTION,
    CONTENT_LENGTH,
    EXPECT,
    HOST,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

pub(super) struct Outgoing {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Option<String>,
    pub(super) timeout: Option<u32>,
}

/// Sends a request; every hop of a redirect needs the grant of its own host.
pub(super) async fn send(outgoing: Outgoing, reach: impl Fn(&str) -> Reach) -> HostReply {
    let seconds = outgoing
        .timeout
        .unwrap_or(USUAL_SECONDS)
        .clamp(1, MOST_SECONDS);
    let host = shown(&outgoing.url);
    let whole =
        tokio::time::timeout(Duration::from_secs(seconds.into()), follow(outgoing, reach)).await;
    whole.unwrap_or_else(|_| Err(failed(format!("{host} did not answer within {seconds} s"))))
}

async fn follow(outgoing: Outgoing, reach: impl Fn(&str) -> Reach) -> HostReply {
    let method = match outgoing.method.to_ascii_uppercase().as_str() {
        "GET" => Method::GET,
        "POST" => Method::POST,
        other => {
            return Err(failed(format!(
                "the method {other:?} is neither GET nor POST"
            )));
        }
    };
    let mut headers = header_map(&outgoing.headers)?;
    let (mut method, mut body) = (method, outgoing.body);
    if body.as_ref().is_some_and(|body| body.len() > LARGEST) {
        return Err(failed("the body of the request is larger than 1 MiB"));
    }
    let mut url = parse(&outgoing.url)?;
    for _ in 0..MOST_HOPS {
        let mut request = reach::client(&url, &reach)
            .await?
            .request(method.clone(), url.clone())
            .headers(headers.clone());
        if let Some(body) = &body {
            request = request.body(body.clone());
        }
        let host = shown(url.as_str());
        let response = request
            .send()
            .await
            .map_err(|error| failed(format!("{host} does not answer: {}", cause(error))))?;
        let status = response.status();
        let Some(next) = redirect(&response, &url)? else {
            return read(response).await;
        };
        if next.origin() != url.origin() {
            headers = harmless(&headers);
        }
        if response_turns_to_get(status, &method) {
            (method, body) = (Method::GET, None);
            headers.remove(CONTENT_TYPE);
        }
        url = next;
    }
    Err(failed(format!(
        "{} redirects more than {MOST_HOPS} times",
        shown(url.as_str())
    )))
}

/// What is meant for one site is not for another: a key may stand under any name.
fn harmless(headers: &HeaderMap) -> HeaderMap {
    let kept = headers.iter().filter(|(name, _)| HARMLESS.contains(name));
    kept.map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// As browsers do: only 307 and 308 send a POST again.
fn response_turns_to_get(status: StatusCode, method: &Method) -> bool {
    *method == Method::POST
        && !matches!(
            status,
            StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT
        )
}

/// What lies at the bottom of it, without the address.
fn cause(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut innermost: &dyn std::error::Error = &error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    innermost.to_string()
}

fn parse(text: &str) -> Result<Url, HostError> {
    let url = Url::parse(text)
        .map_err(|error| failed(format!("{} is no address: {error}", shown(text))))?;
    if matches!(url.scheme(), "https" | "http") {
        Ok(url)
    } else {
        Err(failed(format!("{} is neither https nor http", shown(text))))
    }
}

fn redirect(response: &Response, from: &Url) -> Result<Option<Url>, HostError> {
    if !response.status().is_redirection() {
        return Ok(None);
    }
    let Some(place) = response
        .headers()
        .get(LOCATION)
        .and_then(|value| value.to_str().ok())
    else {
        return Ok(None);
    };
    let next = from
        .join(place)
        .map_err(|error| failed(format!("a redirect leads nowhere: {error}")))?;
    if from.scheme() == "https" && next.scheme() != "https" {
        return Err(failed("a redirect leads from https to http"));
    }
    parse(next.as_str()).map(Some)
}

async fn read(mut response: Response) -> HostReply {
    let status = response.status().as_u16();
    let text = |(name, value): (&HeaderName, &HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let headers = response.headers().iter().filter_map(text).collect();
    let mut body = vec![];
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| failed(format!("the answer broke off: {}", cause(error))))?
    {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST {
            return Err(failed("the answer is larger than 1 MiB"));
        }
    }
    let answer = HttpAnswer {
        status,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    serde_json::to_value(answer).map_err(|error| failed(error.to_string()))
}

fn header_map(lines: &BTreeMap<String, String>) -> Result<HeaderMap, HostError> {
    let mut headers = HeaderMap::new();
    for (name, value) in lines {
        let bad = || failed(format!("the header {name:?} is malformed"));
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        if OURS.contains(&name) || name == "keep-alive" || name.as_str().starts_with("proxy-") {
            return Err(failed(format!(
                "the header {name} is not a package's to set"
            )));
        }
        headers.insert(name, HeaderValue::from_str(value).map_err(|_| bad())?);
    }
    Ok(headers)
}

/// The host alone: an address may carry credentials that no log shall see.
fn shown(url: &str) -> String {
    Url::parse(url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_else(|| "the address".to_owned())
}

#[cfg(test)]
mod tests;
