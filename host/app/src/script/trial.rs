use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;
use deskhook_hooks::{Hook, Kind};
use deskhook_script::{Fakes, RunError, RunResult, run as run_hook};
use serde_json::{Value, json as value};

use super::RunArgs;
use crate::output::{Colour, Exit, Failure, Outcome, json, paint, remark, say};

/// The largest input, in bytes.
const LARGEST: u64 = 1 << 20;

/// `script run`: of a hook that decides, everything but an allowance or an abstention is a no.
pub(super) fn run(args: &RunArgs) -> Outcome {
    let hook = Hook::parse(&args.hook).map_err(|error| Failure::Usage(error.into()))?;
    let input = read(&args.input)?;
    let fakes = match &args.fakes {
        Some(path) => Fakes::read(&read(path)?)?,
        None => Fakes::default(),
    };
    match run_hook(&args.dir, hook, input, fakes) {
        Ok(result) => {
            for slip in &result.unread {
                remark(format!("{} {slip}", paint("warning:", Colour::Yellow)));
            }
            if args.json {
                json(&result.to_value())?;
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
            if args.json {
                json(&value!({"hook": hook, "verdict": "deny", "error": message}))?;
            } else {
                remark(format!("{} {message}", paint("error:", Colour::Red)));
                say("deny: a package that does not load is a no");
            }
            Ok(Exit::No)
        }
        Err(error) => Err(error.into()),
    }
}

fn read(path: &Path) -> Result<Value, Failure> {
    let mut text = String::new();
    let from = || format!("cannot read {}", path.display());
    if path == Path::new("-") {
        std::io::stdin()
            .take(LARGEST)
            .read_to_string(&mut text)
            .with_context(from)?;
    } else {
        std::fs::File::open(path)
            .with_context(from)?
            .take(LARGEST)
            .read_to_string(&mut text)
            .with_context(from)?;
    }
    let text = text.trim_start_matches('\u{feff}');
    Ok(serde_json::from_str(text).with_context(|| format!("{} is not JSON", path.display()))?)
}

fn print(result: &RunResult) {
    for (level, line) in &result.record.logs {
        remark(paint(&format!("log {level:?}: {line}"), Colour::Dim));
    }
    match &result.answer {
        Ok(answer) => {
            let shown = answer.to_value();
            say(if shown.is_null() {
                "nothing: the hook abstained".to_owned()
            } else {
                shown.to_string()
            });
        }
        Err(fault) => {
            remark(format!("{} {fault}", paint("error:", Colour::Red)));
            if result.hook.kind() == Kind::Decide {
                say("deny: a check that fails is a no");
            }
        }
    }
    remark(paint(
        &format!("{} in {} us", result.hook, result.micros),
        Colour::Dim,
    ));
}
