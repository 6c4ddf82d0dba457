#![no_main]

#[path = "../checks/package.rs"]
mod package;
#[path = "../checks/script.rs"]
mod script;

libfuzzer_sys::fuzz_target!(|data: &[u8]| script::check(data));
