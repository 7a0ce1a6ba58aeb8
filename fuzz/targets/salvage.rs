//! Drives `halfsour_fuzz::salvage` with libFuzzer: `cargo +nightly fuzz run --features libfuzzer salvage`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| halfsour_fuzz::salvage(input));
