"""Prints the models that a release of scikit-learn has, of any release: every estimator, fitted if it can be with little data.

An `object` that is pickled by something else than its fields also has that: args, without names of classes and functions, and reduced, the state.
"""

import importlib
import pkgutil
import warnings

import numpy
import sklearn
from sklearn import ensemble, linear_model, pipeline, preprocessing

import dumped
import sklearns  # noqa: F401, tells what they are
from values import PROTOCOLS, describe, describes, emit_each, instance, name_of

RANDOM = numpy.random.RandomState(7)
X = RANDOM.randn(24, 3).round(2)
POSITIVE = abs(X)
COUNTS = (abs(X) * 3).astype(int)
Y = (X[:, 0] + 2 * X[:, 1]).round(2)
LABELS = (Y > 0).astype(int)
NAMES = numpy.array([u"full", u"half"])[LABELS]
TEXTS = [u"dill and salt", u"salt", u"half sour dill"] * 8
DATA = [(X, LABELS), (X, Y), (X, NAMES), (POSITIVE, LABELS), (COUNTS, LABELS), (X, numpy.c_[Y, -Y]), (TEXTS, LABELS), (Y, Y), (LABELS, None)]
SMALL = {"n_estimators": 2, "max_iter": 5, "n_iter": 2, "n_components": 2, "max_depth": 2, "n_init": 1, "n_clusters": 2}


@describes(object, numpy.random.RandomState, *filter(None, [getattr(numpy.random, "Generator", None)]))
def held(x):
    """Objects of C have no fields, some classes choose what they pickle, and functions of C are pickled by their names."""
    try:
        parts = x.__reduce_ex__(2)
    except TypeError:  # it is not pickled itself
        return {"kind": "object", "class": name_of(type(x)), "state": {}}
    if isinstance(parts, str):
        return {"kind": "global", "module": getattr(x, "__module__", None), "name": parts}
    told, state = instance(x), parts[2] if len(parts) > 2 else None
    if told["state"] and isinstance(state, dict) and set(state) == set(told["state"]):
        return told
    args = [describe(arg) for arg in parts[1]]
    return dict(told, args=[arg for arg in args if not isinstance(arg, dict) or arg["kind"] != "global"], reduced=describe(state))


def late(function, *args):
    return lambda: function(*args)


def estimators():
    """All public classes of estimators, name to class."""
    found = {}
    for _, name, _ in pkgutil.walk_packages(sklearn.__path__, "sklearn.", onerror=lambda name: None):
        if any(part in name for part in ("tests", "conftest", "externals", "testing", "datasets", "utils", "__")):
            continue
        try:
            module = importlib.import_module(name)
        except Exception:  # what it needs is not there
            continue
        for cls in vars(module).values():
            is_estimator = isinstance(cls, type) and issubclass(cls, sklearn.base.BaseEstimator)
            if is_estimator and cls.__module__.startswith("sklearn.") and not cls.__name__.startswith(("_", "Base")):
                found[cls.__name__] = cls
    return sorted(found.items())


def made(cls):
    """With the estimators that it is of, if it is of some."""
    linear = linear_model.LogisticRegression()
    for args in [(), (linear,), ([(u"a", linear), (u"b", linear_model.LinearRegression())],), (numpy.eye(3),)]:
        try:
            return cls(*args)
        except TypeError as error:
            reason = error
    raise reason


def fitted(cls):
    model = made(cls)
    settings = model.get_params(deep=False)
    model.set_params(**dict((name, value) for name, value in SMALL.items() if name in settings))
    if "random_state" in settings:
        model.set_params(random_state=7)
    for x, y in DATA:
        try:
            return model.fit(x, y)
        except Exception as error:  # another kind of data is wanted
            reason = error
    raise reason


def samples():
    for name, cls in estimators():
        yield name + " fitted", late(fitted, cls)
        yield name, late(made, cls)
    yield "Pipeline of two", lambda: pipeline.make_pipeline(preprocessing.MinMaxScaler(), linear_model.LinearRegression()).fit(X, Y)
    yield "Pipeline of names", lambda: pipeline.make_pipeline(preprocessing.StandardScaler(), linear_model.LogisticRegression()).fit(X, NAMES)
    yield "FeatureUnion of two", lambda: pipeline.make_union(preprocessing.StandardScaler(), preprocessing.MinMaxScaler()).fit(X)
    yield "forest of names", lambda: ensemble.RandomForestClassifier(n_estimators=2, max_depth=2, random_state=7).fit(X, NAMES)


warnings.simplefilter("ignore")
emit_each(samples(), [2] + [protocol for protocol in (4, 5) if protocol in PROTOCOLS][-1:], files=dumped.files)
