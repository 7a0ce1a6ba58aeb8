"""Loads what Rust types were written as, as objects of the classes here, and pickles its own.

The argument is a file of lines `name, protocol, pickle`, with the pickle in base64. Each has to be what `expected` says: the type and each
attribute, deeply. The output is a line of Python's own pickle for each, in the same form, and then a line of counts that begins with `#`. Runs on Python
2.7 and 3.6+.
"""

from __future__ import print_function

import base64
import collections
import datetime
import decimal
import fractions
import pickle
import sys
import uuid

try:
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
except ImportError:  # Windows
    pass

sys.modules["oracle_classes"] = sys.modules["__main__"]

PYTHON3 = sys.version_info[0] >= 3
FIELDS = {"x": -1, "text": u"\xe9", "tags": {u"a", u"b"}}


class Plain(object):
    def __init__(self, x, text, tags):
        self.x, self.text, self.tags = x, text, tags


class Slots(object):
    __slots__ = ("x", "text", "tags")

    def __init__(self, x, text, tags):
        self.x, self.text, self.tags = x, text, tags


class Called(object):
    def __init__(self, x, text, tags):
        self.all = (x, text, tags)

    x = property(lambda self: self.all[0])
    text = property(lambda self: self.all[1])
    tags = property(lambda self: self.all[2])

    def __reduce__(self):
        return Called, self.all


class Outer(object):
    class Inner(Plain):
        pass


class Nothing(object):
    pass


class Bag(object):
    def __init__(self, **fields):
        self.__dict__.update(fields)


class Flat(Bag):
    pass


class Forms(Bag):
    pass


class Zoned(Bag):
    pass


class Arrays(Bag):
    pass


Named = collections.namedtuple("Named", "x text tags")
for cls in (Plain, Slots, Called, Outer, Outer.Inner, Nothing, Flat, Forms, Zoned, Arrays, Named):
    cls.__module__ = "oracle_classes"

MODERN = '''
import enum
from typing import NamedTuple

class Typed(NamedTuple):
    x: int
    text: str
    tags: set

class Color(enum.Enum):
    RED = 1
    GREEN = "green"

class Level(enum.IntEnum):
    LOW = -1

class Access(enum.Flag):
    READ = 1
    WRITE = 2
'''
DATACLASSES = '''
import dataclasses

@dataclasses.dataclass
class Data:
    x: int
    text: str
    tags: set

@dataclasses.dataclass(frozen=True)
class Frozen:
    x: int
    text: str
    tags: set
'''
DATACLASSES_WITH_SLOTS = '''
@dataclasses.dataclass(slots=True)
class DataSlots:
    x: int
    text: str
    tags: set

@dataclasses.dataclass(frozen=True, slots=True)
class FrozenSlots:
    x: int
    text: str
    tags: set
'''
ATTRS = '''
import attr

@attr.s(auto_attribs=True)
class Attrs:
    x: int
    text: str
    tags: set

@attr.s(auto_attribs=True, slots=True)
class AttrsSlots:
    x: int
    text: str
    tags: set
'''
PYDANTIC = '''
import pydantic

class Model(pydantic.BaseModel):
    x: int
    text: str
    tags: set
'''
PYDANTIC_V1 = '''
class OldModel(BaseModel):
    x: int
    text: str
    tags: set
'''

skipped = []


def define(what, source):
    """Runs code that this Python or its packages may not know."""
    names = {}
    try:
        exec(source, globals(), names)
    except Exception as error:
        skipped.append("%s (%s)" % (what, error))
        return
    for name, value in names.items():
        if getattr(value, "__module__", None) == "__main__":
            value.__module__ = "oracle_classes"
        globals()[name] = value


if PYTHON3:
    define("enums", MODERN)
    define("dataclasses", DATACLASSES)
    define("dataclasses with slots", DATACLASSES_WITH_SLOTS)
    define("attrs", ATTRS)
    try:
        import pydantic

        if pydantic.VERSION.startswith("1."):
            from pydantic import BaseModel
        else:
            define("pydantic", PYDANTIC)
            from pydantic.v1 import BaseModel
        define("pydantic 1", PYDANTIC_V1)
    except Exception as error:
        skipped.append("pydantic (%s)" % error)
try:
    import numpy
except Exception as error:
    numpy = None
    skipped.append("numpy (%s)" % error)


def forms():
    import pathlib

    timezone, delta = datetime.timezone, datetime.timedelta
    return Forms(
        set={1, 2},
        frozenset=frozenset([decimal.Decimal("1.50")]),
        tuple=(1, 2, 3, 4),
        deque=collections.deque([1, 2]),
        ordered=collections.OrderedDict(a=delta(milliseconds=-1500)),
        bytes=b"\x00\x7f\xff",
        date=datetime.date(2024, 2, 29),
        time=datetime.time(1, 2, 3, 4),
        naive=datetime.datetime(2024, 2, 29, 1, 2, 3, 4),
        utc=datetime.datetime(2024, 2, 29, 12, 30, tzinfo=timezone.utc),
        fixed=datetime.datetime(2024, 2, 29, 12, 30, tzinfo=timezone(delta(hours=5, minutes=30))),
        uuid=uuid.UUID(int=(1 << 128) - 2),
        fraction=fractions.Fraction(22, 7),
        path=pathlib.Path("/tmp/a"),
    )


