//! deskhook-elevation
