"""Loads what halfsour wrote, with the C and the Python unpickler of the Python that runs this, 2.7 or 3.6+.

The argument is a file of lines `name, protocol, original, ours`. Both pickles have to load to the same objects: equal, or,
where their class has no equality, equal once they are pickled again. Prints counts; what differs is an error.
"""

from __future__ import print_function

import base64
import io
import pickle
import sys

import deli  # noqa: F401  (the classes of the samples)
import samples  # noqa: F401

if sys.version_info[0] == 2:
    import cPickle

    UNPICKLERS = [("C", cPickle.Unpickler), ("Python", pickle.Unpickler)]
else:
    import _pickle

    class C(_pickle.Unpickler):
        """The C unpickler, with persistent ids as what they are."""

        def persistent_load(self, pid):
            return ("persistent id", pid)

    class Pure(pickle._Unpickler):
        """The Python unpickler, likewise."""

        def persistent_load(self, pid):
            return ("persistent id", pid)

    UNPICKLERS = [("C", C), ("Python", Pure)]


def load(unpickler, data):
    """The object, with persistent ids as what they are."""
    loader = unpickler(io.BytesIO(data))
    if sys.version_info[0] == 2:  # no class, there
        loader.persistent_load = lambda pid: ("persistent id", pid)
    return loader.load()


def same(a, b):
    """Whether both are equal, or would be if their classes told."""
    if isinstance(a, float) and isinstance(b, float) and a != a and b != b:
        return True  # protocol 0 has one NaN
    try:
        if type(a) is type(b) and bool(a == b):
            return True
    except Exception:  # recursion, or a comparison that fails: the pickles tell
        pass
    try:
        return pickle.dumps(a, 2) == pickle.dumps(b, 2)
    except Exception:
        return repr(a) == repr(b)


def main():
    right, skipped, wrong = 0, 0, []
    for line in open(sys.argv[1]):
        name, protocol, original, ours = line.rstrip("\n").split("\t")
        if int(protocol) > pickle.HIGHEST_PROTOCOL:
            continue
        original, ours = base64.b64decode(original), base64.b64decode(ours)
        for kind, unpickler in UNPICKLERS:
            try:
                expected = load(unpickler, original)
            except Exception:  # a class or a protocol that this Python lacks
                skipped += 1
                continue
            if not same(expected, load(unpickler, original)):
                skipped += 1  # not even equal to itself
                continue
            try:
                found = load(unpickler, ours)
            except Exception as error:
                wrong.append("%s, protocol %s, %s: %s: %s" % (name, protocol, kind, type(error).__name__, error))
                continue
            if same(expected, found):
                right += 1
            else:
                wrong.append("%s, protocol %s, %s: differs" % (name, protocol, kind))
    print("%d right, %d that this Python cannot load or compare, %d wrong" % (right, skipped, len(wrong)))
    if wrong:
        sys.exit("\n".join(sorted(set(wrong))[:40]))


main()
