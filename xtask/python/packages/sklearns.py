"""What scikit-learn says of its models. Adds these kinds to values.py and numpys.py:

    tree     class, node_count, max_depth; children_left, children_right, feature, threshold, impurity, n_node_samples,
             weighted_n_node_samples, value: ndarrays
    estimator   class, params: get_params(deep=False), attributes: all other fields, both name to value
"""

import numpy
import sklearn.base
import sklearn.tree._tree

import numpys  # noqa: F401, tells what arrays are
from values import describe, describes, fields, name_of

FIELDS = ("children_left", "children_right", "feature", "threshold", "impurity", "n_node_samples", "weighted_n_node_samples")


@describes(sklearn.tree._tree.Tree)
def _(x):
    told = {"kind": "tree", "class": name_of(type(x)), "node_count": x.node_count, "max_depth": x.max_depth}
    return dict(told, **{name: describe(numpy.asarray(getattr(x, name))) for name in FIELDS + ("value",)})


@describes(sklearn.base.BaseEstimator)
def _(x):
    params = {name: describe(value) for name, value in x.get_params(deep=False).items()}
    attributes = {name: value for name, value in fields(x).items() if name not in params}
    return {"kind": "estimator", "class": name_of(type(x)), "params": params, "attributes": attributes}
