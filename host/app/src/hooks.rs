//! `hooks list` and `hooks explain`.

mod provenance;

use clap::Subcommand;
use deskhook_agent::Rejected;
use deskhook_hooks::{Body, Hook, Limit};
use serde_json::{Value, json as value};

use crate::output::{Colour, Exit, Failure, Form, Outcome, json, paint, say};
use crate::settings::AgentSettings;
use crate::{agent, extensions};

/// The hooks that there are, and who hears them.
#[derive(Subcommand)]
pub(crate) enum Hooks {
    /// Every hook with its kind and what it answers
    List {
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// One hook: its input, its answer, its limits, and who hears it in which order
    Explain {
        /// The hook, such as session.request
        hook: String,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        settings: Box<AgentSettings>,
    },
}

/// Does what the command says.
pub(crate) fn run(command: Hooks) -> Outcome {
    match command {
        Hooks::List { json: as_json } => list(as_json.into()),
        Hooks::Explain {
            hook,
            json: as_json,
            settings,
        } => {
            let hook = Hook::parse(&hook).map_err(|error| Failure::Usage(error.into()))?;
            explain(hook, &settings.over_file()?, as_json.into())
        }
    }
}

fn list(form: Form) -> Outcome {
    let describe =
        |hook: Hook| value!({"name": hook.name(), "kind": hook.kind(), "answer": hook.wants()});
    if form == Form::Json {
        json(&Hook::ALL.map(describe))?;
        return Ok(Exit::Done);
    }
    for hook in Hook::ALL {
        let kind = serde_json::to_value(hook.kind())?;
        say(format!(
            "{:<20} {:<10} {}",
            hook.name(),
            kind.as_str().unwrap_or_default(),
            hook.wants()
        ));
    }
    Ok(Exit::Done)
}

/// Somebody who hears a hook.
#[derive(serde::Serialize)]
struct Listener {
    name: String,
    version: String,
    priority: u8,
    binding: Value,
}

fn explain(hook: Hook, settings: &AgentSettings, form: Form) -> Outcome {
    let (listeners, rejected) = listeners(hook, settings);
    let limit = Limit::of(hook, 0);
    let last = provenance::last(hook, settings)?;
    let fields = fields(hook);
    if form == Form::Json {
        json(&value!({
            "name": hook.name(), "kind": hook.kind(), "answer": hook.wants(), "input": fields,
            "limit_ms": {"cpu": limit.cpu.as_millis() as u64, "wall": limit.wall.as_millis() as u64},
            "listeners": listeners,
            "rejected": rejected.iter().map(|one| value!([one.name, one.why])).collect::<Vec<_>>(),
            "last_run": last,
        }))?;
        return Ok(Exit::Done);
    }
    say(format!(
        "{} ({})",
        paint(hook.name(), Colour::Bold),
        kind_word(hook)
    ));
    say(format!("  answer  {}", hook.wants()));
    say(format!(
        "  limit   {} ms computing, {} ms in all",
        limit.cpu.as_millis(),
        limit.wall.as_millis()
    ));
    say("  input   hook, now, device, person, policy_version and:");
    for (name, text) in fields.as_object().into_iter().flatten() {
        say(format!(
            "          {name}: {}",
            text.as_str().unwrap_or_default()
        ));
    }
    say("  heard by, in order:");
    for listener in &listeners {
        say(format!(
            "          {} {} (priority {}, {})",
            listener.name, listener.version, listener.priority, listener.binding
        ));
    }
    if listeners.is_empty() {
        say("          nobody");
    }
    for Rejected { name, why, .. } in rejected {
        say(paint(&format!("  rejected {name}: {why}"), Colour::Yellow));
    }
    last.iter().for_each(provenance::print);
    Ok(Exit::Done)
}

fn kind_word(hook: Hook) -> String {
    serde_json::to_value(hook.kind())
        .ok()
        .and_then(|kind| kind.as_str().map(str::to_owned))
        .unwrap_or_default()
}

/// Name and sentence of each field of the hook's input.
fn fields(hook: Hook) -> Value {
    let schema = serde_json::to_value(Body::schema(hook)).unwrap_or(Value::Null);
    let properties = schema
        .get("properties")
        .and_then(Value::as_object)
        .cloned()
        .unwrap_or_default();
    let sentence = |(name, field): (String, Value)| {
        let text = field
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let text = text.lines().next().unwrap_or_default();
        (name, Value::from(format!("{text}{}", words(&field))))
    };
    Value::Object(properties.into_iter().map(sentence).collect())
}

/// The words that a field may be, where they are a closed set.
fn words(field: &Value) -> String {
    let words = field.get("enum").and_then(Value::as_array);
    let words = words.map(|all| all.iter().filter_map(Value::as_str).collect::<Vec<_>>());
    words.map_or(String::new(), |all| format!(" One of: {}.", all.join(", ")))
}

fn listeners(hook: Hook, settings: &AgentSettings) -> (Vec<Listener>, Vec<Rejected>) {
    let config = agent::config(settings);
    let loaded = deskhook_source::load(&config.policy, &config.subject(), None);
    let set = extensions::load(&config.extensions, &loaded.resolved.policy, &[]);
    let hears = set
        .loaded
        .iter()
        .filter(|bound| bound.extension.about().hooks.contains(&hook));
    let mut found: Vec<Listener> = hears
        .map(|bound| Listener {
            name: bound.extension.about().name.clone(),
            version: bound.extension.about().version.clone(),
            priority: bound.policy.priority,
            binding: serde_json::to_value(bound.policy.binding).unwrap_or(Value::Null),
        })
        .collect();
    found.sort_by(|one, other| (one.priority, &one.name).cmp(&(other.priority, &other.name)));
    (found, set.rejected)
}
