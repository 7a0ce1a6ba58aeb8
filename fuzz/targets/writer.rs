//! Drives `halfsour_fuzz::writer` with libFuzzer: `cargo +nightly fuzz run --features libfuzzer writer`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| halfsour_fuzz::writer(input));
