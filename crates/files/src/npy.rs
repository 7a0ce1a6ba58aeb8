//! [`Npy`]: numpy's files of one array.

use std::ops::Range;

use crate::ErrorKind;
use crate::literal::{Literal, parse};

/// The header of an `.npy` file.
///
/// ```
/// use halfsour_files::Npy;
///
/// let mut file = b"\x93NUMPY\x01\0\x76\0{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }".to_vec();
/// file.resize(127, b' ');
/// file.push(b'\n');
/// file.resize(128 + 6 * 8, 0);
/// let npy = Npy::parse(&file)?;
/// assert_eq!((npy.descr.as_str(), &npy.shape[..], npy.data), (Some("<f8"), &[2, 3][..], 128));
/// # Ok::<(), halfsour_files::ErrorKind>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Npy {
    /// The version of the format: major and minor.
    pub version: (u8, u8),
    /// The type of the elements: text as `<f8`, or a list of fields.
    pub descr: Literal,
    /// Whether the first index varies fastest.
    pub fortran_order: bool,
    /// The extent of each dimension.
    pub shape: Vec<u64>,
    /// The offset of the data, in bytes.
    pub data: usize,
}

const WRONG: ErrorKind = ErrorKind::Malformed("the header of .npy is invalid");

impl Npy {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// If the header is missing, truncated or malformed.
    pub fn parse(bytes: &[u8]) -> Result<Self, ErrorKind> {
        let Some([b"\x93NUMPY", [major, minor]]) =
            bytes.first_chunk::<8>().map(|magic| [&magic[..6], &magic[6..]])
        else {
            return Err(ErrorKind::Truncated);
        };
        let version = (*major, *minor);
        if !matches!(major, 1..=3) {
            return Err(ErrorKind::Unsupported("the version of .npy"));
        }
        let text = Self::text(bytes).ok_or(ErrorKind::Truncated)?;
        let data = text.end;
        // Versions 1 and 2 are latin-1; what they say of names that are not ASCII does not matter here.
        let header = parse(&String::from_utf8_lossy(&bytes[text])).ok_or(WRONG)?;
        let descr = header.get("descr").ok_or(WRONG)?.clone();
        let Some(&Literal::Bool(fortran_order)) = header.get("fortran_order") else { return Err(WRONG) };
        let Some(Literal::Tuple(shape)) = header.get("shape") else { return Err(WRONG) };
        let shape = shape.iter().map(Literal::as_u64).collect::<Option<_>>().ok_or(WRONG)?;
        Ok(Self { version, descr, fortran_order, shape, data })
    }

