use deskhook_policy::{Place, Problem, Source};
use deskhook_wire::{BundleError, Role};

/// Why a bundle is not taken into use. The variants stand in the order in which they are looked for.
#[derive(Debug, thiserror::Error)]
pub enum BundleRefusal {
    /// Its file.
    #[error("the bundle cannot be read")]
    File(#[source] std::io::Error),
    /// Its form, its signatures or what it says of itself.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// A layer in it does not parse, or is not for its role.
    #[error("{} is wrong in the layers of the bundle", counted(.0.len()))]
    Layers(Vec<Problem>),
    /// One that was replaced.
    #[error("the bundle has the serial {serial}, and this device had {had} already")]
    Older {
        /// What it decides.
        role: Role,
        /// Its serial.
        serial: u64,
        /// The highest one that was accepted.
        had: u64,
    },
    /// Made by another key, before the one in use.
    #[error("the bundle was signed {} before the {role} bundle in use", shown(*.earlier))]
    Earlier {
        /// What it decides.
        role: Role,
        /// Seconds.
        earlier: u64,
    },
    /// Another one under the same number.
    #[error("the serial {0} was used before, by another bundle")]
    Reused(u64),
    /// Of the future.
    #[error("the bundle is issued {} from now, by this device's clock", shown(*.ahead))]
    NotYet {
        /// Seconds.
        ahead: u64,
    },
    /// Over.
    #[error("the bundle expired {} ago", shown(*.ago))]
    Expired {
        /// Seconds.
        ago: u64,
    },
}

impl BundleRefusal {
    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::File(_) => "unreadable",
            Self::Bundle(error) => error.code(),
            Self::Layers(problems) => problems.first().map_or("bundle-content", |it| it.code),
            Self::NotYet { .. } => "bundle-not-yet",
            Self::Expired { .. } => "bundle-expired",
            Self::Older { .. } | Self::Earlier { .. } => "bundle-old",
            Self::Reused(_) => "bundle-serial",
        }
    }

    /// The same as problems of the file `name`, with what to do about each.
    pub fn problems(&self, name: &str) -> Vec<Problem> {
        if let Self::Layers(problems) = self {
            return problems.clone();
        }
        let source = std::error::Error::source(self);
        let source = source.map(|source| format!(": {source}"));
        let message = format!("{self}{}", source.unwrap_or_default());
        let problem = problem(self.code(), name, message);
        vec![match self.help() {
            Some(help) => problem.with_help(help),
            None => problem,
        }]
    }

    fn help(&self) -> Option<&'static str> {
        Some(match self {
            Self::File(_) | Self::Layers(_) => return None,
            Self::Bundle(error) => match error {
                BundleError::Untrusted(_) => {
                    "sign it with a key of the trust file, or put that key's public line there"
                }
                BundleError::Role { .. } => "sign it with a key for that role",
                BundleError::Version(_) => "this Deskhook is too old for it",
                BundleError::LineEnds => {
                    "copy it as it is, not as a text; with Git, write `*.bundle -text` into .gitattributes"
                }
                BundleError::NotAccepted(_) => "sign it with both keys",
                _ => "put the bundle there again as `policy sign` wrote it",
            },
            Self::NotYet { .. } => "set the clock of this device, or of the one that signs",
            Self::Expired { .. } => "sign its layers anew",
            Self::Older { .. } | Self::Earlier { .. } => {
                "put the newest bundle there, or sign these layers anew"
            }
            Self::Reused(_) => "sign it with a higher --serial",
        })
    }
}

/// Something wrong with a whole file.
pub(crate) fn problem(code: &'static str, name: &str, message: impl Into<String>) -> Problem {
    Problem::error(code, Place::file_start(&Source::new(name, "")), message)
}

fn counted(count: usize) -> String {
    if count == 1 {
        "one thing".to_owned()
    } else {
        format!("{count} things")
    }
}

/// A time in the largest unit that it has two of.
pub(crate) fn shown(seconds: u64) -> String {
    let units = [(86_400, "days"), (3600, "hours"), (60, "minutes")];
    let unit = units.into_iter().find(|(unit, _)| seconds >= 2 * unit);
    let (unit, name) = unit.unwrap_or((1, "s"));
    format!("{} {name}", seconds / unit)
}
