//! A graph of Python data as JSON, plain or lossless.
