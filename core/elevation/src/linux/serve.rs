use std::os::fd::AsFd;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use deskhook_policy::Policy;
use deskhook_wire::SignedOrder;
use rustix::process::geteuid;

use super::judge::{Measure, judge};
use super::mark::mark;
use super::places::Places;
use super::program::{self, Task};
use super::seclusion::seclude;
use crate::{Answer, Refusal};

/// What `deskhook elevate ORDER` does: carries one signed order out, as root, and then is gone.
/// `policy` reads the effective policy of this device from the folder that it is given, or says
/// what is wrong with it; it is called once the folder and all that is in it are believed.
///
/// No thread, no runtime, no extension. Call it before any is started. While standard input is a
/// pipe, closing its other end ends the program.
pub fn serve(arguments: &[String], policy: impl FnOnce(&Path) -> Result<Policy, String>) -> Answer {
    match attempt(arguments, policy) {
        Ok(code) => Answer::granted(code),
        Err(refusal) => Answer::refused(&refusal),
    }
}

fn attempt(
    arguments: &[String],
    policy: impl FnOnce(&Path) -> Result<Policy, String>,
) -> Result<i32, Refusal> {
    let [order] = arguments else {
        return Err(Refusal::Usage);
    };
    if !geteuid().is_root() {
        return Err(Refusal::NotRoot);
    }
    let places = Places::installed();
    seclude(&places)?;
    carry_out(order, &places, policy, std::io::stdin())
}

/// Everything but what concerns this process itself.
pub(crate) fn carry_out(
    order: &str,
    places: &Places,
    policy: impl FnOnce(&Path) -> Result<Policy, String>,
    leash: impl AsFd,
) -> Result<i32, Refusal> {
    let portal = places.portal_key()?;
    let order = SignedOrder(order.to_owned());
    let order = order.verify(&portal).map_err(Refusal::Order)?;
    let device = places.device()?;
    let policy = places.policy(policy)?;
    let measure = Measure {
        device: &device,
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
    program::run(&task, leash)
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
