//! What a vendor's plugin is put through. Each check runs in a child of its own, held as the agent
//! holds it: a plugin that falls over spoils no other check, and one that reaches too far gets nothing.

mod answers;
mod hosts;
mod inputs;
mod life;
mod lookup;
mod record;
mod subject;
mod threads;
mod usual;

use deskhook_hooks::{Findings, Tell};

pub use answers::answers;

use subject::Trial;

use crate::{Manifest, Verified};

/// A check: its name, and what is looked at.
pub type Check = (&'static str, &'static str);

/// The checks, in order.
const CHECKS: [Check; 11] = [
    (
        "entry",
        "exports the entry, for this interface, with the manifest's id and version",
    ),
    (
        "hooks",
        "has a side for every hook of the manifest, and none for an unknown id",
    ),
    (
        "life",
        "is made and ended a hundred times, or as often as three seconds allow, and four times at once",
    ),
    (
        "inputs",
        "answers empty, usual and odd inputs of every hook, as the hook wants it, in time",
    ),
    (
        "threads",
        "is called from one thread after the other, and four instances at the same time",
    ),
    (
        "silence",
        "goes on where the host answers nothing and grants nothing",
    ),
    (
        "minimal-host",
        "goes on where the host offers no service at all",
    ),
    (
        OLD_HOST,
        "goes on with the services of interface 1.0 alone, as its manifest says",
    ),
    (
        "newer-host",
        "takes longer structs than it knows, of a later host",
    ),
    (
        "sizes",
        "takes nothing of a struct that says that nothing is there",
    ),
    ("leftovers", "leaves no thread behind when it is ended"),
];

const OLD_HOST: &str = "old-host";

/// The checks of a plugin with that manifest, in order: no older host loads one that needs a newer
/// interface.
pub fn checks_of(manifest: &Manifest) -> impl Iterator<Item = Check> {
    let minor = manifest.abi.minor;
    let checks = CHECKS.into_iter();
    checks.filter(move |(name, _)| *name != OLD_HOST || minor == 0)
}

/// Runs one check in this process, which belongs to the plugin from then on; none where there is no
/// such check. What may not come back is told to `tell` before and after.
pub fn check(name: &str, verified: &Verified, tell: &Tell<'_>) -> Option<Findings> {
    let trial = Trial::new(verified, tell);
    Some(match name {
        "entry" => lookup::entry(&trial),
        "hooks" => lookup::hooks(&trial),
        "life" => life::life(&trial),
        "inputs" => answers::inputs(&trial),
        "threads" => life::threads(&trial),
        "silence" => answers::silence(&trial),
        "minimal-host" => answers::minimal_host(&trial),
        OLD_HOST => answers::old_host(&trial),
        "newer-host" => answers::newer_host(&trial),
        "sizes" => answers::sizes(&trial),
        "leftovers" => life::leftovers(&trial),
        _ => return None,
    })
}
