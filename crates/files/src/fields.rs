//! [`Fields`]: numbers at known places of a binary format.

/// Numbers in either byte order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields<'b> {
    bytes: &'b [u8],
    is_big: bool,
}

impl<'b> Fields<'b> {
    pub fn new(bytes: &'b [u8], is_big: bool) -> Self {
        Self { bytes, is_big }
    }

    pub fn little(bytes: &'b [u8]) -> Self {
        Self::new(bytes, false)
    }

    pub fn big(bytes: &'b [u8]) -> Self {
        Self::new(bytes, true)
    }

    fn at<const N: usize>(self, at: usize) -> Option<[u8; N]> {
        self.bytes.get(at..)?.first_chunk().copied()
    }

    pub fn u16(self, at: usize) -> Option<usize> {
        let field = self.at(at)?;
        Some(if self.is_big { u16::from_be_bytes(field) } else { u16::from_le_bytes(field) }.into())
    }

    pub fn u32(self, at: usize) -> Option<usize> {
        let field = self.at(at)?;
        let number = if self.is_big { u32::from_be_bytes(field) } else { u32::from_le_bytes(field) };
        usize::try_from(number).ok()
    }

    pub fn u64(self, at: usize) -> Option<u64> {
        let field = self.at(at)?;
        Some(if self.is_big { u64::from_be_bytes(field) } else { u64::from_le_bytes(field) })
    }

    /// A number of 64 bits that is a place or a length.
    pub fn place(self, at: usize) -> Option<usize> {
        usize::try_from(self.u64(at)?).ok()
    }
}
