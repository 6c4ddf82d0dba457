//! deskhook-wire
