"""The file that joblib.dump writes of a value, if joblib is there."""

import os
import tempfile

try:
    import joblib
except ImportError:
    joblib = None

folder = tempfile.mkdtemp()


def files(value):
    """A file for all: releases before 0.10 write one for each array beside it, and those are left out."""
    path = os.path.join(folder, "value.joblib")
    if not joblib or joblib.dump(value, path) not in (None, [path]):
        return []
    with open(path, "rb") as stream:
        return [("value.joblib", stream.read(), joblib.load(path))]
