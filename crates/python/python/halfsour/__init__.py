"""Reads, audits and writes pickles without running them.

>>> import halfsour, pickle
>>> halfsour.loads(pickle.dumps({"a": [1, 2]}))
{'a': [1, 2]}
>>> halfsour.loads(b"cos\\nsystem\\n(S'id'\\ntR.")
os.system('id')
"""

from halfsour._audit import Report, audit, get_untrusted_types
from halfsour._errors import DecodeError, EncodeError, Error, LimitError, Refused
from halfsour._files import dump, load
from halfsour._halfsour import Global, Object, PersistentId, Policy, dumps, loads

__all__ = [
    "DecodeError",
    "EncodeError",
    "Error",
    "Global",
    "LimitError",
    "Object",
    "PersistentId",
    "Policy",
    "Refused",
    "Report",
    "audit",
    "dump",
    "dumps",
    "get_untrusted_types",
    "load",
    "loads",
]
