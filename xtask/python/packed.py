"""The files of the tests that need packages (numpy, joblib, lz4, zstandard), in the directory that is named.

Run by hand, in an environment that has them: `python packed.py crates/fixtures/files`. The arrays of each file are told in
arrays.json, as numpy has them.
"""

import io
import json
import os
import sys

import joblib
import lz4.frame
import numpy
import zstandard

from files import halves

HERE = sys.argv[1]
FACTS = {}


def facts(array):
    """What an array is: objects as text, numbers as the bytes in the order of the array."""
    order = "F" if array.flags.f_contiguous and not array.flags.c_contiguous else "C"
    if array.dtype.hasobject:
        data = [repr(item) for item in array.ravel("K").tolist()]
    else:
        data = array.tobytes(order).hex()
    return {"shape": list(array.shape), "dtype": str(array.dtype.str), "order": order, "data": data}


def save(name, data):
    with open(os.path.join(HERE, name), "wb") as file:
        file.write(data)


def arrays():
    row = numpy.arange(6, dtype="<i4")
    return {
        "matrix": numpy.asfortranarray(row.reshape(2, 3)),
        "objects": numpy.array(["brine", None, 7], dtype=object),
        "empty": numpy.zeros((0, 4), dtype=">f8"),
        "point": numpy.array(2.5),
        "text": numpy.array(["half", "full"]),
        "fields": numpy.array([(1, 2.5)], dtype=[("days", "<u2"), ("salt", "<f4")]),
        "row": row,
    }


def dumped(data, **options):
    out = io.BytesIO()
    joblib.dump(data, out, **options)
    return out.getvalue()


data = arrays()
FACTS["arrays"] = {name: facts(array) for name, array in data.items()}
# The last thing comes after all arrays, and is fetched from the memo.
day = "a day"
document = {"first": day, **data, "last": [day, day]}
save("array.joblib", dumped(document))
save("array.p2.joblib", dumped(document, protocol=2))
save("array.joblib.lz4", dumped(document, compress="lz4"))
for name in ("matrix", "objects"):
    out = io.BytesIO()
    numpy.save(out, data[name])
    save(name + ".npy", out.getvalue())
out = io.BytesIO()
numpy.savez_compressed(out, **data)
save("arrays.npz", out.getvalue())
save("stream.pkl.zst", b"".join(zstandard.ZstdCompressor(write_checksum=True).compress(half) for half in halves()))
save("stream.pkl.lz4", b"".join(lz4.frame.compress(half, content_checksum=True) for half in halves()))
with open(os.path.join(HERE, "arrays.json"), "w") as file:
    json.dump(FACTS, file, indent=1)
    file.write("\n")
