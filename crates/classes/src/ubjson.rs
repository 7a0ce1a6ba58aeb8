//! Reads as much of UBJSON as xgboost writes.

/// The value of a member of the object that this is.
pub(crate) fn member<'g>(object: &'g [u8], name: &[u8]) -> Option<&'g [u8]> {
    let mut reader = Reader(object.strip_prefix(b"{")?);
    while reader.0.first()? != &b'}' {
        let is_it = reader.text()? == name;
        let value = reader.0;
        reader.value()?;
        if is_it {
            return value.get(..value.len() - reader.0.len());
        }
    }
    None
}

struct Reader<'g>(&'g [u8]);

impl<'g> Reader<'g> {
    fn take(&mut self, count: u64) -> Option<&'g [u8]> {
        let (taken, rest) = self.0.split_at_checked(usize::try_from(count).ok()?)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1)?.first().copied()
    }

    fn next_is(&mut self, byte: u8) -> bool {
        let rest = self.0.strip_prefix(&[byte]);
        rest.inspect(|rest| self.0 = rest).is_some()
    }

    fn length(&mut self) -> Option<u64> {
        let marker = self.byte().filter(|marker| b"iUIlL".contains(marker))?;
        let bytes = self.take(size(marker)?)?;
        let mut length = [0; 8];
        length[8 - bytes.len()..].copy_from_slice(bytes);
        u64::try_from(i64::from_be_bytes(length)).ok()
    }

    fn text(&mut self) -> Option<&'g [u8]> {
        let length = self.length()?;
        self.take(length)
    }

    /// Passes over a value.
    fn value(&mut self) -> Option<()> {
        // What has begun: how many an array has left, or none for an object, which says where it ends.
        let mut open: Vec<Option<u64>> = Vec::new();
        loop {
            match self.byte()? {
                b'{' => open.push(None),
                b'[' if self.next_is(b'$') => {
                    let size = size(self.byte()?)?;
                    let count = if self.next_is(b'#') { self.length()? } else { return None };
                    self.take(size.checked_mul(count)?)?;
                }
                b'[' => open.push(Some(if self.next_is(b'#') { self.length()? } else { return None })),
                b'S' => drop(self.text()?),
                scalar => drop(self.take(size(scalar)?)?),
            }
            // Up to where the next value begins.
            loop {
                let Some(within) = open.last_mut() else { return Some(()) };
                match within {
                    None if !self.next_is(b'}') => {
                        self.text()?;
                        break;
                    }
                    Some(left @ 1..) => {
                        *left -= 1;
                        break;
                    }
                    _ => drop(open.pop()),
                }
            }
        }
    }
}

/// The size of a scalar in bytes.
fn size(marker: u8) -> Option<u64> {
    Some(match marker {
        b'Z' | b'N' | b'T' | b'F' => 0,
        b'i' | b'U' | b'C' => 1,
        b'I' => 2,
        b'l' | b'd' => 4,
        b'L' | b'D' => 8,
        _ => return None,
    })
}
