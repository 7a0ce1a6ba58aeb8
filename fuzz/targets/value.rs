//! Drives `halfsour_fuzz::value` with libFuzzer: `cargo +nightly fuzz run --features libfuzzer value`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| halfsour_fuzz::value(input));
