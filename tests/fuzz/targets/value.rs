#![no_main]

#[path = "../checks/package.rs"]
mod package;
#[path = "../checks/value.rs"]
mod value;

libfuzzer_sys::fuzz_target!(|data: &[u8]| value::check(data));
