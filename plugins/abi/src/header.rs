/// The C header, as it is checked in at `include/deskhook_plugin.h`.
pub const HEADER: &str = include_str!("../include/deskhook_plugin.h");

/// A host for the tests of plugins in C, `include/deskhook_trial.h`: written by hand, on top of [`HEADER`].
pub const TRIAL_HEADER: &str = include_str!("../include/deskhook_trial.h");
