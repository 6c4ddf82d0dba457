//! deskhook-record
