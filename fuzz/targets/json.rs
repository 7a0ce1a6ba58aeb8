//! Drives `halfsour_fuzz::json` with libFuzzer: `cargo +nightly fuzz run --features libfuzzer json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| halfsour_fuzz::json(input));
