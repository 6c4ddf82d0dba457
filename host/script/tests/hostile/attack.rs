//! The hostile corpus: one Lua file an attack, with what it has to come to in its first lines.
//!
//! ```lua
//! -- ends: late failed        what the fault may be; `harmless` is an allowance
//! -- calls: 2                 how often it is called, 1 where it does not say; the last one counts
//! -- host: prompt             one that answers at once; `late`: when it is asked again; else never
//! return function(ctx)
//!   while true do end -- here
//! end
//! ```
//!
//! Where lines end in `-- here`, the fault names one of them. Nothing but the standard library is
//! needed, so that other crates can run the same files in their own way.

use std::path::{Path, PathBuf};

/// The capabilities that the manifest asks for; a test grants them.
pub(crate) const CAPABILITIES: [&str; 1] = ["policy:Slow"];
/// Of the call in which the attack runs; the package answers every other as a good one would.
pub(crate) const ATTACK: &str = "attack";

/// A file of the corpus.
pub(crate) struct Attack {
    pub(crate) name: String,
    /// `late`, `memory`, `failed`, `bad-answer`, `harmless`: one of them is right.
    pub(crate) ends: Vec<String>,
    pub(crate) calls: usize,
    /// How the host answers: `prompt`, `late`, `silent`.
    pub(crate) host: String,
    /// The lines that a fault may name; any where there is none.
    pub(crate) lines: Vec<usize>,
    source: String,
}

/// Every file, in the order of the names.
pub(crate) fn all() -> Vec<Attack> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../script/tests/hostile");
    let entries = std::fs::read_dir(folder).expect("the corpus is there");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a file of the corpus").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "lua"))
        .collect();
    paths.sort();
    paths.iter().map(|path| Attack::read(path)).collect()
}

impl Attack {
    fn read(path: &Path) -> Self {
        let source = std::fs::read_to_string(path).expect("the corpus is text");
        let name = path.file_stem().expect("a file has a name");
        let field = |wanted: &str| {
            let head = source.lines().map_while(|line| line.strip_prefix("-- "));
            head.filter_map(|line| line.split_once(": "))
                .find_map(|(key, value)| (key == wanted).then_some(value))
        };
        let ends = field("ends").expect("an attack says how it ends");
        let numbered = source.lines().enumerate();
        Self {
            name: name.to_string_lossy().into_owned(),
            ends: ends.split(' ').map(str::to_owned).collect(),
            calls: field("calls").map_or(1, |calls| calls.parse().expect("a number of calls")),
            host: field("host").unwrap_or("silent").to_owned(),
            lines: numbered
                .filter(|(_, line)| line.ends_with("-- here"))
                .map(|(index, _)| index + 1)
                .collect(),
            source,
        }
    }

    /// Whether the clock is what ends it.
    pub(crate) fn is_ended_by_the_clock(&self) -> bool {
        self.ends.iter().any(|kind| kind == "late")
    }

    /// Whether a fault's text names one of the lines that it has to.
    pub(crate) fn is_placed(&self, said: &str) -> bool {
        let at = |line: &usize| {
            let place = format!("hostile/attack.lua:{line}");
            let mut found = said.match_indices(&place);
            // Line 1 is not line 12.
            found.any(|(index, _)| {
                !said[index + place.len()..].starts_with(|c: char| c.is_ascii_digit())
            })
        };
        let anywhere = ["hostile/attack.lua:", "hostile/init.lua:"];
        let is_open = self.lines.is_empty() && anywhere.iter().any(|file| said.contains(file));
        is_open || self.lines.iter().any(at)
    }

    /// Writes the package `hostile` into `dir`: it hears `hook`, attacks where `policy_version` is
    /// [`ATTACK`], and answers `fine` (a Lua expression) everywhere else.
    pub(crate) fn write(&self, dir: &Path, (hook, fine): (&str, &str)) {
        let manifest = format!(
            r#"{{"name": "hostile", "version": "1.0.0", "api": 1, "hooks": ["{hook}"], "timer": 60,
                "capabilities": ["{}"]}}"#,
            CAPABILITIES.join("\", \"")
        );
        let init = format!(
            r#"local attack = require("./attack")
               deskhook.on("{hook}", function(ctx)
                 if ctx.policy_version == "{ATTACK}" then
                   return attack(ctx)
                 end
                 return {fine}
               end)"#
        );
        for (name, text) in [
            ("deskhook.json", &manifest),
            ("init.lua", &init),
            ("attack.lua", &self.source),
        ] {
            std::fs::write(dir.join(name), text).expect("a test is right about its own files");
        }
    }
}
