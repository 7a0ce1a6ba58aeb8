"""`load` and `dump`: the same as `loads` and `dumps`, with files."""

from halfsour._halfsour import dumps, loads_from


def load(file, **options):
    """Loads one pickle from a file, as `pickle.load` does; the options are those of `loads`.

    A file that can be sought in is left at the end of the pickle; of any other, all that is left is read.
    """
    seekable = getattr(file, "seekable", lambda: False)()
    start = file.tell() if seekable else None
    value, end = loads_from(file.read(), **options)
    if seekable:
        file.seek(start + end)
    return value


def dump(obj, file, protocol=None, **options):
    """Writes an object to a file, as `pickle.dump` does; the options are those of `dumps`."""
    file.write(dumps(obj, protocol, **options))
