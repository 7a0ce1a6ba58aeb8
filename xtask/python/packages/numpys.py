"""What numpy says of its objects. Adds these kinds to values.py:

    dtype    str: dtype.str, name, itemsize; if they matter: class (numpy.record), base and shape of a sub-array, fields:
             a list of name, title, offset, dtype; aligned, metadata; of StringDType: coerce, and na if there is one
    ndarray  class, dtype, shape, c_contiguous, f_contiguous (one that is neither is pickled in C order), elements: flat,
             in C order
    scalar   class, dtype, element
    masked   class, data and mask: ndarrays, fill_value: an element; masked constant: numpy.ma.masked

An element is, by the kind of its dtype: b: boolean; i, u: number; f: repr() of the float, exactly what it is; longer ones as
hex of their ten bytes; c: a pair of such; S, V: hex, S without the zeros at the end; U: text; M, m: number in the unit of the
dtype, NaT is -2**63; O: any value; structured: a list; a sub-array: an ndarray; StringDType: text, or the value that is missing.
"""

import numpy

from values import describe, describes, hexed, name_of

STRINGS = getattr(getattr(numpy, "dtypes", None), "StringDType", ())


@describes(numpy.dtype)
def dtype(x):
    if STRINGS and isinstance(x, STRINGS):
        told = {"kind": "dtype", "str": x.str, "name": "StringDType", "itemsize": x.itemsize, "coerce": x.coerce}
        return dict(told, na=describe(x.na_object)) if hasattr(x, "na_object") else told
    told = {"kind": "dtype", "str": x.str, "name": x.name, "itemsize": x.itemsize}
    if x.type is numpy.record or x.type.__module__ != "numpy":
        told["class"] = name_of(x.type)
    if x.subdtype:
        told.update(base=dtype(x.subdtype[0]), shape=list(x.subdtype[1]))
    if x.names is not None:
        told["fields"] = [field(name, *x.fields[name]) for name in x.names]
        told["aligned"] = x.isalignedstruct
    if x.metadata:
        told["metadata"] = describe(dict(x.metadata))
    return told


def field(name, kind, offset, title=None):
    return {"name": str(name), "title": describe(title), "offset": offset, "dtype": dtype(kind)}


def element(x, kind):
    if kind.names is not None:
        return [element(x[name], kind.fields[name][0]) for name in kind.names]
    if isinstance(x, numpy.ndarray) and kind.kind != "O":
        return describe(x)
    if STRINGS and isinstance(kind, STRINGS) or kind.kind == "O":
        return describe(x)
    if kind.kind == "f":
        return hexed(numpy.array(x, kind).tobytes()[:10]) if kind.itemsize > 8 else repr(float(x))
    if kind.kind == "c":
        part = numpy.dtype(kind.str.replace("c%d" % kind.itemsize, "f%d" % (kind.itemsize // 2)))
        return [element(x.real, part), element(x.imag, part)]
    if kind.kind in "SV":
        if kind.kind == "V" and kind.type is not numpy.void:  # of ml_dtypes
            return repr(float(x))
        return hexed(x) if kind.kind == "S" else hexed(x.tobytes())
    if kind.kind in "mM":
        return int(numpy.array(x, kind).astype(kind.newbyteorder("=")).view("i8"))
    return {"b": bool, "i": int, "u": int, "U": lambda text: describe(text[:])}[kind.kind](x)


def elements(x):
    return [element(item, x.dtype) for item in x.reshape(-1)]


@describes(numpy.ndarray)
def ndarray(x):
    plain = x.view(numpy.ndarray)
    told = {"kind": "ndarray", "class": name_of(type(x)), "dtype": dtype(x.dtype), "shape": list(x.shape)}
    return dict(told, c_contiguous=x.flags.c_contiguous, f_contiguous=x.flags.f_contiguous, elements=elements(plain))


@describes(numpy.ma.MaskedArray)
def masked(x):
    if isinstance(x, numpy.ma.core.MaskedConstant):
        return {"kind": "masked constant"}
    told = {"kind": "masked", "class": name_of(type(x)), "data": ndarray(numpy.asarray(x.data))}
    fill = element(numpy.asarray(x.fill_value).reshape(-1)[0], x.dtype)
    return dict(told, mask=ndarray(numpy.ma.getmaskarray(x)), fill_value=fill)


@describes(numpy.generic, type(numpy.array([b""])[0]), type(numpy.array([u""])[0]))
def scalar(x):
    return {"kind": "scalar", "class": name_of(type(x)), "dtype": dtype(x.dtype), "element": element(x, x.dtype)}


@describes(numpy.ufunc)
def ufunc(x):
    return {"kind": "global", "module": "numpy", "name": x.__name__}


@describes(numpy.random.RandomState, *filter(None, [getattr(numpy.random, "Generator", None)]))
def random(x):
    return {"kind": "opaque", "class": name_of(type(x))}
