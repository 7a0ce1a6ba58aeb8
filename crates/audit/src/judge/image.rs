//! Images of Pillow: whether the state has as many bytes as the size says, which Pillow takes memory for first.

use halfsour_vm::value::machine::Peek;
use halfsour_vm::value::{Id, View};

/// How many pixels a side may have.
const LONGEST: u64 = 1_000_000;
/// How many numbers a palette has at most.
const PALETTE: usize = 1024;

/// Whether a state is `[info, mode, size, palette, data]`, behind which there may be the name of a file, and what JPEG has of layers.
pub(super) fn is_image(view: View<'_>, state: Id) -> bool {
    let Peek::List(&[info, mode, size, palette, data, ref more @ ..]) = view.peek(state) else {
        return false;
    };
    let Some(bits) = view.text_bytes(mode).and_then(bits) else { return false };
    let Some(&[width, height]) = view.sequence(size) else { return false };
    let side = |id| match view.peek(id) {
        Peek::Int(side) => u64::try_from(side).ok().filter(|&side| side <= LONGEST),
        _ => None,
    };
    let (Some(width), Some(height)) = (side(width), side(height)) else { return false };
    let bytes = match view.peek(data) {
        Peek::Bytes(bytes) | Peek::ByteString(bytes) => bytes.len() as u64,
        _ => return false,
    };
    let is_byte = |&number: &Id| matches!(view.peek(number), Peek::Int(0..=255));
    let has_palette = match view.peek(palette) {
        Peek::None => true,
        Peek::List(colours) => colours.len() <= PALETTE && colours.iter().all(is_byte),
        Peek::Bytes(colours) => colours.len() <= PALETTE,
        _ => false,
    };
    // Each row has a pointer, whatever is in it.
    let is_whole = (width * bits).div_ceil(8) * height == bytes && (width > 0 || height < 1000);
    let is_plain = |&id: &Id| {
        matches!(view.peek(id), Peek::Int(_) | Peek::Str(_) | Peek::Bytes(_) | Peek::None)
            || view.sequence(id).is_some_and(|items| items.len() < 100)
    };
    is_whole
        && has_palette
        && matches!(view.peek(info), Peek::Dict(_))
        && more.len() <= 3
        && more.iter().all(is_plain)
}

/// How many bits a pixel of this mode has in the state.
fn bits(mode: &[u8]) -> Option<u64> {
    Some(match mode {
        b"1" => 1,
        b"L" | b"P" => 8,
        b"LA" | b"La" | b"PA" | b"I;16" | b"I;16L" | b"I;16B" => 16,
        b"RGB" | b"YCbCr" | b"LAB" | b"HSV" => 24,
        b"RGBA" | b"RGBa" | b"RGBX" | b"CMYK" | b"I" | b"F" => 32,
        _ => return None,
    })
}
