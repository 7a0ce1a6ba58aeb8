"""What pandas says of its objects. Adds these kinds to values.py and numpys.py:

    DataFrame    class, index, columns: each an Index; data: an Array for each column; attrs, if there are any
    Series       class, index, name, data: an Array
    Index        class, names: a list, values: those of an Array, in which those of a MultiIndex are tuples
                 RangeIndex: start, stop, step; DatetimeIndex, TimedeltaIndex: freq, text or None; MultiIndex: levels: each an
                 Index, codes: lists of numbers, -1 where nothing is; all but MultiIndex: data: an Array, too
    Array        dtype: str(dtype), class, values: one for each row, None where it is missing, save that floats of numpy are
                 "nan", and objects what they are. Numbers, booleans and text are as elements in numpys.py; times are numbers
                 in the unit of the dtype (`unit`, and `tz`), periods text (and `ordinals`), intervals pairs (and `closed`)
                 categorical: also codes, categories: an Index, ordered; sparse: also fill_value
    Timestamp    iso, value: a number in the unit, unit, tz; Timedelta: iso: str(), value, unit
    Period       value: text, ordinal, freq; Interval: left, right, closed
    NaT, NA
    Panel        class, items: an Index, data: a DataFrame for each
    GroupBy      class, obj: what is grouped
"""

import numpy
import pandas

import numpys
from values import describe, describes, name_of, pairs

VERSION = tuple(map(int, pandas.__version__.split(".")[:2]))
NAT, NA = pandas.NaT, getattr(pandas, "NA", pandas.NaT)


def array(x):
    """Of a Series or Index; what numpy holds is looked at as numpy does."""
    told = {"kind": "Array", "dtype": str(x.dtype)}
    held = x.array if hasattr(x, "array") else x.values
    told["class"] = name_of(type(held))
    dtype = x.dtype
    if pandas.api.types.is_categorical_dtype(dtype):
        held = x if isinstance(x, pandas.CategoricalIndex) else held
        told.update(codes=held.codes.tolist(), categories=index(held.categories), ordered=held.ordered)
        given = array(pandas.Series(held.categories))["values"]
        return dict(told, values=[None if code < 0 else given[code] for code in held.codes])
    if getattr(dtype, "kind", None) in ("M", "m") and not str(dtype).endswith("[pyarrow]"):
        told["unit"] = getattr(dtype, "unit", None) or numpy.datetime_data(dtype)[0]
        if getattr(dtype, "tz", None):
            told["tz"] = describe(dtype.tz)
        numbers = (held.asi8 if hasattr(held, "asi8") else numpy.asarray(x.values).view("i8")).tolist()
        return dict(told, values=[None if number == -(2**63) else number for number in numbers])
    if isinstance(dtype, numpy.dtype):
        # Before 0.24, a sparse array is an array of numpy of those values that are stored.
        dense = held.to_dense() if hasattr(held, "sp_index") else numpy.asarray(x)
        return dict(told, values=numpys.elements(dense))
    name = type(dtype).__name__
    if name == "PeriodDtype":
        return dict(told, ordinals=(held if hasattr(held, "asi8") else x).asi8.tolist(), values=[None if item is NAT else str(item) for item in x])
    if name == "IntervalDtype":
        ends = [None if missing(item) else [item_of(item.left), item_of(item.right)] for item in x]
        return dict(told, closed=getattr(held, "closed", None) or x.closed, values=ends)
    if name == "SparseDtype":
        dense = numpy.asarray(x)
        return dict(told, fill_value=numpys.element(x.dtype.fill_value, dense.dtype), values=numpys.elements(dense))
    return dict(told, values=[item_of(item) for item in x])


def item_of(item):
    """One of an array that only pandas has: nullable, text, of Arrow."""
    if missing(item):
        return None
    if isinstance(item, (float, numpy.floating)):
        return repr(float(item))
    if isinstance(item, (bool, numpy.bool_)):
        return bool(item)
    if isinstance(item, (complex, numpy.complexfloating)):
        return [repr(float(item.real)), repr(float(item.imag))]
    return int(item) if isinstance(item, numpy.integer) else describe(item)


def missing(item):
    return item is None or item is NAT or item is NA or isinstance(item, float) and item != item


@describes(pandas.Index)
def index(x):
    if len(list(x)) != len(x):  # of sparse values, before 0.24
        raise ValueError("pandas itself cannot read this index")
    told = {"kind": "Index", "class": name_of(type(x)), "names": [describe(name) for name in x.names]}
    if isinstance(x, pandas.MultiIndex):
        codes = [[int(code) for code in level] for level in (x.codes if hasattr(x, "codes") else x.labels)]
        values = [[item_of(item) for item in row] for row in x]
        return dict(told, levels=[index(level) for level in x.levels], codes=codes, values=values)
    if isinstance(x, pandas.RangeIndex):
        values = x.__reduce__()[1][1]
        told.update((name, int(values[name])) for name in ("start", "stop", "step"))
    if isinstance(x, (pandas.DatetimeIndex, pandas.TimedeltaIndex)):
        told["freq"] = x.freqstr
    data = array(x)
    return dict(told, data=data, values=data["values"])


@describes(pandas.Series)
def series(x):
    told = {"kind": "Series", "class": name_of(type(x)), "index": index(x.index), "name": describe(x.name), "data": array(x)}
    return dict(told, attrs=pairs(x.attrs.items())) if getattr(x, "attrs", None) else told


@describes(pandas.DataFrame)
def frame(x):
    told = {"kind": "DataFrame", "class": name_of(type(x)), "index": index(x.index), "columns": index(x.columns)}
    told["data"] = [array(x.iloc[:, i]) for i in range(x.shape[1])]
    return dict(told, attrs=pairs(x.attrs.items())) if getattr(x, "attrs", None) else told


@describes(pandas.Timestamp)
def timestamp(x):
    told = {"kind": "Timestamp", "iso": x.isoformat(), "value": getattr(x, "_value", x.value), "unit": getattr(x, "unit", "ns")}
    return dict(told, tz=describe(x.tz))


@describes(pandas.Timedelta)
def timedelta(x):
    return {"kind": "Timedelta", "iso": str(x), "value": getattr(x, "_value", x.value), "unit": getattr(x, "unit", "ns")}


describes(type(NAT))(lambda x: {"kind": "NaT"})
if NA is not NAT:
    describes(type(NA))(lambda x: {"kind": "NA"})
describes(pandas.Period)(lambda x: {"kind": "Period", "value": str(x), "ordinal": x.ordinal, "freq": x.freqstr})


@describes(*filter(None, [getattr(pandas, "Interval", None)]))
def interval(x):
    return {"kind": "Interval", "left": describe(x.left), "right": describe(x.right), "closed": x.closed}


EXTENSIONS = [getattr(getattr(pandas.api, "extensions", None), "ExtensionArray", None), getattr(pandas, "SparseArray", None)]


@describes(pandas.Categorical, *filter(None, EXTENSIONS))
def extension(x):
    return array(pandas.Series(x))


@describes(*filter(None, [getattr(pandas, "Panel", None)]))
def panel(x):
    return {"kind": "Panel", "class": name_of(type(x)), "items": index(x.items), "data": [frame(x[item]) for item in x.items]}


@describes(type(pandas.Series([1]).groupby([1])), type(pandas.DataFrame([[1]]).groupby([1])))
def groups(x):
    return {"kind": "GroupBy", "class": name_of(type(x)), "obj": describe(x.obj)}
