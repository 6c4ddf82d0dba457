use axum::http::HeaderMap;
use url::Url;

use crate::PortalConfig;
use crate::failure::Failure;

/// Refuses what a page of another site sent. A browser says where a form comes from; who says
/// nothing is no browser and has to use an API key.
pub(crate) fn check(config: &PortalConfig, headers: &HeaderMap) -> Result<(), Failure> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site")
        && !matches!(site, "same-origin" | "none")
    {
        return Err(Failure::Forged);
    }
    let origin = text("origin").and_then(|origin| Url::parse(origin).ok());
    let origin = origin.ok_or(Failure::Forged)?;
    let public = config
        .public_url
        .as_ref()
        .is_some_and(|url| url.origin() == origin.origin());
    let host =
        text("host").and_then(|host| Url::parse(&format!("{}://{host}", origin.scheme())).ok());
    let local = host.is_some_and(|host| host.origin() == origin.origin());
    if public || local {
        Ok(())
    } else {
        Err(Failure::Forged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;

    fn checked(pairs: &[(&'static str, &str)]) -> bool {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), value.parse().unwrap())
        };
        let headers: HeaderMap = pairs.iter().map(pair).collect();
        let config = PortalConfig {
            public_url: Some(Url::parse("https://help.example").unwrap()),
            ..PortalConfig::default()
        };
        check(&config, &headers).is_ok()
    }

    #[test]
    fn only_the_portals_own_pages_may_send_forms() {
        let local = ("host", "127.0.0.1:8460");
        assert!(checked(&[local, ("origin", "http://127.0.0.1:8460")]));
        assert!(checked(&[local, ("origin", "https://help.example")]));
        assert!(checked(&[
            local,
            ("origin", "https://help.example"),
            ("sec-fetch-site", "same-origin")
        ]));
        assert!(!checked(&[local]));
        assert!(!checked(&[local, ("origin", "null")]));
        assert!(!checked(&[local, ("origin", "http://127.0.0.1:9999")]));
        assert!(!checked(&[local, ("origin", "https://evil.example")]));
        assert!(!checked(&[
            local,
            ("origin", "http://127.0.0.1:8460"),
            ("sec-fetch-site", "cross-site")
        ]));
    }
}
