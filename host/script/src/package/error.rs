use deskhook_hooks::{Fault, Hook};

/// Why a package does not load.
#[derive(Debug, thiserror::Error)]
#[error("the package {package:?} does not load: {trouble}")]
pub struct LoadError {
    package: String,
    trouble: Trouble,
}

impl LoadError {
    pub(crate) fn new(package: &str, trouble: Trouble) -> Self {
        Self {
            package: package.to_owned(),
            trouble,
        }
    }

    /// The package's name, or its folder's where it has none.
    pub fn package(&self) -> &str {
        &self.package
    }

    /// Where, as `file:line` or `file:line:column`; empty where it concerns the whole package.
    pub fn place(&self) -> &str {
        self.trouble.place()
    }

    /// What is wrong, without the place.
    pub fn message(&self) -> String {
        self.trouble.message()
    }
}

/// What is wrong with a package.
#[derive(Debug)]
pub(crate) enum Trouble {
    Read {
        path: String,
        source: std::io::Error,
    },
    FileTooLarge {
        path: String,
    },
    PackageTooLarge,
    TooManyFiles,
    TooDeep {
        path: String,
    },
    Outside {
        path: String,
    },
    NotAFile {
        path: String,
    },
    Name {
        path: String,
    },
    NotText {
        place: String,
    },
    NoManifest,
    NoInit,
    Document {
        place: String,
        message: String,
    },
    Syntax {
        place: String,
        message: String,
    },
    Ran {
        fault: Fault,
    },
    NotHeard {
        hook: Hook,
    },
}

impl Trouble {
    pub(super) fn place(&self) -> &str {
        match self {
            Self::Read { path, .. }
            | Self::FileTooLarge { path }
            | Self::TooDeep { path }
            | Self::Outside { path }
            | Self::NotAFile { path }
            | Self::Name { path } => path,
            Self::NotText { place } | Self::Document { place, .. } | Self::Syntax { place, .. } => {
                place
            }
            Self::Ran { fault } => place_of(fault).unwrap_or_default(),
            Self::NotHeard { .. } => super::INIT,
            Self::PackageTooLarge | Self::TooManyFiles | Self::NoManifest | Self::NoInit => "",
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Read { source, .. } => format!("cannot be read: {source}"),
            Self::FileTooLarge { .. } => "is larger than 256 KiB".to_owned(),
            Self::PackageTooLarge => "its files are larger than 1 MiB together".to_owned(),
            Self::TooManyFiles => "it has more than 256 files, or more than 4096 entries counting those that links lead to".to_owned(),
            Self::TooDeep { .. } => "is more than 8 folders deep".to_owned(),
            Self::Outside { .. } => "is a link that leaves the package".to_owned(),
            Self::NotAFile { .. } => "is neither a file nor a folder".to_owned(),
            Self::Name { .. } => "has a name that is not UTF-8, or has control characters in it".to_owned(),
            Self::NotText { .. } => "this is not UTF-8: save the file as UTF-8".to_owned(),
            Self::NoManifest => "it has no deskhook.json".to_owned(),
            Self::NoInit => "it has no init.lua".to_owned(),
            Self::Document { message, .. } | Self::Syntax { message, .. } => message.clone(),
            Self::Ran { fault } => without_place(fault),
            Self::NotHeard { hook } => format!(
                "deskhook.json names the hook {hook}, but no deskhook.on(\"{hook}\", ...) runs"
            ),
        }
    }
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.place() {
            "" => f.write_str(&self.message()),
            place => write!(f, "{place}: {}", self.message()),
        }
    }
}

fn place_of(fault: &Fault) -> Option<&str> {
    match fault {
        Fault::Failed { place, .. } | Fault::Late { place, .. } | Fault::Memory { place, .. } => {
            place.as_deref()
        }
        _ => None,
    }
}

fn without_place(fault: &Fault) -> String {
    let mut fault = fault.clone();
    if let Fault::Failed { place, .. } | Fault::Late { place, .. } | Fault::Memory { place, .. } =
        &mut fault
    {
        *place = None;
    }
    fault.to_string()
}
