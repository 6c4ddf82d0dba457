use deskhook_sdk::{Failure, Fields, Hook, Host, Json, Level, Plugin};

use crate::printed::{self, Ids};
use crate::{configuration, launch, places, settings};

/// What is left of a call's time for the answer itself, in milliseconds.
const MARGIN: u128 = 500;

/// The driver.
#[derive(Default)]
pub struct RustDeskDriver {
    program: Option<String>,
    version: Option<String>,
    /// Where the last ID was read from.
    source: Option<&'static str>,
    /// What was last told of the ID: the log has it once, not every other second.
    told: Option<String>,
}

impl Plugin for RustDeskDriver {
    const ID: &'static str = "org.deskhook.rustdesk-driver";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const ABI_MINOR: u16 = 1;
    const HOOKS: &'static [Hook] = &[
        Hook::ClientLocate,
        Hook::ClientLaunch,
        Hook::AddressRead,
        Hook::AddressReport,
    ];

    fn new(_: Host) -> Result<Self, Failure> {
        Ok(Self::default())
    }

    fn client_locate(&mut self, input: &str, host: Host) -> Result<Option<String>, Failure> {
        if !is_ours(input, host)? {
            return Ok(None);
        }
        *self = Self::default();
        self.program = places::first(&settings::programs(host, &os(input))?);
        if let Some(program) = &self.program {
            self.version = run(host, program, "--version")
                .ok()
                .and_then(|text| printed::version(&text));
        }
        Ok(self.program.clone())
    }

    fn client_launch(&mut self, input: &str, host: Host) -> Result<Option<Json>, Failure> {
        if !is_ours(input, host)? {
            return Ok(None);
        }
        let (arguments, environment) = (settings::arguments(host)?, settings::environment(host)?);
        if let Some(argument) = launch::refused(&arguments) {
            return Err(Failure::new(format!(
                "the policy's RustDeskDriver.Arguments has {argument}, which shows a secret or changes the installation: take it out"
            )));
        }
        let given = Json::new(input)
            .field("arguments")
            .unwrap_or_else(Json::null);
        let given: Vec<String> = serde_json::from_str(given.as_text())?;
        let patch = launch::patch(&given, arguments, &environment);
        Ok(patch.map(|patch| Json::new(patch.to_string())))
    }

    fn address_read(&mut self, input: &str, host: Host) -> Result<Option<String>, Failure> {
        if !is_ours(input, host)? {
            return Ok(None);
        }
        match self.id(input, host)? {
            Ok((id, source)) => {
                self.source = Some(source);
                Ok(Some(id))
            }
            Err(why) => {
                if self.told.as_ref() != Some(&why) {
                    host.log(Level::Info, &format!("RustDesk has no ID so far: {why}"));
                    self.told = Some(why);
                }
                Ok(None)
            }
        }
    }

    fn address_report(&mut self, input: &str, host: Host) -> Result<Option<Fields>, Failure> {
        if !is_ours(input, host)? || (self.version.is_none() && self.source.is_none()) {
            return Ok(None);
        }
        let told = [
            ("rustdesk-version", self.version.as_deref()),
            ("rustdesk-id-from", self.source),
        ];
        let told = told
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        Ok(Some(told.fold(Fields::new(), |fields, (name, value)| {
            fields.text(name, value)
        })))
    }
}

impl RustDeskDriver {
    /// The ID and where it is from, or why there is none so far.
    fn id(
        &mut self,
        input: &str,
        host: Host,
    ) -> Result<Result<(String, &'static str), String>, Failure> {
        let ids = settings::ids(host)?;
        let output = Json::new(input)
            .field("output")
            .and_then(|text| text.as_string());
        if let Some(id) = printed::announced(&output.unwrap_or_default()) {
            return Ok(Ok((id, "output")));
        }
        if self.program.is_none() {
            self.program = places::first(&settings::programs(host, &os(input))?);
        }
        let asked = match &self.program {
            Some(program) => {
                run(host, program, "--get-id").and_then(|text| printed::id(&text, ids))
            }
            None => Err("it is in none of its usual places".to_owned()),
        };
        let why = match asked {
            Ok(id) => return Ok(Ok((id, "command"))),
            Err(why) => why,
        };
        let path = settings::config_file(host, &os(input))?;
        Ok(kept(host, path, ids)
            .map(|id| (id, "configuration"))
            .map_err(|also| format!("{why}; {also}")))
    }
}

/// The ID in the configuration.
fn kept(host: Host, path: Option<String>, ids: Ids) -> Result<String, String> {
    let path = path.ok_or_else(|| "no configuration is known".to_owned())?;
    let text = host.read_file(&path).map_err(|error| error.to_string())?;
    configuration::id(&text, ids)
}

/// What the program prints, asked through the agent within the time of this call.
fn run(host: Host, program: &str, question: &str) -> Result<String, String> {
    let whole = host.remaining().as_millis().saturating_sub(MARGIN) / 1000;
    let seconds = u32::try_from(whole.min(30)).unwrap_or_default();
    if seconds == 0 {
        return Err(format!("there is no time for {question}"));
    }
    let request = serde_json::json!({
        "call": "exec", "path": program, "arguments": [question], "timeout": seconds,
    });
    let answer = host.call(&Json::new(request.to_string()));
    let answer = answer.map_err(|error| format!("{question}: {error}"))?;
    let field = |name: &str| answer.as_ref().and_then(|answer| answer.field(name));
    let text = field("stdout").and_then(|text| text.as_string());
    match (field("code").and_then(|code| code.as_u64()), text) {
        (Some(0), Some(text)) => Ok(text),
        (Some(code), _) => Err(format!("{question} ended with the code {code}")),
        _ => Err(format!("{question} was ended by a signal")),
    }
}

fn is_ours(input: &str, host: Host) -> Result<bool, Failure> {
    let client = Json::new(input)
        .field("client")
        .and_then(|it| it.as_string());
    let client = client.unwrap_or_default();
    let clients = settings::clients(host)?;
    Ok(clients.iter().any(|one| one.eq_ignore_ascii_case(&client)))
}

fn os(input: &str) -> String {
    let os = Json::new(input)
        .field("device")
        .and_then(|it| it.field("os"));
    os.and_then(|os| os.as_string()).unwrap_or_default()
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
