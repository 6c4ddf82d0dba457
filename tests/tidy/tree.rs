//! What is in the whole dependency tree, for all systems: versions, licences, origins. The rules
//! stand in `.deny.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use crate::deny::{Named, Rules};
use crate::license;
use crate::manifests::line_of;
use crate::sources::{Breach, root};

/// How the origin of a released package begins.
const REGISTRY: &str = "registry+";

/// One package in one version.
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    /// None for our own.
    source: Option<String>,
    /// Dependencies of it without any version.
    wildcards: Vec<String>,
    uses: Vec<String>,
}

/// All packages by the ids that cargo gives them.
pub(crate) struct Tree {
    packages: BTreeMap<String, Package>,
}

impl Tree {
    /// What cargo says of this workspace, with every feature.
    pub(crate) fn read() -> Self {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let output = Command::new(cargo)
            .args(["metadata", "--all-features", "--locked"])
            .args(["--format-version", "1"])
            .current_dir(root())
            .output()
            .expect("cargo runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        Self::of(&serde_json::from_slice(&output.stdout).expect("cargo writes JSON"))
    }

    fn of(metadata: &Value) -> Self {
        let nodes = list(&metadata["resolve"]["nodes"]);
        let mut uses: BTreeMap<String, Vec<String>> = nodes
            .map(|node| {
                (
                    text(&node["id"]),
                    list(&node["dependencies"]).map(text).collect(),
                )
            })
            .collect();
        let packages = list(&metadata["packages"]).filter_map(|package| {
            let id = text(&package["id"]);
            let uses = uses.remove(&id)?;
            Some((id, Package::of(package, uses)))
        });
        Self {
            packages: packages.collect(),
        }
    }

    /// Crates that are there in several versions, but for those that the rules skip; and rules
    /// that skip what is no longer there twice.
    pub(crate) fn second_versions(&self, rules: &Rules) -> Vec<Breach> {
        let mut versions: BTreeMap<&str, Vec<(&str, &Package)>> = BTreeMap::new();
        for (id, package) in &self.packages {
            let of_name = versions.entry(&package.name).or_default();
            of_name.push((id, package));
        }
        versions.retain(|_, of_name| of_name.len() > 1);
        let seen = self.without(&rules.skipped_trees);
        let is_there = |rule: &&Named| self.packages.values().any(|package| package.is(rule));
        let mut idle: Vec<&Named> = rules.skipped.iter().collect();
        idle.extend(rules.skipped_trees.iter().filter(|rule| !is_there(rule)));
        let mut found = Vec::new();
        for (name, mut left) in versions {
            left.retain(|(_, package)| {
                let skip = rules.skipped.iter().find(|skip| package.is(skip));
                idle.retain(|rule| Some(*rule) != skip);
                skip.is_none()
            });
            left.retain(|(id, _)| seen.contains(*id));
            if left.len() > 1 {
                let told: Vec<String> = left
                    .iter()
                    .map(|(id, package)| format!("{} ({})", package.version, self.users(id)))
                    .collect();
                let told = format!(
                    "`{name}` is there as {}: use one, or skip the others in .deny.toml with the reason",
                    told.join(" and as ")
                );
                found.push(Breach::new("Cargo.lock", 1, told));
            }
        }
        found
            .extend(idle.into_iter().map(|rule| {
                rules.breach(&rule.name, "is skipped without need: take the line out")
            }));
        found
    }

    /// Packages under licences that are not allowed.
    pub(crate) fn licenses(&self, rules: &Rules) -> Vec<Breach> {
        let foreign = self.packages.values().filter(|it| it.source.is_some());
        let judged = foreign.filter_map(|package| {
            let license = package.license.as_deref().unwrap_or("no licence");
            let allowed = license::allows(license, &rules.allowed);
            (!allowed).then(|| {
                package.breach(&format!(
                    "is under {license}, which .deny.toml does not allow"
                ))
            })
        });
        judged.collect()
    }

    /// Packages that the rules ban, that come from elsewhere than a registry, or that take any
    /// version of another.
    pub(crate) fn strangers(&self, rules: &Rules) -> Vec<Breach> {
        let mut found = Vec::new();
        for package in self.packages.values() {
            if let Some(rule) = rules.banned.iter().find(|rule| package.is(rule)) {
                found.push(package.breach(&format!("is banned: {}", rule.reason)));
            }
            if package
                .source
                .as_ref()
                .is_some_and(|from| !from.starts_with(REGISTRY))
            {
                found.push(package.breach("does not come from a registry"));
            }
            let any = package.wildcards.iter();
            found.extend(any.map(|name| package.breach(&format!("takes any version of {name}"))));
        }
        found
    }

    /// What is in the tree where these and what they alone use are not.
    fn without(&self, cut: &[Named]) -> BTreeSet<&str> {
        let mut open: Vec<(&str, &Package)> = self
            .packages
            .iter()
            .filter(|(_, package)| package.source.is_none())
            .map(|(id, package)| (id.as_str(), package))
            .collect();
        let mut seen = BTreeSet::new();
        while let Some((id, package)) = open.pop() {
            if cut.iter().any(|cut| package.is(cut)) || !seen.insert(id) {
                continue;
            }
            let used = package.uses.iter();
            open.extend(used.filter_map(|id| Some((id.as_str(), self.packages.get(id)?))));
        }
        seen
    }

    fn users(&self, id: &str) -> String {
        let users = self
            .packages
            .values()
            .filter(|user| user.uses.iter().any(|used| used == id));
        let names: Vec<&str> = users.map(|user| user.name.as_str()).collect();
        format!("of {}", names.join(", "))
    }
}

impl Package {
    fn of(package: &Value, uses: Vec<String>) -> Self {
        let any = list(&package["dependencies"])
            .filter(|used| used["req"] == "*" && used["path"].is_null());
        let source = package["source"].as_str().map(str::to_owned);
        Self {
            name: text(&package["name"]),
            version: text(&package["version"]),
            license: package["license"].as_str().map(str::to_owned),
            // What others do is theirs to answer for.
            wildcards: match source {
                None => any.map(|used| text(&used["name"])).collect(),
                Some(_) => Vec::new(),
            },
            source,
            uses,
        }
    }

