//! Drives `halfsour_fuzz::typed` with libFuzzer: `cargo +nightly fuzz run --features libfuzzer typed`.
#![no_main]

libfuzzer_sys::fuzz_target!(|value: halfsour_fuzz::Typed| halfsour_fuzz::typed(&value));
