//! The `deskhook` binary.
fn main() {}