    fn is(&self, named: &Named) -> bool {
        let fits = |wanted: &String| {
            let rest = self.version.strip_prefix(wanted.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.name == named.name && named.version.as_ref().is_none_or(fits)
    }

    fn breach(&self, told: &str) -> Breach {
        let lock = std::fs::read_to_string(root().join("Cargo.lock")).unwrap_or_default();
        let line = line_of(&lock, &format!("name = \"{}\"", self.name));
        Breach::new(
            "Cargo.lock",
            line,
            format!("{} {} {told}", self.name, self.version),
        )
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Ours uses `a` and `tool`; both use `b`, each another version of it.
    fn tree() -> Tree {
        let package = |name: &str, version: &str, license: &str, source: Option<&str>| {
            json!({ "id": format!("{name} {version}"), "name": name, "version": version,
                    "license": license, "source": source,
                    "dependencies": [{ "name": "any", "req": "*", "path": null }] })
        };
        let node = |id: &str, uses: &[&str]| json!({ "id": id, "dependencies": uses });
        Tree::of(&json!({
            "packages": [
                package("ours", "0.1.0", "MIT", None),
                package("a", "1.0.0", "MIT", Some(REGISTRY)),
                package("tool", "1.0.0", "GPL-3.0-only", Some(REGISTRY)),
                package("b", "1.2.0", "MIT", Some(REGISTRY)),
                package("b", "2.0.0", "MIT", Some("git+https://git.example/b")),
                package("b", "3.0.0", "MIT", Some(REGISTRY)),
            ],
            "resolve": { "nodes": [
                node("ours 0.1.0", &["a 1.0.0", "tool 1.0.0"]),
                node("a 1.0.0", &["b 1.2.0"]),
                node("tool 1.0.0", &["b 2.0.0"]),
                node("b 1.2.0", &[]),
                node("b 2.0.0", &[]),
            ] },
        }))
    }

    fn rules(bans: &str) -> Rules {
        Rules::of(format!("[licenses]\nallow = [\"MIT\"]\n[bans]\n{bans}"))
    }

    #[test]
    fn a_second_version_needs_a_skip_and_a_skip_needs_a_second_version() {
        for (bans, breaches) in [
            ("", 1),
            ("skip = [{ crate = \"b@1\" }]", 0),
            ("skip = [{ crate = \"b@1.2\" }]", 0),
            ("skip = [{ crate = \"b@1.20\" }]", 2),
            ("skip = [{ crate = \"b@1\" }, { crate = \"a\" }]", 1),
            ("skip-tree = [{ crate = \"tool\" }]", 0),
            ("skip-tree = [{ crate = \"b@1\" }]", 0),
            ("skip-tree = [{ crate = \"c\" }]", 2),
        ] {
            let found = tree().second_versions(&rules(bans));
            let told: Vec<String> = found.iter().map(ToString::to_string).collect();
            assert_eq!(told.len(), breaches, "{bans}\n{}", told.join("\n"));
        }
        assert_eq!(rules("skip = [{ crate = \"b@1\" }]").unreasoned().len(), 1);
    }

    #[test]
    fn licences_bans_and_origins_are_seen() {
        let told = |found: Vec<Breach>| {
            let told: Vec<String> = found.iter().map(ToString::to_string).collect();
            told.join("\n")
        };
        let licenses = told(tree().licenses(&rules("")));
        assert!(
            licenses.contains("tool 1.0.0 is under GPL-3.0-only"),
            "{licenses}"
        );
        let strangers = told(tree().strangers(&rules(
            "deny = [{ crate = \"a\", reason = \"it is large\" }]",
        )));
        for breach in [
            "a 1.0.0 is banned: it is large",
            "b 2.0.0 does not come from a registry",
            "ours 0.1.0 takes any version of any",
        ] {
            assert!(strangers.contains(breach), "{strangers}");
        }
        assert_eq!(strangers.lines().count(), 3, "{strangers}");
    }
}
