use core::mem::MaybeUninit;

use crate::host::{
    Calls, Cancel, Clock, Facts, Folder, Log, Policy, Requests, Store, Time, Translations,
};
use crate::{
    Context, Device, ElevationRequest, ElevationRequestHook, Entry, Host, Instance, JsonHook,
    Person, SessionJoin, SessionJoinHook, SessionRequest, SessionRequestHook, Sink, Supporter,
    Verdict, VerdictSink,
};

/// A struct that says its own size and grows at its end only.
///
/// # Safety
/// The type is `repr(C)`, has a `u32` size at [`Prefixed::SIZE_AT`], and all its bytes zero is a
/// value of it.
pub unsafe trait Prefixed: Copy {
    /// Where the size stands, in bytes.
    const SIZE_AT: usize;
    /// The struct's size in the first version that had it. What is shorter is refused.
    const LEAST: usize;
}

/// A struct that is null, or says a size that no version ever had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Short {
    /// The size that it says, in bytes; 0 for null.
    pub said: usize,
    /// The least that it may be.
    pub least: usize,
}

/// Takes of a struct of the other side what both sides know; the rest is zero.
///
/// # Safety
/// `from` is null, or points to a struct that begins like `T`, says its size, is that large, and
/// is not written to meanwhile.
pub unsafe fn read<T: Prefixed>(from: *const T) -> Result<T, Short> {
    if from.is_null() {
        return Err(Short {
            said: 0,
            least: T::LEAST,
        });
    }
    let bytes = from.cast::<u8>();
    // SAFETY: the size lies inside every version of the struct.
    let size = unsafe { bytes.add(T::SIZE_AT) }.cast::<u32>();
    // SAFETY: as above; no alignment is asked for.
    let said = unsafe { size.read_unaligned() } as usize;
    if said < T::LEAST {
        return Err(Short {
            said,
            least: T::LEAST,
        });
    }
    let mut whole = MaybeUninit::<T>::zeroed();
    let into = whole.as_mut_ptr().cast::<u8>();
    // SAFETY: `from` has `said` bytes, `whole` has `size_of::<T>()`; the smaller is copied.
    unsafe { core::ptr::copy_nonoverlapping(bytes, into, said.min(size_of::<T>())) };
    // SAFETY: zero is a value of every `Prefixed`, and the other side wrote the rest.
    Ok(unsafe { whole.assume_init() })
}

const fn size_of_field<T, F>(_: fn(&T) -> &F) -> usize {
    size_of::<F>()
}

/// Which struct, and the last field of its first version.
macro_rules! prefixed {
    ($($type:ident up to $last:ident),+ $(,)?) => {
        $(
            // SAFETY: `repr(C)`, made of numbers, pointers and optional functions only.
            unsafe impl Prefixed for $type {
                const SIZE_AT: usize = core::mem::offset_of!($type, struct_size);
                const LEAST: usize =
                    core::mem::offset_of!($type, $last) + size_of_field(|it: &$type| &it.$last);
            }
        )+
    };
}

prefixed! {
    Entry up to create,
    Instance up to get_extension,
    Host up to get_extension,
    Sink up to write,
    Verdict up to title,
    VerdictSink up to give,
    Device up to groups,
    Person up to language,
    Supporter up to organisation,
    Context up to policy_version,
    SessionRequest up to client,
    SessionJoin up to permissions,
    ElevationRequest up to reason,
    SessionRequestHook up to decide,
    SessionJoinHook up to decide,
    ElevationRequestHook up to decide,
    JsonHook up to call,
    Log up to write,
    Facts up to get,
    Policy up to get,
    Store up to set,
    Requests up to send,
    Time up to monotonic_nanos,
    Clock up to now,
    Cancel up to remaining_millis,
    Calls up to send,
    Translations up to get,
    Folder up to path,
}
