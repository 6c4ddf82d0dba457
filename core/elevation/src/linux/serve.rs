use std::os::fd::AsFd;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use deskhook_policy::{Policy, Subject};
use deskhook_wire::SignedOrder;
use rustix::process::geteuid;

use super::judge::{Measure, judge};
use super::mark::mark;
use super::places::{Device, Places};
use super::program::{self, Task};
use super::seclusion::seclude;
use crate::{Answer, PolicyFiles, Refusal};

/// What `deskhook elevate ORDER` does: carries one signed order out, as root, and then is gone.
/// `policy` reads the effective policy for that subject from these files, or says what is wrong
/// with it; it is called once they are believed. The subject is what
/// root knows: the device and its groups from [`Places`], and the account that pkexec or sudo names.
///
/// No thread, no runtime, no extension. Call it before any is started. While standard input is a
/// pipe, closing its other end ends the program.
pub fn serve(
    arguments: &[String],
    policy: impl FnOnce(&PolicyFiles, &Subject) -> Result<Policy, String>,
) -> Answer {
    match attempt(arguments, policy) {
        Ok(code) => Answer::granted(code),
        Err(refusal) => Answer::refused(&refusal),
    }
}

fn attempt(
    arguments: &[String],
    policy: impl FnOnce(&PolicyFiles, &Subject) -> Result<Policy, String>,
) -> Result<i32, Refusal> {
    let [order] = arguments else {
        return Err(Refusal::Usage);
    };
    if !geteuid().is_root() {
        return Err(Refusal::NotRoot);
    }
    let places = Places::installed();
    seclude(&places)?;
    let errand = Errand {
        order,
        caller: caller(),
        leash: std::io::stdin(),
    };
    carry_out(&errand, &places, policy)
}

/// What somebody wants done.
pub(crate) struct Errand<'a, L> {
    /// The order as text.
    pub(crate) order: &'a str,
    /// The account that asks.
    pub(crate) caller: u32,
    /// What the program is tied to.
    pub(crate) leash: L,
}

/// The account that started pkexec or sudo, as those two say; neither lets their own caller set
/// these. Without them it was root.
fn caller() -> u32 {
    let named = ["SUDO_UID", "PKEXEC_UID"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok());
    named.and_then(|id| id.parse().ok()).unwrap_or(0)
}

/// Everything but what concerns this process itself.
pub(crate) fn carry_out<L: AsFd>(
    errand: &Errand<'_, L>,
    places: &Places,
    policy: impl FnOnce(&PolicyFiles, &Subject) -> Result<Policy, String>,
) -> Result<i32, Refusal> {
    let portal = places.portal_key()?;
    let order = SignedOrder(errand.order.to_owned());
    let order = order.verify(&portal).map_err(Refusal::Order)?;
    let device = places.device()?;
    let subject = subject(&device, places.account(errand.caller)?);
    let policy = places.policy(&subject, policy)?;
    let measure = Measure {
        device: &device.name,
        now: seconds()?,
        policy: &policy.elevation,
    };
    let limit = judge(&order, &measure)?;
    let file = places.ground.program(Path::new(&order.program));
    let file = file.map_err(Refusal::Program)?;
    mark(places, &portal, &order)?;
    let task = Task {
        file: &file,
        name: &order.program,
        arguments: &order.arguments,
        limit,
    };
    program::run(&task, &errand.leash)
}

fn subject(device: &Device, user: String) -> Subject {
    Subject {
        user: Some(user),
        groups: Some(device.groups.clone()),
        device: Some(device.name.clone()),
        platform: Some(std::env::consts::OS.to_owned()),
        device_groups: Some(device.groups.clone()),
        ..Subject::default()
    }
}

/// Seconds since 1970.
fn seconds() -> Result<u64, Refusal> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let since =
        since.map_err(|error| Refusal::System("tell the time", std::io::Error::other(error)))?;
    Ok(since.as_secs())
}

#[cfg(test)]
mod tests;
