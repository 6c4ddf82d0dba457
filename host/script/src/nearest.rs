use deskhook_hooks::Hook;
pub(crate) use deskhook_hooks::nearest;

/// `; did you mean "x"?`, or nothing.
pub(crate) fn did_you_mean(name: Option<&str>) -> String {
    name.map(|name| format!("; did you mean {name:?}?"))
        .unwrap_or_default()
}

/// The hook that `name` was most likely meant to be, if any is near.
pub fn nearest_hook(name: &str) -> Option<Hook> {
    Hook::parse(nearest(name, Hook::ALL.map(Hook::name))?).ok()
}
