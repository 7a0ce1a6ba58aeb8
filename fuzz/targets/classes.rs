//! Drives `halfsour_fuzz::classes` with libFuzzer: `cargo +nightly fuzz run --features libfuzzer classes`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| halfsour_fuzz::classes(input));
