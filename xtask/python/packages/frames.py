"""Prints pandas' objects, and the compressed files that to_pickle writes."""

import datetime
import decimal
import os
import sys
import tempfile
import time
import warnings

import numpy
import pandas

import placed
from pandases import VERSION
from values import PROTOCOLS, emit, emit_file

warnings.simplefilter("ignore")
NEWEST = [protocol for protocol in PROTOCOLS if protocol > 2][-1:]
try:
    import pyarrow
except ImportError:
    pyarrow = None

DAYS = ["2024-02-29 12:30:00.5", None, "1969-07-20"]


def mixed():
    columns = [
        (u"number", [1, -2, 3]),
        (u"float", [0.1, float("nan"), -0.0]),
        (u"small", numpy.array([1, 2, 255], "u1")),
        (u"other", [4, 5, 6]),
        (u"flag", [True, False, True]),
        (u"name", [u"dill", None, u"\u20ac"]),
        (u"any", [1, u"a", datetime.date(2024, 2, 29)]),
        (u"day", pandas.to_datetime(DAYS)) if VERSION < (2, 0) else (u"day", pandas.to_datetime(DAYS, format="mixed")),
        (u"kind", pandas.Categorical([u"half", u"full", None], categories=[u"full", u"half"])),
    ]
    made = pandas.DataFrame(dict(columns), columns=[name for name, _ in columns])
    made[u"zoned"] = made[u"day"].dt.tz_localize("UTC").dt.tz_convert("Europe/Vilnius")
    made[u"since"] = made[u"day"] - pandas.Timestamp("2024-01-01")
    return made


def frames():
    made = mixed()
    yield "DataFrame mixed", made
    yield "DataFrame numbers", pandas.DataFrame({u"a": [1, 2, 3], u"b": [4, 5, 6], u"c": [0.5, 1.5, 2.5]}, index=[u"x", u"y", u"z"])
    yield "DataFrame one block", pandas.DataFrame(numpy.arange(6.0).reshape(2, 3))
    yield "DataFrame empty", pandas.DataFrame()
    yield "DataFrame no rows", pandas.DataFrame({u"a": numpy.array([], "i4")})
    yield "DataFrame taken", pandas.DataFrame(numpy.arange(12).reshape(3, 4), columns=list(u"abcd"))[[u"d", u"b"]].iloc[::2]
    pair = pandas.MultiIndex.from_product([[u"a", u"b"], [1, 2]], names=[u"letter", None])
    yield "DataFrame MultiIndex", pandas.DataFrame({u"v": [1.5, 2.5, 3.5, 4.5]}, index=pair)
    yield "DataFrame MultiIndex columns", pandas.DataFrame([[1, 2, 3, 4]], columns=pair)
    yield "DataFrame same column twice", pandas.DataFrame([[1, u"x"], [2, u"y"]], columns=[u"a", u"a"])
    yield "DataFrame filled later", filled_later()
    if VERSION >= (1, 0):
        attrs = pandas.DataFrame({u"a": [1]})
        attrs.attrs[u"unit"] = u"kg"
        yield "DataFrame attrs", attrs


def filled_later():
    """Of several blocks of one dtype."""
    made = pandas.DataFrame({u"a": [1.0, 2.0], u"b": [3, 4]})
    made[u"c"] = [5.0, 6.0]
    made[u"d"] = [7, 8]
    return made


def serieses():
    made = mixed()
    for name in made.columns:
        yield "Series " + name, made[name]
    yield "Series empty", pandas.Series([], dtype="f8")
    yield "Series without a name", pandas.Series([1, 2], index=[10, 20])
    yield "Series ordered", pandas.Series(pandas.Categorical([2, 1, 2], ordered=True), name=(u"a", 1))
    yield "Series of periods", pandas.Series(pandas.period_range("2024-01", periods=2, freq="M"))
    yield "Series of intervals", pandas.Series(pandas.interval_range(0, 2))
    sparse = pandas.arrays if hasattr(pandas.arrays, "SparseArray") else pandas
    yield "Series sparse", pandas.Series(sparse.SparseArray([0.0, 0.0, 1.5]))
    yield "Series nullable Int", pandas.Series([1, None, -3], dtype="Int64")
    yield "Series nullable UInt8", pandas.Series([1, None, 255], dtype="UInt8")
    if VERSION >= (1, 2):
        yield "Series nullable Float", pandas.Series([0.5, None, -1.0], dtype="Float64")
    if VERSION >= (1, 0):
        yield "Series nullable boolean", pandas.Series([True, None, False], dtype="boolean")
        yield "Series string", pandas.Series([u"dill", None, u"\u20ac"], dtype="string")
        yield "Series of NA", pandas.Series([pandas.NA, pandas.NaT, None, float("nan")], dtype=object)
    if VERSION >= (2, 0):
        for unit in ("s", "ms", "us", "ns"):
            yield "Series datetime " + unit, pandas.Series(numpy.array([0, 5, -(2**63)], "i8").view("M8[%s]" % unit))
            yield "Series timedelta " + unit, pandas.Series(numpy.array([0, 5, -(2**63)], "i8").view("m8[%s]" % unit))
            yield "Series zoned " + unit, pandas.Series(numpy.array([0, 5], "M8[%s]" % unit)).dt.tz_localize("UTC")


