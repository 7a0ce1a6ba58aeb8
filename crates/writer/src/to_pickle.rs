//! [`ToPickle`]: data of any shape to bytes.

use std::io::Write;

use halfsour_value::{Builder, Graph, Node, Value, ValueError};

use crate::{Error, ErrorKind, Options, to_vec};

/// Data that is written as it is, without a type of yours: a [`Value`], a [`Graph`], or a [`Node`] with all objects that it refers to.
///
/// ```
/// use halfsour_value::value;
/// use halfsour_writer::{Options, ToPickle};
///
/// let value = value!([1, (2, "three")]);
/// let pickle = value.to_pickle()?;
/// assert_eq!(halfsour_vm::from_slice(&pickle).unwrap().root().to_string(), "[1, (2, 'three')]");
/// let pickle = value.to_pickle_with(&Options::default().with_protocol(0))?;
/// assert_eq!(pickle, b"(lp0\nI1\na(I2\nVthree\np1\ntp2\na.");
/// # Ok::<(), halfsour_writer::Error>(())
/// ```
pub trait ToPickle {
    /// Returns the pickle, at protocol 4.
    ///
    /// # Errors
    ///
    /// As [`to_pickle_with`](Self::to_pickle_with).
    fn to_pickle(&self) -> Result<Vec<u8>, Error> {
        self.to_pickle_with(&Options::default())
    }

    /// Returns the pickle, with options such as the protocol.
    ///
    /// # Errors
    ///
    /// As [`to_vec`] of this crate; and if a `Value` nests deeper than 1,000 levels or has a key or member that Python cannot hash.
    fn to_pickle_with(&self, options: &Options) -> Result<Vec<u8>, Error>;

    /// Writes the pickle, at protocol 4. It is made in memory first, then written at once.
    ///
    /// # Errors
    ///
    /// As [`to_pickle_with`](Self::to_pickle_with), and if `writer` fails.
    fn write_pickle(&self, mut writer: impl Write) -> Result<(), Error> {
        Ok(writer.write_all(&self.to_pickle()?)?)
    }
}

impl<S: AsRef<[u8]>> ToPickle for Node<'_, S> {
    fn to_pickle_with(&self, options: &Options) -> Result<Vec<u8>, Error> {
        to_vec(*self, options)
    }
}

impl<S: AsRef<[u8]>> ToPickle for Graph<S> {
    fn to_pickle_with(&self, options: &Options) -> Result<Vec<u8>, Error> {
        to_vec(self.root(), options)
    }
}

impl ToPickle for Value {
    fn to_pickle_with(&self, options: &Options) -> Result<Vec<u8>, Error> {
        let mut builder = Builder::new();
        let root = builder.value(self).map_err(|error| match error {
            ValueError::TooDeep => ErrorKind::TooDeep,
            ValueError::Unhashable => ErrorKind::Unhashable,
        })?;
        to_vec(builder.build(root).root(), options)
    }
}