def zoned():
    import zoneinfo

    zone = zoneinfo.ZoneInfo("Europe/Vilnius")
    return Zoned(zoned=datetime.datetime(2024, 10, 27, 3, 30, tzinfo=zone, fold=1))


def arrays():
    return Arrays(
        matrix=numpy.array([[1, 2], [3, 4], [5, 6.5]], "f4"),
        row=numpy.array([1, -2, 3], "i8"),
        bytes=numpy.array([0, 255], "u1"),
        flags=numpy.array([True, False]),
    )


SPECIAL = {
    "Inner": lambda: Outer.Inner(**FIELDS),
    "Nothing": lambda: Nothing(),
    "Red": lambda: Color.RED,  # noqa: F821  (made by `define`)
    "Green": lambda: Color.GREEN,  # noqa: F821
    "RedByName": lambda: Color.RED,  # noqa: F821
    "RedAsGlobal": lambda: Color.RED,  # noqa: F821
    "Low": lambda: Level.LOW,  # noqa: F821
    "Read": lambda: Access.READ,  # noqa: F821
    "Flat": lambda: Flat(x=1, price=decimal.Decimal(1)),
    "Forms": forms,
    "Zoned": zoned,
    "Arrays": arrays,
    "List": lambda: ([Plain(**FIELDS)], Typed(**FIELDS)),  # noqa: F821
}


def expected(name):
    """The object, or None if this Python lacks what it needs."""
    try:
        return SPECIAL[name]() if name in SPECIAL else globals()[name](**FIELDS)
    except (KeyError, NameError, ImportError, AttributeError) as error:
        skipped.append("%s (%s)" % (name, error))
        return None


def different(a, b, where):
    """Where two objects differ, or None: in a type, or in what they hold."""
    if isinstance(a, (bytes, str)) and not PYTHON3:
        pass  # text of one kind or the other
    elif type(a) is not type(b):
        return "%s: %r is not %r" % (where, type(a), type(b))
    if numpy is not None and isinstance(a, numpy.ndarray):
        same = a.dtype == b.dtype and a.shape == b.shape and (a == b).all() and a.flags.writeable
        return None if same else "%s: %r is not %r" % (where, a, b)
    if isinstance(a, datetime.datetime):
        same = a == b and repr(a) == repr(b)
        return None if same else "%s: %r is not %r" % (where, a, b)
    if isinstance(a, (list, tuple)):
        if len(a) != len(b):
            return "%s: %d is not %d members" % (where, len(a), len(b))
        pairs = enumerate(zip(a, b))
        return next((d for d in (different(x, y, "%s[%d]" % (where, i)) for i, (x, y) in pairs) if d), None)
    module = type(a).__module__
    if module in ("oracle_classes", "__main__") and not hasattr(a, "_value_"):
        names = list(getattr(a, "__dict__", {})) or list(FIELDS if type(a).__name__ != "Nothing" else ())
        other = list(getattr(b, "__dict__", {})) or names
        if sorted(names) != sorted(other):
            return "%s: %r is not %r" % (where, names, other)
        for extra in ("__pydantic_fields_set__", "__fields_set__"):
            if getattr(a, extra, None) != getattr(b, extra, None):
                return "%s: %s differs" % (where, extra)
        found = (different(getattr(a, n), getattr(b, n), "%s.%s" % (where, n)) for n in names)
        return next((d for d in found if d), None)
    return None if a == b else "%s: %r is not %r" % (where, a, b)


def main():
    right, wrong, seen = 0, [], {}
    for line in open(sys.argv[1]):
        name, protocol, ours = line.rstrip("\n").split("\t")
        if int(protocol) > pickle.HIGHEST_PROTOCOL:
            continue
        if name not in seen:
            seen[name] = expected(name)
        theirs = seen[name]
        if theirs is None:
            continue
        if not PYTHON3 and name == "Inner":
            continue  # no pickle of Python 2 has a class within a class
        try:
            found = pickle.loads(base64.b64decode(ours))
            difference = different(found, theirs, name)
            # Python writes slots from protocol 2 on, and the second of two times that read the same from 4 on.
            least = 4 if name == "Zoned" else 2 if hasattr(type(found), "__slots__") else 0
            again = pickle.dumps(found, max(int(protocol), least))
            difference = difference or different(pickle.loads(again), theirs, name + ", again")
        except Exception as error:
            difference = "%s: %s: %s" % (name, type(error).__name__, error)
        if difference:
            wrong.append("protocol %s: %s" % (protocol, difference))
            continue
        right += 1
        print("%s\t%s\t%s" % (name, protocol, base64.b64encode(again).decode()))
    lacking = "; ".join(sorted(set(skipped))) or "nothing"
    print("# %d objects right; this Python lacks %s" % (right, lacking))
    if wrong:
        sys.exit("\n".join(sorted(set(wrong))[:40]))


main()
