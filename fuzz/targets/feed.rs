//! Drives `halfsour_fuzz::feed` with libFuzzer: `cargo +nightly fuzz run --features libfuzzer feed`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| halfsour_fuzz::feed(input));
