//! Native plugins of a [`TestAgent`], packed and signed by the commands that their vendors use.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::agent::TestAgent;
use crate::process::run;

/// How the fixtures in C are built.
const FLAGS: [&str; 8] = [
    "-std=gnu11",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-O0",
    "-fPIC",
    "-shared",
    "-pthread",
];

impl TestAgent {
    /// Installs an example plugin into its plugins folder, packed and signed; the library.
    ///
    /// # Errors
    /// When it was not built or cannot be packed.
    pub fn plugin(&self, name: &str) -> Result<PathBuf> {
        let built = crate::artifacts().plugins.get(name);
        self.plugin_of(
            name,
            built.with_context(|| format!("no plugin {name} was built"))?,
        )
    }

    /// The same with a library that was built elsewhere.
    ///
    /// # Errors
    /// When it cannot be packed.
    pub fn plugin_of(&self, name: &str, built: &Path) -> Result<PathBuf> {
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/examples");
        let installed = self.install(&examples.join(name), built)?;
        let file = built.file_name().context("a library has a name")?;
        Ok(installed.join(file))
    }

    /// Builds the plugin in C `tests/fixtures/plugins/NAME.c` and installs it as `org.example.NAME`,
    /// signed; its folder. `define` is what the compiler's -D says; `VERSION="1.1.0"` is the manifest's
    /// version as well.
    ///
    /// # Errors
    /// When it cannot be built.
    pub fn plugin_in_c(&self, name: &str, hooks: &[&str], define: Option<&str>) -> Result<PathBuf> {
        let top = Path::new(env!("CARGO_MANIFEST_DIR"));
        let version = define.and_then(|it| it.strip_prefix("VERSION="));
        let version = version.map_or("1.0.0", |it| it.trim_matches('"'));
        let manifest = serde_json::json!({
            "id": format!("org.example.{name}"), "version": version, "abi": "1.0",
            "publisher": "Deskhook", "hooks": hooks,
        });
        let draft = format!("drafts/{name}");
        let manifest = self.home().write(
            &format!("{draft}/deskhook-plugin.json"),
            manifest.to_string(),
        )?;
        let library = self.home().path().join(draft).join(format!("lib{name}.so"));
        let mut compiler = Command::new("cc");
        compiler
            .args(FLAGS)
            .args(define.map(|it| format!("-D{it}")))
            .arg("-I")
            .arg(top.join("../plugins/abi/include"))
            .arg(top.join("fixtures/plugins").join(format!("{name}.c")))
            .arg("-o")
            .arg(&library);
        let built = run(&mut compiler)?;
        ensure!(built.code == Some(0), "{}", built.stderr);
        self.install(&manifest, &library)
    }

    /// Signs an installed plugin with a key of this home's, which a layer of its own trusts.
    ///
    /// # Errors
    /// When that cannot be done.
    pub fn sign(&self, id: &str) -> Result<()> {
        self.sign_at(&self.home().path().join("plugins").join(id))
    }

    /// Packs and signs a plugin aside and puts it in place whole, as an installer does; its folder.
    fn install(&self, manifest: &Path, library: &Path) -> Result<PathBuf> {
        let aside = self.home().path().join("aside");
        let [manifest, library, out] =
            [manifest, library, &aside].map(|path| path.display().to_string());
        let pack = [
            "plugin", "pack", &manifest, &library, "--out", &out, "--json",
        ];
        let packed = self.deskhook(&pack)?;
        ensure!(packed.code == Some(0), "not packed: {}", packed.stderr);
        let told: Value = serde_json::from_str(&packed.stdout)?;
        let folder = Path::new(told["folder"].as_str().context("it has a folder")?);
        self.sign_at(folder)?;
        let id = folder.file_name().context("its folder is called so")?;
        let installed = self.home().path().join("plugins").join(id);
        if installed.exists() {
            fs::rename(&installed, aside.join("before"))?;
        }
        fs::rename(folder, &installed)?;
        fs::remove_dir_all(&aside)?;
        Ok(installed)
    }

    fn sign_at(&self, folder: &Path) -> Result<()> {
        let key = self.home().path().join("publisher.key");
        let shown = key.display().to_string();
        if !key.exists() {
            let made = self.deskhook(&["plugin", "keygen", "--out", &shown])?;
            ensure!(made.code == Some(0), "no key: {}", made.stderr);
            let trusted = serde_json::json!({ "Deskhook": made.stdout.trim() });
            let settings = serde_json::json!({ "Extensions.Publishers": trusted });
            let layer =
                serde_json::json!({ "scope": "tenant", "priority": 900, "settings": settings });
            self.policy("publishers.json", &layer)?;
        }
        let folder = folder.display().to_string();
        let signed = self.deskhook(&["plugin", "sign", "--key", &shown, &folder])?;
        ensure!(signed.code == Some(0), "not signed: {}", signed.stderr);
        Ok(())
    }
}
