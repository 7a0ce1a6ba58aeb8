"""Prints numpy's objects."""

import datetime
import warnings

import numpy

import numpys  # noqa: F401, tells what they are
from values import PROTOCOLS, emit, encoded, pickler, row

NUMPY2 = int(numpy.__version__.split(".")[0]) >= 2
NUMBERS = "? i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16 >i2 >u4 >i8 >f2 >f4 >f8 >c8".split()
SOME = [protocol for protocol in (0, 2, 4, 5) if protocol in PROTOCOLS]
TIMES = "Y M W D h m s ms us ns 25s".split()


def of_numbers():
    for kind in NUMBERS:
        limit = numpy.array([0, 1, 2, 3, 100, -1 if numpy.dtype(kind).kind in "ifc" else 1])
        yield "numbers " + kind, limit.astype(kind)
    odd = [0.0, -0.0, 0.1, float("inf"), float("-inf"), float("nan")]
    yield "odd floats f8", numpy.array(odd)
    yield "odd floats f4", numpy.array(odd, "f4")
    yield "odd floats f2", numpy.array(odd, "f2")
    yield "odd complex", numpy.array([complex(0.1, float("nan")), complex(float("-inf"), -0.0)])
    yield "limits", [numpy.array([numpy.iinfo(kind).min, numpy.iinfo(kind).max], kind) for kind in NUMBERS[1:9]]
    one = b"\0" * 7 + b"\x80\xff\x3f" + b"\0" * 6  # of what numpy makes, the padding is anything
    yield "longdouble", numpy.frombuffer(one * 2, "g")


def of_shapes():
    grid = numpy.arange(6, dtype="i4").reshape(2, 3)
    cube = numpy.arange(24, dtype="f4").reshape(2, 3, 4)
    yield "0-d", numpy.array(2.5)
    yield "empty", numpy.array([], "f8")
    yield "empty 2-d", numpy.zeros((0, 3), "i2")
    yield "C", grid
    yield "Fortran", numpy.asfortranarray(grid)
    yield "Fortran 3-d", numpy.asfortranarray(cube)
    yield "big endian Fortran", numpy.asfortranarray(grid.astype(">f8"))
    yield "transposed 3-d", cube.transpose(1, 0, 2)
    yield "every second", grid[:, ::2]
    yield "backwards", numpy.arange(5)[::-1]
    yield "broadcast", numpy.broadcast_to(numpy.arange(2, dtype="u1"), (3, 2))
    yield "one row", grid[:1]
    yield "shared", [grid, grid, {u"again": grid}]
    yield "read-only", read_only(grid.copy())


def read_only(x):
    x.flags.writeable = False
    return x


def of_text_and_times():
    yield "bytes", numpy.array([b"dill", b"", b"sea salt", b"\xff"])
    yield "bytes 0-d", numpy.array(b"dill")
    yield "text", numpy.array([u"dill", u"", u"\u20ac \U0001f952"])
    yield "text big endian", numpy.array([u"dill", u"\u20ac"]).astype(">U4")
    yield "text of no length", numpy.zeros(2, "U")
    yield "void", numpy.array([b"abc", b"\0\1\2"]).view("V3")
    for unit in TIMES:
        yield "datetime64 " + unit, numpy.array([0, 5, -7, -(2**63)], "i8").view("M8[%s]" % unit)
        yield "timedelta64 " + unit, numpy.array([0, 5, -7, -(2**63)], "i8").view("m8[%s]" % unit)
    yield "datetime64 generic", numpy.array(["NaT"], "M8")
    yield "timedelta64 generic", numpy.array([1, 2], "m8")
    yield "datetime64 big endian", numpy.array(["2024-02-29", "NaT"], ">M8[D]")
    yield "datetime64 Fortran", numpy.asfortranarray(numpy.arange(6).astype("M8[ns]").reshape(2, 3))


def of_structures():
    point = [(str("x"), "i4"), (str("y"), ">f8")]
    yield "structured", numpy.array([(1, 2.5), (-3, 0.1)], point)
    yield "structured 0-d", numpy.array((1, 2.5), point)
    yield "structured aligned", numpy.array([(1, 2.5)], numpy.dtype([(str("a"), "i1"), (str("b"), "f8")], align=True))
    yield "structured titles", numpy.array([(1,)], [((str("A title"), str("a")), "i2")])
    mixed = [(str("name"), "U5"), (str("raw"), "S3"), (str("day"), "M8[D]"), (str("ok"), "?")]
    yield "structured mixed", numpy.array([(u"dill", b"ab", "2024-02-29", True), (u"", b"", "NaT", False)], mixed)
    yield "structured nested", numpy.array([((1, 2.5), 7)], [(str("point"), point), (str("n"), "u1")])
    yield "structured sub-array", numpy.array([(1, [[1, 2, 3], [4, 5, 6]])], [(str("k"), "i2"), (str("grid"), "f4", (2, 3))])
    yield "structured object", numpy.array([(1, u"dill"), (2, None)], [(str("n"), "i4"), (str("any"), "O")])
    names, kinds = [str("a"), str("b")], ["i2", "u1"]
    gaps = numpy.dtype({"names": names, "formats": kinds, "offsets": [4, 0], "itemsize": 12})
    made = numpy.zeros(2, gaps)
    made["a"], made["b"] = [1, 2], [3, 4]
    yield "structured with gaps", made
    yield "recarray", numpy.rec.array([(1, 2.5), (2, 0.5)], point)
    yield "record", numpy.rec.array([(1, 2.5)], point)[0]


