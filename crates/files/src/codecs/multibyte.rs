//! The codecs of Chinese, Japanese and Korean in which a character takes several bytes, and that have no state.

use std::collections::HashMap;
use std::io::Read;
use std::sync::OnceLock;

use halfsour_vm::{Codec, Undecodable};
use lzma_rust2::XzReader;

use super::push;

/// The tables, which `xtask/python/codecs_tables.py` writes: for each codec its names and a newline, then sections. Each is a
/// character for the number of bytes before, these, and an entry for each of 256 bytes behind them. A section of [`END`] bytes ends
/// the codec. An entry is a character; or [`PAIR`] and two; or [`NONE`], and for the length of the error.
const TABLES: &[u8] = include_bytes!("multibyte.xz");

const END: u32 = 9;
const PAIR: char = '\u{ffff}';
const NONE: char = '\u{fffe}';

pub struct Multibyte {
    pub names: String,
    /// What each byte makes behind those of the key.
    sections: HashMap<Vec<u8>, Vec<(char, Option<char>)>>,
    /// The characters that sequences of four bytes stand for, in GB18030: all that are not in the sections.
    others: Vec<char>,
}

/// All of them.
pub fn multibyte() -> &'static [Multibyte] {
    static READ: OnceLock<Vec<Multibyte>> = OnceLock::new();
    READ.get_or_init(|| {
        let mut text = String::new();
        XzReader::new(TABLES, false).read_to_string(&mut text).expect("the tables are there");
        let mut chars = text.chars();
        let mut all = Vec::new();
        while let Some(codec) = read(&mut chars) {
            all.push(codec);
        }
        all
    })
}

fn read(chars: &mut impl Iterator<Item = char>) -> Option<Multibyte> {
    let names: String = chars.take_while(|&char| char != '\n').collect();
    let mut sections = HashMap::new();
    loop {
        let length = u32::from(chars.next()?);
        if length == END {
            break;
        }
        let prefix: Option<Vec<u8>> = (0..length).map(|_| u8::try_from(chars.next()?).ok()).collect();
        let entry = |_| {
            Some(match chars.next()? {
                PAIR => (chars.next()?, Some(chars.next()?)),
                NONE => (NONE, Some(chars.next()?)),
                char => (char, None),
            })
        };
        let entries: Option<Vec<_>> = (0..256).map(entry).collect();
        let prefix = prefix?;
        if let [first, _] = *prefix {
            sections.entry(vec![first]).or_insert_with(|| vec![(NONE, Some('\u{1}')); 256]);
        }
        sections.insert(prefix, entries?);
    }
    let mut codec = Multibyte { names, sections, others: Vec::new() };
    if codec.name() == "gb18030" {
        let mut is_listed = vec![false; 1 << 16];
        for (char, _) in codec.sections.values().flatten() {
            if let Some(listed) = is_listed.get_mut(*char as usize) {
                *listed = *char != NONE;
            }
        }
        let others = ('\0'..='\u{ffff}').filter(|&char| !is_listed[char as usize]);
        codec.others = others.collect();
    }
    Some(codec)
}

/// A character or two, and the number of their bytes.
type Found = ((char, Option<char>), usize);

impl Multibyte {
    /// The next character, and the number of its bytes; or that of the error.
    fn next(&self, bytes: &[u8]) -> Result<Found, usize> {
        let mut error = 1;
        for length in 1..=bytes.len().min(3) {
            let (prefix, last) = (&bytes[..length - 1], bytes[length - 1]);
            let Some(section) = self.sections.get(prefix) else {
                return self.special(bytes).unwrap_or(Err(error));
            };
            match section[usize::from(last)] {
                (NONE, Some(wanted)) => error = wanted as usize,
                found => return Ok((found, length)),
            }
        }
        if let Some(special) = self.special(bytes) {
            return special;
        }
        // More may have followed.
        let may_go_on = bytes.len() < 3 && self.sections.contains_key(bytes);
        Err(if may_go_on { bytes.len() } else { error })
    }

