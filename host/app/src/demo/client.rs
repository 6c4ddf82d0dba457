use std::path::Path;

use anyhow::bail;

/// The client of a demonstration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DemoClient {
    /// The built-in sample client.
    Sample,
    /// A VNC server over the X display of this process, on the loopback alone, with a random
    /// password.
    Vnc,
    /// An installed AnyDesk, only when asked for by name.
    AnyDesk,
    /// An installed RustDesk, only when asked for by name.
    RustDesk,
}

/// Where programs are looked for.
const FOLDERS: [&str; 4] = ["/usr/local/bin", "/usr/bin", "/bin", "/snap/bin"];

impl DemoClient {
    /// Whether there is a client of that name.
    pub(crate) fn is_known(name: &str) -> bool {
        let known = ["sample", "vnc", "anydesk", "rustdesk"];
        known.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// The client that was named; else VNC where a display and a server are there, else the
    /// sample client. An installed AnyDesk or RustDesk is somebody's own: never without its name.
    pub(crate) fn choose(named: Option<&str>) -> anyhow::Result<Self> {
        match named.map(str::to_ascii_lowercase).as_deref() {
            None if has_display() && vnc_server().is_some() => Ok(Self::Vnc),
            None | Some("sample") => Ok(Self::Sample),
            Some("vnc") if !has_display() => {
                bail!("there is no X display to share: none answers at DISPLAY")
            }
            Some("vnc") if vnc_server().is_none() => {
                bail!("neither x11vnc nor x0vncserver is installed")
            }
            Some("vnc") => Ok(Self::Vnc),
            Some("anydesk") => Ok(Self::AnyDesk),
            Some("rustdesk") => Ok(Self::RustDesk),
            Some(other) => bail!("there is no client {other:?}"),
        }
    }

    /// Its policy, as settings of a layer file.
    pub(crate) fn settings(self) -> (&'static str, serde_json::Value) {
        match self {
            Self::Sample => (
                "Integration.Clients.sample",
                serde_json::json!({"Name": "sample"}),
            ),
            Self::Vnc => ("Integration.Vnc", serde_json::json!({"Enabled": true})),
            Self::AnyDesk => ("Integration.AnyDesk", serde_json::json!({"Enabled": true})),
            Self::RustDesk => ("Integration.RustDesk", serde_json::json!({"Enabled": true})),
        }
    }

    /// What it is, in words.
    pub(crate) fn words(self) -> String {
        match self {
            Self::Sample => {
                "the built-in sample client (no display with a VNC server here)".to_owned()
            }
            Self::Vnc => format!(
                "VNC over display {} by {}, on the loopback alone, with a random password",
                std::env::var("DISPLAY").unwrap_or_default(),
                vnc_server().unwrap_or("a VNC server"),
            ),
            Self::AnyDesk => "the installed AnyDesk, as asked for".to_owned(),
            Self::RustDesk => "the installed RustDesk, as asked for".to_owned(),
        }
    }
}

/// A display that is named and gone cannot be shared.
fn has_display() -> bool {
    deskhook_tray::display_answers()
}

fn vnc_server() -> Option<&'static str> {
    ["x11vnc", "X0tigervnc", "x0vncserver"]
        .into_iter()
        .find(|name| {
            FOLDERS
                .iter()
                .any(|folder| Path::new(folder).join(name).exists())
        })
}
