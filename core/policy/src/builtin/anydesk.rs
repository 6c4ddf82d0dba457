use super::{executable, query, texts};
use crate::{ClientSpec, Launch, LinkForm, Query, Stop};

impl ClientSpec {
    /// AnyDesk, or an organisation's custom build of it where `suffix` is not empty.
    ///
    /// The address is the ID that `--get-id` prints: 9 or 10 digits. Until its service runs
    /// and is registered, AnyDesk answers `SERVICE_NOT_RUNNING`, nothing, or `0`. A portable
    /// client has no alias, so `--get-alias` comes second. The address is told once
    /// `--get-status` says that the client is online. One that runs already is asked, and not
    /// started again: a second start would only wake the first, and end.
    ///
    /// The link takes the form of custom clients of my.anydesk II,
    /// `anydesk:AnyDesk-ad_<suffix>:<address>`: it opens the supporter's client, whose build
    /// decides. `acme_msi` as suffix gives the form of an MSI; a leading `ad_` is not doubled.
    /// Without a suffix it is the standard `anydesk:<address>`.
    pub fn anydesk(suffix: &str) -> Self {
        let suffix = suffix.strip_prefix("ad_").unwrap_or(suffix);
        let not_ready = ["SERVICE_NOT_RUNNING", "0"];
        Self {
            otherwise: vec![],
            name: "anydesk".to_owned(),
            display_name: "AnyDesk".to_owned(),
            executables: executables(suffix),
            download: None,
            launch: Launch {
                allowed_arguments: texts(&["--plain", "--silent"]),
                service: true,
                ..Launch::default()
            },
            address: vec![
                query(&["--get-id"], &not_ready, 60),
                query(&["--get-alias"], &not_ready, 5),
            ],
            ready: Some(Query {
                arguments: texts(&["--get-status"]),
                not_ready: texts(&["offline", "SERVICE_NOT_RUNNING"]),
                patience_seconds: 10,
            }),
            stop: Stop::Terminate,
            link: LinkForm {
                template: "anydesk:AnyDesk-ad_{suffix}:{address}".to_owned(),
                without_suffix: "anydesk:{address}".to_owned(),
                suffix: suffix.to_owned(),
            },
        }
    }
}

fn executables(suffix: &str) -> Vec<crate::Executable> {
    let windows = |name: String| {
        let path = format!("C:\\Program Files (x86)\\{name}\\{name}.exe");
        executable("windows", path)
    };
    let standard = [
        executable("linux", "anydesk"),
        windows("AnyDesk".to_owned()),
        executable("macos", "/Applications/AnyDesk.app/Contents/MacOS/AnyDesk"),
    ];
    if suffix.is_empty() {
        return standard.into();
    }
    // Builds of my.anydesk II carry `ad_` before their prefix, those of my.anydesk I do not.
    let custom = ["AnyDesk-ad_", "AnyDesk-"].map(|lead| windows(format!("{lead}{suffix}")));
    custom.into_iter().chain(standard).collect()
}
