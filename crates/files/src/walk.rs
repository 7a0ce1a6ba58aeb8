//! [`Leaves`]: all that is in a file, however deep.

use std::vec;

use bytes::Bytes;

use crate::archive::Archive;
use crate::member::Member;
use crate::{Error, ErrorKind, Source};

/// A file that is no archive, or a member of one.
#[derive(Debug)]
#[non_exhaustive]
pub struct Leaf {
    /// The contents.
    pub source: Source,
    /// The entry in the archive that the leaf is a member of.
    pub member: Option<Member>,
    /// Its bytes in the archive, before compression of its own was taken off.
    raw: Bytes,
}

impl Leaf {
    /// Whether the checksum that its archive states is that of the data. All of it is read for that. That of data with
    /// [`Source::damage`] is not compared.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Checksum`].
    pub fn check(&self) -> Result<(), Error> {
        match &self.member {
            Some(member) if self.source.damage().is_none() && !member.is_intact(&self.raw) => {
                Err(self.source.error(ErrorKind::Checksum))
            }
            _ => Ok(()),
        }
    }
}

impl Source {
    /// All that is in it, in archives and in archives in those: each opened when it comes. Of a source that is no archive, it
    /// alone.
    ///
    /// What cannot be opened is an error, after which it goes on.
    ///
    /// ```
    /// use halfsour_files::{Limits, Source};
    ///
    /// let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../fixtures/files/nested.tar");
    /// let source = Source::open(file, Limits::UNTRUSTED)?;
    /// let names = source.leaves().map(|leaf| Ok(leaf?.source.name().rsplit('/').next().unwrap().to_owned()));
    /// let names: Vec<String> = names.collect::<Result<_, halfsour_files::Error>>()?;
    /// assert_eq!(names, ["nested.tar:one.pkl", "nested.tar:two.zip:2.pkl.bz2"]);
    /// # Ok::<(), halfsour_files::Error>(())
    /// ```
    pub fn leaves(&self) -> Leaves {
        self.leaves_with(|_| false)
    }

    /// As [`leaves`](Self::leaves), but archives of which this is true are not entered: they are leaves, too. So it can stop at
    /// files of torch, whose members mean nothing without each other.
    pub fn leaves_with<W: Fn(&Source) -> bool>(&self, is_whole: W) -> Leaves<W> {
        self.leaves_of(is_whole, false)
    }

    /// As [`leaves_with`](Self::leaves_with), with those that are beside the members, see [`View::Aside`](crate::View::Aside).
    pub(crate) fn leaves_of<W: Fn(&Source) -> bool>(&self, is_whole: W, with_aside: bool) -> Leaves<W> {
        let mut leaves = Leaves { open: Vec::new(), next: None, is_whole, with_aside };
        leaves.next = leaves.enter(self.clone(), None, self.bytes().clone());
        leaves
    }
}

/// See [`Source::leaves`].
#[derive(Debug)]
pub struct Leaves<W = fn(&Source) -> bool> {
    /// Archives, each in the one before, with the members that are left.
    open: Vec<(Archive, vec::IntoIter<Member>)>,
    next: Option<Result<Leaf, Error>>,
    is_whole: W,
    with_aside: bool,
}

impl<W: Fn(&Source) -> bool> Leaves<W> {
    /// A leaf, unless it is an archive, which is entered.
    fn enter(&mut self, source: Source, member: Option<Member>, raw: Bytes) -> Option<Result<Leaf, Error>> {
        match source.archive() {
            Ok(Some(_)) if (self.is_whole)(&source) => Some(Ok(Leaf { source, member, raw })),
            Err(error) => Some(Err(error)),
            Ok(None) => Some(Ok(Leaf { source, member, raw })),
            Ok(Some(archive)) => {
                let mut members = archive.members().to_vec();
                if self.with_aside {
                    members.extend(archive.aside().iter().cloned());
                }
                let members = members.into_iter();
                self.open.push((archive, members));
                None
            }
        }
    }
}

impl<W: Fn(&Source) -> bool> Iterator for Leaves<W> {
    type Item = Result<Leaf, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(next) = self.next.take() {
            return Some(next);
        }
        while let Some((archive, members)) = self.open.last_mut() {
            let found = match members.next() {
                Some(member) => match archive.open_raw(&member) {
                    Ok((source, raw)) => self.enter(source, Some(member), raw),
                    Err(error) => Some(Err(error)),
                },
                None => {
                    let (archive, _) = self.open.pop()?;
                    archive.damage().map(Err)
                }
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }
}
