"""Prints arrays of subclasses of numpy's, and those that dill, cloudpickle and jax pickle in ways of their own. Adds to values.py:

    beside   of an ndarray: the attributes that its class pickles beside it, as describe() tells them
"""


import numpy

import numpys
from values import PROTOCOLS, PYTHON3, describe, describes, emit, encoded, name_of, row

SOME = [protocol for protocol in (2, 4, 5) if protocol in PROTOCOLS]


class Info(numpy.ndarray):
    """As numpy's manual has it, with attributes that it pickles after the array."""

    def __new__(cls, values, info=None):
        made = numpy.asarray(values).view(cls)
        made.info = info
        return made

    def __array_finalize__(self, of):
        self.info = getattr(of, "info", None)

    def __reduce__(self):
        function, args, state = numpy.ndarray.__reduce__(self)
        return function, args, state + ({"info": self.info},)

    def __setstate__(self, state):
        self.info = state[-1]["info"]
        numpy.ndarray.__setstate__(self, state[:-1])


class Before(Info):
    """The same, with its own before the array, as unyt has it."""

    def __reduce__(self):
        function, args, state = numpy.ndarray.__reduce__(self)
        return function, args, (((self.info, 7),) + state)

    def __setstate__(self, state):
        self.info = state[0][0]
        numpy.ndarray.__setstate__(self, state[1:])


class Pair(Info):
    """The same, as a pair of states."""

    def __reduce__(self):
        function, args, state = numpy.ndarray.__reduce__(self)
        return function, args, (state, {"info": self.info})

    def __setstate__(self, state):
        self.info = state[1]["info"]
        numpy.ndarray.__setstate__(self, state[0])


class Bare(numpy.ndarray):
    """One that has nothing else."""


@describes(Info)
def _(x):
    return dict(numpys.ndarray(x), beside=describe(x.info))


grid = numpy.arange(6, dtype="f8").reshape(2, 3)
for cls in (Info, Before, Pair):
    emit(cls.__name__, cls(grid, u"dill"), SOME)
emit("objects", Info(numpy.array([1, u"a"], object), u"dill"), SOME)
emit("bare", grid.view(Bare), SOME)
emit("masked of a class", numpy.ma.array(grid, mask=grid > 3), SOME)


def other(name, module):
    """What another pickler writes. dill 0.3 looks up `_codecs.encode` by calls, for bytes at protocol 2, which is not read."""
    protocols = [protocol for protocol in SOME if protocol > 2 or not PYTHON3]
    samples = {
        "array": grid,
        "Fortran": numpy.asfortranarray(grid.astype("i2")),
        "objects": numpy.array([1, u"a", None], object),
        "text": numpy.array([u"dill", u""]),
        "0-d": numpy.array(2.5),
        "scalar": numpy.float64(0.5),
        "bare": grid.view(Bare),
    }
    for sample in sorted(samples):
        for protocol in protocols:
            data = module.dumps(samples[sample], protocol)
            row(name + " " + sample, module.loads(data), protocol=protocol, pickle=encoded(data))


for name in ("dill", "cloudpickle"):
    try:
        other(name, __import__(name))
    except ImportError:
        pass

try:
    from astropy import table, units
except ImportError:
    pass
else:

    def of_astropy(x, told):
        return dict(numpys.ndarray(numpy.asarray(x)), **dict(told, **{"class": describe(type(x))["module"] + "." + type(x).__name__}))

    @describes(units.Quantity)
    def _(x):
        return of_astropy(x, {"beside": str(x.unit)})

    @describes(table.Column)
    def _(x):
        return of_astropy(x, {"beside": x.name})

    emit("Quantity", grid * units.m / units.s, [2, 4])
    emit("Column", table.Column([1, 2, 3], name="n", description="of jars"), [2, 4])
    emit("MaskedColumn", table.MaskedColumn([1.5, 2.5], name="m", mask=[True, False]), [2, 4])

try:
    import unyt
except ImportError:
    pass
else:

    @describes(unyt.unyt_array)
    def _(x):
        return dict(numpys.ndarray(numpy.asarray(x)), beside=str(x.units), **{"class": name_of(type(x))})

    emit("unyt", unyt.unyt_array([1.0, 2.0], "km"), [4])

try:
    import jax
    import jax.numpy
except ImportError:
    pass
else:

    @describes(jax.Array)
    def _(x):
        return dict(numpys.ndarray(numpy.asarray(x)), **{"class": "jax.Array"})

    DESCRIBED = type(jax.numpy.zeros(1))
    describes(DESCRIBED)(lambda x: dict(numpys.ndarray(numpy.asarray(x)), **{"class": "jax.Array"}))
    for kind in ("float32", "int32", "bool", "bfloat16"):
        emit("jax " + kind, jax.numpy.arange(4).astype(kind).reshape(2, 2), [4, 5])
    emit("jax weak", jax.numpy.asarray(1.5), [4])


class Texts(numpy.ndarray):
    """An array of which the text of each element is told."""


@describes(Texts)
def _(x):
    # numpy 2.4 prints a part of a complex number that is not finite in another way.
    parts = [part for item in x.reshape(-1) for part in ([item.real, item.imag] if x.dtype.kind == "c" else [item])]
    return dict(numpys.ndarray(x.view(numpy.ndarray)), texts=[str(part) for part in parts])


def longs():
    texts = "0 -0.0 1 -1.5 0.1 -0.2 1e16 123456789012345678901 1e15 9999999999999999 1e-4 0.00001234 1e4000 -2.5e-4000 inf -inf nan"
    yield "longdouble", [numpy.longdouble(text) for text in texts.split()]
    yield "longdouble powers", [numpy.longdouble(2) ** power for power in range(-1090, 1090, 23)]
    thirds = [numpy.longdouble(number) / 3 for number in range(1, 40)]
    yield "longdouble thirds", thirds + [numpy.longdouble(1) / number for number in thirds]
    ten = numpy.longdouble(10)
    yield "longdouble tens", [ten**power for power in range(-300, 300, 7)] + [7 / ten**power for power in range(0, 300, 9)]


if numpy.dtype("g").itemsize == 16:
    for name, numbers in longs():
        emit(name, numpy.array(numbers, "g").view(Texts), SOME)
    emit("longdouble big endian", numpy.array(numbers[::9], "g").astype(numpy.dtype("g").newbyteorder(">")).view(Texts), SOME[-1:])
    emit("clongdouble", (numpy.array(numbers[:6], "g") + 0j).view(Texts), SOME[-1:])
