"""Writes hashes of keys, one JSON object a line: a pickle in base64, and its hash as 64 bits.

Text and bytes have a secret in their hash, save in Python 2.7, which is the only one that is asked for them."""

import base64
import json
import pickle
import sys
import uuid
from decimal import Decimal

PLAIN = [0, 1, -1, -2, 2**61 - 1, 2**61, 2**64, -(2**70) - 5, 10**40, True]
FLOATS = [0.5, -0.75, 1e300, 3.0, -(2.0**80), 5e-324, 1.1, -123.456, 2.0**-1022, float("inf"), -float("inf")]
TUPLES = [(), (1,), (1, 2, 3), ((1, 2), (3, (4, -1))), (1.5, -7), (0, 0, 0, 0, 0)]
VALUES = PLAIN + FLOATS + TUPLES + [complex(1.5, -2), complex(0, 1)]
if sys.version_info < (3,):
    VALUES += ["a", "hello", "", u"hello", "\x00\x01"]
else:
    VALUES += [Decimal(text) for text in ("1.25", "-12E+30", "3E-20", "-0.001")] + [uuid.UUID(int=2**127 + 12345)]

for value in VALUES:
    row = {"pickle": base64.b64encode(pickle.dumps(value, 2)).decode(), "hash": hash(value) % 2**64}
    sys.stdout.write(json.dumps(row, sort_keys=True) + "\n")
