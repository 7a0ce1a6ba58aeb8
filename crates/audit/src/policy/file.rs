//! The file of a policy, as TOML has it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::PolicyError;
use crate::Limits;

/// The version of the schema that `POLICY.md` describes.
pub(crate) const SCHEMA: u32 = 2;

/// The file, as TOML has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub schema: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    #[serde(default)]
    pub packs: BTreeMap<String, Pack>,
    #[serde(default)]
    pub sets: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    pub allow: Vec<Allow>,
    #[serde(default)]
    pub persistent: Vec<Persistent>,
    #[serde(default)]
    pub sink: Vec<Sink>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Pack {
    pub about: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub includes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Allow {
    pub pack: String,
    pub names: Vec<String>,
    pub uses: Vec<Use>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub args: Option<Vec<Vec<String>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keywords: Option<BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keys: Option<KeysText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<BTreeMap<String, String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub items: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acts: Option<Acts>,
    #[serde(default, rename = "use", skip_serializing_if = "Option::is_none")]
    pub later: Option<String>,
    pub reason: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub versions: Option<String>,
}

/// The keys of a state, as the file spells them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum KeysText {
    Word(String),
    These(Vec<String>),
}

/// What may be done with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Use {
    /// Stored: as an item, an attribute, or an argument that no pattern names.
    Value,
    Call,
    New,
    Build,
    Append,
    SetItem,
}

/// What a call of it really is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Acts {
    /// A lookup of a name in what is named: judged as an import of the dotted name.
    GetAttr,
    /// `__new__` of its first argument.
    NewObj,
    /// `__new__` of its first argument, with a tuple and a dict of arguments.
    NewObjEx,
    /// `__new__` of its first argument, or of a base class.
    Reconstructor,
    /// A lookup of one of Python's own types by its name, as dill writes it.
    LoadType,
    /// A call of what makes an array, with its state, as dill writes it.
    CreateArray,
    /// An array, whose state says how large it is.
    Array,
    /// A dtype, whose state says where in an item objects are.
    DType,
    /// A number or text of a dtype, which may not have objects.
    Scalar,
    /// An index of pandas, which reads no text of objects.
    Index,
    /// A manager of blocks of pandas, which makes a position for each row.
    Blocks,
    /// A tensor, which may not go beyond its storage.
    Tensor,
    /// A tensor for whose items memory is taken beside its storage.
    QTensor,
    /// An array of Arrow, whose buffers must hold what it says.
    Arrow,
    /// An object of kilobytes out of a few bytes, of which there may be only so many.
    Large,
    /// An object that takes milliseconds to be made, of which there may be only so many.
    Slow,
    /// A type that is put together of others, all of which are hashed anew each time.
    Nested,
    /// A table of astropy: its columns may be no other things, and are copied.
    Table,
    /// A regular expression, which may cost only so much to compile.
    Regex,
    /// A sparse matrix, whose indices have to lie in its shape.
    Sparse,
    /// A tree of scikit-learn: its nodes have to form one.
    Tree,
    /// A tree of histograms, likewise.
    Predictor,
    /// A tree of points, likewise.
    BallTree,
    /// A distance: its weights have to be as many as features.
    Metric,
    /// An estimator that keeps trees, which may look at no more features than it has.
    Forest,
    /// What counts words: the numbers of words have to be those of columns.
    Vocabulary,
    /// `cKDTree` of scipy, likewise, while it is loaded.
    CkdTree,
    /// A distribution of scipy: the text that it executes has to be scipy's own.
    Distribution,
    /// A spline: its coefficients have to be as many as its knots ask for.
    Spline,
    /// A function of which a `functools.partial` is called: the call of that is a call of it.
    Partial,
    /// Geometries, whose well-known binary must hold as many points as it says.
    Wkb,
    /// An image, whose bytes must be as many as its size says.
    Image,
    /// A time zone, with as many transitions as it has offsets for them.
    Zone,
    /// A call with arguments gives one object to all of the program: it may have no state.
    Shared,
    /// Loads the pickles in the bytes that it is given, and does no more.
    Loads,
}

impl Acts {
    /// Whether the state has indices that C code believes when the object is used.
    pub fn has_indices(self) -> bool {
        matches!(
            self,
            Self::Sparse
                | Self::Tree
                | Self::Predictor
                | Self::BallTree
                | Self::CkdTree
                | Self::Metric
                | Self::Forest
                | Self::Spline
                | Self::Vocabulary
        )
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Persistent {
    pub pack: String,
    pub id: String,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sink {
    pub names: Vec<String>,
    pub reason: String,
}

/// What is looked at before all else that is wrong.
#[derive(Deserialize)]
struct Head {
    schema: Spanned<u32>,
}

impl File {
    /// Reads a file.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let error = |error: &toml::de::Error| PolicyError {
            line: error.span().map(|span| line(text, span.start)),
            reason: error.message().to_owned(),
        };
        let file = toml::from_str(text);
        if let Ok(file @ Self { schema: SCHEMA, .. }) = file {
            return Ok(file);
        }
        // Of another schema, all else may be wrong.
        let head: Head = toml::from_str(text).map_err(|it| error(&it))?;
        let schema = *head.schema.get_ref();
        if schema != SCHEMA {
            let reason = match schema {
                1 => "the schema is 1, which is read no more: since schema 2, `ref` among the `uses` is `value`, and only for what may \
                      be stored; `build` asks for a `state`, which spells a dict of attributes as `attributes`"
                    .to_owned(),
                _ => format!("the schema is {schema}, and only {SCHEMA} is known"),
            };
            return Err(PolicyError { line: Some(line(text, head.schema.span().start)), reason });
        }
        file.map_err(|it| error(&it))
    }

    /// Both: what `more` says of limits, packs and sets replaces what this file says of them.
    pub fn and(mut self, more: Self) -> Self {
        self.limits = more.limits.or(self.limits);
        self.packs.extend(more.packs);
        self.sets.extend(more.sets);
        self.allow.extend(more.allow);
        self.persistent.extend(more.persistent);
        self.sink.extend(more.sink);
        self
    }
}

/// The line of an offset, counted from 1.
fn line(text: &str, offset: usize) -> usize {
    text[..offset].matches('\n').count() + 1
}
