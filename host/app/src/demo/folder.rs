use std::path::{Path, PathBuf};

use anyhow::Context as _;
use deskhook_native::Signer;
use include_dir::{Dir, include_dir};
use serde_json::json;

use super::client::DemoClient;

/// The hook packages that ship, as they stand in the source tree.
static PACKAGES: Dir = include_dir!("$CARGO_MANIFEST_DIR/../../scripts/packages");
/// The manifest of the example plugin, without the library's hash.
const PLUGIN: &str = include_str!("../../../../plugins/examples/free-space/deskhook-plugin.json");
/// The file name of the example plugin's library.
const LIBRARY: &str = if cfg!(windows) {
    "free_space.dll"
} else if cfg!(target_os = "macos") {
    "libfree_space.dylib"
} else {
    "libfree_space.so"
};

/// The sample organisation in a folder: policy, hook packages, one native plugin.
pub(crate) struct DemoFolder {
    /// The folder.
    pub(crate) root: PathBuf,
    /// Why there is no native plugin, if there is none.
    pub(crate) no_plugin: Option<String>,
    /// The agent's control socket: in the folder, unless its path would be too long for one.
    pub(crate) socket: PathBuf,
    /// Removed at the end: the folder itself and that of the socket, where they are temporary.
    _temporary: Vec<tempfile::TempDir>,
}

/// The longest path of a Unix socket, in bytes (`sun_path` of unix(7), less its end).
const LONGEST_SOCKET: usize = 107;

impl DemoFolder {
    /// Lays the organisation out in `dir`, or in a temporary folder. What is there already of a
    /// former demonstration is written anew; anything else is left alone.
    pub(crate) fn lay_out(dir: Option<PathBuf>, client: DemoClient) -> anyhow::Result<Self> {
        let mut temporary = vec![];
        let mut fresh = || -> anyhow::Result<PathBuf> {
            let made = tempfile::Builder::new()
                .prefix("deskhook-demo-")
                .tempdir()?;
            let path = made.path().to_owned();
            temporary.push(made);
            Ok(path)
        };
        let root = match dir {
            // Paths in layer files and of the client are used from other folders.
            Some(dir) => std::path::absolute(dir)?,
            None => fresh()?,
        };
        let mut socket = root.join("agent.sock");
        if socket.as_os_str().len() > LONGEST_SOCKET {
            socket = fresh()?.join("agent.sock");
        }
        for folder in ["policy.d", "packages", "plugins", "portal", "agent"] {
            let path = root.join(folder);
            std::fs::create_dir_all(&path)
                .with_context(|| format!("cannot make {}", path.display()))?;
        }
        let packages = root.join("packages");
        PACKAGES
            .extract(&packages)
            .with_context(|| format!("cannot write {}", packages.display()))?;
        let plugin = install_plugin(&root);
        write_policy(&root, client, plugin.as_deref().ok())?;
        let no_plugin = plugin.err().map(|error| format!("{error:#}"));
        Ok(Self {
            root,
            no_plugin,
            socket,
            _temporary: temporary,
        })
    }

    /// A folder or file in it.
    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }
}

/// The publisher's key.
fn install_plugin(root: &Path) -> anyhow::Result<String> {
    let own = std::env::current_exe()?;
    let folder = own.parent().context("this program lies in no folder")?;
    let library = folder.join(LIBRARY);
    anyhow::ensure!(
        library.exists(),
        "{} is not there; `cargo build` makes it",
        library.display()
    );
    let installed = deskhook_native::install(PLUGIN, &library, &root.join("plugins"))?;
    let (mut seed, mut id) = ([0; 32], [0; 8]);
    for bytes in [&mut seed[..], &mut id] {
        getrandom::fill(bytes).context("the system gives no random numbers")?;
    }
    // A publisher for this demonstration alone: its secret key is written nowhere.
    let signer = Signer::new(&seed, id);
    deskhook_native::sign(&installed, &signer)?;
    Ok(signer.public_line())
}

/// A demonstration works on a Sunday night too.
fn open_all_week() -> serde_json::Value {
    let days = [
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
        "Sunday",
    ];
    days.into_iter()
        .map(|day| (day.to_owned(), json!("00:00-24:00")))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn write_policy(root: &Path, client: DemoClient, publisher: Option<&str>) -> anyhow::Result<()> {
    let (key, value) = client.settings();
    let mut tenant = json!({
        "scope": "tenant",
        "name": "Northwind Help Desk",
        "settings": {
            "Organization.Name": "Northwind Help Desk",
            "Session.Checks": {"free-disk": "deny", "power": "warn"},
            "Session.Consent": {"Mode": "always", "TimeoutSeconds": 60},
            "Session.MaxMinutes": 120,
            "Tray.Tooltip": {"en": "Northwind Help Desk", "de": "Northwind-Helpdesk"},
            "WebLinks": [{"Name": {"en": "Help pages", "de": "Hilfeseiten"}, "Target": "https://help.northwind.example", "Platform": "any"}],
            "Elevation": {"Enabled": true, "Programs": ["/usr/bin/id"], "MaxMinutes": 5},
            "BusinessHours": {"Open": open_all_week()},
            "Helpdesk": {"Name": "Northwind Help Desk", "Phone": "+1 555 0100", "QuickReasons": ["Printer", "VPN"], "AssetTag": "NW-0042"},
            "Extensions.Packages.business-hours": {"Capabilities": ["policy:BusinessHours"]},
            "Extensions.Packages.device-posture": {"Enabled": false},
            "Extensions.Packages.events-webhook": {"Enabled": false},
            "Extensions.Packages.ticket-required": {"Enabled": false},
            "Extensions.Packages.helpdesk-branding": {"Binding": "optional", "Capabilities": ["policy:Helpdesk"]}
        }
    });
    tenant["settings"][key] = value;
    if let Some(publisher) = publisher {
        tenant["settings"]["Extensions.Publishers"] = json!({ "Deskhook": publisher });
        tenant["settings"]["Extensions.Packages"] =
            json!({"org.deskhook.free-space": {"Capabilities": ["policy:FreeSpace"]}});
    }
    let file = root.join("policy.d/10-tenant.json");
    std::fs::write(&file, serde_json::to_string_pretty(&tenant)?)
        .with_context(|| format!("cannot write {}", file.display()))?;
    let text = format!("Key = {key}.Ui.TrayMenuTextEnglish\nValue = \"Get help from Northwind\"\n");
    let file = root.join("policy.d/everyone.kv");
    std::fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))
}