    /// The header of an array, as numpy writes it: of the lowest version that can say it, and so long that the data after it is aligned.
    /// `descr` is the type as Python spells it: `'<f8'`, or a list of fields.
    ///
    /// ```
    /// use halfsour_files::Npy;
    ///
    /// let header = Npy::header("'<f8'", false, &[2, 3]);
    /// assert!(header.starts_with(b"\x93NUMPY\x01\0\x76\0{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }  "));
    /// assert_eq!(Npy::parse(&header)?.data, header.len());
    /// # Ok::<(), halfsour_files::ErrorKind>(())
    /// ```
    pub fn header(descr: &str, fortran_order: bool, shape: &[u64]) -> Vec<u8> {
        const ALIGNMENT: usize = 64;
        // So many digits fit where the length of the axis stands along which files grow.
        const GROWTH: usize = 21;
        let order = if fortran_order { "True" } else { "False" };
        let lengths: Vec<_> = shape.iter().map(u64::to_string).collect();
        let comma = if lengths.len() == 1 { "," } else { "" };
        let mut text = format!(
            "{{'descr': {descr}, 'fortran_order': {order}, 'shape': ({}{comma}), }}",
            lengths.join(", ")
        );
        let growing = if fortran_order { lengths.last() } else { lengths.first() };
        text.push_str(&" ".repeat(growing.map_or(0, |length| GROWTH.saturating_sub(length.len()))));
        let latin1 = text.chars().map(|c| u8::try_from(c).ok()).collect::<Option<Vec<u8>>>();
        let is_latin1 = latin1.is_some();
        let mut text = latin1.unwrap_or_else(|| text.into_bytes());
        let padded = |start: usize| {
            let end = start + text.len() + 1;
            text.len() + 1 + ALIGNMENT - end % ALIGNMENT
        };
        let (start, short) = (10, u16::try_from(padded(10)).ok().filter(|_| is_latin1));
        let mut header = b"\x93NUMPY".to_vec();
        let length = match short {
            Some(length) => {
                header.extend([1, 0]);
                header.extend(length.to_le_bytes());
                padded(start)
            }
            None => {
                let length = padded(start + 2);
                header.extend([if is_latin1 { 2 } else { 3 }, 0]);
                header.extend(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
                length
            }
        };
        text.resize(length - 1, b' ');
        text.push(b'\n');
        header.append(&mut text);
        header
    }

    /// The offset at which the data of an array of numbers ends, if the header is just as numpy writes it. Otherwise, numpy may read the same
    /// header as that of objects, which it unpickles.
    ///
    /// ```
    /// use halfsour_files::Npy;
    ///
    /// let file = [&Npy::header("'<f8'", false, &[2, 3])[..], &[0; 48]].concat();
    /// assert_eq!(Npy::end_of_numbers(&file), Some(file.len()));
    /// let file = [&Npy::header("u'<f8'", false, &[2, 3])[..], &[0; 48]].concat();
    /// assert_eq!(Npy::end_of_numbers(&file), None);
    /// ```
    pub fn end_of_numbers(bytes: &[u8]) -> Option<usize> {
        let npy = Self::parse(bytes).ok()?;
        npy.end().filter(|_| npy.descr.is_of_numbers() && npy.is_written(bytes))
    }

    /// Whether the header of this file, which was read from it, is letter by letter what numpy writes.
    pub fn is_written(&self, bytes: &[u8]) -> bool {
        let Some(text) = Self::text(bytes).map(|text| String::from_utf8_lossy(&bytes[text])) else {
            return false;
        };
        let Some(text) = text.strip_suffix('\n') else { return false };
        let text = text.trim_end_matches(' ');
        let written = |is_long| {
            let order = if self.fortran_order { "True" } else { "False" };
            let shape = Literal::Tuple(self.shape.iter().copied().map(Literal::Int).collect());
            let (descr, shape) = (self.descr.repr(false)?, shape.repr(is_long)?);
            Some(format!("{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"))
        };
        self.version.1 == 0 && [false, true].into_iter().filter_map(written).any(|it| it == text)
    }

    /// The offset at which the data begins, and so the pickle of an array of objects, whatever the rest of the header says.
    pub fn start(bytes: &[u8]) -> Option<usize> {
        Some(Self::text(bytes)?.end)
    }

    /// The range of the header's text.
    fn text(bytes: &[u8]) -> Option<Range<usize>> {
        let (start, length) = match bytes.get(6)? {
            1 => (10, u16::from_le_bytes(*bytes.get(8..)?.first_chunk()?).into()),
            _ => (12, u32::from_le_bytes(*bytes.get(8..)?.first_chunk()?)),
        };
        let end = start + usize::try_from(length).ok()?;
        (end <= bytes.len()).then_some(start..end)
    }

    /// Returns the offset at which the data of an array of numbers ends; `None` if its elements are objects, or of a type that is not
    /// known.
    pub fn end(&self) -> Option<usize> {
        let size = self.descr.item_size().filter(|_| self.pickle().is_none())?;
        let length = if self.shape.contains(&0) {
            0
        } else {
            self.shape.iter().try_fold(size, |size, &length| size.checked_mul(length))?
        };
        self.data.checked_add(usize::try_from(length).ok()?)
    }

    /// The offset of the pickle that an array of objects is written as; `None` for other arrays.
    pub fn pickle(&self) -> Option<usize> {
        self.descr.has_objects().then_some(self.data)
    }
}
