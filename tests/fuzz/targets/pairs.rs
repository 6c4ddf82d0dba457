#![no_main]

#[path = "../checks/pairs.rs"]
mod pairs;

libfuzzer_sys::fuzz_target!(|data: &[u8]| pairs::check(data));
