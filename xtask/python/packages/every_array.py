"""Prints the arrays, scalars and dtypes that a release of numpy has, of any release: each dtype in each form."""

import datetime
import warnings

import numpy

import dumped
import numpys  # noqa: F401, tells what they are
from values import PROTOCOLS, emit_each, encoded, pickler, row

UNITS = "Y M W D h m s ms us ns ps fs as 25s".split()
NUMBERS = "? i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 g c8 c16 G".split()
DTYPES = NUMBERS + "S0 S3 U0 U3 V3 O".split() + ["M8", "m8"] + ["%s8[%s]" % (kind, unit) for kind in "Mm" for unit in UNITS]
DTYPES += [">" + dtype for dtype in "i2 i4 i8 u2 u4 u8 f2 f4 f8 c8 c16 U3 M8[D] m8[ns]".split()]
POINT = [(str("x"), "i4"), (str("y"), ">f8")]
STRUCTURES = {
    "of numbers": POINT,
    "aligned": numpy.dtype([(str("a"), "i1"), (str("b"), "f8")], align=True),
    "with titles": [((str("A title"), str("a")), "i2")],
    "of text and times": [(str("name"), "U5"), (str("raw"), "S3"), (str("day"), "M8[D]"), (str("ok"), "?")],
    "nested": [(str("point"), POINT), (str("n"), "u1")],
    "with sub-arrays": [(str("k"), "i2"), (str("grid"), "f4", (2, 3))],
    "of objects": [(str("n"), "i4"), (str("any"), "O")],
    "with gaps": numpy.dtype({"names": [str("a"), str("b")], "formats": ["i2", "u1"], "offsets": [4, 0], "itemsize": 12}),
}
OBJECTS = [1, u"dill", None, 2.5, [1, 2], datetime.date(2024, 2, 29)]


class Sub(numpy.ndarray):
    """A subclass that adds nothing."""


def six(dtype):
    """Six elements."""
    dtype = numpy.dtype(dtype)
    made = numpy.zeros(6, dtype)
    if dtype.names is not None:
        for name in dtype.names:
            inner = dtype[name]
            base, shape = inner.subdtype or (inner, ())
            count = int(numpy.prod(shape, dtype=int))
            made[name] = numpy.resize(six(base), 6 * count).reshape((6,) + shape)
    elif dtype.kind == "O":
        made[:] = OBJECTS
    elif dtype.kind in "SU":
        made[:] = [u"abc", u"", u"x", u"ab", u"dill", u"9"]
    elif dtype.kind == "V":
        made = numpy.frombuffer(b"abc\0\1\2\xff\xfe\xfd\0\0\0xyz\0\0\1", dtype)
    elif dtype.kind in "Mm":
        made = numpy.array([0, 5, -7, -(2**63), 2**40, 1], "i8").view("i8").astype(dtype.str[0] + "i8").view(dtype)
    elif dtype.kind == "b":
        made[:] = [1, 0, 0, 1, 1, 0]
    else:
        made[:] = [0, 1, 2, 100, 3, 7]
        if dtype.kind in "fc" and dtype.char not in "gG":
            made[1:4] = [-0.1, float("inf"), float("nan")]
        elif dtype.kind == "i":
            made[1] = numpy.iinfo(dtype).min
        elif dtype.kind == "u":
            made[1] = numpy.iinfo(dtype).max
    return made


def read_only(x):
    x.flags.writeable = False
    return x


FORMS = [
    ("line", lambda x: x),
    ("0-d", lambda x: x[1:2].reshape(())),
    ("empty", lambda x: x[:0]),
    ("empty 2-d", lambda x: x[:0].reshape(0, 3)),
    ("C", lambda x: x.reshape(2, 3)),
    ("Fortran", lambda x: numpy.asfortranarray(x.reshape(2, 3))),
    ("Fortran 3-d", lambda x: numpy.asfortranarray(x.reshape(1, 2, 3))),
    ("every second", lambda x: x[::2]),
    ("backwards", lambda x: x[::-1]),
    ("scalar", lambda x: x[0]),
]
SOME = [
    ("read-only", lambda x: read_only(x.copy())),
    ("broadcast", lambda x: numpy.broadcast_to(x, (2, 6))),
    ("transposed", lambda x: x.reshape(1, 2, 3).transpose(1, 0, 2)),
    ("matrix", numpy.matrix),
    ("subclass", lambda x: x.view(Sub)),
    ("subclass Fortran", lambda x: numpy.asfortranarray(x.reshape(2, 3)).view(Sub)),
    ("masked", lambda x: numpy.ma.array(x, mask=[0, 1, 0, 1, 0, 0])),
    ("masked 2-d", lambda x: numpy.ma.array(x.reshape(2, 3), mask=[[0, 1, 0], [1, 0, 0]])),
    ("masked Fortran", lambda x: numpy.ma.array(numpy.asfortranarray(x.reshape(2, 3)), mask=[[0, 1, 0], [1, 0, 0]])),
    ("masked nowhere", numpy.ma.array),
    ("masked everywhere", lambda x: numpy.ma.array(x, mask=True)),
    ("masked fill", lambda x: numpy.ma.array(x, mask=[0, 1, 0, 1, 0, 0], fill_value=x[4])),
    ("masked hard", lambda x: numpy.ma.array(x, mask=[0, 1, 0, 1, 0, 0], hard_mask=True)),
    ("masked 0-d", lambda x: numpy.ma.array(x)[1:2].reshape(())),
]
FEW = ["?", "i4", "u1", "f4", "f8", ">f8", "c16", "S3", "U3", "M8[ns]", "m8[s]", "O", "M8[D]"]


