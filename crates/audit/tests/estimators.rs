//! Ways to reach code through objects of scipy, scikit-learn and statsmodels, each of names that the policy lists.

use halfsour_audit::{Auditor, Policy, Rule};

/// A class or function.
fn name(module: &str, name: &str) -> Vec<u8> {
    format!("c{module}\n{name}\n").into_bytes()
}

fn text(text: &str) -> Vec<u8> {
    [b"X".as_slice(), &u32::try_from(text.len()).unwrap().to_le_bytes(), text.as_bytes()].concat()
}

/// A dict with one key.
fn dict(key: &str, value: &[u8]) -> Vec<u8> {
    [b"}", &*text(key), value, b"s"].concat()
}

/// An object of a class that is made without arguments, and given a state.
fn object(class: &[u8], state: &[u8]) -> Vec<u8> {
    [class, b")\x81", state, b"b"].concat()
}

fn is_found(pickle: &[u8], rule: Rule) {
    let pickle = [b"\x80\x02", pickle, b"."].concat();
    let report = Auditor::new(Policy::default()).audit(&pickle);
    assert!(report.findings.iter().any(|finding| finding.rule == rule), "{report:#?}");
    assert!(report.findings.iter().all(|finding| finding.rule != Rule::R1), "{report:#?}");
}

#[test]
fn what_is_called_later_is_a_function_that_may_be_kept() {
    let getattr = name("builtins", "getattr");
    let interpolator = name("scipy.interpolate._interpolate", "interp1d");
    is_found(&object(&interpolator, &dict("_call", &getattr)), Rule::R7);
    is_found(&object(&interpolator, &dict("_evaluate", &getattr)), Rule::R12);
    is_found(&object(&name("numpy", "vectorize"), &dict("pyfunc", &getattr)), Rule::R7);
    let selector = name("sklearn.feature_selection._univariate_selection", "SelectKBest");
    is_found(&object(&selector, &dict("score_func", &getattr)), Rule::R7);
    let scorer = name("sklearn.metrics._scorer", "_Scorer");
    is_found(&object(&scorer, &dict("_score_func", &getattr)), Rule::R7);
    let transformer = name("sklearn.preprocessing._function_transformer", "FunctionTransformer");
    is_found(&object(&transformer, &dict("func", &getattr)), Rule::R7);
    let vectorizer = name("sklearn.feature_extraction.text", "CountVectorizer");
    is_found(&object(&vectorizer, &dict("tokenizer", &getattr)), Rule::R7);
}

/// The census has no classes that are parts of others: their entries list their keys.
#[test]
fn parts_of_objects_have_no_other_attributes() {
    let operator = name("scipy.sparse.linalg._interface", "_TransposedLinearOperator");
    is_found(&object(&operator, &dict("_init_dtype", &name("numpy", "nextafter"))), Rule::R7);
    let estimator = name("sklearn.linear_model._ridge", "_RidgeGCV");
    let element = object(&name("xml.etree.ElementTree", "QName"), b"}");
    is_found(&object(&estimator, &dict("_preprocess_data", &element)), Rule::R7);
    // The entries list these keys, under which the class itself has what is called.
    let family = name("statsmodels.genmod.families.family", "Gamma");
    is_found(&object(&family, &dict("variance", &element)), Rule::R7);
    let results = name("statsmodels.discrete.discrete_model", "LogitResults");
    is_found(&object(&results, &dict("normalized_cov_params", &element)), Rule::R7);
    is_found(&object(&name("scipy.interpolate._interpolate", "_BPoly"), &dict("_evaluate", b"N")), Rule::R7);
}

/// Before scikit-learn 0.20 a tree of points has a state of twelve. Later C code takes the thirteenth, and what it finds there is no object.
#[test]
fn trees_of_points_have_all_of_their_state() {
    let matrix = halfsour_fixtures::packages_of(halfsour_fixtures::matrix(), "2.7-a");
    let model = matrix.iter().find(|it| it.name == "KernelDensity fitted").unwrap();
    let report = Auditor::new(Policy::default()).audit(&model.bytes);
    assert!(report.findings.iter().any(|it| it.name.ends_with("kd_tree:newObj")), "{report:#?}");
}

#[test]
fn documentation_is_text() {
    let distribution = name("scipy.stats._multivariate", "multivariate_t_gen");
    is_found(&object(&distribution, &dict("__doc__", &name("_ast", "Lambda"))), Rule::R7);
    // The entry lists the key.
    let results = name("statsmodels.tsa.vector_ar.var_model", "VARResultsWrapper");
    is_found(&object(&results, &dict("__doc__", &name("_ast", "Lambda"))), Rule::R7);
}

#[test]
fn setters_of_properties_are_not_reached() {
    let frozen = name("scipy.stats._distn_infrastructure", "rv_continuous_frozen");
    let slots = [b"N", &*dict("random_state", b"K\x00"), b"\x86"].concat();
    is_found(&object(&frozen, &slots), Rule::R7);
    let estimator = name("sklearn.feature_extraction.text", "TfidfVectorizer");
    let slots = [b"N", &*dict("idf_", b"K\x00"), b"\x86"].concat();
    is_found(&object(&estimator, &slots), Rule::R7);
}

#[test]
fn items_that_are_attributes_do_not_take_the_state() {
    let result = name("scipy.optimize._optimize", "OptimizeResult");
    let asarray = name("scipy._lib.array_api_compat.numpy._aliases", "asarray");
    let made = [&*result, b")\x81", &*text("__setstate__"), &*asarray, b"s"].concat();
    is_found(&[&*made, b"}b"].concat(), Rule::R7);
}

#[test]
fn formulas_and_texts_of_distributions_are_not_run() {
    let data = name("statsmodels.base.data", "PandasData");
    is_found(&object(&data, &dict("restore_model_spec", b"\x88")), Rule::R7);
    let distribution = name("scipy.stats._continuous_distns", "norm_gen");
    is_found(&object(&distribution, &dict("_parse_arg_template", &text("print()"))), Rule::R7);
    is_found(&object(&distribution, &dict("_attach_methods", &text(""))), Rule::R7);
}

#[test]
fn models_that_native_code_parses_are_not_clean() {
    for (module, name) in
        [("lightgbm.basic", "Booster"), ("xgboost.core", "Booster"), ("catboost.core", "CatBoostClassifier")]
    {
        let pickle = [format!("c{module}\n{name}\n").as_bytes(), b")\x81}b."].concat();
        assert!(!Auditor::new(Policy::default()).audit(&pickle).is_clean(), "{name}");
    }
}

/// BUILD calls `__setstate__` where the class has one, and else sets attributes.
#[test]
fn what_build_runs_is_said() {
    let code = |pickle: &[u8]| {
        let report = Auditor::new(Policy::default()).audit(&[b"\x80\x02", pickle, b"."].concat());
        report.findings[0].code.clone()
    };
    let without = object(&name("scipy.interpolate._interpolate", "interp1d"), &dict("_evaluate", b"N"));
    assert_eq!(
        code(&without),
        "scipy.interpolate._interpolate.interp1d.__dict__.update({'_evaluate': None})"
    );
    let with = object(&name("sklearn.linear_model._ridge", "Ridge"), &dict("fit", b"N"));
    assert_eq!(code(&with), "sklearn.linear_model._ridge.Ridge.__setstate__({'fit': None})");
}
