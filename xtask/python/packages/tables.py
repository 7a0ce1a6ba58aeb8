"""Prints tables: lists of dicts, dicts of lists, and what pandas has; with what pyarrow makes of them."""

import datetime
import decimal
import json

import numpy
import pandas
import pyarrow

from values import describes, encoded, hexed, pickler, row

UTC = datetime.timezone.utc
EAST = datetime.timezone(datetime.timedelta(hours=5, minutes=30))


def told(column):
    kind = column.type
    if pyarrow.types.is_dictionary(kind):
        column, kind = column.cast(kind.value_type), kind.value_type
    if pyarrow.types.is_date32(kind):
        column = column.cast(pyarrow.int32())
    elif pyarrow.types.is_timestamp(kind) or pyarrow.types.is_duration(kind) or pyarrow.types.is_time64(kind):
        column = column.cast(pyarrow.int64())
    return [cell(value) for value in column.to_pylist()]


def cell(value):
    if isinstance(value, bytes):
        return hexed(value)
    if isinstance(value, decimal.Decimal):
        return str(value)
    return repr(value) if isinstance(value, float) else value


@describes(pyarrow.Table)
def _(table):
    """The types of the columns, and the values: as ints where there is a unit."""
    return {
        "names": table.column_names,
        "types": [str(kind) for kind in table.schema.types],
        "columns": [told(column.combine_chunks()) for column in table.columns],
        "pandas": pandas_of(table.schema.metadata),
    }


def pandas_of(metadata):
    """What pyarrow keeps for pandas."""
    kept = json.loads(metadata[b"pandas"]) if metadata else {}
    return {key: kept[key] for key in ("index_columns", "column_indexes", "columns") if key in kept} or None


def records():
    moment = datetime.datetime(2024, 2, 29, 12, 30, 0, 250)
    yield "plain", [{"n": 1, "x": 0.5, "name": "dill", "ok": True}, {"n": -2, "x": float("nan"), "name": "\u20ac", "ok": None}]
    yield "missing", [{"a": 1}, {"b": "x"}, {}, {"a": None, "b": None}]
    yield "nothing", [{"a": None}, {"a": None}]
    yield "no rows", []
    yield "large ints", [{"a": 2**63, "b": -(2**63)}, {"a": 1, "b": 2**63 - 1}], [pyarrow.uint64(), None]
    yield "ints and floats", [{"a": 1}, {"a": 2.5}, {"a": -(2**53)}]
    yield "bytes", [{"a": b"\xff\x00"}, {"a": b""}]
    yield "dates", [{"a": datetime.date(1970, 1, 1)}, {"a": datetime.date(1, 1, 1)}, {"a": datetime.date(9999, 12, 31)}]
    yield "datetimes", [{"a": moment}, {"a": moment.replace(year=4)}, {"a": None}]
    yield "datetimes in UTC", [{"a": moment.replace(tzinfo=UTC)}, {"a": None}]
    yield "datetimes in a zone", [{"a": moment.replace(tzinfo=EAST)}]
    yield "times", [{"a": datetime.time(1, 2, 3, 4)}, {"a": datetime.time(23, 59, 59, 999999)}]
    yield "deltas", [{"a": datetime.timedelta(-1, 5, 7)}, {"a": datetime.timedelta(10**5)}]
    yield "decimals", [{"a": decimal.Decimal(text)} for text in ("1.50", "-0.001", "12345678901234567890", "0", "1E+3")]
    yield "columns", {"a": [1, 2, 3], "b": ("x", None, "z")}


def frames():
    """Of pandas."""
    yield "numbers", pandas.DataFrame({kind: numpy.array([1, 0, 3]).astype(kind) for kind in "? i1 i2 i4 i8 u1 u2 u4 u8 f2 f4 f8".split()})
    yield "NaN", pandas.DataFrame({"a": [0.5, float("nan")]}, index=[7, 3])
    yield "text", pandas.DataFrame({"a": ["dill", None, "\u20ac"], "b": pandas.array(["x", "y", None], "string")})
    days = pandas.to_datetime(["2024-02-29", None, "1969-12-31 23:59:59.000000001"], format="ISO8601")
    times = {unit: days.as_unit(unit) for unit in ("s", "ms", "us", "ns")}
    yield "times", pandas.DataFrame(times)
    yield "zones", pandas.DataFrame({"utc": days.tz_localize("UTC"), "here": days.tz_localize("Europe/Vilnius")})
    yield "deltas", pandas.DataFrame({"a": pandas.to_timedelta(["1 day", None])})
    yield "nullable", pandas.DataFrame({kind: pandas.array([1, None], kind) for kind in ("Int8", "Int64", "UInt16", "Float32", "boolean")})
    kinds = pandas.Categorical(["half", "full", None], ["full", "half"])
    yield "categories", pandas.DataFrame({"a": kinds, "b": pandas.Categorical([2, 1, 2], ordered=True)})
    yield "named index", pandas.DataFrame({"a": [1, 2]}, index=pandas.Index(["x", "y"], name="key"))
    yield "two levels", pandas.DataFrame({"a": [1, 2]}, index=pandas.MultiIndex.from_tuples([("x", 1), ("y", 2)], names=["key", None]))
    yield "range", pandas.DataFrame({"a": [1, 2]}, index=pandas.RangeIndex(5, 11, 3))
    yield "times index", pandas.DataFrame({"a": [1, 2]}, index=pandas.date_range("2024-01-01", periods=2, name="day"))
    yield "numbered columns", pandas.DataFrame([[1, 2.5], [3, 4.5]])
    yield "objects", pandas.DataFrame({"a": [datetime.date(2024, 2, 29), None], "b": [1, None]}, dtype=object)
    yield "no rows of a frame", pandas.DataFrame({"a": numpy.array([], "i8")})
    yield "one block of Fortran", pandas.DataFrame(numpy.asfortranarray(numpy.arange(6.0).reshape(3, 2)), columns=["a", "b"])


def columns(rows):
    """Those of a list of dicts, in the order in which they occur."""
    names = {name: None for row in rows for name in row}
    return {name: [row.get(name) for row in rows] for name in names}


for name, value, *types in records():
    made = value if isinstance(value, dict) else columns(value)
    arrays = [pyarrow.array(cells, kind) for cells, kind in zip(made.values(), types[0] if types else [None] * len(made))]
    table = pyarrow.table(arrays, list(made))
    row(name, table, protocol=4, pickle=encoded(pickler.dumps(value, 4)))
for name, frame in frames():
    row(name, pyarrow.Table.from_pandas(frame), protocol=5, pickle=encoded(pickler.dumps(frame, 5)))
