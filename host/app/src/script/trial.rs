use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use deskhook_hooks::{Kind, VerdictAnswer};
use deskhook_script::{Fakes, RunError, RunResult, notation, run as run_hook};
use serde_json::{Value, json as value};

use super::RunArgs;
use crate::output::{Colour, Exit, Failure, Outcome, json, paint, remark, say};

/// The largest input, in bytes.
const LARGEST: u64 = 1 << 20;

/// `script run`: of a hook that decides, everything but an allowance or an abstention is a no.
pub(super) fn run(args: &RunArgs) -> Outcome {
    let hook = super::hook(&args.hook)?;
    let input = read(&args.input)?;
    let fakes = match &args.fakes {
        Some(path) => {
            let read = Fakes::read(&read(path)?);
            read.with_context(|| format!("cannot use {}", path.display()))?
        }
        None => Fakes::default(),
    };
    match run_hook(&args.dir, hook, input, fakes) {
        Ok(result) => {
            warn(&result);
            if args.json {
                json(&result.to_document())?;
            } else {
                print(&result);
            }
            let failed = result.answer.is_err();
            Ok(if result.denies() || failed {
                Exit::No
            } else {
                Exit::Done
            })
        }
        Err(RunError::Load(error)) if hook.kind() == Kind::Decide => {
            let message = format!("{:#}", anyhow::Error::from(error));
            remark(format!("{} {message}", paint("error:", Colour::Red)));
            if args.json {
                json(
                    &value!({"hook": hook, "verdict": "deny", "code": "check-failed",
                    "message": message, "error": message}),
                )?;
            } else {
                say("deny: a package that does not load is a no");
            }
            Ok(Exit::No)
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) fn warn(result: &RunResult) {
    for slip in result.unread.iter().chain(&result.notes) {
        remark(format!("{} {slip}", paint("warning:", Colour::Yellow)));
    }
}

fn read(path: &Path) -> Result<Value, Failure> {
    let text = if path == Path::new("-") {
        bounded(std::io::stdin())
    } else {
        std::fs::File::open(path).and_then(bounded)
    };
    let name = match path.to_str() {
        Some("-") => "standard input".to_owned(),
        _ => path.display().to_string(),
    };
    let text = text.with_context(|| format!("cannot read {name}"))?;
    if text.len() as u64 > LARGEST {
        return Err(anyhow::anyhow!("{name} is larger than 1 MiB").into());
    }
    let text = String::from_utf8(text);
    let text = text.with_context(|| format!("{name} is not UTF-8: save it as UTF-8"))?;
    let text = text.trim_start_matches('\u{feff}');
    Ok(serde_json::from_str(text).with_context(|| format!("{name} is not JSON"))?)
}

/// As much of it as is looked at, and a byte more where there is more.
fn bounded(source: impl std::io::Read) -> std::io::Result<Vec<u8>> {
    let mut text = vec![];
    source.take(LARGEST + 1).read_to_end(&mut text)?;
    Ok(text)
}

/// Prints what came of a run, for people.
pub(super) fn print(result: &RunResult) {
    for (level, line) in &result.record.logs {
        remark(paint(&format!("log {level:?}: {line}"), Colour::Dim));
    }
    for asked in &result.record.requests {
        let asked = serde_json::to_value(asked).unwrap_or_default();
        remark(paint(&format!("asked {}", notation(&asked)), Colour::Dim));
    }
    if let Err(fault) = &result.answer {
        remark(format!("{} {fault}", paint("error:", Colour::Red)));
    }
    say(answer(result));
    let took = format!("{} in {} us", result.hook, result.micros);
    remark(paint(&took, Colour::Dim));
}

fn answer(result: &RunResult) -> String {
    match (&result.answer, result.verdict()) {
        (Err(_), Some(_)) => format!("{}: a check that fails is a no", paint("deny", Colour::Red)),
        (Err(_), None) => "nothing: the answer of a hook that fails is dropped".to_owned(),
        (Ok(_), Some(VerdictAnswer::Allow {})) => paint("allow", Colour::Green),
        (Ok(_), Some(VerdictAnswer::Deny { code, message })) => {
            format!("{} {code}: {message}", paint("deny", Colour::Red))
        }
        (Ok(_), Some(VerdictAnswer::Ask { title, message, .. })) => {
            format!("{} {title}: {message}", paint("ask", Colour::Yellow))
        }
        (Ok(_), None) => match plain(&result.to_value()) {
            None => "nothing: the hook abstained".to_owned(),
            Some(shown) => shown,
        },
    }
}

fn plain(value: &Value) -> Option<String> {
    let parts = ["patch", "value", "requests"];
    let part = parts.iter().find_map(|part| value.get(*part))?;
    Some(notation(part))
}
