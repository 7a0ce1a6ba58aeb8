//! Runs pickle opcodes into a graph; imports nothing, calls nothing.
