//! Drives `halfsour_fuzz::convert` with libFuzzer: `cargo +nightly fuzz run --features libfuzzer convert`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| halfsour_fuzz::convert(input));
