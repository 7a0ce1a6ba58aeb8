"""Loading by `pickle` what the audit passes: real objects of any class that a policy allows.

>>> import pickle, collections
>>> from halfsour import checked
>>> checked.loads(pickle.dumps(collections.Counter("aab")))
Counter({'a': 2, 'b': 1})
>>> checked.loads(b"cos\\nsystem\\n(S'id'\\ntR.")
Traceback (most recent call last):
...
halfsour._errors.Refused: ...
"""

from __future__ import annotations

import io
import pickle
from typing import TYPE_CHECKING, Any, BinaryIO

from halfsour._audit import Report, policy_of
from halfsour._errors import Refused

if TYPE_CHECKING:
    from typing_extensions import Buffer

    from halfsour._audit import AnyPolicy, Names

__all__ = ["Unpickler", "check", "load", "loads"]


def check(data: Buffer, /, *, policy: AnyPolicy = None, allow: Names = ()) -> bytes:
    """Returns these bytes, as `bytes`, if the audit of all pickles in them is clean; otherwise raises `Refused`."""
    # What was judged is what is loaded: nobody can change it in between.
    data = data if type(data) is bytes else memoryview(data).tobytes()
    report = Report(policy_of(policy, allow).audit_pickle(data))
    if not report.is_clean:
        raise Refused(report.reason or report.verdict, report)
    return data


def loads(data: Buffer, /, *, policy: AnyPolicy = None, allow: Names = (), **options: Any) -> Any:
    """Audits these bytes, and hands the same bytes to `pickle.loads`; the options are its own.

    `policy` and `allow` are those of `halfsour.audit`. Raises `Refused`, with the report, unless the report is clean.
    """
    return pickle.loads(check(data, policy=policy, allow=allow), **options)


def load(file: BinaryIO, /, *, policy: AnyPolicy = None, allow: Names = (), **options: Any) -> Any:
    """As `loads`, of a file: all that is left of it is audited, and the first pickle loaded.

    A file that can be sought in is left at the end of that pickle.
    """
    return Unpickler(file, policy=policy, allow=allow, **options).load()


class Unpickler(pickle.Unpickler):
    """A `pickle.Unpickler` that loads only what the audit passes. Subclasses may have `find_class` and `persistent_load`.

    All that is left of the file is read, and audited before the first pickle is loaded.
    """

    def __init__(self, file: BinaryIO, *, policy: AnyPolicy = None, allow: Names = (), **options: Any) -> None:
        self._file = file
        seekable = getattr(file, "seekable", lambda: False)()
        self._start = file.tell() if seekable else None
        self._data = io.BytesIO(check(file.read(), policy=policy, allow=allow))
        super().__init__(self._data, **options)

    def load(self) -> Any:
        value = super().load()
        if self._start is not None:
            self._file.seek(self._start + self._data.tell())
        return value
