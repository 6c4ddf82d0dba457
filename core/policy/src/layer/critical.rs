use std::ops::Range;

use super::{Key, Layer, empty};
use crate::{Place, Problem};

/// The keys that decide what code runs on a device and who gets in. `*` is any one name, and at
/// the end of a name any ending; what lies below such a key is one as well.
///
/// Bootstrapper, extensions, access control and elevation; beside them what would get round
/// those: a whole client of one's own starts any program, `Client.*` holds the vendor's keys for
/// the access list and unattended access, VNC's `Listen` and `ViewOnly` say who can connect and
/// do what, and without the questions of `Session.Consent` nobody has to be asked. `Enabled` is
/// not among them: what it switches on is a program that a critical key pins, or that is installed.
const CRITICAL: &[&[&str]] = &[
    &["elevation"],
    &["extensions"],
    &["integration", "clients"],
    &["integration", "*", "allowunpinned"],
    &["integration", "*", "bootstrapper*"],
    &["integration", "*", "client"],
    &["integration", "vnc", "listen"],
    &["integration", "vnc", "viewonly"],
    &["session", "consent"],
];

/// What lies below a critical key and is none.
const HARMLESS: &[&[&str]] = &[&["session", "consent", "text"]];

impl Layer {
    /// What in this layer only a critical bundle may say: every place that sets or removes a
    /// critical key, takes away what such a key stands in, or puts a value where it would stand.
    /// Values that are refused count as well.
    ///
    /// Critical are `Elevation`, `Extensions`, `Integration.Clients`; of any other client under
    /// `Integration` what begins with `Bootstrapper`, `AllowUnpinned` and `Client`; of
    /// `Integration.Vnc` also `Listen` and `ViewOnly`; of `Session.Consent` all but `Text`.
    pub fn critical_places(&self) -> Vec<Problem> {
        let removed = self.removals.iter().map(|(key, span)| (key, span));
        let refused = self.flat.refused.iter().map(|it| (&it.key, &it.span));
        let named = removed.chain(refused).filter(|(key, _)| touches(key));
        // An object without keys changes nothing of what is inside it elsewhere.
        let set = self.flat.settings.iter().filter(|setting| {
            let inside = is_critical(&setting.key);
            inside || (setting.value != empty() && touches(&setting.key))
        });
        let set = set.map(|setting| (&setting.key, &setting.span));
        let mut found: Vec<(&Key, &Range<usize>)> = named.chain(set).collect();
        found.sort_by_key(|(_, span)| span.start);
        let problem = |(key, span): (&Key, &Range<usize>)| {
            let place = Place::new(&self.source, span.clone());
            let message = format!("{key} is for critical bundles, and this is a routine one");
            Problem::error("critical-key", place, message)
                .with_help("sign this layer with the critical key, or take the key out of it")
                .with_key(key.to_string())
        };
        found.into_iter().map(problem).collect()
    }
}

/// Whether it is a critical key, or below one.
fn is_critical(key: &Key) -> bool {
    let below = |patterns: &[&[&str]]| {
        let path = path(key);
        let mut patterns = patterns.iter();
        patterns.any(|pattern| path.len() >= pattern.len() && fits(pattern, &path))
    };
    below(CRITICAL) && !below(HARMLESS)
}

/// Whether it is a critical key, below one, or above one.
fn touches(key: &Key) -> bool {
    let path = path(key);
    let mut patterns = CRITICAL.iter();
    is_critical(key) || patterns.any(|pattern| path.len() < pattern.len() && fits(pattern, &path))
}

fn path(key: &Key) -> Vec<&str> {
    key.segments().map(|(lower, _)| lower).collect()
}

/// Whether both are the same as far as both go.
fn fits(pattern: &[&str], path: &[&str]) -> bool {
    let mut names = pattern.iter().zip(path);
    names.all(|(wanted, name)| match wanted.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => *name == *wanted,
    })
}
