"""Prints scipy's sparse matrices and scikit-learn's models."""

import warnings

import numpy
import scipy.sparse
from sklearn import cluster, decomposition, ensemble, linear_model, naive_bayes, neighbors, pipeline, preprocessing, svm, tree

import sklearns  # noqa: F401, tells what they are
from scipys import CLASSES
from values import PROTOCOLS, emit

warnings.simplefilter("ignore")
NEWEST = PROTOCOLS[-1]
grid = numpy.array([[0, 1.5, 0, 0], [-2, 0, 0, 0], [0, 0, 0, 3], [0, 4, 0, 0]])
for format, kind, cls in CLASSES:
    if cls:
        emit("%s %s" % (format, kind), cls(grid), [2, NEWEST] if NEWEST > 2 else [2])
emit("csr integers", scipy.sparse.csr_matrix(grid.astype("i2")), [NEWEST])
emit("csr empty", scipy.sparse.csr_matrix((3, 2)), [NEWEST])
emit("bsr blocks", scipy.sparse.bsr_matrix(grid, blocksize=(2, 2)), [NEWEST])
emit("coo repeated", scipy.sparse.coo_matrix(([1, 2, 4], ([0, 2, 0], [1, 0, 1])), shape=(3, 5)), [NEWEST])
emit("dia wide", scipy.sparse.dia_matrix(([[1, 2, 3], [4, 5, 6]], [1, -2]), shape=(3, 5)), [NEWEST])
emit("lil integers", scipy.sparse.lil_matrix(grid.astype("i2")), [NEWEST])
if hasattr(scipy.sparse, "coo_array"):
    emit("coo line", scipy.sparse.coo_array([0, 1.5, 0, -2]), [NEWEST])

random = numpy.random.RandomState(7)
x = random.randn(12, 3).round(2)
y = (x[:, 0] + 2 * x[:, 1]).round(2)
labels = (y > 0).astype(int)
names = numpy.array([u"full", u"half"])[labels]
MODELS = [
    ("LinearRegression", linear_model.LinearRegression(), y),
    ("Ridge", linear_model.Ridge(alpha=0.5), y),
    ("LogisticRegression", linear_model.LogisticRegression(solver="liblinear"), names),
    ("SGDClassifier", linear_model.SGDClassifier(max_iter=5, tol=None, random_state=7), labels),
    ("DecisionTreeRegressor", tree.DecisionTreeRegressor(max_depth=2, random_state=7), y),
    ("DecisionTreeClassifier", tree.DecisionTreeClassifier(max_depth=2, random_state=7), names),
    ("RandomForestClassifier", ensemble.RandomForestClassifier(n_estimators=2, max_depth=2, random_state=7), labels),
    ("GradientBoostingRegressor", ensemble.GradientBoostingRegressor(n_estimators=2, max_depth=1, random_state=7), y),
    ("KMeans", cluster.KMeans(n_clusters=2, n_init=1, random_state=7), None),
    ("PCA", decomposition.PCA(n_components=2, svd_solver="full"), None),
    ("GaussianNB", naive_bayes.GaussianNB(), labels),
    ("KNeighborsClassifier", neighbors.KNeighborsClassifier(n_neighbors=2, algorithm="brute"), labels),
    ("SVC", svm.SVC(kernel="linear"), labels),
    ("StandardScaler", preprocessing.StandardScaler(), None),
    ("LabelEncoder", preprocessing.LabelEncoder(), None),
    ("OneHotEncoder", preprocessing.OneHotEncoder(handle_unknown="ignore"), None),
    ("Pipeline", pipeline.make_pipeline(preprocessing.MinMaxScaler(), linear_model.LinearRegression()), y),
    ("not fitted", linear_model.Lasso(alpha=0.25), Ellipsis),
]
for name, model, target in MODELS:
    if name == "LabelEncoder":
        model.fit(names)
    elif name == "OneHotEncoder":
        model.fit(names.reshape(-1, 1))
    elif target is not Ellipsis:
        model.fit(x, target)
    emit(name, model, [NEWEST])
