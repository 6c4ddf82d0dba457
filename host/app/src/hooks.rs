//! `hooks list` and `hooks explain`.

mod listener;
mod provenance;
mod running;

use clap::Subcommand;
use deskhook_agent::{ExtensionPlaces, Rejected, absent};
use deskhook_hooks::{Body, ExtensionKind, Hook, Limit};
use deskhook_policy::Policy;
use deskhook_wire::TimingShape;
use serde_json::{Value, json as value};

use crate::output::{Colour, Exit, Form, Outcome, json, paint, say};
use crate::settings::AgentSettings;
use crate::{agent, extensions, script};
use listener::{LimitShape, Listener, listeners};
use running::Running;

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
            let hook = script::hook(&hook)?;
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
        say(format!(
            "{:<20} {:<10} {}",
            hook.name(),
            hook.kind().word(),
            hook.wants()
        ));
    }
    Ok(Exit::Done)
}

/// What there is to say of one hook.
struct Explained {
    hook: Hook,
    listeners: Vec<Listener>,
    rejected: Vec<Rejected>,
    /// Packages that would hear it and that the policy switches off.
    off: Vec<String>,
    running: Running,
    /// What the last run in the running agent came from.
    last: Option<deskhook_hooks::Provenance>,
}

fn explain(hook: Hook, settings: &AgentSettings, form: Form) -> Outcome {
    let config = agent::config(settings);
    let resolved = crate::doctor::loaded(&config).resolved;
    let mut set = extensions::look(&config.extensions, &resolved.policy)?;
    let lost = absent(&resolved.policy, &config.extensions, &set);
    set.rejected.extend(lost);
    let mut listeners = listeners(hook, &set.loaded, &resolved);
    let running = running::ask(hook, settings)?;
    if let Running::Heard(timings) = &running {
        for listener in &mut listeners {
            let found = timings.iter().find(|timing| timing.name == listener.name);
            listener.timing = found.map(|found| found.timing.clone());
        }
    }
    let explained = Explained {
        hook,
        last: provenance::last(hook, settings)?,
        listeners,
        rejected: set.rejected,
        off: switched_off(hook, &config.extensions, &resolved.policy),
        running,
    };
    match form {
        Form::Json => json(&explained.document())?,
        Form::Text => explained.print(),
    }
    Ok(Exit::Done)
}

fn switched_off(hook: Hook, places: &ExtensionPlaces, policy: &Policy) -> Vec<String> {
    let found = extensions::installed(places).into_iter();
    let off =
        found.filter(|one| one.hooks.contains(&hook) && !policy.extensions.of(&one.name).enabled);
    off.map(|one| one.name).collect()
}

impl Explained {
    fn document(&self) -> Value {
        let hook = self.hook;
        let agent = match &self.running {
            Running::Heard(listeners) => {
                let names = listeners.iter().map(|one| one.name.as_str());
                value!({"running": true, "heard_by": names.collect::<Vec<_>>()})
            }
            Running::Silent(why) => value!({"running": false, "message": why}),
        };
        let rejected = self.rejected.iter();
        value!({
            "name": hook.name(), "kind": hook.kind(), "answer": hook.wants(), "input": fields(hook),
            "limit_ms": LimitShape::from(Limit::of(hook, 0)),
            "listeners": self.listeners, "switched_off": self.off,
            "rejected": rejected.map(|one| value!([one.name, one.why])).collect::<Vec<_>>(),
            "agent": agent, "last_run": self.last,
        })
    }

    fn print(&self) {
        let hook = self.hook;
        say(format!(
            "{} ({})",
            paint(hook.name(), Colour::Bold),
            hook.kind().word()
        ));
        say(format!("  answer  {}", hook.wants()));
        let limit = LimitShape::from(Limit::of(hook, 0));
        say(format!(
            "  limit   {}",
            limit.in_words(ExtensionKind::Script)
        ));
        say("  input   hook, now, device, person, policy_version and:");
        for (name, text) in fields(hook).as_object().into_iter().flatten() {
            let text = text.as_str().unwrap_or_default();
            say(format!("          {name}: {text}"));
        }
        say("  heard by, in order:");
        for (index, listener) in self.listeners.iter().enumerate() {
            listener.print(index + 1);
        }
        if self.listeners.is_empty() {
            say("          nobody");
        }
        self.print_others();
        self.last.iter().for_each(provenance::print);
    }

    fn print_others(&self) {
        for name in &self.off {
            let key = format!("Extensions.Packages.{name}.Enabled");
            let line = format!("  switched off {name}: deskhook policy explain {key}");
            say(paint(&line, Colour::Yellow));
        }
        for Rejected { name, why, .. } in &self.rejected {
            say(paint(&format!("  rejected {name}: {why}"), Colour::Yellow));
        }
        match &self.running {
            Running::Silent(why) => {
                say(paint(&format!("  times are not known: {why}"), Colour::Dim));
            }
            Running::Heard(listeners) => {
                let names: Vec<&str> = listeners.iter().map(|one| one.name.as_str()).collect();
                let own = self.listeners.iter().map(|listener| listener.name.as_str());
                if !own.eq(names.iter().copied()) {
                    say(paint("  the running agent has others:", Colour::Yellow));
                    for TimingShape { name, timing } in listeners {
                        say(format!("          {name}: {}", listener::in_words(timing)));
                    }
                }
            }
        }
    }
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
