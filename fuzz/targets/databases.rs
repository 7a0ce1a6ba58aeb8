//! Drives `halfsour_fuzz::databases` with libFuzzer: `cargo +nightly fuzz run --features libfuzzer databases`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| halfsour_fuzz::databases(input));
