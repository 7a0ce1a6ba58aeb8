"""Prints the files that joblib.dump writes, which are no pickles: arrays stand inside the stream."""

import os
import tempfile

import joblib
import numpy

import numpys  # noqa: F401, tells what they are
from values import emit_file

grid = numpy.arange(6, dtype="f8").reshape(2, 3)
SAMPLES = [
    ("array", grid),
    ("no array", {u"a": [1, 2.5, u"dill"]}),
    ("Fortran", numpy.asfortranarray(grid.astype("i4"))),
    ("objects", numpy.array([1, u"dill", None, [2]], object)),
    ("several", [{u"first": grid, u"again": grid}, numpy.arange(3, dtype="u1"), u"between", numpy.array([u"x", u"\u20ac"])]),
    ("structured", numpy.array([(1, 2.5)], [(str("x"), "i4"), (str("y"), ">f8")])),
    ("0-d and empty", [numpy.array(2.5), numpy.array([], "f4"), numpy.zeros((0, 3))]),
    ("not contiguous", grid[:, ::2]),
    ("times", numpy.array(["2024-02-29", "NaT"], "M8[D]")),
    ("masked and matrix", [numpy.ma.array([1, 2], mask=[0, 1]), numpy.matrix([[1.5]])]),
    ("scalars", [numpy.float64(0.5), numpy.int8(-1)]),
    ("objects in a list", [numpy.array([None, 1], object), grid, numpy.array([u"z"], object)]),
]
COMPRESSIONS = ["zlib", "gzip", "bz2", "xz", "lzma", "lz4"]

folder = tempfile.mkdtemp()


def dump(name, value, file, **options):
    path = os.path.join(folder, file)
    try:
        files = joblib.dump(value, path, **options)
    except (NotImplementedError, TypeError, ValueError):  # Python 2 has no lzma, lz4 may not be there, 0.9 has zlib alone
        return
    if files not in (None, [path]):  # releases before 0.10 write arrays beside it
        return
    with open(path, "rb") as stream:
        emit_file(name, file, stream.read(), joblib.load(path))


for name, value in SAMPLES:
    dump(name, value, "plain.joblib")
    dump(name, value, "protocol 2.joblib", protocol=2)
for name in COMPRESSIONS:
    for sample in ("array", "several"):
        dump(sample, dict(SAMPLES)[sample], name + ".joblib", compress=(name, 3))
