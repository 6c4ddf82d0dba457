//! `audit verify`.

use std::fs::File;
use std::io::BufReader;
use std::time::Duration;

use anyhow::Context as _;
use clap::Subcommand;
use deskhook_record::{Head, verify};

use crate::agent::runtime;
use crate::output::{Exit, Failure, Outcome, json, remark, say};

/// The tamper-evident record.
#[derive(Subcommand)]
pub(crate) enum Audit {
    /// Check that a record was not changed
    Verify {
        /// A record file, or the address of a portal's export
        place: String,
        /// A head kept elsewhere (`<number>:<hash>`), so that a missing end is noticed too
        #[arg(long)]
        head: Option<Head>,
        /// The API key for a portal's export
        #[arg(long, env = "DESKHOOK_API_KEY")]
        api_key: Option<String>,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
}

/// Does what the command says.
pub(crate) fn run(command: Audit) -> Outcome {
    let Audit::Verify {
        place,
        head,
        api_key,
        json: as_json,
    } = command;
    let report = if place.starts_with("https://") || place.starts_with("http://") {
        let bytes = runtime(1)?.block_on(fetch(&place, api_key))?;
        verify(bytes.as_slice(), head.as_ref())
    } else {
        let file = File::open(&place).with_context(|| format!("cannot read {place}"))?;
        verify(BufReader::new(file), head.as_ref())
    };
    let report = report.with_context(|| format!("cannot read {place}"))?;
    let broken = report.broken.as_ref();
    if as_json {
        json(&serde_json::json!({
            "holds": report.holds(),
            "entries": report.entries(),
            "head": report.head.to_string(),
            "line": broken.map(|broken| broken.line),
            "why": broken.map(|broken| broken.why.to_string()),
        }))?;
    }
    match broken {
        None => {
            if !as_json {
                say(format!(
                    "the record holds: {} entries, head {}",
                    report.entries(),
                    report.head
                ));
            }
            Ok(Exit::Done)
        }
        Some(broken) => {
            remark(format!(
                "{place}:{}: the record does not hold: {}",
                broken.line, broken.why
            ));
            Ok(Exit::No)
        }
    }
}

/// The largest export that is read, in bytes.
const LARGEST: usize = 1 << 30;
/// How long a portal may say nothing.
const PATIENCE: Duration = Duration::from_secs(30);

async fn fetch(url: &str, api_key: Option<String>) -> Result<Vec<u8>, Failure> {
    if !deskhook_uplink::is_portal(url) {
        return Err(Failure::Usage(anyhow::anyhow!(
            "{url} is not https, so the API key could be read on the way; only this machine's own loopback may be http"
        )));
    }
    deskhook_client::install_crypto();
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(PATIENCE)
        .read_timeout(PATIENCE)
        .build()?;
    let mut request = client.get(url);
    if let Some(key) = api_key {
        request = request.bearer_auth(key);
    }
    let mut response = request
        .send()
        .await
        .with_context(|| format!("cannot reach {url}"))?;
    let status = response.status();
    if !status.is_success() {
        let message = response.text().await.unwrap_or_default();
        return Err(anyhow::anyhow!(
            "{url} answered {status}: {}",
            message.chars().take(200).collect::<String>()
        )
        .into());
    }
    let mut bytes = vec![];
    while let Some(chunk) = response.chunk().await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LARGEST {
            return Err(anyhow::anyhow!("{url} sends more than 1 GiB").into());
        }
    }
    Ok(bytes)
}