    fn special(&self, bytes: &[u8]) -> Option<Result<Found, usize>> {
        match self.name() {
            "gb18030" => gb18030(&self.others, bytes),
            "euc_kr" => made_up(bytes),
            // Three bytes, whatever the second is.
            name if name.starts_with("euc_j") && bytes[0] == 0x8f && bytes.len() < 3 => {
                Some(Err(bytes.len()))
            }
            _ => None,
        }
        .map(|found| found.map(|(char, length)| ((char, None), length)))
    }
}

/// Four bytes of GB18030, of which the second is a digit.
fn gb18030(others: &[char], bytes: &[u8]) -> Option<Result<(char, usize), usize>> {
    let (&first, &second) = (bytes.first()?, bytes.get(1)?);
    if first.is_ascii() || !second.is_ascii_digit() {
        return None;
    }
    let [_, _, third, fourth, ..] = *bytes else { return Some(Err(bytes.len())) };
    if ![first, third].iter().all(|byte| (0x81..=0xfe).contains(byte)) || !fourth.is_ascii_digit() {
        return Some(Err(1));
    }
    let place = |from: u8| {
        let digits = [(first - from, 10), (second - b'0', 126), (third - 0x81, 10), (fourth - b'0', 1)];
        digits.iter().fold(0, |place, &(digit, width)| (place + usize::from(digit)) * width)
    };
    let char = match first {
        0x90.. => u32::try_from(0x1_0000 + place(0x90)).ok().and_then(char::from_u32),
        _ => others.get(place(0x81)).copied(),
    };
    Some(char.map(|char| (char, 4)).ok_or(1))
}

/// Eight bytes of EUC-KR: a syllable that is made of three letters, behind a mark.
fn made_up(bytes: &[u8]) -> Option<Result<(char, usize), usize>> {
    const NO: u32 = 99;
    const INITIALS: [u32; 30] = [
        0, 1, NO, 2, NO, NO, 3, 4, 5, NO, NO, NO, NO, NO, NO, NO, 6, 7, 8, NO, 9, 10, 11, 12, 13, 14, 15, 16,
        17, 18,
    ];
    const FINALS: [u32; 30] = [
        1, 2, 3, 4, 5, 6, 7, NO, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, NO, 18, 19, 20, 21, 22, NO, 23, 24,
        25, 26, 27,
    ];
    if !bytes.starts_with(b"\xa4\xd4") {
        return None;
    }
    let [_, _, 0xa4, initial, 0xa4, vowel @ 0xbf..=0xd3, 0xa4, last, ..] = *bytes else {
        return Some(Err(if bytes.len() < 8 { bytes.len() } else { 1 }));
    };
    let letter = |letters: &[u32; 30], byte: u8| {
        let at = usize::from(byte.checked_sub(0xa1)?);
        letters.get(at).copied().filter(|&letter| letter != NO)
    };
    let last = if last == 0xd4 { Some(0) } else { letter(&FINALS, last) };
    let (Some(initial), Some(last)) = (letter(&INITIALS, initial), last) else { return Some(Err(1)) };
    let char = char::from_u32(0xac00 + initial * 588 + u32::from(vowel - 0xbf) * 28 + last);
    Some(char.map(|char| (char, 8)).ok_or(1))
}

impl Codec for Multibyte {
    fn name(&self) -> &str {
        self.names.split(' ').next().unwrap_or_default()
    }

    fn decode(&self, bytes: &[u8], text: &mut Vec<u8>) -> Result<(), Undecodable> {
        let mut at = 0;
        while at < bytes.len() {
            let ((char, second), length) =
                self.next(&bytes[at..]).map_err(|length| Undecodable { at, length })?;
            push(text, char);
            if let Some(second) = second {
                push(text, second);
            }
            at += length;
        }
        Ok(())
    }
}
