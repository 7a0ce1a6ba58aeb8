"""Prints pickles of objects whose indices C code believes, some of them right and most with one wrong number: a row of JSON each,
with `name`, `finds`, which is empty for those that are right, and `bytes`, as pairs of base64 and how often it comes.

The wrong ones must never be loaded and used: most of them crash.
"""

import base64
import copy
import copyreg
import json
import pickle

import numpy
import scipy.interpolate
import scipy.sparse
import scipy.spatial
import scipy.stats
import sklearn.ensemble
import sklearn.feature_extraction.text
import sklearn.metrics
import sklearn.neighbors
import sklearn.tree

FAR = 10**6


class Again:
    """Is pickled as a call and a state."""

    def __init__(self, function, args, state):
        self.made = function, args, state

    def __reduce__(self):
        return self.made if self.made[2] is not None else self.made[:2]


def changed(thing, change):
    """Another object, whose state `change` may change; it gets a copy of it."""
    function, args, state = thing.__reduce_ex__(4)[:3]
    state = copy.deepcopy(state)
    if function is copyreg.__newobj__:
        # It would be compared with the class of what is pickled.
        function, args = copyreg._reconstructor, (*args, object, None)
    args = list(args)
    state = change(state, args) or state
    return Again(function, tuple(args), state)


def sets(key, value, at=0):
    """Sets an item of an array in the state."""

    def change(state, _):
        state[key][at] = value

    return change


def is_now(key, value):
    """Replaces a value of the state, by what `value` makes of it."""

    def change(state, _):
        if isinstance(state, tuple):
            return state[:key] + (value(state[key]),) + state[key + 1 :]
        state[key] = value(state[key])

    return change


def field(key, name, value, at=0):
    def change(state, _):
        state[key][name][at] = value

    return change


def argument(at, value):
    def change(_, args):
        args[at] = value

    return change


def renamed(nodes):
    """The same fields in another order, under the names of each other."""
    names = list(nodes.dtype.names)
    names[0], names[2] = names[2], names[0]
    made = numpy.zeros(nodes.shape, [(name, nodes.dtype[name]) for name in names])
    for name in names:
        made[name] = nodes[name]
    return made


