"""Prints frames and series of pandas, each pickled, with the text that `to_csv` prints of it. Runs with pandas 0.19 to 3.1.

One JSON object a line: name, csv, json: the text with lists, dicts and arrays as JSON, where there are some, and pickle (base64). What a
release cannot make or print is told on stderr.
"""

import datetime
import decimal
import json
import pickle
import sys
import uuid
import warnings

import numpy
import pandas
from pandas import Categorical, DataFrame, DatetimeIndex, Index, IntervalIndex, MultiIndex, Series, Timedelta, Timestamp

from pandases import VERSION
from values import encoded

warnings.simplefilter("ignore")
SAMPLES = []


def sample(make):
    SAMPLES.append((make.__name__.replace("_", " "), make))


def times(*texts):
    made = DatetimeIndex([Timestamp(text) for text in texts])
    return made.as_unit("ns") if VERSION >= (3, 0) else made


def span(count, **of):
    return pandas.date_range(u"2024-01-01", periods=count, **of)


def deltas(*texts):
    return pandas.to_timedelta(list(texts))


@sample
def plain():
    return DataFrame({u"i": [1, 2], u"f": [0.1, 1e16], u"s": [u"a,b", u'x"y'], u"b": [True, False]})


@sample
def floats():
    of = lambda kind, large: numpy.array([large, -0.0, float("nan"), 1e-7, float("inf"), 0.1], kind)
    made = DataFrame({u"f8": of("f8", 1e16), u"f4": of("f4", 16777216.0), u"f2": of("f2", 1e4)})
    made[u"c"] = numpy.array([1 + 2j, 0j, 1, 2j, -3, 4])
    return made


@sample
def days():
    return DataFrame({u"t": times(u"2024-02-29", None, u"2024-03-01"), u"n": [1, 2, 3]})


@sample
def days_and_times():
    return DataFrame({u"t": times(u"2024-02-29", None), u"u": times(u"2024-02-29 12:00", u"2024-02-29")})


@sample
def milliseconds():
    return DataFrame({u"t": times(u"2024-02-29 12:00:00.5", None, u"2024-03-01")})


@sample
def nanoseconds():
    return DataFrame({u"t": times(u"2024-02-29 12:00:00.000000001", None, u"2024-03-01")})


@sample
def zones():
    eastern = times(u"2024-03-09", u"2024-03-11", None).tz_localize("US/Eastern")
    return DataFrame({u"t": eastern, u"u": times(u"2024-03-09", u"2024-03-11 00:00:00.5", u"2024-07-01").tz_localize("UTC")})


@sample
def zone_of_the_index():
    return DataFrame({u"a": [1, 2]}, index=times(u"2024-03-09", u"2024-11-11").tz_localize("Europe/Berlin"))


@sample
def days_of_the_index():
    return DataFrame({u"a": [1, 2]}, index=Index(times(u"2024-03-09", u"2024-03-11"), name=u"when"))


@sample
def spans():
    whole = deltas(u"1 days", None, u"-1 days")
    return DataFrame({u"a": whole, u"b": deltas(u"1 days 02:00:00.000005", None, u"-1 s")})


@sample
def spans_of_the_index():
    return DataFrame({u"b": [1, 2, 3]}, index=deltas(u"1 days", u"2 days 01:00:00", u"-1 s"))


@sample
def levels_of_both():
    rows = MultiIndex.from_tuples([(u"r", 1), (u"r", 2)], names=[u"k", u"n"])
    columns = MultiIndex.from_product([[u"A", u"B"], [u"x", u"y"]], names=[u"l0", u"l1"])
    return DataFrame(numpy.arange(8).reshape(2, 4) / 7.0, index=rows, columns=columns)


@sample
def levels_without_names():
    rows = MultiIndex.from_tuples([(u"r", 1), (u"r", 2)])
    return DataFrame(numpy.arange(4).reshape(2, 2), index=rows, columns=MultiIndex.from_product([[u"A"], [u"x", u"y"]]))


@sample
def levels_of_days():
    rows = [(Timestamp(u"2024-01-01"), 1.5), (Timestamp(u"2024-01-02"), 2.0)]
    columns = MultiIndex.from_product([[u"A"], span(2)])
    return DataFrame([[1, 2], [3, 4]], index=MultiIndex.from_tuples(rows, names=[u"d", None]), columns=columns)


@sample
def one_name_twice():
    return DataFrame([[1, 2], [3, 4]], columns=[u"a", u"a"])


@sample
def names_that_are_days():
    return DataFrame([[1, 2]], columns=span(2))


@sample
def names_that_are_times():
    return DataFrame([[1, 2]], columns=times(u"2024-01-01", u"2024-01-01 06:00"))


@sample
def names_that_are_floats():
    return DataFrame([[1, 2]], columns=[0.5, 1e20])


@sample
def names_of_several_kinds():
    return DataFrame([[1, 2, 3, 4]], columns=[u"a", 1, 2.5, None])


@sample
def names_of_names():
    return DataFrame([[1, 2]], columns=Index([u"a", u"b"], name=u"cc"), index=Index([7], name=u"r,r"))


@sample
def objects():
    moments = [datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 12, 30, 0, 250), datetime.time(1, 2, 3)]
    moments += [datetime.timedelta(days=1, seconds=2), Timestamp(u"2024-01-01"), Timestamp(u"2024-01-01", tz="US/Eastern")]
    others = [decimal.Decimal("1.50"), uuid.UUID(int=5), Timedelta(u"1h"), pandas.NaT, numpy.float32(0.1), numpy.int8(3), 1 + 2j]
    return DataFrame({u"o": [1, u"\u20ac", 2.5, None, float("nan"), True] + moments + others})


