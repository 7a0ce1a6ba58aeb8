//! Drives `halfsour_fuzz::vm` with libFuzzer: `cargo +nightly fuzz run --features libfuzzer vm`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| halfsour_fuzz::vm(input));
