"""Pickles whose names moved from one release to another, and whether another release loads them once they are renamed.

`renamed.py make FILE PROTOCOL KINDS` writes lines of a name, a pickle in base64, and what the object is; `renamed.py load FILE` reads
such lines, of pickles with other names by now, and says what was loaded, and what this Python lacks. Runs on 3.6+.
"""

import base64
import json
import pathlib
import pickle
import sys
import warnings

try:
    import numpy
except ImportError:
    numpy = None
try:
    import pandas
except ImportError:
    pandas = None

# What is not only a matter of names: numpy 1 makes generators by name, and pandas 2 takes other states of periods and intervals.
LACKING = {"generator", "random state", "period", "interval"}


def paths():
    return {
        "posix path": pathlib.PurePosixPath("/a/b.txt"),
        "windows path": pathlib.PureWindowsPath("c:/a"),
        "path": pathlib.Path("a") / "b",
        "paths": {pathlib.PurePosixPath("k"): [pathlib.PurePosixPath("v")]},
    }


def arrays():
    records = numpy.array([(1, 2.5, b"x")], dtype=[("a", "i4"), ("b", "f8"), ("c", "S3")])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        matrix = numpy.matrix([[1, 2], [3, 4]])
    axis_error = getattr(numpy, "exceptions", numpy).AxisError
    return {
        "ints": numpy.arange(6).reshape(2, 3),
        "floats": numpy.array([1.5, numpy.nan]),
        "fortran": numpy.asfortranarray(numpy.arange(6).reshape(2, 3)),
        "bools": numpy.array([True, False]),
        "text": numpy.array(["a", "bc"]),
        "bytes": numpy.array([b"a", b"bc"]),
        "times": numpy.array(["2024-02-29"], dtype="M8[D]"),
        "objects": numpy.array([{"a": 1}, None], dtype=object),
        "0-d": numpy.array(5),
        "records": records,
        "record array": records.view(numpy.recarray),
        "record": records.view(numpy.recarray)[0],
        "masked": numpy.ma.array([1, 2, 3], mask=[0, 1, 0]),
        "matrix": matrix,
        "characters": numpy.char.array(["a", "bc"]),
        "float": numpy.float64(1.5),
        "int": numpy.int16(7),
        "time": numpy.datetime64("2024-02-29T12"),
        "dtype": numpy.dtype("f4"),
        "record dtype": records.dtype,
        "class": numpy.ndarray,
        "type": numpy.float32,
        "function": numpy.mean,
        "ufunc": numpy.sin,
        "polynomial": numpy.poly1d([1, 2]),
        "axis error": axis_error("no such axis"),
        "random state": numpy.random.RandomState(5),
        "generator": numpy.random.default_rng(5),
    }


def frames():
    index = pandas.Index
    return {
        "ints": index([1, 2, 3]),
        "floats": index([1.5, 2.5]),
        "unsigned": index([1, 2], dtype="uint64"),
        "range": pandas.RangeIndex(3),
        "frame": pandas.DataFrame({"a": [1, 2], "b": [1.5, None], "c": ["x", "y"]}, index=[5, 7]),
        "times": pandas.DataFrame({"t": pandas.to_datetime(["2024-02-29", None])}),
        "zone": pandas.Series(pandas.to_datetime(["2024-02-29"]).tz_localize("UTC")),
        "category": pandas.Series(["a", "b", "a"], dtype="category"),
        "levels": pandas.Series([1, 2], index=pandas.MultiIndex.from_tuples([("a", 1), ("b", 2)])),
        "period": pandas.Series(pandas.period_range("2024-01", periods=2, freq="M")),
        "interval": pandas.Series(pandas.interval_range(0, 2)),
        "nullable": pandas.Series([1, None], dtype="Int64"),
        "timestamp": pandas.Timestamp("2024-02-29 12:00"),
        "missing": pandas.NaT,
    }


def described(value):
    """What an object is, the same in every release."""
    if numpy is not None and isinstance(value, (numpy.random.RandomState, numpy.random.Generator)):
        return [type(value).__name__, int(value.integers(1000) if hasattr(value, "integers") else value.randint(1000))]
    if pandas is not None and isinstance(value, (pandas.DataFrame, pandas.Series, pandas.Index)):
        is_frame = isinstance(value, pandas.DataFrame)
        values = value.to_dict("split") if is_frame else list(value)
        # Indexes of numbers were classes of their own.
        is_numeric = isinstance(value, pandas.Index) and value.dtype.kind in "iuf" and not isinstance(value, pandas.RangeIndex)
        kind = "Index" if is_numeric else type(value).__name__
        index = None if isinstance(value, pandas.Index) else list(value.index)
        dtypes = [str(dtype) for dtype in (value.dtypes if is_frame else [value.dtype])]
        return [kind, repr(values), repr(index), dtypes]
    if numpy is not None and isinstance(value, numpy.ma.MaskedArray):
        return [type(value).__name__, value.tolist(), str(value.dtype)]
    if numpy is not None and isinstance(value, numpy.ndarray):
        return [type(value).__name__, repr(value.tolist()), str(value.dtype), value.flags.f_contiguous]
    if numpy is not None and isinstance(value, (numpy.generic, numpy.poly1d)):
        return [type(value).__name__, str(value)]
    if numpy is not None and isinstance(value, numpy.dtype):
        return ["dtype", str(value)]
    if numpy is not None and isinstance(value, numpy.ufunc):
        return ["ufunc", value.__name__]
    if callable(value):
        return ["callable", value.__name__]
    if isinstance(value, Exception):
        return [type(value).__name__, str(value)]
    return [type(value).__name__, repr(value)]


def make(file, highest, kinds):
    for kind in kinds:
        for name, value in {"paths": paths, "arrays": arrays, "frames": frames}[kind]().items():
            for protocol in range(2, highest + 1):
                pickled = pickle.dumps(value, protocol)
                expected = json.dumps(described(pickle.loads(pickled)))
                file.write("\t".join([name, base64.b64encode(pickled).decode(), expected]) + "\n")


def load(lines):
    good, lacking, bad = 0, {}, []
    for line in lines:
        name, pickled, expected = line.rstrip("\n").split("\t")
        try:
            found = described(pickle.loads(base64.b64decode(pickled)))
        except Exception as error:
            if name in LACKING:
                lacking[name] = "%s: %s" % (type(error).__name__, error)
            else:
                bad.append("%s: %s: %s" % (name, type(error).__name__, error))
            continue
        if json.loads(json.dumps(found)) == json.loads(expected):
            good += 1
        else:
            bad.append("%s: %s is not %s" % (name, found, expected))
    print("%d renamed pickles are the same" % good + "".join("; lacks %s: %s" % it for it in sorted(lacking.items())))
    sys.exit("\n".join(bad) if bad else 0)


if __name__ == "__main__":
    if sys.argv[1] == "make":
        with open(sys.argv[2], "w") as file:
            make(file, int(sys.argv[3]), sys.argv[4].split(","))
    else:
        with open(sys.argv[2]) as file:
            load(file)
