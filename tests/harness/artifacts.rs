use std::collections::BTreeMap;
use std::env::consts::{DLL_EXTENSION, DLL_PREFIX, DLL_SUFFIX};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

/// What the build made that tests start or load.
#[derive(Debug)]
pub struct Artifacts {
    /// The `deskhook` binary.
    pub deskhook: PathBuf,
    /// The example plugins' libraries, by package name.
    pub plugins: BTreeMap<String, PathBuf>,
}

/// The build's results, made when first asked for: `cargo test` itself builds neither the binary
/// of another package nor a cdylib. Paths come from cargo, never from a guess at its folders.
///
/// `DESKHOOK_BIN` names another binary to test, such as an installed one, with its plugins beside
/// it; then nothing is built.
///
/// # Panics
/// With cargo's own words when the build fails.
pub fn artifacts() -> &'static Artifacts {
    static MADE: OnceLock<Artifacts> = OnceLock::new();
    MADE.get_or_init(|| Artifacts::make().unwrap_or_else(|error| panic!("{error:#}")))
}

impl Artifacts {
    fn make() -> Result<Self> {
        match std::env::var_os("DESKHOOK_BIN") {
            Some(named) => Self::beside(PathBuf::from(named)),
            None => Self::read_or_build(),
        }
    }

    /// A binary that somebody named, and the libraries in the same folder.
    fn beside(deskhook: PathBuf) -> Result<Self> {
        let folder = deskhook.parent().unwrap_or(Path::new("."));
        let mut plugins = BTreeMap::new();
        for entry in
            fs::read_dir(folder).with_context(|| format!("no folder {}", folder.display()))?
        {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let bare = name
                .strip_prefix(DLL_PREFIX)
                .and_then(|name| name.strip_suffix(DLL_SUFFIX));
            if let Some(bare) = bare {
                plugins.insert(bare.replace('_', "-"), path.clone());
            }
        }
        Ok(Self { deskhook, plugins })
    }

    /// nextest starts a process for each test: the first one asks cargo, the others read what it
    /// was told. The run's id makes sure that nobody reads what an older run wrote.
    fn read_or_build() -> Result<Self> {
        let Some(run) = std::env::var_os("NEXTEST_RUN_ID") else {
            return Self::parse(&build()?);
        };
        let note = std::env::temp_dir().join(format!("deskhook-artifacts-{}", run.display()));
        let lock = File::create(note.with_extension("lock"))?;
        lock.lock()?;
        if let Ok(text) = fs::read_to_string(&note) {
            return Self::parse(&text);
        }
        let told = build()?;
        fs::write(&note, &told)?;
        Self::parse(&told)
    }

    fn parse(messages: &str) -> Result<Self> {
        let mut binaries = BTreeMap::new();
        let mut plugins = BTreeMap::new();
        for line in messages.lines() {
            let message: Value = serde_json::from_str(line).context("cargo writes JSON lines")?;
            let name = message["target"]["name"].as_str().unwrap_or_default();
            let is = |kind: &str| {
                message["target"]["kind"]
                    .as_array()
                    .is_some_and(|all| all.contains(&json!(kind)))
            };
            if let Some(path) = message["executable"].as_str() {
                binaries.insert(name.to_owned(), PathBuf::from(path));
            } else if is("cdylib") {
                let files = message["filenames"].as_array().into_iter().flatten();
                let mut files = files.filter_map(Value::as_str).map(PathBuf::from);
                let library =
                    files.find(|path| path.extension().is_some_and(|kind| kind == DLL_EXTENSION));
                plugins.insert(
                    name.replace('_', "-"),
                    library.context("a cdylib is a file")?,
                );
            }
        }
        let deskhook = binaries
            .remove("deskhook")
            .context("cargo built no deskhook")?;
        Ok(Self { deskhook, plugins })
    }
}

/// Beginnings of variables that cargo sets for one package.
const OF_A_PACKAGE: &[&str] = &[
    "CARGO_BIN_",
    "CARGO_CRATE_",
    "CARGO_MANIFEST_",
    "CARGO_PKG_",
];

/// Asks cargo for the same build that `tests/run` asks for, in release mode where this is compiled
/// so; the answer is one artifact a line.
fn build() -> Result<String> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = tests
        .parent()
        .context("the tests live in a folder of the code base")?;
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .current_dir(root)
        .args(["build", "--message-format=json-render-diagnostics"]);
    // What cargo told this test about its own package: some build scripts (ring's) would take
    // another value as a reason to build anew, and with them all that depends on them.
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if name == "OUT_DIR" || OF_A_PACKAGE.iter().any(|start| name.starts_with(start)) {
            command.env_remove(&variable);
        }
    }
    command.args(["-p", "deskhook-app"]);
    // Figures are those of what ships.
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    for example in fs::read_dir(root.join("plugins/examples"))? {
        let example = example?;
        if example.path().join("Cargo.toml").exists() {
            command.arg("-p").arg(example.file_name());
        }
    }
    let output = command.output().context("cannot run cargo")?;
    if !output.status.success() {
        bail!(
            "the build failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let messages = String::from_utf8(output.stdout)?;
    let artifacts: Vec<&str> = messages
        .lines()
        .filter(|line| {
            line.contains(r#""reason":"compiler-artifact""#) && line.contains("path+file://")
        })
        .collect();
    ensure!(!artifacts.is_empty(), "cargo told of no artifact");
    Ok(artifacts.join("\n"))
}