def indexes():
    yield "Index", pandas.Index([u"a", u"b"], name=u"letters")
    yield "Index of numbers", [pandas.Index([1, 5]), pandas.Index([0.5, 1.5]), pandas.Index(numpy.array([1, 2], "u8"))]
    yield "Index of anything", pandas.Index([1, u"a", None])
    yield "RangeIndex", pandas.RangeIndex(2, 10, 3, name=u"r")
    yield "DatetimeIndex", pandas.date_range("2024-02-28", periods=3, freq="D", name=u"day")
    yield "DatetimeIndex zoned", pandas.date_range("2024-10-26", periods=2, freq="D", tz="Europe/Vilnius")
    yield "TimedeltaIndex", pandas.to_timedelta([1, 2], unit="h")
    yield "PeriodIndex", pandas.period_range("2024-01", periods=2, freq="Q")
    yield "IntervalIndex", pandas.IntervalIndex.from_breaks([0.5, 1.5, 2.5], closed="left")
    yield "CategoricalIndex", pandas.CategoricalIndex([u"a", u"b", u"a"])
    yield "MultiIndex", pandas.MultiIndex.from_arrays([[1, 1, 2], [u"x", None, u"y"]], names=[u"n", u"l"])


def scalars():
    yield "Timestamp", [pandas.Timestamp("2024-02-29 12:30:00.123456789"), pandas.Timestamp(0)]
    yield "Timestamp zoned", [pandas.Timestamp("2024-07-01 12:00", tz=zone) for zone in ("UTC", "Europe/Vilnius")]
    if VERSION >= (2, 0):
        yield "Timestamp units", [pandas.Timestamp("2024-02-29 12:30").as_unit(unit) for unit in ("s", "ms", "us", "ns")]
        yield "Timedelta units", [pandas.Timedelta(5, "s").as_unit(unit) for unit in ("s", "ms", "us", "ns")]
    yield "Timedelta", [pandas.Timedelta(1, "D"), pandas.Timedelta(-5, "ns")]
    yield "Period", [pandas.Period("2024-02", "M"), pandas.Period("2024-02-29", "D")]
    yield "Interval", [pandas.Interval(0, 1), pandas.Interval(0.5, 1.5, closed="both")]
    yield "NaT", pandas.NaT
    if VERSION >= (1, 0):
        yield "NA", pandas.NA
    yield "Categorical", pandas.Categorical([u"b", u"a", None], categories=[u"b", u"a"], ordered=True)


def arrow():
    """Columns that Arrow holds."""
    given = [
        ("int64[pyarrow]", [1, None, -3]),
        ("double[pyarrow]", [0.5, None, 1.5]),
        ("bool[pyarrow]", [True, None, False]),
        ("string[pyarrow]", [u"dill", None, u"\u20ac"]),
        ("timestamp[us][pyarrow]", [datetime.datetime(2024, 2, 29), None, datetime.datetime(1969, 7, 20)]),
        ("date32[pyarrow]", [datetime.date(2024, 2, 29), None, datetime.date(1969, 7, 20)]),
    ]
    given.append((pandas.ArrowDtype(pyarrow.decimal128(10, 2)), [decimal.Decimal("1.50"), None, decimal.Decimal("-2.25")]))
    given.append((pandas.ArrowDtype(pyarrow.list_(pyarrow.int8())), [[1, 2], None, []]))
    given.append((pandas.ArrowDtype(pyarrow.dictionary(pyarrow.int8(), pyarrow.string())), [u"a", None, u"a"]))
    for dtype, values in given:
        yield "Series Arrow %s" % dtype, pandas.Series(values, dtype=dtype)
    columns = {str(dtype): pandas.Series(values, dtype=dtype) for dtype, values in given[:4]}
    yield "DataFrame Arrow", pandas.DataFrame(columns)
    yield "Series Arrow sliced", pandas.Series([1, None, -3, 4], dtype="int64[pyarrow]").iloc[1:3]


def files():
    made = pandas.DataFrame({u"a": [1, 2, 3], u"b": [u"x", u"y", None]})
    endings = ["pkl", "gz", "bz2", "zip"] + (["xz"] if sys.version_info[0] >= 3 else [])
    if VERSION >= (1, 5):
        endings += ["tar", "tar.gz"]
        try:
            import zstandard  # noqa: F401

            endings.append("zst")
        except ImportError:
            pass
    time.time = lambda: 1709164800.0  # archives tell when they were made
    folder = tempfile.mkdtemp()
    for ending in endings:
        path = os.path.join(folder, "frame." + ending)
        made.to_pickle(path)
        with open(path, "rb") as file:
            emit_file("to_pickle", "frame." + ending, file.read(), pandas.read_pickle(path))


def chosen():
    """Without Arrow, everything; with it, what it changes."""
    if not pyarrow:
        return [frames, serieses, indexes, scalars]
    return [frames, serieses, indexes, arrow]


for group in chosen():
    for name, value in group():
        emit(name, value, (NEWEST or [2]) if group is serieses else [2] + NEWEST)
for name, make in placed.frames():
    emit(name, make(), NEWEST or [2])
if not pyarrow:
    files()
