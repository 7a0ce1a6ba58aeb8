"""Prints the columns, indexes and tables that a release of pandas has, of any release: each kind of column in each place."""

import datetime
import decimal
import os
import tempfile
import warnings

import numpy
import pandas

import dumped
import pandases  # noqa: F401, tells what they are
import placed
from values import PROTOCOLS, emit_each

warnings.simplefilter("ignore")
try:
    import pyarrow
except ImportError:
    pyarrow = None

NAN = float("nan")
TIMES = numpy.array(["2024-02-29T12:30:00.5", "NaT", "1969-07-20"], "M8[ns]")
NULLABLE = ["Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64"]


def zoned(zone):
    return pandas.DatetimeIndex(TIMES).tz_localize("UTC").tz_convert(zone)


def dateutil_zone():
    import dateutil.tz

    return dateutil.tz.gettz("Europe/Vilnius")


def fixed_zone():
    import pytz

    return pytz.FixedOffset(90)


def zone_of_database():
    import zoneinfo

    return zoneinfo.ZoneInfo("America/New_York")


def late(function, *args):
    return lambda: function(*args)


def sparse(values, fill):
    arrays = pandas.arrays if hasattr(getattr(pandas, "arrays", None), "SparseArray") else pandas
    return arrays.SparseArray(values, fill_value=fill)


def arrow(kind, values):
    return pandas.array(values, dtype=pandas.ArrowDtype(kind))


