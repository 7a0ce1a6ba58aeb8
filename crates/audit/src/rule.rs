//! The rules: why something is a finding.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

macro_rules! rules {
    ($($rule:ident $short:literal $long:literal $advice:literal,)*) => {
        /// Why something is a finding. Each rule closes a whole class of attacks.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Rule { $(#[doc = $short] $rule,)* }

        impl Rule {
            /// All rules.
            pub const ALL: &'static [Self] = &[$(Self::$rule,)*];

            /// `R1` …
            pub const fn id(self) -> &'static str {
                match self { $(Self::$rule => stringify!($rule),)* }
            }

            /// The title of the rule, in a few words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$rule => $short,)* }
            }

            /// What to do about a finding, in a sentence or two.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$rule => $advice,)* }
            }

            /// An explanation of the rule, in a few sentences.
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$rule => $long,)* }
            }
        }
    };
}

rules! {
    R1 "a name that the policy does not list"
        "Only what the policy lists, by exact module and qualified name, is known to be harmless. A list of what is \
         dangerous is never complete."
        "If the class is yours, or you have read what loading it runs, allow it by --allow, or by an entry of a policy. Otherwise do \
         not load the file.",
    R2 "the stream is not what picklers write"
        "Names must be text. A module or a name that is computed or of another type is no mistake of a pickler."
        "Do not load the file: somebody made it by hand.",
    R3 "a call of something computed"
        "A call is judged by what is called. If that is itself the result of a call, it may be anything."
        "Do not load the file, unless you know what made it, and have seen by `halfsour trace` what it calls.",
    R4 "a call that the policy does not allow"
        "What is called runs, also if the stream drops the result. The policy says for each name whether it may be \
         called or made, and with which arguments."
        "If the name is unknown, see R1. If a pack lists it, the use is another than was reviewed: read what it does with these \
         arguments, and write an entry of a policy that allows them.",
    R5 "the stream could not be read to its end"
        "What comes before a broken place runs before Python notices that it is broken. So a stream that ends early, has a \
         bad opcode or exceeds a limit is never clean."
        "Get the file anew, or raise the limit that the reason names if you trust the file.",
    R7 "a change of what the program already has"
        "BUILD, SETITEM(S), APPEND(S) and ADDITEMS on something imported change the class, function or module for the whole \
         program. On an object they call methods of its class, which the policy must allow."
        "Do not load a file that changes what is imported. Of a class of your own, read __setstate__, append and __setitem__, and allow \
         the use by an entry of a policy.",
    R8 "a pickle within bytes"
        "Bytes may be loaded again, by what the stream calls or by who reads the data. What such a pickle would do is \
         judged by the same policy."
        "Judge it as if the pickle within were the file: whoever loads the bytes runs what is in it.",
    R9 "more memory or time than the file is worth"
        "Shared containers that unfold into billions of items, keys with equal hashes, and sizes that are only declared \
         cost the program its memory or time."
        "Load the file only in a process with limits of memory and time, or not at all.",
    R10 "an object from outside the stream"
        "A persistent id or an extension code is resolved by the program that loads the pickle, and may be anything."
        "Look at what persistent_load or the extension registry of the program makes of it, and allow ids of that form by a policy.",
    R11 "pickles that mean something else if one Unpickler reads them all"
        "An Unpickler that loads several pickles keeps its memo, and a second pickle may then fetch objects of the \
         first. Both readings are judged."
        "Do not read the file with one Unpickler; write the pickles anew, each on its own.",
    R12 "a function or class that may only be called is kept as a value"
        "What keeps a function may call it with anything, and harmless functions compose. So what is listed to be called may \
         stand only where it is called, or where a pattern of the policy names it."
        "Allow the class that keeps it only with a pattern for that attribute, or do not keep functions in pickles.",
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

/// From its id: `R1`.
impl FromStr for Rule {
    type Err = UnknownRule;

    fn from_str(id: &str) -> Result<Self, UnknownRule> {
        Self::ALL.iter().copied().find(|rule| rule.id().eq_ignore_ascii_case(id)).ok_or(UnknownRule)
    }
}

/// A text is not the id of a [`Rule`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownRule;

impl fmt::Display for UnknownRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown rule: the rules are")?;
        Rule::ALL.iter().try_for_each(|rule| write!(f, " {rule}"))
    }
}

impl std::error::Error for UnknownRule {}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.id())
    }
}
