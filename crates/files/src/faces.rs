//! What else a file may be to some reader, beside what it is taken for.

use crate::archive::Archive;
use crate::coding::decode;
use crate::{Error, Format, Source, base64, sure, tar, texts};
use bytes::Bytes;

impl Source {
    /// The archives that readers find in it, or in one of its layers as it stands, that is taken for something else: readers of zip look for
    /// its directory from the end, whatever comes first, and those of tar only at the first block.
    ///
    /// Members of zip archives that are members of a tar archive as they are, are not told again.
    ///
    /// # Errors
    ///
    /// If they lie too deep in other archives.
    pub fn other_archives(&self) -> Result<Vec<Archive>, Error> {
        let taken = self.layers().iter().map(|layer| layer.format).chain([self.format()]);
        let coats: Vec<_> = self.coats().iter().chain([self.bytes()]).cloned().collect();
        let mut archives = Vec::new();
        for (coat, taken) in coats.into_iter().zip(taken) {
            let face = self.with_bytes(coat);
            if taken != Format::Tar && tar::is_archive(face.bytes()) {
                archives.push(Archive::tar(&face));
            }
            if taken != Format::Zip {
                let zip = Some(Archive::zip(&face));
                // Of what has no directory, the headers before members count if it is nothing else that is known.
                let zip = match taken {
                    Format::Pickle | Format::Npy => zip.filter(|zip| !zip.members().is_empty()),
                    _ => zip.filter(Archive::has_directory),
                };
                let tar = (taken == Format::Tar).then(|| Archive::tar(&face));
                archives.extend(match tar {
                    Some(tar) => zip.and_then(|zip| zip.without_zips_of(&tar)),
                    None => zip,
                });
            }
        }
        if !archives.is_empty() {
            self.check_depth()?;
        }
        Ok(archives)
    }

    /// What its bytes, or those of one of its layers, are when they are decoded in another way than they were, if something that is known for
    /// sure is inside: text may be base64 and hexadecimal digits at once.
    ///
    /// # Errors
    ///
    /// If they lie too deep in others, or exceed the limits.
    pub fn other_readings(&self) -> Result<Vec<Self>, Error> {
        let taken = self.layers().iter().map(|layer| layer.format).chain([self.format()]);
        let mut readings = Vec::new();
        for (at, (coat, taken)) in self.coats().iter().chain([self.bytes()]).zip(taken).enumerate() {
            let inside = self.coats().get(at + 1).or(self.layers().get(at).map(|_| self.bytes()));
            for bytes in self.decoded_otherwise(coat, taken)? {
                if inside.is_none_or(|inside| bytes != *inside) {
                    self.check_depth()?;
                    let (name, depth) = (self.name().to_owned(), self.depth() + 1);
                    readings.push(Self::within(name, bytes, depth, self.budget().clone())?);
                }
            }
        }
        Ok(readings)
    }

    fn decoded_otherwise(&self, bytes: &[u8], taken: Format) -> Result<Vec<Bytes>, Error> {
        let mut all = Vec::new();
        let odd = Format::odd_magic(bytes);
        let deflate = (odd.is_none() && Format::magic(bytes).is_none() && sure::deflates(bytes))
            .then_some(Format::Deflate);
        for format in odd.into_iter().chain(deflate).filter(|&format| format != taken) {
            let decoded = decode(format, bytes, self.budget()).map_err(|kind| self.error(kind))?;
            all.push(decoded.bytes);
        }
        let text = texts::bare(bytes);
        if text.len() <= sure::LONGEST && text.first().is_some_and(u8::is_ascii_graphic) {
            let [one, other] = base64::whole(text).map(|_| base64::readings(text)).unwrap_or_default();
            let texts = [texts::unhex(text), texts::unescape(text), Some(one), Some(other)];
            // Text without escapes in it stands for itself.
            let is_sure = |inside: &Vec<u8>| {
                !inside.is_empty() && inside != text && sure::is_sure(inside, sure::DEPTH - 1)
            };
            all.extend(texts.into_iter().flatten().filter(is_sure).map(Bytes::from));
        }
        Ok(all)
    }
}