def columns():
    for dtype in "i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8 c8 c16".split():
        yield dtype, late(numpy.array, [1, 2, 100], dtype)
    yield "f8 nan", lambda: numpy.array([0.1, NAN, float("-inf")])
    yield "bool", lambda: numpy.array([True, False, True])
    yield "text", lambda: numpy.array([u"dill", u"", u"\u20ac"], object)
    yield "text missing", lambda: numpy.array([u"dill", None, NAN], object)
    yield "mixed", lambda: numpy.array([1, u"a", 2.5], object)
    yield "objects", lambda: numpy.array([datetime.date(2024, 2, 29), decimal.Decimal("1.50"), True], object)
    yield "bytes", lambda: numpy.array([b"dill", b"", b"\xff"], object)
    yield "times", lambda: TIMES
    yield "spans", lambda: numpy.array([1, -(2**63), -86400000000000], "i8").view("m8[ns]")
    for zone in ("UTC", "Europe/Vilnius"):
        yield "zoned " + zone, late(zoned, zone)
    for name, zone in (("dateutil", dateutil_zone), ("fixed", fixed_zone), ("zoneinfo", zone_of_database)):
        yield "zoned " + name, late(lambda zone: zoned(zone()), zone)
    yield "zoned timezone", lambda: zoned(datetime.timezone(datetime.timedelta(hours=-5, minutes=-30)))
    for unit in ("s", "ms", "us"):
        yield "times " + unit, late(lambda unit: TIMES.astype("M8[%s]" % unit), unit)
        yield "spans " + unit, late(lambda unit: numpy.array([1, -(2**63), -7], "i8").view("m8[%s]" % unit), unit)
        yield "zoned " + unit, late(lambda unit: zoned("Europe/Vilnius").as_unit(unit), unit)
    yield "categories", lambda: pandas.Categorical([u"half", None, u"full"], categories=[u"full", u"half", u"none"])
    yield "categories ordered", lambda: pandas.Categorical([2, 1, 2], categories=[2, 1], ordered=True)
    yield "categories of floats", lambda: pandas.Categorical([0.5, 1.5, 0.5])
    yield "categories of times", lambda: pandas.Categorical(pandas.DatetimeIndex(TIMES[[0, 2, 0]]))
    yield "categories of intervals", lambda: pandas.cut([1, 5, 9], [0, 4, 8, 12])
    yield "categories none", lambda: pandas.Categorical([None, None, None], categories=[])
    for freq in ("D", "M", "Q", "A", "Y", "H", "h", "min", "s", "W", "B", "Q-NOV"):
        yield "periods " + freq, late(lambda freq: pandas.PeriodIndex(["2024-02-29", "NaT", "1969-07-20"], freq=freq), freq)
    for closed in ("left", "right", "both", "neither"):
        yield "intervals " + closed, late(lambda closed: pandas.IntervalIndex.from_tuples([(0, 1), (1, 2), (5, 7)], closed=closed), closed)
    yield "intervals of floats", lambda: pandas.IntervalIndex.from_arrays([0.5, NAN, 2.0], [1.5, NAN, 2.5])
    yield "intervals of times", lambda: pandas.IntervalIndex.from_breaks(pandas.date_range("2024-02-28", periods=4))
    yield "intervals of zoned times", lambda: pandas.IntervalIndex.from_breaks(pandas.date_range("2024-02-28", periods=4, tz="UTC"))
    yield "intervals of spans", lambda: pandas.IntervalIndex.from_breaks(pandas.to_timedelta([0, 1, 2, 3], unit="h"))
    yield "sparse nan", lambda: sparse([NAN, 1.5, NAN], NAN)
    yield "sparse 0.0", lambda: sparse([0.0, 0.0, 1.5], 0.0)
    yield "sparse ints", lambda: sparse([0, 7, 0], 0)
    yield "sparse bools", lambda: sparse([False, True, False], False)
    for dtype in NULLABLE:
        yield dtype, late(lambda dtype: pandas.array([1, None, 100], dtype=dtype), dtype)
    for dtype in ("Float32", "Float64"):
        yield dtype, late(lambda dtype: pandas.array([0.5, None, -1.0], dtype=dtype), dtype)
    yield "boolean", lambda: pandas.array([True, None, False], dtype="boolean")
    for dtype in ("string", "string[python]", "string[pyarrow]", "string[pyarrow_numpy]", "str"):
        yield "dtype " + dtype, late(lambda dtype: pandas.array([u"dill", None, u"\u20ac"], dtype=dtype), dtype)
    yield "NumpyExtensionArray", lambda: pandas.array(numpy.array([1, 2, 3]), dtype=numpy.dtype("i8"))
    if pyarrow:
        for name, values in arrows():
            yield "Arrow " + name, late(lambda name, values: arrow(getattr(pyarrow, name)(), values), name, values)
        yield "Arrow time", lambda: arrow(pyarrow.time64("us"), [datetime.time(12, 30), None, datetime.time(0)])
        yield "Arrow timestamp", lambda: arrow(pyarrow.timestamp("us"), [datetime.datetime(2024, 2, 29), None, datetime.datetime(1969, 7, 20)])
        yield "Arrow zoned", lambda: arrow(pyarrow.timestamp("ns", "UTC"), [0, None, 10**18])
        yield "Arrow duration", lambda: arrow(pyarrow.duration("ms"), [0, None, -5])
        yield "Arrow decimal", lambda: arrow(pyarrow.decimal128(10, 2), [decimal.Decimal("1.50"), None, decimal.Decimal("-2.25")])
        yield "Arrow dictionary", lambda: arrow(pyarrow.dictionary(pyarrow.int8(), pyarrow.string()), [u"a", None, u"a"])
        yield "Arrow list", lambda: arrow(pyarrow.list_(pyarrow.int8()), [[1, 2], None, []])
        yield "Arrow struct", lambda: arrow(pyarrow.struct([("a", pyarrow.int8())]), [{"a": 1}, None, {"a": 3}])


def arrows():
    for name in "int8 int16 int32 int64 uint8 uint16 uint32 uint64".split():
        yield name, [1, None, 100]
    for name in "float32 float64".split():
        yield name, [0.5, None, -1.0]
    yield "bool_", [True, None, False]
    for name in "string large_string".split():
        yield name, [u"dill", None, u"\u20ac"]
    for name in "binary large_binary".split():
        yield name, [b"dill", None, b"\xff"]
    for name in "date32 date64".split():
        yield name, [datetime.date(2024, 2, 29), None, datetime.date(1969, 7, 20)]
    yield "null", [None, None, None]


