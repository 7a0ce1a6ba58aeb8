//! Programs for the jobs that people have with pickles.
//!
//! Each is in `examples/`, and runs on a file there: `cargo run --all-features --example session`.
//!
#![doc = concat!("# A session in a cache: read it into structs, change it, write it back\n\n```\n", include_str!("../examples/session.rs"), "```\n")]
#![doc = concat!("# A pickle of which nothing is known: look into it, change it, write it back\n\n```\n", include_str!("../examples/unknown.rs"), "```\n")]
#![doc = concat!("# An object that others share: change it, and it stays one object\n\n```\n", include_str!("../examples/shared.rs"), "```\n")]
#![doc = concat!("# A model of scikit-learn: its release, labels and weights\n\n```\n", include_str!("../examples/pipeline.rs"), "```\n")]
#![doc = concat!("# A frame of pandas, as Arrow and as rows; arrays of numpy\n\n```\n", include_str!("../examples/frame.rs"), "```\n")]
#![doc = concat!("# Pickles from a socket, some of them malformed\n\n```\n", include_str!("../examples/messages.rs"), "```\n")]
#![doc = concat!("# A gate that refuses what nobody reviewed\n\n```\n", include_str!("../examples/gatekeeper.rs"), "```\n")]
#![doc = concat!("# A large file: one value, the largest parts, another protocol\n\n```\n", include_str!("../examples/large.rs"), "```\n")]
#![doc = concat!("# Members of enums, named tuples, persistent ids, Python 2\n\n```\n", include_str!("../examples/members.rs"), "```\n")]
