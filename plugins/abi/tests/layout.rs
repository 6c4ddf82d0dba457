//! Sizes and offsets, frozen: a vendor's library of today must run for ten years.

#![cfg(target_pointer_width = "64")]

use std::mem::{offset_of, size_of};

use deskhook_abi::host::{
    Calls, Cancel, Clock, Facts, Folder, Log, Policy, Requests, Store, Time, Translations,
};
use deskhook_abi::*;

/// Struct, its size in the version that it came with (1.0, or 1.1 for `Calls`, `Translations` and `Folder`),
/// and where each field of that version lies.
macro_rules! frozen {
    ($($type:ident $size:literal { $($field:ident $at:literal),+ $(,)? })+) => {
        #[test]
        fn every_field_lies_where_it_lay_at_first() {
            $($(assert_eq!(offset_of!($type, $field), $at, "{}.{}", stringify!($type), stringify!($field));)+)+
        }

        #[test]
        fn every_struct_is_as_large_as_it_was_at_first() {
            $(assert_eq!(size_of::<$type>(), $size, stringify!($type));)+
        }
    };
}

frozen! {
    Text 16 { data 0, size 8 }
    Texts 16 { items 0, count 8 }
    Head 16 { magic 0, struct_size 8, abi_major 12, abi_minor 14 }
    Entry 56 { magic 0, struct_size 8, abi_major 12, abi_minor 14, id 16, version 32, create 48 }
    Instance 32 { struct_size 0, reserved 4, state 8, destroy 16, get_extension 24 }
    Host 64 { magic 0, struct_size 8, abi_major 12, abi_minor 14, name 16, version 32, context 48, get_extension 56 }
    Sink 24 { struct_size 0, reserved 4, context 8, write 16 }
    Verdict 64 { struct_size 0, kind 4, timeout_seconds 8, reserved 12, code 16, message 32, title 48 }
    VerdictSink 24 { struct_size 0, reserved 4, context 8, give 16 }
    Device 88 { struct_size 0, reserved 4, id 8, name 24, os 40, os_version 56, groups 72 }
    Person 56 { struct_size 0, verified 4, name 8, display_name 24, language 40 }
    Supporter 40 { struct_size 0, verified 4, name 8, organisation 24 }
    Context 56 { struct_size 0, reserved 4, now 8, device 24, person 32, policy_version 40 }
    SessionRequest 80 { struct_size 0, reserved 4, context 8, reason 16, ticket 32, origin 48, client 64 }
    SessionJoin 104 { struct_size 0, reserved 4, context 8, session 16, supporter 32, reason 40, ticket 56, address 72, permissions 88 }
    ElevationRequest 104 { struct_size 0, minutes 4, context 8, session 16, supporter 32, program 40, arguments 56, method 72, reason 88 }
    SessionRequestHook 16 { struct_size 0, reserved 4, decide 8 }
    SessionJoinHook 16 { struct_size 0, reserved 4, decide 8 }
    ElevationRequestHook 16 { struct_size 0, reserved 4, decide 8 }
    JsonHook 16 { struct_size 0, reserved 4, call 8 }
    Log 16 { struct_size 0, reserved 4, write 8 }
    Facts 16 { struct_size 0, reserved 4, get 8 }
    Policy 16 { struct_size 0, reserved 4, get 8 }
    Store 24 { struct_size 0, reserved 4, get 8, set 16 }
    Requests 16 { struct_size 0, reserved 4, send 8 }
    Time 24 { struct_size 0, reserved 4, unix_millis 8, monotonic_nanos 16 }
    Clock 16 { struct_size 0, reserved 4, now 8 }
    Calls 16 { struct_size 0, reserved 4, send 8 }
    Translations 16 { struct_size 0, reserved 4, get 8 }
    Folder 16 { struct_size 0, reserved 4, path 8 }
    Cancel 24 { struct_size 0, reserved 4, is_cancelled 8, remaining_millis 16 }
}

#[test]
fn the_numbers_that_both_sides_exchange_never_change() {
    assert_eq!(MAGIC.to_le_bytes(), *b"DESKHOOK");
    assert_eq!(ABI_MAJOR, 1);
    assert_eq!(
        [
            OK,
            FAILED,
            PANICKED,
            INVALID,
            NOT_FOUND,
            NOT_GRANTED,
            NO_ANSWER,
            TOO_LARGE
        ],
        [0, 1, 2, 3, 4, 5, 6, 7]
    );
    assert_eq!(
        [VERDICT_ABSTAIN, VERDICT_ALLOW, VERDICT_DENY, VERDICT_ASK],
        [0, 1, 2, 3]
    );
    assert_eq!(
        [
            host::LOG_DEBUG,
            host::LOG_INFO,
            host::LOG_WARN,
            host::LOG_ERROR
        ],
        [0, 1, 2, 3]
    );
}

#[test]
fn a_reader_takes_what_both_sides_know() {
    let whole = Verdict {
        struct_size: 64,
        kind: VERDICT_DENY,
        timeout_seconds: 7,
        reserved: 0,
        code: Text::new("a"),
        message: Text::new("b"),
        title: Text::new("c"),
    };
    // SAFETY: it is whole and says so.
    let read_whole = unsafe { read(&raw const whole) };
    assert_eq!(
        read_whole.map(|it| (it.kind, it.title.size)),
        Ok((VERDICT_DENY, 1))
    );

    #[repr(C)]
    struct Longer(Verdict, u64);
    let longer = Longer(
        Verdict {
            struct_size: 72,
            ..whole
        },
        u64::MAX,
    );
    // SAFETY: it begins like a verdict and is as long as it says.
    let read_longer = unsafe { read((&raw const longer).cast::<Verdict>()) };
    assert_eq!(read_longer.map(|it| it.timeout_seconds), Ok(7));
}

#[test]
fn a_struct_that_is_too_short_or_missing_is_refused() {
    let short = Instance {
        struct_size: 31,
        reserved: 0,
        state: std::ptr::null_mut(),
        destroy: None,
        get_extension: None,
    };
    // SAFETY: it is larger than it says.
    let refused = unsafe { read(&raw const short) };
    let why = Short {
        said: 31,
        least: 32,
    };
    assert_eq!(refused.map(|_| ()), Err(why));
    // SAFETY: null is allowed.
    let missing = unsafe { read::<Instance>(std::ptr::null()) };
    let why = Short { said: 0, least: 32 };
    assert_eq!(missing.map(|_| ()), Err(why));
}

#[test]
fn text_that_is_not_utf8_is_refused_and_no_text_is_not_empty_text() {
    let bytes = [0xFFu8, 0xFE];
    let bad = Text {
        data: bytes.as_ptr().cast(),
        size: 2,
    };
    // SAFETY: it views `bytes`.
    assert_eq!(unsafe { bad.read() }, Err(BadText));
    // SAFETY: null is allowed.
    assert_eq!(unsafe { Text::NONE.read() }, Ok(None));
    // SAFETY: it views a literal.
    assert_eq!(unsafe { Text::new("").read() }, Ok(Some("")));
    let endless = Text {
        data: bytes.as_ptr().cast(),
        size: usize::MAX,
    };
    // SAFETY: the size is refused before anything is read.
    assert_eq!(unsafe { endless.read() }, Err(BadText));
}
