use std::collections::BTreeMap;

use deskhook_hooks::{Bound, ExtensionKind, Grants, Hook, Limit, Phase, Timing};
use deskhook_policy::{Binding, CheckMode, ExtensionPolicy, Resolved, Setting};
use serde::Serialize;

use crate::output::{Colour, counted, paint, say};

/// What `Extensions.Packages.<name>` may say.
const FIELDS: [&str; 6] = [
    "Enabled",
    "Binding",
    "Priority",
    "Capabilities",
    "Budget",
    "Sha256",
];

/// Somebody who hears a hook, and what the policy makes of it.
#[derive(Serialize)]
pub(super) struct Listener {
    pub(super) name: String,
    version: String,
    /// `built-in`, `script`, `plugin`.
    kind: ExtensionKind,
    /// `built-in`, `organisation`: the first are heard first.
    phase: &'static str,
    priority: u8,
    binding: Binding,
    limit_ms: LimitShape,
    capabilities: Capabilities,
    /// The policy's keys that say something of it, each with its layer and place.
    set_by: BTreeMap<String, Setting>,
    /// How its calls went in the running agent; none where none runs, or it does not run there.
    pub(super) timing: Option<Timing>,
}

/// Milliseconds of one call.
#[derive(Serialize)]
pub(super) struct LimitShape {
    cpu: u64,
    wall: u64,
}

/// What it asks for, and what becomes of it.
#[derive(Serialize)]
struct Capabilities {
    /// The manifest asks, and the policy grants all of it.
    granted: Vec<String>,
    /// The policy grants a part: `net:a` of `net:*`.
    partly: Vec<String>,
    /// The policy does not grant it.
    missing: Vec<String>,
    /// The policy grants it, and the manifest does not ask.
    in_vain: Vec<String>,
}

impl From<Limit> for LimitShape {
    fn from(limit: Limit) -> Self {
        let millis =
            |time: std::time::Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self {
            cpu: millis(limit.cpu),
            wall: millis(limit.wall),
        }
    }
}

impl LimitShape {
    /// What a plugin computes is not counted apart.
    pub(super) fn in_words(&self, kind: ExtensionKind) -> String {
        match kind {
            ExtensionKind::Plugin => format!("{} ms", self.wall),
            _ => format!("{} ms computing, {} ms in all", self.cpu, self.wall),
        }
    }
}

/// Those that hear `hook`, in the order in which they are heard.
pub(super) fn listeners(hook: Hook, loaded: &[Bound], resolved: &Resolved) -> Vec<Listener> {
    let hears = |bound: &&Bound| bound.extension.about().hooks.contains(&hook);
    let own = loaded.iter().filter(hears);
    let mut found = built_in(hook, resolved);
    found.extend(own.map(|bound| organisation(hook, bound, resolved)));
    found.sort_by(|one, other| {
        let order = |listener: &Listener| (Phase::of(listener.kind), listener.priority);
        (order(one), &one.name).cmp(&(order(other), &other.name))
    });
    found
}

/// The checks of `Session.Checks`, which the agent has of its own.
fn built_in(hook: Hook, resolved: &Resolved) -> Vec<Listener> {
    if hook != Hook::SessionRequest {
        return vec![];
    }
    let checks = resolved.policy.session.checks.iter();
    let wanted = checks.filter(|(_, mode)| **mode != CheckMode::Off);
    let listener = |(name, mode): (&String, &CheckMode)| Listener {
        name: name.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        kind: ExtensionKind::BuiltIn,
        phase: "built-in",
        priority: ExtensionPolicy::default().priority,
        binding: mode.binding(),
        limit_ms: Limit::of(hook, 0).into(),
        capabilities: capabilities(&[], &[]),
        set_by: settings(resolved, [format!("Session.Checks.{name}")]),
        timing: None,
    };
    wanted.map(listener).collect()
}

fn organisation(hook: Hook, bound: &Bound, resolved: &Resolved) -> Listener {
    let (about, policy) = (bound.extension.about(), &bound.policy);
    let keys = FIELDS.map(|field| format!("Extensions.Packages.{}.{field}", about.name));
    Listener {
        name: about.name.clone(),
        version: about.version.clone(),
        kind: about.kind,
        phase: "organisation",
        priority: policy.priority,
        binding: policy.binding,
        limit_ms: Limit::of(hook, policy.budget).into(),
        capabilities: capabilities(&about.capabilities, &policy.capabilities),
        set_by: settings(resolved, keys),
        timing: None,
    }
}

fn capabilities(asked: &[String], granted: &[String]) -> Capabilities {
    let mut found = Capabilities {
        granted: vec![],
        partly: vec![],
        missing: vec![],
        in_vain: vec![],
    };
    for wish in asked {
        let grants = Grants::new(std::slice::from_ref(wish), granted);
        let kind = wish.split(':').next().unwrap_or_default();
        let list = match (grants.allows(wish), grants.has(kind)) {
            (true, _) => &mut found.granted,
            (false, true) => &mut found.partly,
            (false, false) => &mut found.missing,
        };
        list.push(wish.clone());
    }
    let grants = Grants::new(asked, granted);
    let vain = grants.in_vain().into_iter();
    found.in_vain.extend(vain.map(str::to_owned));
    found
}

fn settings(
    resolved: &Resolved,
    keys: impl IntoIterator<Item = String>,
) -> BTreeMap<String, Setting> {
    let winner = |key: String| {
        let trail = resolved.provenance.get(&key)?;
        Some((key, trail.winner.clone()?))
    };
    keys.into_iter().filter_map(winner).collect()
}

impl Listener {
    pub(super) fn print(&self, position: usize) {
        let binding = match self.binding {
            Binding::Required => "required",
            Binding::Optional => "optional",
        };
        say(format!(
            "  {position:>6}. {} {} ({}, priority {}, {binding})",
            paint(&self.name, Colour::Bold),
            self.version,
            self.phase,
            self.priority
        ));
        let detail = |text: String| say(format!("          {text}"));
        detail(format!("limit {}", self.limit_ms.in_words(self.kind)));
        for (word, list, colour) in [
            ("granted", &self.capabilities.granted, Colour::Green),
            ("partly granted", &self.capabilities.partly, Colour::Yellow),
            ("not granted", &self.capabilities.missing, Colour::Red),
            (
                "granted in vain",
                &self.capabilities.in_vain,
                Colour::Yellow,
            ),
        ] {
            if !list.is_empty() {
                detail(format!("{} {}", paint(word, colour), list.join(", ")));
            }
        }
        for (key, setting) in &self.set_by {
            let place = format!("set by {}, {}", setting.layer, setting.place);
            detail(format!("{key} = {}", setting.value));
            detail(paint(&format!("  {place}"), Colour::Dim));
        }
        if let Some(timing) = &self.timing {
            detail(in_words(timing));
        }
    }
}

/// How calls went, for people.
pub(super) fn in_words(timing: &Timing) -> String {
    let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    let calls = counted(count(timing.calls), "call");
    let millis = |micros: Option<u64>| micros.unwrap_or_default() as f64 / 1000.0;
    if timing.calls == 0 {
        return "not called yet".to_owned();
    }
    format!(
        "{calls}, {}; median {:.1} ms, 95 of 100 within {:.1} ms, last {:.1} ms",
        counted(count(timing.faults), "fault"),
        millis(timing.median_micros),
        millis(timing.p95_micros),
        millis(timing.last_micros)
    )
}
