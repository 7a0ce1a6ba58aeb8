"""Reads, audits and writes pickles without running them.

>>> import halfsour, pickle
>>> halfsour.loads(pickle.dumps({"a": [1, 2]}))
{'a': [1, 2]}
>>> halfsour.loads(b"cos\\nsystem\\n(S'id'\\ntR.")
os.system('id')
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from halfsour._audit import Report, audit, get_untrusted_types
from halfsour._errors import DecodeError, EncodeError, Error, LimitError, Refused
from halfsour._files import dump, load
from halfsour._halfsour import File, Global, Node, Object, PersistentId, Policy, dumps, from_json, loads, open

if TYPE_CHECKING:
    from halfsour._audit import Source

__all__ = [
    "DecodeError",
    "EncodeError",
    "Error",
    "File",
    "Global",
    "LimitError",
    "Node",
    "Object",
    "PersistentId",
    "Policy",
    "Refused",
    "Report",
    "audit",
    "dump",
    "dumps",
    "from_json",
    "get_untrusted_types",
    "load",
    "loads",
    "open",
    "to_json",
]


def to_json(source: Source, /, *, lossless: bool = False) -> str:
    """Returns the first pickle of a file, by its path, or of bytes as JSON.

    >>> to_json(b"}Va\\nI1\\ns.")
    '{"a":1}'
    """
    return open(source).to_json(lossless=lossless)