def of_objects():
    yield "objects", numpy.array([1, u"dill", None, 2.5, [1, 2], datetime.date(2024, 2, 29)], object)
    yield "objects 2-d", numpy.array([[1, u"a"], [None, b"b"]], object)
    yield "objects Fortran", numpy.asfortranarray(numpy.array([[1, 2, 3], [4, 5, 6]], object))
    yield "objects empty", numpy.array([], object)
    yield "objects 0-d", numpy.array(None, object)
    nested = numpy.empty(2, object)
    nested[:] = [numpy.arange(2), numpy.array([u"x"])]
    yield "objects that are arrays", nested
    grid = numpy.arange(6, dtype="f8").reshape(2, 3)
    yield "matrix", numpy.matrix(grid)
    yield "masked", numpy.ma.array(grid, mask=[[0, 1, 0], [1, 0, 0]])
    yield "masked fill", numpy.ma.array([1, 2, 3], mask=[0, 0, 1], fill_value=-9)
    yield "masked without a mask", numpy.ma.array([1, 2, 3])
    yield "masked constant", numpy.ma.array([u"a", u"b"], mask=[True, False])
    yield "masked Fortran", numpy.ma.array(numpy.asfortranarray(grid), mask=grid > 3)
    yield "masked structured", numpy.ma.array([(1, 2.5)], mask=[(0, 1)], dtype=[(str("a"), "i4"), (str("b"), "f8")])


def of_scalars():
    yield "scalars", [numpy.dtype(kind).type(3) for kind in NUMBERS[:14]]
    yield "scalars of text", [numpy.array([b"ab"])[0], numpy.array([u"dill \u20ac"])[0]]
    yield "scalars of time", [numpy.datetime64("2024-02-29T12", "ms"), numpy.timedelta64(-5, "h"), numpy.datetime64("NaT")]
    yield "scalar void", numpy.array([b"abc"]).view("V3")[0]
    yield "scalar structured", numpy.array([(1, 2.5)], [(str("x"), "i4"), (str("y"), "f8")])[0]


def of_dtypes():
    yield "dtypes", [numpy.dtype(kind) for kind in NUMBERS + ["S", "S7", "U", "U7", "V3", "O", "M8", "M8[10us]", "m8[ns]", ">M8[s]"]]
    yield "dtype structured", numpy.dtype([(str("a"), "i1"), (str("b"), "f8", (2,))], align=True)
    yield "dtype sub-array", numpy.dtype(("i4", (2, 3)))
    yield "dtype metadata", numpy.dtype("i4", metadata={u"unit": u"kg"})
    yield "types", [numpy.ndarray, numpy.float64, numpy.int8]
    yield "ufunc", numpy.add


def of_numpy2():
    text = numpy.dtypes.StringDType
    yield "StringDType", numpy.array(["dill", "", "a text that is longer than what is held in place \u20ac"], text())
    yield "StringDType na None", numpy.array(["dill", None], text(na_object=None))
    yield "StringDType na nan", numpy.array(["dill", float("nan")], text(na_object=float("nan"), coerce=False))
    yield "StringDType 2-d", numpy.asfortranarray(numpy.array([["a", "b", "c"], ["d", "e", "f"]], text()))
    yield "StringDType dtypes", [text(), text(coerce=False), text(na_object="x")]
    import ml_dtypes

    for name in ("bfloat16", "float8_e4m3fn", "float8_e5m2", "int4"):
        kind = getattr(ml_dtypes, name)
        yield "ml_dtypes " + name, numpy.array([0, 1, -2, 3], kind)
        yield "ml_dtypes scalar " + name, kind(1)


def out_of_band():
    """Protocol 5 with buffers beside the pickle."""
    grid = numpy.arange(6, dtype="i4").reshape(2, 3)
    values = [
        ("C", grid),
        ("Fortran", numpy.asfortranarray(grid.astype("f8"))),
        ("read-only", read_only(grid.copy())),
        ("two", [grid, numpy.array([u"dill"]), grid]),
        ("empty", numpy.array([], "f8")),
        ("structured", numpy.array([(1, 2.5)], [("x", "i4"), ("y", ">f8")])),
        ("not contiguous", grid[:, ::2]),
    ]
    for name, value in values:
        taken = []
        data = pickler.dumps(value, 5, buffer_callback=taken.append)
        views = [buffer.raw() for buffer in taken]
        given = [{"readonly": view.readonly, "base64": encoded(view)} for view in views]
        row("out of band " + name, value, protocol=5, pickle=encoded(data), buffers=given)


def of_random():
    yield "Generator", numpy.random.Generator(numpy.random.PCG64(7))


warnings.simplefilter("ignore")  # of times without a unit
groups = [of_numbers, of_shapes, of_text_and_times, of_structures, of_objects, of_scalars, of_dtypes]
groups += [of_numpy2, of_random] if NUMPY2 else []
for group in groups:
    for name, value in group():
        emit(name, value, SOME, as_made=True)  # loaded ones have the byte order of the machine
if 5 in PROTOCOLS:
    out_of_band()
