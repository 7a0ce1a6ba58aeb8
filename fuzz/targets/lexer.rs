//! Drives `halfsour_fuzz::lexer` with libFuzzer: `cargo +nightly fuzz run --features libfuzzer lexer`.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| halfsour_fuzz::lexer(input));
