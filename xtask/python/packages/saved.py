"""Prints arrays as numpy.save writes them, beside their pickles."""

import io

import numpy

import numpys  # noqa: F401, tells what they are
from values import encoded, pickler, row

grid = numpy.arange(6, dtype="i4").reshape(2, 3)
point = [("x", "i4"), ("y", ">f8")]
gaps = numpy.dtype({"names": ["a", "b"], "formats": ["i2", "u1"], "offsets": [1, 4], "itemsize": 12})
titles = [(("A title", "a"), "i2")]
SAMPLES = [
    ("C", grid),
    ("Fortran", numpy.asfortranarray(grid)),
    ("one row", grid[:1]),
    ("one column of Fortran", numpy.asfortranarray(grid[:, :1])),
    ("0-d", numpy.array(2.5)),
    ("empty", numpy.zeros((0, 3))),
    ("big endian", numpy.asfortranarray(grid.astype(">f8"))),
    ("3-d Fortran", numpy.asfortranarray(numpy.arange(24, dtype="f4").reshape(2, 3, 4))),
    ("bool", numpy.array([True, False])),
    ("half", numpy.array([0.5], "f2")),
    ("long", numpy.frombuffer((b"\0" * 7 + b"\x80\xff\x3f" + b"\0" * 6) * 2, "g")),
    ("complex", numpy.array([1 + 2j])),
    ("bytes", numpy.array([b"dill", b""])),
    ("text", numpy.array(["dill", "\u20ac"])),
    ("void", numpy.array([b"abc"]).view("V3")),
    ("day", numpy.array(["2024-02-29", "NaT"], "M8[D]")),
    ("25 seconds", numpy.array([1, 2]).view("m8[25s]")),
    ("structured", numpy.array([(1, 2.5)], point)),
    ("aligned", numpy.frombuffer(bytes(range(16)), numpy.dtype([("a", "i1"), ("b", "f8")], align=True))),
    ("gaps", numpy.frombuffer(bytes(range(24)), gaps)),
    ("titles", numpy.array([(1,)], titles)),
    ("nested", numpy.array([((1, 2.5), 7)], [("point", point), ("n", "u1")])),
    ("sub-array", numpy.array([(1, [[1, 2, 3], [4, 5, 6]], [7])], [("k", "i2"), ("grid", "f4", (2, 3)), ("one", "u1", 1)])),
    ("names of Latin-1", numpy.array([(1,)], [("\xe9", "i2")])),
    ("names beyond", numpy.array([(1,)], [("\u20ac 'it'", "i2")])),
]
for name, value in SAMPLES:
    file = io.BytesIO()
    numpy.save(file, value)
    row(name, value, protocol=4, pickle=encoded(pickler.dumps(value, 4)))
    row(name, value, file="array.npy", pickle=encoded(file.getvalue()))
