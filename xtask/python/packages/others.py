"""Prints one small object of each of these packages. Adds these kinds to values.py:

    polars   class, schema: pairs of a name and a dtype as text, columns: lists of values; of a Series: name, dtype, values;
             of a frame, file: as hex, what serialize() gives; of a LazyFrame, only that
    arrow    class, schema or type: text, values: to_pylist() of it
    booster  class, model: the text, or bytes as hex, that the package itself exports; predictions: repr() of floats
"""

import os
import tempfile

import catboost
import lightgbm
import numpy
import polars
import pyarrow
import xgboost

from values import describe_all, describes, emit, hexed, name_of

NEWEST = [4, 5]


@describes(polars.DataFrame)
def _(x):
    schema = [[name, str(dtype)] for name, dtype in x.schema.items()]
    return {"kind": "polars", "class": name_of(type(x)), "schema": schema, "columns": [describe_all(column.to_list()) for column in x], "file": hexed(x.serialize())}


@describes(polars.LazyFrame)
def _(x):
    return {"kind": "polars", "class": name_of(type(x)), "file": hexed(x.serialize())}


@describes(polars.Series)
def _(x):
    told = {"kind": "polars", "class": name_of(type(x)), "name": x.name, "dtype": str(x.dtype)}
    return dict(told, values=describe_all(x.to_list()))


@describes(pyarrow.Array, pyarrow.ChunkedArray)
def _(x):
    return {"kind": "arrow", "class": name_of(type(x)), "type": str(x.type), "values": describe_all(x.to_pylist())}


@describes(pyarrow.Table)
def _(x):
    schema = [[field.name, str(field.type)] for field in x.schema]
    columns = [describe_all(column.to_pylist()) for column in x.columns]
    return {"kind": "arrow", "class": name_of(type(x)), "schema": schema, "columns": columns}


columns = {"n": [1, None, -3], "f": [0.5, None, 1.5], "t": ["dill", None, "\u20ac"], "b": [True, False, None]}
emit("polars DataFrame", polars.DataFrame(columns), NEWEST)
emit("polars Series", polars.Series("n", [1, None, -3]), NEWEST)
emit("polars Series empty", polars.Series("e", [], dtype=polars.Float32), NEWEST)
emit("polars LazyFrame", polars.LazyFrame(columns).filter(polars.col("n") > 0).select("t"), NEWEST)
emit("arrow Array", [pyarrow.array(values) for values in columns.values()], NEWEST)
emit("arrow Table", pyarrow.table(columns), NEWEST)
emit("arrow ChunkedArray", pyarrow.chunked_array([[1, 2], [3]]), NEWEST)
emit("arrow sliced", pyarrow.array(["a", "bc", None, "d"])[1:3], NEWEST)
emit("arrow nested", pyarrow.array([[1, 2], None, [], [3]]), NEWEST)
emit("arrow dictionary", pyarrow.array(["a", "b", "a"]).dictionary_encode(), NEWEST)

inputs = numpy.random.RandomState(7).randn(30, 2).round(2)
outputs = inputs[:, 0] - inputs[:, 1]


@describes(xgboost.Booster)
def _(x):
    predictions = [repr(float(item)) for item in x.predict(xgboost.DMatrix(inputs[:3]))]
    return {"kind": "booster", "class": name_of(type(x)), "model": hexed(x.save_raw("ubj")), "predictions": predictions}


@describes(lightgbm.Booster)
def _(x):
    predictions = [repr(float(item)) for item in x.predict(inputs[:3])]
    return {"kind": "booster", "class": name_of(type(x)), "model": x.model_to_string(), "predictions": predictions}


@describes(catboost.CatBoost)
def _(x):
    if not x.is_fitted():
        return {"kind": "booster", "class": name_of(type(x))}
    predictions = [repr(float(item)) for item in x.predict(inputs[:3])]
    path = os.path.join(tempfile.mkdtemp(), "model.cbm")
    x.save_model(path)
    with open(path, "rb") as model:
        return {"kind": "booster", "class": name_of(type(x)), "model": hexed(model.read()), "predictions": predictions}


emit("xgboost", xgboost.train({"maxdepth": 1, "nthread": 1}, xgboost.DMatrix(inputs, outputs), 2), [4])
options = {"num_leaves": 2, "verbose": -1, "num_threads": 1, "deterministic": True, "min_data_in_leaf": 2, "min_data_in_bin": 1}
emit("lightgbm", lightgbm.train(options, lightgbm.Dataset(inputs, outputs), 1), [4])
options = {"iterations": 1, "depth": 1, "random_seed": 7, "thread_count": 1, "verbose": 0, "allow_writing_files": False}
model = catboost.CatBoostRegressor(**options)
emit("catboost not fitted", model, [4])
model.fit(inputs, outputs)
for name in ("train_finish_time", "model_guid"):  # another each time
    model.get_metadata()[name] = ""
emit("catboost", model, [4], as_made=True)  # loaded, it would write some things in another order
