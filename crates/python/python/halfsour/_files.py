"""`load` and `dump`: the same as `loads` and `dumps`, with files."""

from __future__ import annotations

from typing import Any, BinaryIO

from halfsour._halfsour import dumps, loads_from


def load(file: BinaryIO, **options: Any) -> Any:
    """Loads one pickle from a file, as `pickle.load` does; the options are those of `loads`.

    A file that can be sought in is left at the end of the pickle; of any other, all that is left is read.
    """
    seekable = getattr(file, "seekable", lambda: False)()
    start = file.tell() if seekable else 0
    value, end = loads_from(file.read(), **options)
    if seekable:
        file.seek(start + end)
    return value


def dump(obj: Any, file: BinaryIO, protocol: int | None = None, **options: Any) -> None:
    """Writes an object to a file, as `pickle.dump` does; the options are those of `dumps`."""
    file.write(dumps(obj, protocol, **options))