def late(function, *args):
    return lambda: function(*args)


def samples():
    for dtype in DTYPES:
        for form, make in FORMS + (SOME if dtype in FEW else []):
            yield "%s %s" % (dtype, form), late(lambda make, dtype: make(six(dtype)), make, dtype)
        yield "%s dtype" % dtype, late(numpy.dtype, dtype)
    for name, dtype in sorted(STRUCTURES.items()):
        for form, make in FORMS + SOME:
            # Of a scalar with objects, some releases pickle their addresses, and others crash on loading it.
            if form != "matrix" and (name, form) != ("of objects", "scalar"):
                yield "structured %s %s" % (name, form), late(lambda make, dtype: make(six(dtype)), make, dtype)
        yield "structured %s recarray" % name, late(lambda dtype: six(dtype).view(numpy.recarray), dtype)
        if name != "of objects":
            yield "structured %s record" % name, late(lambda dtype: six(dtype).view(numpy.recarray)[0], dtype)
        yield "structured %s dtype" % name, late(numpy.dtype, dtype)
    yield "dtype sub-array", lambda: numpy.dtype(("i4", (2, 3)))
    yield "dtype metadata", lambda: numpy.dtype("i4", metadata={u"unit": u"kg"})
    yield "chararray", lambda: numpy.array([b"dill", b"x"]).view(numpy.char.chararray)
    yield "chararray text", lambda: numpy.array([u"dill", u"\u20ac"]).view(numpy.char.chararray)
    yield "objects that are arrays", lambda: nested()
    yield "shared", lambda: (lambda x: [x, x, {u"again": x}])(six("i4"))
    yield "many", lambda: {u"w": six("f4"), u"b": six("f8"), u"n": numpy.int64(7)}
    yield "large", lambda: numpy.arange(20000, dtype="f8")
    yield "large Fortran", lambda: numpy.asfortranarray(numpy.arange(20000, dtype="i4").reshape(100, 200))
    yield "text of the world", lambda: numpy.array([u"\u20ac", u"\U0001f952", u"caf\xe9"])
    yield "masked constant", lambda: numpy.ma.masked
    yield "StringDType", lambda: numpy.array([u"dill", u"", u"a text that is longer than what is in place"], numpy.dtypes.StringDType())
    yield "StringDType 2-d", lambda: numpy.asfortranarray(numpy.array([[u"a", u"b"], [u"c", u""]], numpy.dtypes.StringDType()))
    yield "StringDType None", lambda: numpy.array([u"dill", None], numpy.dtypes.StringDType(na_object=None))
    yield "StringDType nan", lambda: numpy.array([u"dill", float("nan")], numpy.dtypes.StringDType(na_object=float("nan")))
    yield "StringDType text", lambda: numpy.array([u"dill", u"?"], numpy.dtypes.StringDType(na_object=u"?"))
    yield "StringDType empty", lambda: numpy.array([], numpy.dtypes.StringDType())
    yield "StringDType dtype", lambda: numpy.dtypes.StringDType(coerce=False)


def nested():
    made = numpy.empty(2, object)
    made[:] = [six("i4"), six("U3")]
    return made


def out_of_band():
    """Protocol 5 with buffers beside the pickle."""
    for dtype in ("i4", "f8", ">f8", "U3", "M8[ns]", "O"):
        for form, make in FORMS[:9]:
            value, taken = make(six(dtype)), []
            data = pickler.dumps(value, 5, buffer_callback=taken.append)
            given = [{"readonly": buffer.raw().readonly, "base64": encoded(buffer.raw())} for buffer in taken]
            row("%s %s out of band" % (dtype, form), value, protocol=5, pickle=encoded(data), buffers=given)


warnings.simplefilter("ignore")
emit_each(samples(), [protocol for protocol in (2, 4, 5) if protocol in PROTOCOLS], as_made=True, files=dumped.files)
if 5 in PROTOCOLS:
    out_of_band()
