"""Converts the fixtures' tables with the `halfsour` command, and has pyarrow and pandas read them back: what they read must be equal to
what they make of the objects themselves.

    convert_tables.py HALFSOUR FIXTURES SCRATCH
"""

import ast
import base64
import csv
import io
import json
import math
import os
import pickle
import subprocess
import sys
import warnings

import pandas
import pyarrow
import pyarrow.feather
import pyarrow.parquet

warnings.simplefilter("ignore")  # pyarrow's, of names of several types
halfsour, fixtures, scratch = sys.argv[1:]
source = os.path.join(scratch, "source")


def convert(data, extension, *options):
    """The file, or why it is refused."""
    with open(source, "wb") as f:
        f.write(data)
    target = os.path.join(scratch, "target." + extension)
    command = [halfsour, "convert", source, "-o", target, *options]
    result = subprocess.run(command, capture_output=True, text=True)
    return (None, result.stderr) if result.returncode else (target, None)


def pickles(environment, script):
    with open(os.path.join(fixtures, "packages", environment, script + ".jsonl")) as rows:
        for row in map(json.loads, rows):
            yield row["name"], base64.b64decode(row["streams"][-1]["pickle"])


def same(one, other):
    """Whether cells are equal; NaN is equal to NaN."""
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return one == other


def columns(rows):
    names = {name: None for row in rows for name in row}
    return {name: [row.get(name) for row in rows] for name in names}


def records():
    """Lists of dicts and dicts of lists."""
    count = 0
    for name, data in pickles("3.13-arrow", "tables"):
        value = pickle.loads(data)
        if isinstance(value, pandas.DataFrame):
            continue
        value = value if isinstance(value, dict) else columns(value)
        for extension, read in (("parquet", pyarrow.parquet.read_table), ("arrow", pyarrow.feather.read_table)):
            target, refusal = convert(data, extension)
            assert target, (name, refusal)
            table = read(target)
            assert table.column_names == list(value), (name, table.column_names)
            for column, cells in value.items():
                found = table[column].to_pylist()
                assert len(found) == len(cells) and all(map(same, found, cells)), (name, column, found, cells)
        target, refusal = convert(data, "csv")
        assert target, (name, refusal)
        if value:
            rows = max(map(len, value.values()))
            assert len(pandas.read_csv(target, skip_blank_lines=False)) == rows, name
        count += 1
    print(f"pyarrow {pyarrow.__version__}: {count} tables are equal")


def frames():
    """What pandas pickled."""
    count = refused = 0
    for script in ("tables", "frames"):
        for name, data in pickles("3.13-arrow", script):
            frame = pickle.loads(data)
            if not isinstance(frame, pandas.DataFrame):
                continue
            try:
                table = pyarrow.Table.from_pandas(frame)
                own = os.path.join(scratch, "own.parquet")
                pyarrow.parquet.write_table(table, own)
                expected = {"parquet": pandas.read_parquet(own), "arrow": table.to_pandas()}
            except (pyarrow.ArrowException, NotImplementedError, TypeError, ValueError):
                expected = None
            for extension, read in (("parquet", pandas.read_parquet), ("arrow", pyarrow.feather.read_feather)):
                target, refusal = convert(data, extension)
                if target is None:
                    print(f"{name}: {refusal.strip()}")
                    refused += 1
                    continue
                # Parquet makes dictionaries of its own, in which the order of categories is that in which they occur.
                exact = extension == "arrow"
                pandas.testing.assert_frame_equal(read(target), expected[extension], check_categorical=exact)
            count += target is not None
            if name in ("numbers", "numbered columns", "one block of Fortran", "range"):
                frame.columns = frame.columns.astype(str)
                found = pandas.read_csv(convert(data, "csv", "--no-index")[0])
                pandas.testing.assert_frame_equal(found, frame.reset_index(drop=True), check_dtype=False)
    print(f"pandas {pandas.__version__}: {count} frames are equal; {refused} files refused")



def texts(environment):
    """What another pandas pickled, with what its `to_csv` printed."""
    with open(os.path.join(fixtures, "csv", environment + ".jsonl")) as rows:
        return [json.loads(row) for row in rows]


