//! `Debug` of types that hold nodes, whose bound is that the source is bytes: a derived one would ask for more, and for less.

/// Writes `Debug` for a struct, with these fields.
macro_rules! debug_fields {
    ($name:ident, $this:ident { $($field:ident: $value:expr),* $(,)? }) => {
        impl<S: AsRef<[u8]>> std::fmt::Debug for $name<'_, S> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let $this = self;
                f.debug_struct(stringify!($name))$(.field(stringify!($field), &$value))*.finish_non_exhaustive()
            }
        }
    };
}

/// Writes `Debug` for an enum, with what each variant holds.
macro_rules! debug_variants {
    ($name:ident { $($pattern:pat => $variant:ident($($value:expr),*)),* $(,)? }) => {
        impl<S: AsRef<[u8]>> std::fmt::Debug for $name<'_, S> {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $($pattern => f.debug_tuple(stringify!($variant))$(.field($value))*.finish(),)*
                }
            }
        }
    };
}

pub(crate) use {debug_fields, debug_variants};
