//! The one list of the methods for plain data.

/// Gives a macro the methods of a deserializer that ask for an int, text or bytes.
macro_rules! for_plain {
    ($each:ident) => {
        $each! {
            deserialize_i8();
            deserialize_i16();
            deserialize_i32();
            deserialize_i64();
            deserialize_i128();
            deserialize_u8();
            deserialize_u16();
            deserialize_u32();
            deserialize_u64();
            deserialize_u128();
            deserialize_str();
            deserialize_string();
            deserialize_bytes();
            deserialize_byte_buf();
        }
    };
}
