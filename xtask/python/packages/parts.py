"""Prints arrays of numpy, and parts of them.

    parts       parts: what Python has between the brackets, `[0, 1:3]`, to what is there, as tolist() tells it; what is masked is None
"""

import numpy

from values import describes, emit

RECORD = numpy.dtype([("a", "i4"), ("b b", "f8"), ("s", "i2", (2,)), ("t", [("u", "i1"), ("v", "U3")])])
OBJECTS = numpy.dtype([("a", "i4"), ("o", "O"), ("s", "O", (2,))])


def plain(x):
    if isinstance(x, numpy.ma.MaskedArray):
        return unmasked(numpy.ma.getdata(x)[()], numpy.ma.getmaskarray(x)[()])
    return unmasked(x, False)


def unmasked(x, mask):
    """An array, a record or a value; the mask is one of the same form, or a bool for all of it."""

    def of(mask, part):
        return mask if isinstance(mask, (bool, numpy.bool_)) else mask[part]

    names = getattr(getattr(x, "dtype", None), "names", None)
    if names and not getattr(x, "ndim", 0):
        return {name: unmasked(x[name], of(mask, name)) for name in names}
    if isinstance(x, numpy.ndarray):
        return [unmasked(item, of(mask, at)) for at, item in enumerate(x)] if x.ndim else unmasked(x[()], of(mask, ()))
    if mask:
        return None
    return x.item() if isinstance(x, numpy.generic) else x


TOLD = {}


@describes(numpy.ndarray)
def _(x):
    return {"kind": "parts", "parts": {part: plain(eval("x" + part, {"x": x})) for part in TOLD["parts"]}}


def told(name, array, *parts):
    TOLD["parts"] = parts
    emit(name, array, [2, 4, 5])


grid = numpy.arange(24.0).reshape(2, 3, 4)
told("grid", grid, "[1]", "[0, 1]", "[0, 1, 2]", "[..., 1]", "[:, 1:, ::2]", "[-1, -1, -1]", "[1:1]")
told("Fortran", numpy.asfortranarray(grid), "[1]", "[0, 1]", "[..., 1]", "[:, 1:, ::2]")
objects = numpy.array([[1, u"a", None], [2.5, u"b", True]], object)
told("objects", objects, "[0]", "[1, 1]", "[1:]", "[0, 1:]")
told("masked", numpy.ma.array(grid, mask=grid % 5 == 0), "[0]", "[0, 1]", "[0, 0, 0]", "[1, 1:, ::2]", "[..., 0]")
told("masked objects", numpy.ma.array(objects, mask=[[0, 1, 0], [1, 1, 0]]), "[0]", "[0, 1]", "[1, 2]", "[1:]", "[0, 1:]")
told("masked row", numpy.ma.array(objects[0], mask=[0, 1, 1]), "[0]", "[1]", "[1:]", "[:2]")
records = numpy.zeros((2, 3), RECORD)
records["a"] = numpy.arange(6).reshape(2, 3)
records["b b"] = records["a"] / 2
records["s"][1, 2] = 8, 9
records["t"]["v"] = u"ab"
told("records", records, "[0, 1]", "[1]", "['a']", "['a'][1]", "['b b'][:, 1:]", "['s']", "['s'][1, 2]", "['t']['v']", "[1, 2]['t']['v']", "[1, 2]['s'][0]", "[0, 1:]['a']", "[0, 0][1]")
row = numpy.zeros(3, OBJECTS)
row["a"] = 1, 2, 3
row["o"] = [u"p", u"q", u"r"]
row["s"] = [[u"k", u"l"], [u"m", u"n"], [u"u", u"v"]]
told("records of objects", row, "[0]", "[0]['o']", "[2]['s']", "[2]['s'][1]", "[1:]", "[1]['a']", "[1][1]")
mask = numpy.array([(0, 1, [0, 1]), (1, 0, [1, 1]), (0, 0, [0, 0])], numpy.ma.make_mask_descr(OBJECTS))
told("masked records of objects", numpy.ma.array(row, mask=mask), "[0]", "[0]['o']", "[0]['s']", "[0]['s'][1]", "[0]['s'][0]", "[1]", "[2]['s'][1]", "[1:]")
masks = numpy.zeros(3, numpy.ma.make_mask_descr(RECORD))
masks["a"][0] = masks["s"][1, 0] = masks["t"]["v"][2] = True
told("masked records", numpy.ma.array(records[1], mask=masks), "[0]", "[0]['a']", "[1]['s']", "[1]['s'][0]", "[1:]")
