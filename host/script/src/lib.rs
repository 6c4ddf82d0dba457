//! deskhook-script