PLACES = [
    ("Series", lambda x: pandas.Series(x, name=u"it")),
    ("DataFrame", lambda x: pandas.DataFrame({u"it": x})),
    ("array", lambda x: x.array if hasattr(x, "array") else x),
    ("Index", lambda x: pandas.Index(x, name=u"it")),
    ("Series by", lambda x: pandas.Series([1, 2, 3], index=pandas.Index(x))),
    ("DataFrame by", lambda x: pandas.DataFrame({u"n": [1, 2, 3]}, index=pandas.Index(x, name=u"it"))),
    ("columns", lambda x: pandas.DataFrame([[1, 2, 3], [4, 5, 6]], columns=pandas.Index(x))),
    ("MultiIndex", lambda x: pandas.MultiIndex.from_arrays([[1, 1, 2], pandas.Index(x)], names=[None, u"it"])),
    ("set_index", lambda x: pandas.DataFrame({u"a": [1, 1, 2], u"it": x, u"v": [0.5, 1.5, 2.5]}).set_index([u"a", u"it"])),
    ("sliced", lambda x: pandas.DataFrame({u"it": x, u"n": [1, 2, 3]}).iloc[::2]),
    ("grouped", lambda x: pandas.DataFrame({u"it": x, u"n": [1, 2, 3]}).groupby(u"n")),
]


def everything():
    """Of all columns that there are."""
    made = pandas.DataFrame({u"n": [1, 2, 3]})
    for name, make in columns():
        try:
            made[name] = pandas.Series(make())
        except Exception:  # this release has none
            pass
    return made


def filled_later():
    """Of several blocks of one dtype."""
    made = pandas.DataFrame({u"a": [1.0, 2.0], u"b": [3, 4]})
    made[u"c"] = [5.0, 6.0]
    made[u"d"] = [7, 8]
    return made


def with_attrs():
    made = pandas.DataFrame({u"a": [1]})
    made.attrs[u"unit"] = u"kg"
    return made


