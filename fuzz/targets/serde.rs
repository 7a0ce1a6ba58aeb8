//! Drives `halfsour_fuzz::serde` with libFuzzer: `cargo +nightly fuzz run --features libfuzzer serde`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| halfsour_fuzz::serde(input));
