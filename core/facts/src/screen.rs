//! The person's screen.

use crate::bounded;

/// `wayland`, `x11` or `none`; nothing on systems that have another one.
pub(crate) fn server() -> Option<&'static str> {
    if cfg!(any(windows, target_os = "macos")) {
        return None;
    }
    let has = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if has("WAYLAND_DISPLAY") {
        Some("wayland")
    } else if has("DISPLAY") {
        Some("x11")
    } else {
        Some("none")
    }
}

/// Whether the session is locked, as systemd-logind was told by the desktop.
pub(crate) fn is_locked() -> Option<bool> {
    let session = std::env::var("XDG_SESSION_ID").ok()?;
    let plain = !session.is_empty() && session.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let ask = [
        "show-session",
        "--value",
        "--property=LockedHint",
        "--",
        session.as_str(),
    ];
    let told = plain.then(|| bounded::answer("/usr/bin/loginctl", &ask))??;
    match told.as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}
