//! Files as bytes, without reading them.

// The only `unsafe` code of the workspace: to map, and to give memory back. A map is not stable: whoever writes to the file changes what is seen, and where the
// file is cut off, access ends the process. The invariant is that nothing here or above relies on bytes staying what
// they were: text is checked again wherever it becomes a `str`, offsets are compared with the length of the slice
// and never with the file. It pays where a file is large: what is not looked at is not read.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use bytes::Bytes;
use memmap2::Mmap;

/// All maps that there are, so that what lies in one can be told from other memory.
static MAPS: Mutex<Vec<Weak<Mmap>>> = Mutex::new(Vec::new());

fn maps() -> MutexGuard<'static, Vec<Weak<Mmap>>> {
    MAPS.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Owner(Arc<Mmap>);

impl AsRef<[u8]> for Owner {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The bytes of a file that is not empty.
pub(crate) fn map(file: &File) -> io::Result<Bytes> {
    // SAFETY: the map is private to this process and read-only; for what others may do to the file, see above.
    let map = Arc::new(unsafe { Mmap::map(file)? });
    let mut maps = maps();
    maps.retain(|map| map.strong_count() > 0);
    maps.push(Arc::downgrade(&map));
    Ok(Bytes::from_owner(Owner(map)))
}

/// Gives back the memory of bytes that lie in a map. They are read from the file again when somebody looks at them.
#[cfg(unix)]
pub(crate) fn give_back(bytes: &[u8]) {
    let start = bytes.as_ptr() as usize;
    for map in maps().iter().filter_map(Weak::upgrade) {
        let from = start.wrapping_sub(map.as_ptr() as usize);
        if from < map.len() && bytes.len() <= map.len() - from {
            // SAFETY: nobody has written to the map, which is read-only: its pages come from the file again. That it does not work
            // costs memory only.
            let _ =
                unsafe { map.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, from, bytes.len()) };
        }
    }
}

#[cfg(not(unix))]
pub(crate) fn give_back(_: &[u8]) {}
