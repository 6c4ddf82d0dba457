//! deskhook-source
