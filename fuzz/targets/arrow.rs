//! Drives `halfsour_fuzz::arrow` with libFuzzer: `cargo +nightly fuzz run --features libfuzzer arrow`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| halfsour_fuzz::arrow(input));
