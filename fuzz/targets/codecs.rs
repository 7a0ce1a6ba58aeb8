//! Drives `halfsour_fuzz::codecs` with libFuzzer: `cargo +nightly fuzz run --features libfuzzer codecs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| halfsour_fuzz::codecs(input));
