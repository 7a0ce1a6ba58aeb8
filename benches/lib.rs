//! The ladder of benches on one corpus.
