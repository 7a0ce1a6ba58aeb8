//! Drives `halfsour_fuzz::program` with libFuzzer: `cargo +nightly fuzz run --features libfuzzer program`.
#![no_main]

libfuzzer_sys::fuzz_target!(|program: halfsour_fuzz::Program| halfsour_fuzz::program(&program));
