"""Runs CPython's own tests of pickle and writes every stream that its C unpickler was given to a file.

Usage: record.py FILE. Tests fail that ask for the type or the size of the unpickler: it is not the original.
One JSON object a line: name (of the test), pickle (base64), how it was loaded, and the `error` if it was refused.
"""

import base64
import json
import sys
import unittest

import _pickle

C_UNPICKLER, C_LOADS = _pickle.Unpickler, _pickle.loads
# What these load depends on more than the stream.
EXCLUDED = (
    "test_priming_unpickler_memo",  # the memo is filled from outside
    "CIdPersPicklerTests.test_return_correct_type",  # persistent ids turn into names and arguments
)
ENCODINGS = ("bytes", "latin1", "latin-1", "utf-8")  # others are left out, so that byte strings stay what they are
running = ["?"]
records = []


def record(data, error=None, encoding="ASCII", buffers=None, pickles=1):
    if running[0].endswith(EXCLUDED):
        return
    row = {"name": running[0], "pickle": base64.b64encode(data).decode("ascii")}
    if encoding in ENCODINGS or isinstance(error, UnicodeDecodeError):
        row["encoding"] = encoding
    if buffers is not None:
        row["buffers"] = [supplied(buffer) for buffer in buffers]
    if pickles > 1:
        row.update(pickles=pickles, keep_memo=True)
    if error is not None:
        row["error"] = type(error).__name__ + ": " + str(error)
    records.append(json.dumps(row))


def supplied(buffer):
    view = memoryview(buffer)
    return {"readonly": view.readonly, "base64": base64.b64encode(view.tobytes()).decode("ascii")}


class Unpickler(C_UNPICKLER):
    """Records what is loaded from files in memory, which nearly all of the tests use."""

    def __init__(self, file, *, fix_imports=True, encoding="ASCII", errors="strict", buffers=None):
        buffers = buffers if buffers is None else list(buffers)
        super().__init__(file, fix_imports=fix_imports, encoding=encoding, errors=errors, buffers=buffers)
        self._recorded = file, dict(encoding=encoding, buffers=buffers)
        self._before, self._pickles = b"", 0

    def load(self):
        if not hasattr(self, "_recorded"):
            return super().load()
        file, options = self._recorded
        if not (hasattr(file, "seekable") and file.seekable()):
            return super().load()
        data, start = file.getvalue(), file.tell()
        self._pickles += 1
        try:
            loaded = super().load()
        except Exception as error:
            if start < len(data):  # else it is the end of a file of several pickles
                record(self._before + data[start:], error, pickles=self._pickles, **options)
            raise
        self._before += data[start : file.tell()]
        record(self._before, pickles=self._pickles, **options)
        return loaded


class Loads:
    """`loads`; an instance, because the tests put it into classes, where a function would become a method."""

    def __call__(self, data, /, *, fix_imports=True, encoding="ASCII", errors="strict", buffers=None):
        options = dict(encoding=encoding, buffers=buffers if buffers is None else list(buffers))
        try:
            loaded = C_LOADS(data, fix_imports=fix_imports, errors=errors, **options)
        except Exception as error:
            record(bytes(data), error, **options)
            raise
        record(bytes(data), **options)
        return loaded


class Result(unittest.TextTestResult):
    def startTest(self, test):
        running[0] = test.id()
        super().startTest(test)


if __name__ == "__main__":
    Unpickler.__module__ = "_pickle"
    _pickle.Unpickler, _pickle.loads = Unpickler, Loads()
    sys.modules.pop("pickle", None)
    from test import test_pickle, test_pickletools

    suite = unittest.TestSuite(map(unittest.defaultTestLoader.loadTestsFromModule, (test_pickle, test_pickletools)))
    unittest.TextTestRunner(sys.stderr, resultclass=Result, verbosity=0).run(suite)
    with open(sys.argv[1], "w") as file:
        file.writelines(record + "\n" for record in dict.fromkeys(records))
