//! Drives `halfsour_fuzz::audit` with libFuzzer: `cargo +nightly fuzz run --features libfuzzer audit`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| halfsour_fuzz::audit(input));
