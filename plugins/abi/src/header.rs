/// The C header, as it is checked in at `include/deskhook_plugin.h`.
pub const HEADER: &str = include_str!("../include/deskhook_plugin.h");
