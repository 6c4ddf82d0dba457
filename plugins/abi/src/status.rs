use core::fmt;

use crate::{FAILED, INVALID, NO_ANSWER, NOT_FOUND, NOT_GRANTED, OK, PANICKED, Status, TOO_LARGE};

/// A status as the header calls it: `DESKHOOK_INVALID`. A number that is none keeps its digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named(pub Status);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            OK => "DESKHOOK_OK",
            FAILED => "DESKHOOK_FAILED",
            PANICKED => "DESKHOOK_PANICKED",
            INVALID => "DESKHOOK_INVALID",
            NOT_FOUND => "DESKHOOK_NOT_FOUND",
            NOT_GRANTED => "DESKHOOK_NOT_GRANTED",
            NO_ANSWER => "DESKHOOK_NO_ANSWER",
            TOO_LARGE => "DESKHOOK_TOO_LARGE",
            unknown => return write!(f, "the unknown status {unknown}"),
        })
    }
}
