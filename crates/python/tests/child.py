"""Loads every fixture stream by halfsour and, where nothing but types of the standard library is fetched, by pickle, and compares.

Prints what differs. It is a process of its own, whose memory is limited and whose imports are watched.
"""

import collections
import io
import pickle
import resource
import sys
import warnings

import halfsour
from streams import NotSafe, Unpickler, same, streams

# Modules that may be imported while pickles are loaded: those of the list, and what they import.
import array, copyreg, datetime, decimal, fractions, functools, gc, ipaddress, pathlib, re, types, uuid, zoneinfo  # noqa: E401, F401, I001

# Calls that no pickler writes, which are kept as calls.
CALLS = (
    "objects/call of _codecs.encode",
    "test_reducer_override_no_reference_cycle",
    "Tests.test_reduce",
    "test_bad_newobj",
    "test_bad_reduce",
)


# The Pythons whose picklers' bytes are compared.
COMPARED = ("3.11", "3.12")
# Where text of names is one object for halfsour, and was several for the pickler, or an int was a bool.
OTHER_BYTES = {
    "instances/MyComplex with state",
    "names/moved between Python 2 and 3",
    "stdlib/iterators",
    "stdlib/itertools",
    "stdlib/operators",
    "stdlib/zone",
}


def written(name, sample, stream, data):
    """Whether what was loaded is written as this Python's pickler wrote it, or would write it now; None if that is not its own stream."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    is_own = stream.get("producer") == "C pickler" and version in COMPARED and version in stream["python"]
    if not is_own or name.startswith("python2") or sample["name"].startswith(("buffers/", "streams/", "extension/")):
        return None
    ours = halfsour.dumps(halfsour.loads(data, arrays="object"), stream["protocol"])
    if ours == data or sample["name"] in OTHER_BYTES:
        return True
    try:
        return ours == pickle.dumps(Unpickler(io.BytesIO(data)).load(), stream["protocol"])
    except NotSafe:
        return False


def main():
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    warnings.simplefilter("ignore")
    counts = collections.Counter()
    watching = False
    imported = []
    before = set(sys.modules)

    def hook(event, args):
        if not watching:
            return
        if event == "import" and args[0] not in before:
            imported.append(args[0])
        elif event == "open" and "/zoneinfo/" in str(args[0]):
            return
        elif event in ("open", "os.system", "subprocess.Popen", "exec", "compile", "socket.connect",
            "pickle.find_class"):
            imported.append(f"{event} {args!r}"[:200])

    sys.addaudithook(hook)
    for name, sample, stream, data in streams("python2.jsonl", "python3.jsonl", "hand.jsonl", "pickletester.jsonl"):
        is_same = written(name, sample, stream, data)
        if is_same is not None:
            counts["written" if is_same else "other bytes"] += 1
            if not is_same:
                print("other bytes", name, stream["protocol"])
        for encoding in ("ASCII", "latin1", "bytes"):
            try:
                watching = True
                ours, ours_error = halfsour.loads(data, encoding=encoding), None
            except halfsour.Error as error:
                ours, ours_error = None, error
            finally:
                watching = False
            try:
                theirs, theirs_error = Unpickler(io.BytesIO(data), encoding=encoding).load(), None
            except NotSafe:
                counts["not compared, other classes"] += 1
                continue
            except Exception as error:
                theirs, theirs_error = None, error
            if theirs_error is not None:
                counts["refused by both" if ours_error is not None else "refused by Python only"] += 1
                continue
            if ours_error is not None:
                print("refused", name, encoding, type(ours_error).__name__, ours_error, "|", repr(theirs)[:100])
                counts["refused by halfsour only"] += 1
                continue
            if isinstance(ours, halfsour.Object) and any(call in name for call in CALLS):
                counts["calls that no pickler writes"] += 1
                continue
            difference = same(ours, theirs)
            counts["equal" if difference is None else "different"] += 1
            if difference is not None:
                print("different", name, encoding, difference[:300])
    for module in sorted(set(imported)):
        print("imported", module)
    print(dict(counts), file=sys.stderr)


main()