def tables():
    grid = numpy.arange(6.0).reshape(2, 3)
    pair = pandas.MultiIndex.from_product([[u"a", u"b"], [1, 2]], names=[u"letter", None])
    yield "everything", everything
    yield "DataFrame empty", pandas.DataFrame
    yield "DataFrame no rows", lambda: pandas.DataFrame({u"a": numpy.array([], "i4"), u"b": numpy.array([], object)})
    yield "DataFrame no columns", lambda: pandas.DataFrame(index=[1, 2, 3])
    yield "DataFrame one block", lambda: pandas.DataFrame(grid)
    yield "DataFrame Fortran", lambda: pandas.DataFrame(numpy.asfortranarray(grid))
    yield "DataFrame turned", lambda: pandas.DataFrame(grid, columns=list(u"abc")).T
    yield "DataFrame taken", lambda: pandas.DataFrame(grid, columns=list(u"abc"))[[u"c", u"a"]].iloc[::-1]
    yield "DataFrame filled later", filled_later
    yield "DataFrame same names", lambda: pandas.DataFrame([[1, u"x"], [2, u"y"]], columns=[u"a", u"a"])
    yield "DataFrame MultiIndex", lambda: pandas.DataFrame({u"v": [1.5, 2.5, 3.5, 4.5]}, index=pair)
    yield "DataFrame MultiIndex columns", lambda: pandas.DataFrame([[1, 2, 3, 4]], columns=pair)
    yield "DataFrame MultiIndex taken", lambda: pandas.DataFrame({u"v": [1.5, 2.5, 3.5, 4.5]}, index=pair).iloc[1:3]
    yield "DataFrame attrs", with_attrs
    yield "DataFrame RangeIndex", lambda: pandas.DataFrame({u"a": [1, 2]}, index=pandas.RangeIndex(2, 8, 3))
    yield "DataFrame joined", lambda: pandas.concat([pandas.DataFrame({u"a": [1]}), pandas.DataFrame({u"b": [u"x"]})])
    yield "DataFrame wide", lambda: pandas.DataFrame(numpy.arange(200).reshape(2, 100))
    yield "DataFrame long", lambda: pandas.DataFrame({u"a": numpy.arange(2000), u"b": numpy.arange(2000.0)})
    yield "DataFrame of frames", lambda: {u"a": pandas.DataFrame(grid), u"b": [pandas.Series([1])]}
    yield "DataFrame described", lambda: pandas.DataFrame(grid).describe()
    yield "Panel", lambda: pandas.Panel(numpy.arange(12).reshape(2, 2, 3), items=[u"x", u"y"], minor_axis=list(u"abc"))
    yield "SparseSeries", lambda: pandas.SparseSeries([0.0, 1.5, NAN])
    yield "SparseDataFrame", lambda: pandas.SparseDataFrame({u"a": [0.0, NAN], u"b": [NAN, 2.5]})
    yield "Series empty", lambda: pandas.Series([], dtype="f8")
    yield "Series no name", lambda: pandas.Series([1, 2], index=[10, 20])
    yield "Series name tuple", lambda: pandas.Series([1, 2], name=(u"a", 1))
    yield "Series NA", lambda: pandas.Series([pandas.NA, pandas.NaT, None, NAN], dtype=object)
    yield "Series lists", lambda: pandas.Series([[1, 2], [], [u"a"]])
    yield "RangeIndex", lambda: pandas.RangeIndex(2, 10, 3, name=u"r")
    yield "DatetimeIndex freq", lambda: pandas.date_range("2024-02-28", periods=3, freq="D", name=u"day")
    yield "DatetimeIndex zoned freq", lambda: pandas.date_range("2024-10-26", periods=2, freq="D", tz="Europe/Vilnius")
    yield "DatetimeIndex business", lambda: pandas.date_range("2024-02-28", periods=3, freq="B")
    yield "DatetimeIndex month", lambda: pandas.date_range("2024-02-28", periods=3, freq="MS")
    yield "TimedeltaIndex freq", lambda: pandas.timedelta_range("1D", periods=3)
    yield "MultiIndex missing", lambda: pandas.MultiIndex.from_arrays([[1, 1, 2], [u"x", None, u"y"]], names=[u"n", u"l"])
    yield "MultiIndex three", lambda: pandas.MultiIndex.from_product([[1, 2], [u"a", u"b"], pandas.date_range("2024", periods=2)])
    yield "Index empty", lambda: pandas.Index([])
    yield "Timestamp", lambda: [pandas.Timestamp("2024-02-29 12:30:00.123456789"), pandas.Timestamp(0)]
    yield "Timestamp zoned", lambda: [pandas.Timestamp("2024-07-01 12:00", tz=zone) for zone in ("UTC", "Europe/Vilnius")]
    yield "Timestamp freq", lambda: pandas.date_range("2024-02-28", periods=3, freq="D")[1]
    yield "Timestamp units", lambda: [pandas.Timestamp("2024-02-29 12:30").as_unit(unit) for unit in ("s", "ms", "us", "ns")]
    yield "Timedelta", lambda: [pandas.Timedelta(1, "D"), pandas.Timedelta(-5000)]
    yield "Timedelta units", lambda: [pandas.Timedelta(5, "s").as_unit(unit) for unit in ("s", "ms", "us", "ns")]
    yield "Period", lambda: [pandas.Period("2024-02", "M"), pandas.Period("2024-02-29", "D"), pandas.Period("2024-02-29", "Q-NOV")]
    yield "Interval", lambda: [pandas.Interval(0, 1), pandas.Interval(0.5, 1.5, closed="both")]
    yield "NaT", lambda: pandas.NaT
    yield "NA", lambda: pandas.NA


def samples():
    for name, make in columns():
        for place, put in PLACES:
            yield "%s %s" % (place, name), late(lambda make, put: put(make()), make, put)
    for table in tables():
        yield table
    for frame in placed.frames():
        yield frame


def files(value):
    if not hasattr(value, "to_pickle"):
        return []
    path = os.path.join(tempfile.gettempdir(), "every_frame.%d.pkl" % os.getpid())
    value.to_pickle(path)
    with open(path, "rb") as stream:
        written = [("value.pkl", stream.read(), pandas.read_pickle(path))]
    os.remove(path)
    return written + (dumped.files(value) if isinstance(value, pandas.DataFrame) else [])


emit_each(samples(), [2] + [protocol for protocol in (4, 5) if protocol in PROTOCOLS][-1:], files=files)
