//! Drives `halfsour_fuzz::files` with libFuzzer: `cargo +nightly fuzz run --features libfuzzer files`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| halfsour_fuzz::files(input));