def objects():
    dense = numpy.array([[1.0, 0, 2, 0], [0, 0, 3, 0], [4, 0, 0, 5], [0, 0, 0, 0]])
    csr = scipy.sparse.csr_matrix(dense)
    yield "csr", csr, {
        "index": sets("indices", FAR),
        "negative index": sets("indices", -FAR),
        "pointer": sets("indptr", FAR, -1),
        "falling pointers": sets("indptr", 5, 1),
        "first pointer": sets("indptr", 1),
        "few pointers": is_now("indptr", lambda it: it[:-1]),
        "few data": is_now("data", lambda it: it[:-1]),
        "floats as indices": is_now("indices", lambda it: it.astype(float)),
        "shape": is_now("_shape", lambda _: (4, 2)),
        "big endian": is_now("indices", lambda it: numpy.array([FAR] * 5, ">i4")),
    }
    yield "csc", scipy.sparse.csc_matrix(dense), {"index": sets("indices", 4)}
    yield "csr_array of one dimension", scipy.sparse.csr_array(numpy.arange(3)), {"index": sets("indices", 3)}
    blocks = scipy.sparse.bsr_matrix(dense, blocksize=(2, 2))
    yield "bsr", blocks, {"index": sets("indices", 2), "shape": is_now("data", lambda it: it.reshape(-1, 4, 1))}
    coo = scipy.sparse.coo_matrix(dense)
    yield "coo", coo, {
        "row": is_now("coords", lambda it: (it[0] + 3, it[1])),
        "column": is_now("coords", lambda it: (it[0], -it[1])),
        "few": is_now("coords", lambda it: (it[0][1:], it[1][1:])),
    }
    yield "dia", scipy.sparse.dia_matrix(dense), {
        "offset": sets("offsets", FAR),
        "offsets": is_now("offsets", lambda it: numpy.r_[it, it]),
    }
    yield "lil", scipy.sparse.lil_matrix(dense), {
        "column": sets("rows", [0, FAR]),
        "more columns": sets("rows", [0, 1, 2, 3]),
        "few rows": is_now("rows", lambda it: it[:-1]),
    }
    points = numpy.random.RandomState(0).rand(20, 3)
    classes = (points[:, 0] > 0.5).astype(int)
    tree = sklearn.tree.DecisionTreeClassifier(max_depth=3, random_state=0).fit(points, points[:, 1] > 0.5).tree_
    yield "Tree", tree, {
        "left child": field("nodes", "left_child", FAR),
        "right child": field("nodes", "right_child", -2),
        "child of itself": field("nodes", "left_child", 0),
        "two parents": field("nodes", "right_child", 1),
        "feature": field("nodes", "feature", 3),
        "count": is_now("node_count", lambda it: it + 1),
        "depth": is_now("max_depth", lambda it: 0),
        "values": is_now("values", lambda it: it[:-1]),
        "names of fields": is_now("nodes", renamed),
        "outputs": argument(2, 50),
        "classes": argument(1, numpy.array([-1])),
    }
    forest = sklearn.ensemble.RandomForestClassifier(2, max_depth=2, random_state=0).fit(points, classes)
    yield "RandomForestClassifier", forest, {
        "features": is_now("n_features_in_", lambda it: it - 1),
        "trees in something else": is_now("estimators_", lambda it: dict.fromkeys(range(2), it[0])),
    }
    boosting = sklearn.ensemble.HistGradientBoostingClassifier(max_iter=1, min_samples_leaf=2).fit(points, classes)
    yield "TreePredictor", boosting._predictors[0][0], {
        "left": field("nodes", "left", FAR),
        "loop": field("nodes", "right", 0),
        "feature": field("nodes", "feature_idx", -1),
        "set of categories": field("nodes", "is_categorical", 1),
    }
    for kind in sklearn.neighbors.KDTree, sklearn.neighbors.BallTree:
        yield kind.__name__, kind(points, leaf_size=4), {
            "index": sets(1, FAR),
            "end": field(2, "idx_end", FAR),
            "start": field(2, "idx_start", -1, 1),
            "no leaf": field(2, "is_leaf", 0, -1),
            "bounds": is_now(3, lambda it: it[:, :-1]),
            "count": is_now(6, lambda it: it + 2),
            "few nodes": is_now(2, lambda it: it[:3]),
        }
    yield "BallTree with weights", sklearn.neighbors.BallTree(points, metric="seuclidean", V=[1, 2, 3]), {
        "data": is_now(0, lambda it: numpy.ascontiguousarray(it[:, :2])),
        "metric": is_now(11, lambda _: sklearn.metrics.DistanceMetric.get_metric("seuclidean", V=[1.0])),
    }
    scattered = scipy.spatial.cKDTree(points, leafsize=4)
    yield "cKDTree", scattered, {
        "child": is_now(0, lambda it: word(it, 7, FAR)),
        "loop": is_now(0, lambda it: word(it, 8, 0)),
        "dimension": is_now(0, lambda it: word(it, 0, 3)),
        "end": is_now(0, lambda it: word(it, 4, FAR)),
        "index": sets(7, FAR),
        "bounds": is_now(5, lambda it: it[:1]),
        "count": is_now(2, lambda it: it + 1),
    }
    spline = scipy.interpolate.make_interp_spline(numpy.arange(6.0), numpy.arange(6.0) ** 2)
    # Since scipy 1.18 it lies within another.
    yield "BSpline", getattr(spline, "_delegate_to", spline), {
        "few coefficients": is_now("c", lambda it: it[:2]),
        "degree": is_now("k", lambda it: 0),
        "large degree": is_now("k", lambda it: 9),
    }
    words = sklearn.feature_extraction.text.CountVectorizer().fit(["a word", "and another one"])
    yield "CountVectorizer", words, {"column": is_now("vocabulary_", lambda it: dict(it, word=FAR))}
    # Its random numbers are of no interest here.
    norm = type(scipy.stats.norm)(name="norm")
    norm._random_state = None
    yield "norm", norm, {
        "text": is_now("_parse_arg_template", lambda it: it.replace("scale=1", "scale=print(1)")),
        "more text": is_now("_parse_arg_template", lambda it: it + "print(1)\n"),
    }


def without_states():
    """Objects that have nothing before they are given a state."""
    yield "Tree", Again(sklearn.tree._tree.Tree, (3, numpy.array([2]), 1), None)
    yield "Tree of too many outputs", Again(sklearn.tree._tree.Tree, (3, numpy.array([2]), 100), None)
    for module in sklearn.neighbors._kd_tree, sklearn.neighbors._ball_tree:
        yield module.__name__, Again(module.newObj, (getattr(module, "KDTree", None) or module.BallTree,), None)
    yield "cKDTree", Again(copyreg._reconstructor, (scipy.spatial.cKDTree, object, None), None)


def word(nodes, at, value):
    words = nodes.view(numpy.int64).copy()
    words[at] = value
    return words.view(nodes.dtype)


def main():
    for kind, thing, wrongs in objects():
        for protocol in 2, 5:
            row(f"{kind}, protocol {protocol}", "", pickle.dumps(thing, protocol))
        for name, change in wrongs.items():
            finds = "execute" if kind == "norm" else "C code would believe"
            row(f"{kind}/{name}", finds, pickle.dumps(changed(thing, change), 4))
    for name, thing in without_states():
        row(f"without a state/{name}", "C code would believe", pickle.dumps(thing, 4))


def row(name, finds, data):
    print(json.dumps({"name": name, "finds": finds, "bytes": [[base64.b64encode(data).decode(), 1]]}))


if __name__ == "__main__":
    main()
