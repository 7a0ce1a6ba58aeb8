//! Drives `halfsour_fuzz::path` with libFuzzer: `cargo +nightly fuzz run --features libfuzzer path`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| halfsour_fuzz::path(input));
