//! Files as bytes, without reading them.

// The only `unsafe` code of the workspace. A map is not stable: whoever writes to the file changes what is seen, and where the
// file is cut off, access ends the process. The invariant is that nothing here or above relies on bytes staying what
// they were: text is checked again wherever it becomes a `str`, offsets are compared with the length of the slice
// and never with the file. It pays where a file is large: what is not looked at is not read.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;

use bytes::Bytes;

/// The bytes of a file that is not empty.
pub(crate) fn map(file: &File) -> io::Result<Bytes> {
    // SAFETY: the map is private to this process and read-only; for what others may do to the file, see above.
    let map = unsafe { memmap2::Mmap::map(file)? };
    Ok(Bytes::from_owner(map))
}