@sample
def categories():
    return DataFrame({u"a": Categorical([u"u", u"v", None]), u"b": Categorical([1.5, 2.0, None]), u"c": Categorical([2, 1, 2], ordered=True)})


@sample
def categories_of_times():
    return DataFrame({u"a": Categorical(times(u"2024-01-01", u"2024-01-02 01:00", u"2024-01-01"))})


@sample
def categories_of_spans():
    return DataFrame({u"a": Categorical(deltas(u"1 days", None, u"1 s")), u"b": [1, 2, 3]})


@sample
def times_of_categories_of_the_index():
    return DataFrame({u"a": [1, 2]}, index=pandas.CategoricalIndex(times(u"2024-01-01", u"2024-01-02 01:00")))


@sample
def categories_of_the_index():
    return DataFrame({u"a": [1, 2]}, index=pandas.CategoricalIndex([u"x", u"y"], name=u"c"))


@sample
def intervals():
    return DataFrame({u"a": [1, 2]}, index=IntervalIndex.from_breaks([0.5, 1.0, 2.25], closed="left"))


@sample
def intervals_of_times():
    return DataFrame({u"a": [1, 2]}, index=IntervalIndex.from_breaks(times(u"2024-01-01 06:00", u"2024-01-02", u"2024-01-03")))


@sample
def periods():
    return DataFrame({u"a": [1, 2]}, index=pandas.period_range(u"2024-01", periods=2, freq="M"))


@sample
def columns_of_periods():
    return DataFrame({u"a": pandas.period_range(u"2024-01-01", periods=2, freq="D")})


@sample
def nullable():
    array = pandas.array
    made = DataFrame({u"i": array([1, None, 3], dtype="Int64"), u"b": array([True, None, False], dtype="boolean")})
    made[u"s"] = array([u"a", None, u""], dtype="string")
    return made


@sample
def sparse():
    return DataFrame({u"f": pandas.arrays.SparseArray([0.0, 1.5, float("nan")]), u"i": pandas.arrays.SparseArray([0, 1, 0])})


@sample
def one_column_of_nothing():
    return DataFrame({u"a": [None, u"x", None]})


@sample
def no_rows():
    return DataFrame({u"a": [], u"b": []})


@sample
def no_columns():
    return DataFrame(index=[1, 2])


@sample
def part_of_a_range():
    return DataFrame({u"a": range(10)})[5:8]


@sample
def labels_of_several_kinds():
    return DataFrame({u"a": [1, 2, 3]}, index=[u"x", 2, 2.5])


@sample
def series_with_a_name():
    return Series([1.5, None], index=[u"x", u"y"], name=u"nm")


@sample
def series_of_days():
    return Series(span(2), index=times(u"2024-01-01", u"2024-01-01 01:00"))


@sample
def large_ints():
    return DataFrame({u"u": numpy.array([2**64 - 1, 1], "u8"), u"o": [2**70, 1]})


@sample
def lines_in_text():
    return DataFrame({u"a": [u"x\ny", u" lead", u"tail ", u"q'q"]})


@sample
def lists():
    arrays = [numpy.array([1.0, 2.0]), numpy.array([3.5])]
    return DataFrame({u"n": [1, 2], u"l": [[u"a", u"b"], []], u"d": [{u"k": [1.5, None]}, {u"k": []}], u"e": arrays})


@sample
def Arrow():
    import pyarrow

    of = lambda values, kind: pandas.array(values, dtype=pandas.ArrowDtype(kind))
    columns = {u"i": of([1, None], pyarrow.int64()), u"s": pandas.array([u"a", None], dtype="string[pyarrow]")}
    columns[u"t"] = of([Timestamp(u"2024-01-01"), None], pyarrow.timestamp("us"))
    columns[u"f"] = of([0.1, None], pyarrow.float32())
    columns[u"b"] = of([True, None], pyarrow.bool_())
    columns[u"d"] = of([datetime.date(2024, 1, 1), None], pyarrow.date32())
    return DataFrame(columns)


@sample
def lists_of_Arrow():
    import pyarrow

    of = lambda values, kind: pandas.array(values, dtype=pandas.ArrowDtype(kind))
    lists = of([[1, 2], None, []], pyarrow.list_(pyarrow.int64()))
    structs = of([{u"a": 1, u"b": u"x"}, None, {u"a": 3, u"b": None}], pyarrow.struct([("a", pyarrow.int64()), ("b", pyarrow.string())]))
    return DataFrame({u"l": lists, u"s": structs, u"n": [1, 2, 3]})


def as_json(cell):
    cell = cell.tolist() if isinstance(cell, numpy.ndarray) else cell
    return json.dumps(cell, separators=(",", ":")) if isinstance(cell, (list, dict)) else cell


def with_json(made):
    """The frame with its containers as JSON; None if it has none."""
    if not isinstance(made, DataFrame) or not name.startswith("lists"):
        return None
    objects = {column: [as_json(cell) for cell in made[column].astype(object)] for column in made.columns}
    return DataFrame(objects, columns=made.columns, index=made.index)


def text_of(made):
    text = made.to_csv(header=True)
    return text.decode("utf-8") if isinstance(text, bytes) else text


for name, make in SAMPLES:
    try:
        made = make()
        row = {"name": name, "csv": text_of(made)}
        row["pickle"] = encoded(pickle.dumps(made, 2 if sys.version_info[0] == 2 else 4))
        if with_json(made) is not None:
            row["json"] = text_of(with_json(made))
    except Exception as error:  # a release lacks things in many ways
        sys.stderr.write("%s: %s: %s\n" % (name, type(error).__name__, str(error).split("\n")[0]))
        continue
    print(json.dumps(row, sort_keys=True))
