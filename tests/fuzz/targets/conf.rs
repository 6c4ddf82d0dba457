#![no_main]

#[path = "../checks/conf.rs"]
mod conf;

libfuzzer_sys::fuzz_target!(|data: &[u8]| conf::check(data));
