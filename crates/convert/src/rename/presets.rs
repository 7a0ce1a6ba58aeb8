//! The names that moved from one release to another.

use super::Rename;

/// The rules for who is to load a pickle.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Preset {
    /// The name, such as `numpy1`.
    pub name: &'static str,
    /// The pickles that it is for, and who then loads them.
    pub about: &'static str,
    rules: &'static [&'static str],
}

impl Preset {
    /// Returns the preset with this name.
    pub fn named(name: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.name == name)
    }

    /// Returns the rules.
    ///
    /// # Panics
    ///
    /// Never: a test parses all of them.
    pub fn rules(&self) -> Vec<Rename> {
        self.rules.iter().map(|rule| rule.parse().expect("a rule that a test has parsed")).collect()
    }
}

/// All presets.
pub const PRESETS: &[Preset] = &[
    Preset {
        name: "numpy1",
        about: "arrays, scalars and dtypes of numpy 2, for numpy 1",
        rules: &[
            "numpy._core=numpy.core",
            "numpy.char:chararray=numpy:chararray",
            "numpy.exceptions=numpy",
            "numpy.rec:recarray=numpy:recarray",
        ],
    },
    Preset {
        name: "numpy2",
        about: "arrays, scalars and dtypes of numpy 1, for numpy 2",
        rules: &[
            "numpy.core=numpy._core",
            // numpy 2 still has this function in numpy.core only.
            "numpy.core:_ufunc_reconstruct=numpy.core:_ufunc_reconstruct",
            "numpy:chararray=numpy.char:chararray",
            "numpy:AxisError=numpy.exceptions:AxisError",
            "numpy:ComplexWarning=numpy.exceptions:ComplexWarning",
            "numpy:ModuleDeprecationWarning=numpy.exceptions:ModuleDeprecationWarning",
            "numpy:TooHardError=numpy.exceptions:TooHardError",
            "numpy:VisibleDeprecationWarning=numpy.exceptions:VisibleDeprecationWarning",
        ],
    },
    Preset {
        name: "pandas2",
        about: "frames, series and indexes of pandas 0.20 to 1, for pandas 2 and 3 by plain `pickle.load`",
        rules: &[
            "pandas.core.indexes.numeric:Int64Index=pandas.core.indexes.base:Index",
            "pandas.core.indexes.numeric:UInt64Index=pandas.core.indexes.base:Index",
            "pandas.core.indexes.numeric:Float64Index=pandas.core.indexes.base:Index",
            "pandas.core.internals.blocks:new_block=pandas._libs.internals:_unpickle_block",
            "pandas.core.arrays.sparse.dtype:SparseDtype=pandas.core.dtypes.dtypes:SparseDtype",
            "pandas.core.base:FrozenList=pandas.core.indexes.frozen:FrozenList",
            "pandas.core.categorical:Categorical=pandas.core.arrays:Categorical",
            "pandas.core.sparse.array:SparseArray=pandas.core.arrays:SparseArray",
            "pandas._libs.period:Period=pandas._libs.tslibs.period:Period",
            "pandas._libs.tslib:__nat_unpickle=pandas._libs.tslibs.nattype:__nat_unpickle",
            "pandas._libs.tslib:Timestamp=pandas._libs.tslibs.timestamps:Timestamp",
        ],
    },
    Preset {
        name: "python3.12",
        about: "paths of Python 3.13, for older ones",
        rules: &["pathlib._local=pathlib"],
    },
];
