"""Converts the fixtures' models and frames with the `halfsour` command to the files that their packages load, and loads them with
these: they must be equal to what the packages load from the pickle.

    convert_payloads.py HALFSOUR FIXTURES SCRATCH
"""

import base64
import json
import os
import pickle
import subprocess
import sys
import warnings

import catboost
import lightgbm
import numpy
import polars
import polars.testing
import xgboost

halfsour, fixtures, scratch = sys.argv[1:]
warnings.simplefilter("ignore")  # of what a model was not trained with
inputs = numpy.random.RandomState(7).randn(30, 2).round(2)


def convert(source, extension):
    target = os.path.join(scratch, f"target.{extension}")
    subprocess.run([halfsour, "convert", source, "-o", target], check=True)
    return target


def same_predictions(one, other):
    return numpy.array_equal(one.predict(inputs), other.predict(inputs))


counts = {}
with open(os.path.join(fixtures, "packages", "3.13-others", "others.jsonl")) as rows:
    streams = [(row["name"], stream["pickle"]) for row in map(json.loads, rows) for stream in row["streams"]]
source = os.path.join(scratch, "source")
for name, data in streams:
    data = base64.b64decode(data)
    with open(source, "wb") as f:
        f.write(data)
    loaded = pickle.loads(data)
    if isinstance(loaded, xgboost.Booster):
        again = xgboost.Booster(model_file=convert(source, "ubj"))
        assert again.save_raw("ubj") == loaded.save_raw("ubj"), name
        matrix = xgboost.DMatrix(inputs)
        assert numpy.array_equal(again.predict(matrix), loaded.predict(matrix)), name
    elif isinstance(loaded, lightgbm.Booster):
        assert same_predictions(lightgbm.Booster(model_file=convert(source, "txt")), loaded), name
    elif isinstance(loaded, catboost.CatBoost) and loaded.is_fitted():
        assert same_predictions(catboost.CatBoostRegressor().load_model(convert(source, "cbm")), loaded), name
    elif isinstance(loaded, polars.DataFrame):
        polars.testing.assert_frame_equal(polars.read_ipc_stream(convert(source, "arrows")), loaded)
    elif isinstance(loaded, polars.Series):
        # The stream has one column; the name is that of the series.
        polars.testing.assert_series_equal(polars.read_ipc_stream(convert(source, "arrows")).to_series(), loaded)
    elif isinstance(loaded, polars.LazyFrame):
        again = polars.LazyFrame.deserialize(convert(source, "plan"))
        polars.testing.assert_frame_equal(again.collect(), loaded.collect())
    else:
        continue
    kind = type(loaded).__module__.split(".")[0]
    counts[kind] = counts.get(kind, 0) + 1
print(", ".join(f"{kind}: {count} are equal" for kind, count in sorted(counts.items())))
