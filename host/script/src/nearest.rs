use deskhook_hooks::Hook;

/// Longer names were meant to be none of ours. Comparing takes time that no meter sees.
const LONGEST: usize = 64;

/// The one of `names` that `name` was most likely meant to be, if any is near.
pub(crate) fn nearest<'a>(name: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let name = name.to_lowercase();
    let distance = |known: &str| strsim::damerau_levenshtein(&name, known);
    let near = names.into_iter().map(|known| (distance(known), known));
    let best = near.min_by_key(|(distance, _)| *distance)?;
    let bound = (best.1.len() / 3).max(1);
    (best.0 <= bound).then_some(best.1)
}

/// `; did you mean "x"?`, or nothing.
pub(crate) fn did_you_mean(name: Option<&str>) -> String {
    name.map(|name| format!("; did you mean {name:?}?"))
        .unwrap_or_default()
}

/// The hook that `name` was most likely meant to be, if any is near.
pub fn nearest_hook(name: &str) -> Option<Hook> {
    Hook::parse(nearest(name, Hook::ALL.map(Hook::name))?).ok()
}
