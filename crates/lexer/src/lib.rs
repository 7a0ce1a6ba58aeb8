//! Bytes to pickle opcodes with nom, without allocation; and the disassembler.
