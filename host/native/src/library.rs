use std::path::{Path, PathBuf};

use deskhook_abi::{ABI_MAJOR, ABI_MINOR, ENTRY_SYMBOL, Entry, Head, MAGIC, Text};
use deskhook_hooks::Hook;

use crate::{AbiVersion, Verified};

/// Why a library that may be loaded is not taken for a plugin.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The system's loader refuses it.
    #[error("the system cannot load {}", path.display())]
    System {
        /// The private copy.
        path: PathBuf,
        /// Why.
        #[source]
        source: libloading::Error,
    },
    /// It does not export the entry.
    #[error("{} exports no function {ENTRY_SYMBOL}", path.display())]
    NoEntry {
        /// The private copy.
        path: PathBuf,
        /// What the system's loader says.
        #[source]
        source: libloading::Error,
    },
    /// Its entry is null.
    #[error("{ENTRY_SYMBOL} answered null")]
    NullEntry,
    /// Its entry does not begin as a plugin's does.
    #[error(
        "{ENTRY_SYMBOL} answered something that is no plugin: it begins with {found:016x}, expected {MAGIC:016x}"
    )]
    Magic {
        /// The first eight bytes.
        found: u64,
    },
    /// It is for another host.
    #[error("it needs the plugin interface {plugin}, this host has {host}: {}", advice(*plugin, *host))]
    Version {
        /// The version that it needs.
        plugin: AbiVersion,
        /// The version that is here.
        host: AbiVersion,
    },
    /// A struct of it is shorter than it ever was.
    #[error("its {what} says a size of {found} bytes, at least {expected} are needed")]
    Short {
        /// Which struct.
        what: &'static str,
        /// The size that it says; 0 where it is null.
        found: usize,
        /// The size that it had in its first version.
        expected: usize,
    },
    /// A function that must be there is null.
    #[error("its {0} is null")]
    NoFunction(&'static str),
    /// It is not the plugin that its manifest is for.
    #[error("its {field} is {found:?}, the manifest says {expected:?}")]
    Identity {
        /// `id` or `version`.
        field: &'static str,
        /// What the manifest says.
        expected: String,
        /// What the library says.
        found: String,
    },
    /// It makes no instance.
    #[error("it does not start: {}", or_silence(.0))]
    Refused(String),
    /// Its manifest promises a hook that it does not have.
    #[error("its manifest lists the hook {0}, which it does not have")]
    NoHook(Hook),
    /// Nothing would tell of it, should it take its process along.
    #[error("that it runs in this process cannot be written down")]
    Mark(#[source] std::io::Error),
}

fn or_silence(said: &str) -> &str {
    match said.trim() {
        "" => "its create answered null, and wrote no sentence to `error`",
        said => said,
    }
}

/// The version of the interface that this host has.
pub(crate) const HOST_VERSION: AbiVersion = AbiVersion {
    major: ABI_MAJOR,
    minor: ABI_MINOR,
};

pub(crate) fn check_version(plugin: AbiVersion) -> Result<(), LoadError> {
    let host = HOST_VERSION;
    let fits = plugin.major == host.major && (plugin.minor..).contains(&host.minor);
    if fits {
        Ok(())
    } else {
        Err(LoadError::Version { plugin, host })
    }
}

fn advice(plugin: AbiVersion, host: AbiVersion) -> &'static str {
    if (plugin.major, plugin.minor) > (host.major, host.minor) {
        "update Deskhook, or install an older version of the plugin"
    } else {
        "install a newer version of the plugin"
    }
}

/// Loads the library for the rest of the process, and reads its entry. Nothing of the entry is
/// believed before its first 16 bytes, which no version may change, were read and fit.
pub(crate) fn entry(verified: &Verified) -> Result<Entry, LoadError> {
    let head = load(&verified.library)?;
    if head.is_null() {
        return Err(LoadError::NullEntry);
    }
    // SAFETY: not null; every version of every entry has at least a head.
    let found = unsafe { head.cast::<Head>().read_unaligned() };
    if found.magic != MAGIC {
        return Err(LoadError::Magic { found: found.magic });
    }
    let version = AbiVersion {
        major: found.abi_major,
        minor: found.abi_minor,
    };
    check_version(version)?;
    // SAFETY: magic and version say that it is an entry of ours, as large as it says.
    let entry = unsafe { taken(head, "entry") }?;
    identify(&entry, verified)?;
    Ok(entry)
}

/// The versions of the interface need not be the same: the entry's says which host the library can live
/// with, and it fits this one.
fn identify(entry: &Entry, verified: &Verified) -> Result<(), LoadError> {
    let manifest = &verified.manifest;
    for (field, expected, found) in [
        ("id", manifest.id.clone(), text(entry.id)),
        ("version", manifest.version.clone(), text(entry.version)),
    ] {
        if expected != found {
            return Err(LoadError::Identity {
                field,
                expected,
                found,
            });
        }
    }
    Ok(())
}

/// What both sides know of a struct of the plugin.
///
/// # Safety
/// As for [`deskhook_abi::read`].
pub(crate) unsafe fn taken<T: deskhook_abi::Prefixed>(
    from: *const T,
    what: &'static str,
) -> Result<T, LoadError> {
    // SAFETY: as the caller vouches.
    let read = unsafe { deskhook_abi::read(from) };
    read.map_err(|short| LoadError::Short {
        what,
        found: short.said,
        expected: short.least,
    })
}

fn text(text: Text) -> String {
    // SAFETY: texts of an entry live as long as the library, which is never unloaded.
    let read = unsafe { text.read() };
    read.ok().flatten().unwrap_or_default().to_owned()
}

type EntryFn = unsafe extern "C" fn() -> *const Entry;

fn load(path: &Path) -> Result<*const Entry, LoadError> {
    let system = |source| LoadError::System {
        path: path.to_owned(),
        source,
    };
    let library = open(path).map_err(system)?;
    // SAFETY: a library that exports this name means this type; its hash is the one that was
    // trusted.
    let entry = unsafe { library.get::<EntryFn>(ENTRY_SYMBOL) };
    let entry = *entry.map_err(|source| LoadError::NoEntry {
        path: path.to_owned(),
        source,
    })?;
    // Never unloaded: its threads, its thread-locals and our copies of its functions stay valid.
    std::mem::forget(library);
    // SAFETY: by the contract of the interface it takes nothing and does nothing but answer.
    Ok(unsafe { entry() })
}

#[cfg(unix)]
type Library = libloading::os::unix::Library;
#[cfg(not(unix))]
type Library = libloading::Library;

#[cfg(unix)]
fn open(path: &Path) -> Result<Library, libloading::Error> {
    use libloading::os::unix::{RTLD_LOCAL, RTLD_NOW};
    // SAFETY: initialisers of the library run; its hash is the one that was trusted.
    unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL) }
}

#[cfg(not(unix))]
fn open(path: &Path) -> Result<Library, libloading::Error> {
    // SAFETY: initialisers of the library run; its hash is the one that was trusted.
    unsafe { Library::new(path) }
}
