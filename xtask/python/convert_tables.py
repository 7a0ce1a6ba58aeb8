"""Converts the fixtures' tables with the `halfsour` command, and has pyarrow and pandas read them back: what they read must be equal to
what they make of the objects themselves.

    convert_tables.py HALFSOUR FIXTURES SCRATCH
"""

import base64
import json
import math
import os
import pickle
import subprocess
import sys

import pandas
import pyarrow
import pyarrow.feather
import pyarrow.parquet

halfsour, fixtures, scratch = sys.argv[1:]
source = os.path.join(scratch, "source")


def convert(data, extension):
    """The file, or why it is refused."""
    with open(source, "wb") as f:
        f.write(data)
    target = os.path.join(scratch, "target." + extension)
    result = subprocess.run([halfsour, "convert", source, "-o", target], capture_output=True, text=True)
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
                found = pandas.read_csv(convert(data, "csv")[0])
                pandas.testing.assert_frame_equal(found, frame.reset_index(drop=True), check_dtype=False)
    print(f"pandas {pandas.__version__}: {count} frames are equal; {refused} files refused")


records()
frames()
