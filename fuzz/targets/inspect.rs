//! Drives `halfsour_fuzz::inspect` with libFuzzer: `cargo +nightly fuzz run --features libfuzzer inspect`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| halfsour_fuzz::inspect(input));
