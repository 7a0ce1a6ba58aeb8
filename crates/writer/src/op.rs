//! One opcode to bytes.

use halfsour_opcode::{Op, for_each_opcode};

use crate::{Error, ErrorKind};

fn put(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(bytes);
}

/// Writes a line, whose only newline is its end.
fn line(out: &mut Vec<u8>, text: &[u8]) -> Result<(), Error> {
    if text.contains(&b'\n') {
        return Err(ErrorKind::Name.into());
    }
    put(out, text);
    out.push(b'\n');
    Ok(())
}

macro_rules! counted {
    ($out:ident, $length:ty, $bytes:ident) => {{
        let length = <$length>::try_from($bytes.len()).map_err(|_| ErrorKind::Length)?;
        put($out, &length.to_le_bytes());
        put($out, $bytes);
    }};
}

macro_rules! write_arg {
    (uint1, $out:ident, $arg:ident) => {
        $out.push($arg)
    };
    (uint2, $out:ident, $arg:ident) => {
        put($out, &$arg.to_le_bytes())
    };
    (int4, $out:ident, $arg:ident) => {
        put($out, &$arg.to_le_bytes())
    };
    (uint4, $out:ident, $arg:ident) => {
        put($out, &$arg.to_le_bytes())
    };
    (uint8, $out:ident, $arg:ident) => {
        put($out, &$arg.to_le_bytes())
    };
    (float8, $out:ident, $arg:ident) => {
        put($out, &$arg.to_be_bytes())
    };
    (string1, $out:ident, $arg:ident) => {
        counted!($out, u8, $arg)
    };
    (bytes1, $out:ident, $arg:ident) => {
        counted!($out, u8, $arg)
    };
    (unicodestring1, $out:ident, $arg:ident) => {
        counted!($out, u8, $arg)
    };
    (long1, $out:ident, $arg:ident) => {
        counted!($out, u8, $arg)
    };
    (string4, $out:ident, $arg:ident) => {
        counted!($out, i32, $arg)
    };
    (long4, $out:ident, $arg:ident) => {
        counted!($out, i32, $arg)
    };
    (bytes4, $out:ident, $arg:ident) => {
        counted!($out, u32, $arg)
    };
    (unicodestring4, $out:ident, $arg:ident) => {
        counted!($out, u32, $arg)
    };
    (bytes8, $out:ident, $arg:ident) => {
        counted!($out, u64, $arg)
    };
    (bytearray8, $out:ident, $arg:ident) => {
        counted!($out, u64, $arg)
    };
    (unicodestring8, $out:ident, $arg:ident) => {
        counted!($out, u64, $arg)
    };
    (stringnl_noescape_pair, $out:ident, $arg:ident) => {{
        line($out, $arg.0)?;
        line($out, $arg.1)?;
    }};
    ($line:ident, $out:ident, $arg:ident) => {
        line($out, $arg)?
    };
}

macro_rules! define {
    ($($byte:literal $variant:ident $(($arg:ident: $kind:ident))? $name:literal
        [$($before:ident)*] => [$($after:ident)*] $protocol:literal $summary:literal;)*) => {
        /// Appends an opcode with its argument to `out`.
        ///
        /// ```
        /// use halfsour_opcode::Op;
        ///
        /// let mut out = Vec::new();
        /// halfsour_writer::write_op(&mut out, &Op::ShortBinUnicode(b"hi"))?;
        /// assert_eq!(out, b"\x8c\x02hi");
        /// # Ok::<(), halfsour_writer::Error>(())
        /// ```
        ///
        /// # Errors
        ///
        /// If a line contains a newline, or the argument is longer than the opcode can express. `out` is then unchanged.
        pub fn write_op(out: &mut Vec<u8>, op: &Op<'_>) -> Result<(), Error> {
            let before = out.len();
            write(out, op).inspect_err(|_| out.truncate(before))
        }

        fn write(out: &mut Vec<u8>, op: &Op<'_>) -> Result<(), Error> {
            match *op {
                $(Op::$variant $(($arg))? => {
                    out.push($byte);
                    $(write_arg!($kind, out, $arg);)?
                })*
            }
            Ok(())
        }
    };
}

for_each_opcode!(define);
