use core::ffi::{c_char, c_void};

/// What a function says about how it went: one of the `DESKHOOK_` codes below. A reader takes an
/// unknown one for `DESKHOOK_FAILED`.
pub type Status = i32;

/// Done.
pub const OK: Status = 0;
/// Not done; the error sink says why.
pub const FAILED: Status = 1;
/// The plugin's own code panicked; what it would have answered counts as a failure.
pub const PANICKED: Status = 2;
/// The caller broke a rule: a null where none may be, a text that is not UTF-8, a struct that is
/// too small, an unknown number.
pub const INVALID: Status = 3;
/// There is no such fact, key or value.
pub const NOT_FOUND: Status = 4;
/// The organisation's policy grants this plugin no such capability.
pub const NOT_GRANTED: Status = 5;
/// Nobody answered in time, or nobody is there: before the first hook, and at shutdown.
pub const NO_ANSWER: Status = 6;
/// What was written is longer than the sink takes.
pub const TOO_LARGE: Status = 7;

/// A view of UTF-8 text; not terminated by a zero. Null data is "no text", which is not the same
/// as an empty text. Lives until the call that it was passed to, or from, returns, unless said
/// otherwise. Frozen: it never grows.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// The first byte, or null.
    pub data: *const c_char,
    /// Bytes.
    pub size: usize,
}

/// A list of texts. Frozen: it never grows.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Texts {
    /// The first, or null where there are none.
    pub items: *const Text,
    /// How many.
    pub count: usize,
}

/// Where an answer is written to. It belongs to whoever asks, and is used only until the call
/// that it was passed to returns, on that call's thread.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Sink {
    /// Size of this struct in bytes, as its maker knows it.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// The maker's own.
    pub context: *mut c_void,
    /// [hook-thread] Appends `part`, which is copied before this returns; may be called several
    /// times. `DESKHOOK_TOO_LARGE` and `DESKHOOK_INVALID` spoil the whole answer.
    pub write: Option<unsafe extern "C" fn(sink: *const Sink, part: Text) -> Status>,
}

/// A text that cannot be read: not UTF-8, or longer than memory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadText;

impl Text {
    /// No text.
    pub const NONE: Self = Self {
        data: core::ptr::null(),
        size: 0,
    };

    /// A view of `text`, which must outlive it.
    pub const fn new(text: &str) -> Self {
        Self {
            data: text.as_ptr().cast(),
            size: text.len(),
        }
    }

    /// A view of `text`, or no text.
    pub fn optional(text: Option<&str>) -> Self {
        text.map_or(Self::NONE, Self::new)
    }

    /// What it views; none where there is no text.
    ///
    /// # Safety
    /// `data` is null, or points to `size` bytes that stay as they are for `'a`.
    pub unsafe fn read<'a>(self) -> Result<Option<&'a str>, BadText> {
        if self.data.is_null() {
            return Ok(None);
        }
        if self.size > isize::MAX as usize {
            return Err(BadText);
        }
        // SAFETY: the caller vouches for `data` and `size`; the length was just checked.
        let bytes = unsafe { core::slice::from_raw_parts(self.data.cast::<u8>(), self.size) };
        core::str::from_utf8(bytes).map(Some).map_err(|_| BadText)
    }
}

impl Texts {
    /// No texts.
    pub const NONE: Self = Self {
        items: core::ptr::null(),
        count: 0,
    };

    /// A view of `texts`, which must outlive it.
    pub const fn new(texts: &[Text]) -> Self {
        Self {
            items: texts.as_ptr(),
            count: texts.len(),
        }
    }

    /// What it views.
    ///
    /// # Safety
    /// `items` is null, or points to `count` texts that stay as they are for `'a`.
    pub unsafe fn read<'a>(self) -> &'a [Text] {
        let most = isize::MAX as usize / size_of::<Text>();
        if self.items.is_null() || self.count > most {
            return &[];
        }
        // SAFETY: the caller vouches for `items` and `count`; the length was just checked.
        unsafe { core::slice::from_raw_parts(self.items, self.count) }
    }
}