def read_cells(text):
    """What pandas reads: lines of text. Lines need not be of one length for it."""
    width = max(map(len, csv.reader(io.StringIO(text))))
    options = {"header": None, "names": range(width), "dtype": str, "keep_default_na": False, "skip_blank_lines": False}
    return pandas.read_csv(io.StringIO(text), **options).values.tolist()


def is_container(found, expected):
    """Whether a cell is the JSON of the list, dict or array that pandas printed."""
    if found[:1] not in ("[", "{"):
        return False
    try:
        value = ast.literal_eval(expected)
    except (SyntaxError, ValueError):  # an array of numpy: `[1. 2.]`
        value = [float(part) for part in expected.strip("[]").split()]
    return json.loads(found) == value


def is_other_form(row, found, expected):
    """Whether it is a time in a form that pandas had before 2.1, while no pickle tells 1.4 to 2.0 from later ones: intervals between midnights
    without the time of day, and labels that are categories in ISO 8601."""
    if row["name"] not in ("intervals of times", "times of categories of the index"):
        return False
    plain = lambda text: text.replace("T", " ").replace(".000000000", "").replace(" 00:00:00", "")
    return plain(found) == plain(expected)


def csvs():
    """CSV, cell by cell; also whether the text is the same."""
    for environment in sorted(name[: -len(".jsonl")] for name in os.listdir(os.path.join(fixtures, "csv"))):
        same = containers = forms = 0
        for row in texts(environment):
            target, refusal = convert(base64.b64decode(row["pickle"]), "csv", "--index")
            assert target, (environment, row["name"], refusal)
            with open(target, encoding="utf-8", newline="") as f:
                text = f.read()
            found, expected = read_cells(text), read_cells(row["csv"])
            assert len(found) == len(expected), (environment, row["name"], text)
            for one, other in zip(found, expected):
                pairs = [pair for pair in zip(one, other) if pair[0] != pair[1]]
                assert all(is_container(*pair) or is_other_form(row, *pair) for pair in pairs), (environment, row["name"], pairs)
            same += text == row["csv"]
            containers += text != row["csv"] and "json" in row
            forms += text != row["csv"] and "json" not in row
        print(f"{environment}: {same} texts are those of to_csv; {containers} but for lists, dicts and arrays, which are JSON;", end=" ")
        print(f"{forms} but for the form of times")


def indexes():
    """Parquet and Arrow with the labels of rows as pyarrow has them by default, with all of them, and with none; with lists, structs,
    categories, periods and intervals."""
    count = refused = 0
    for row in texts("3.13-arrow"):
        data = base64.b64decode(row["pickle"])
        frame = pickle.loads(data)
        frame = frame if isinstance(frame, pandas.DataFrame) else frame.to_frame()
        for option, kept in (None, None), ("--index", True), ("--no-index", False):
            try:
                table = pyarrow.Table.from_pandas(frame, preserve_index=kept)
                own = io.BytesIO()
                pyarrow.parquet.write_table(table, own)
                expected = {"parquet": pyarrow.parquet.read_table(own), "arrow": table}
                expected["arrow"].to_pandas()
            except (pyarrow.ArrowException, NotImplementedError, OverflowError, TypeError, ValueError):
                expected = None  # pyarrow has no type, or cannot read what it wrote
            for extension, read in ("parquet", pyarrow.parquet.read_table), ("arrow", pyarrow.feather.read_table):
                target, refusal = convert(data, extension, *filter(None, [option]))
                if target is None:
                    assert expected is None, (row["name"], option, extension, refusal)
                    refused += 1
                    continue
                found = read(target)
                if expected is None:
                    continue
                theirs = expected[extension]
                assert found.column_names == theirs.column_names, (row["name"], option, found.column_names)
                # A frame of no columns and no labels has no rows for pyarrow.
                if found.num_columns:
                    pandas.testing.assert_frame_equal(
                        found.to_pandas(), theirs.to_pandas(), check_categorical=extension == "arrow"
                    )
                count += 1
    print(f"pyarrow {pyarrow.__version__}: {count} files are equal, with labels and without; {refused} refused by both")


records()
frames()
csvs()
indexes()
