//! The audit: [`Policy`], and reports as JSON, of which Python makes its own objects.

use std::path::PathBuf;

use bytes::Bytes;
use halfsour_audit::{Auditor, Document, FileReport, Part};
use halfsour_files::{Limits, Source};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::input::Data;

/// What pickles may name, and what they may do with it: the policy that halfsour brings, and more.
#[pyclass(module = "halfsour", frozen)]
#[derive(Debug)]
pub struct Policy(Auditor);

fn wrong(error: impl std::fmt::Display) -> PyErr {
    PyValueError::new_err(error.to_string())
}

#[pymethods]
impl Policy {
    /// The policy that halfsour brings, with that of a text in TOML, if there is one, and classes of the program, each
    /// `"module:qualname"`. With `profiles`, only these packs of it.
    #[new]
    #[pyo3(signature = (toml=None, *, allow=Vec::new(), profiles=None))]
    #[expect(clippy::needless_pass_by_value, reason = "Python's arguments are owned")]
    fn new(toml: Option<&str>, allow: Vec<String>, profiles: Option<Vec<String>>) -> PyResult<Self> {
        let mut policy = halfsour_audit::Policy::default();
        if let Some(toml) = toml {
            policy.add(&halfsour_audit::Policy::parse(toml).map_err(wrong)?).map_err(wrong)?;
        }
        if let Some(profiles) = profiles {
            policy.select(&profiles).map_err(wrong)?;
        }
        for name in &allow {
            policy.allow(name).map_err(wrong)?;
        }
        Ok(Self(Auditor::new(policy)))
    }

    /// The hash of what it says.
    #[getter]
    fn hash(&self) -> &str {
        self.0.policy().hash()
    }

    /// The policy as TOML.
    fn to_toml(&self) -> String {
        self.0.policy().to_toml()
    }

    /// What it says of a name, `"module:qualname"`, or `None` if it does not list it.
    fn explain(&self, name: &str) -> Option<String> {
        self.0.policy().explain(name)
    }

    /// How it spells a class or function that it lists, as `"module:qualname"`: Python 2's names are those of Python 3.
    fn spelled(&self, module: &str, qualname: &str) -> Option<String> {
        let line = |text: &str| !text.is_empty() && !text.contains('\n');
        if !line(module) || !line(qualname) {
            return None;
        }
        let report = self.0.audit(format!("c{module}\n{qualname}\n.").as_bytes());
        match report.imports.as_slice() {
            [import] if import.listed => Some(import.name.clone()),
            _ => None,
        }
    }

    /// Whether it lists a class or function.
    fn lists(&self, module: &str, qualname: &str) -> bool {
        self.spelled(module, qualname).is_some()
    }

    /// The report on a file of any kind, and all that is in it, as JSON.
    #[expect(clippy::needless_pass_by_value, reason = "Python's arguments are owned")]
    fn audit_file(&self, py: Python<'_>, path: PathBuf) -> PyResult<String> {
        py.detach(|| self.judge(path.display().to_string(), Source::open(&path, Limits::UNTRUSTED)))
    }

    /// The report on these bytes, taken for a file, as JSON.
    fn audit_bytes(&self, py: Python<'_>, data: Data) -> PyResult<String> {
        const NAME: &str = "<bytes>";
        py.detach(|| {
            let source = Source::from_bytes(NAME, Bytes::from_owner(data), Limits::UNTRUSTED);
            self.judge(NAME.to_owned(), source)
        })
    }

    /// The report on what `pickle.load` would read of these bytes, as JSON.
    #[expect(clippy::needless_pass_by_value, reason = "Python's arguments are owned")]
    fn audit_pickle(&self, py: Python<'_>, data: Data) -> PyResult<String> {
        py.detach(|| {
            let name = "<pickle>".to_owned();
            let parts = vec![Part { name: name.clone(), report: self.0.audit(data.as_ref()) }];
            self.document(FileReport { name, parts })
        })
    }
}

impl Policy {
    /// The report on a file, or on one that cannot be opened.
    fn judge(&self, name: String, source: Result<Source, halfsour_files::Error>) -> PyResult<String> {
        let parts = match source {
            Ok(source) => self.0.audit_source(&source),
            Err(error) => {
                let report = self.0.incomplete((&error).into(), error.to_string());
                vec![Part { name: name.clone(), report }]
            }
        };
        self.document(FileReport { name, parts })
    }

    fn document(&self, file: FileReport) -> PyResult<String> {
        let policy = self.0.policy();
        serde_json::to_string(&Document { files: &[file], policy }).map_err(wrong)
    }
}
