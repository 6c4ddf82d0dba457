mod policies;
mod token;

use deskhook_wire::Confinement;

use token::Level;

/// Says what keeps this process from the system. Files that the account may read stay readable, and
/// so does the network: that would take an `AppContainer`, into which a process has to be born.
pub(super) fn confine(confinement: &Confinement) -> Result<Vec<String>, String> {
    policies::no_windows();
    policies::own_libraries_alone().map_err(|error| format!("no rule for libraries: {error}"))?;
    let level = match &confinement.native {
        // Nothing that has an integrity level can be written any more.
        None => Level::Untrusted,
        Some(reach) => {
            if let Some(own) = &reach.own {
                let labelled = token::open_for_low(own);
                let what = |error| format!("{} cannot be made its own: {error}", own.display());
                labelled.map_err(what)?;
            }
            Level::Low
        }
    };
    token::drop_privileges().map_err(|error| format!("privileges cannot be given up: {error}"))?;
    token::sink(level).map_err(|error| format!("its integrity stays what it is: {error}"))?;
    Ok(["no privileges", level.name(), "mitigation policies"]
        .map(str::to_owned)
        .to_vec())
}

pub(super) fn seal() -> Result<(), String> {
    policies::no_new_code().map_err(|error| format!("code may still be loaded: {error}"))
}
