use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use sha2::{Digest as _, Sha256};

use crate::failure::Failure;

const CSS: &str = concat!(
    include_str!("../../assets/tokens.css"),
    include_str!("../../assets/frame.css"),
    include_str!("../../assets/tables.css"),
    include_str!("../../assets/forms.css"),
    include_str!("../../assets/device.css"),
);
const SCRIPT: &str = concat!(
    include_str!("../../assets/portal.js"),
    include_str!("../../assets/live.js"),
    include_str!("../../assets/forms.js"),
);
const ICON: &str = include_str!("../../assets/icon.svg");
const ICONS: &str = include_str!("../../assets/icons.svg");

/// Changes with what is in the files, so that browsers may keep them for ever.
static VERSION: LazyLock<String> = LazyLock::new(|| {
    let digest = Sha256::digest([CSS, SCRIPT, ICON, ICONS].concat());
    hex::encode(&digest[..8])
});

/// Where a file of ours is.
pub(crate) fn path(file: &str) -> String {
    format!("/assets/{}/{file}", *VERSION)
}

/// A style, script or picture; only these, out of the binary.
pub(crate) async fn asset(
    Path((_version, file)): Path<(String, String)>,
) -> Result<Response, Failure> {
    let (kind, text) = match file.as_str() {
        "portal.css" => ("text/css; charset=utf-8", CSS),
        "portal.js" => ("text/javascript; charset=utf-8", SCRIPT),
        "icon.svg" => ("image/svg+xml", ICON),
        "icons.svg" => ("image/svg+xml", ICONS),
        _ => return Err(Failure::NotFound),
    };
    let kept = "public, max-age=31536000, immutable";
    Ok(([(CONTENT_TYPE, kind), (CACHE_CONTROL, kept)], text).into_response())
}
