"""What the packages themselves say of an object, as JSON that a test can compare with. Runs on Python 2.7 and 3.6+.

Prints one JSON object a line: name, value, and streams: protocol or file name, pickle (base64), and buffers to supply.

Plain data is itself: None, booleans, integers of 64 bits, text, and lists. All else is an object with a `kind`;
`class` is the class as this release of the package names it.

    int             value: digits, of what has more than 64 bits
    float           value: repr()
    complex         real, imag: repr()
    bytes, bytearray, bytestring (Python 2's str)     hex
    tuple, set, frozenset, deque (maxlen)             items; those of sets are sorted by their JSON
    dict, OrderedDict, Counter, defaultdict (default_factory)   items: pairs, in the order of the loaded object
    namedtuple      class, fields, items
    subclass        class, base: what it is but for the class; of str, int, list, dict and so on
    slice, range    start, stop, step
    datetime, date, time   iso, fields: from year to microsecond, fold, tz; with a tz also utcoffset, in seconds, and tzname
    timedelta       days, seconds, microseconds
    timezone        class, key: of zones of a database; utcoffset and name: of fixed ones
    Decimal, UUID, Path, IP    class, value: str(); Path also parts
    Fraction        numerator, denominator
    Enum            class, name, value
    array           typecode, itemsize, elements
    re              pattern, flags
    exception       class, args, state
    partial         func, args, keywords
    global          module, name
    ChainMap        maps
    object          class, state: its __dict__ and slots, name to value; the same for every class that is not listed
    opaque          class; nothing is said of the rest

Scripts of packages add kinds, and say which.
"""

import array
import atexit
import base64
import collections
import datetime
import decimal
import fractions
import functools
import json
import os
import pickle
import re
import sys
import types
import uuid

PYTHON3 = sys.version_info[0] >= 3
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
if PYTHON3:
    import collections.abc
    import enum
    import ipaddress
    import pathlib

    import _pickle as pickler

    long, unicode = int, str
else:
    import cPickle as pickler


def emit(name, value, protocols=PROTOCOLS, as_made=False):
    """Prints what the C pickler writes for it at each protocol, and what that is: as it is loaded, or as it was made."""
    for protocol in protocols:
        try:
            data = pickler.dumps(value, protocol)
        except TypeError:
            if protocol < 2:  # slices and slots cannot be pickled at these
                continue
            raise
        row(name, value if as_made else pickler.loads(data), protocol=protocol, pickle=encoded(data))


def emit_each(samples, protocols, as_made=False, files=None):
    """Prints samples, pairs of a name and a function that makes the value, of any release: what this one cannot make or pickle
    is told on stderr. `files` tells the files that the package writes: name of the file, bytes, and what is read from it."""
    for name, make in samples:
        try:
            value = make()
            pickler.loads(pickler.dumps(value, 2))
            written = files(value) if files else []
            describe(value)  # fails if it has itself in it
        except Exception as error:  # a release lacks things in many ways
            sys.stderr.write("%s: %s: %s\n" % (name, type(error).__name__, str(error).split("\n")[0]))
            continue
        emit(name, value, protocols, as_made)
        for file, data, read in written:
            emit_file(name, file, data, read)


def emit_file(name, file, data, value):
    """Prints a file, and what the package makes of it."""
    row(name, value, file=file, pickle=encoded(data))


ROWS = collections.OrderedDict()


def row(name, value, **stream):
    """Prints, at the end, one row for all streams of one name that are the same value."""
    value = describe(value)
    key = name, json.dumps(value, sort_keys=True)
    ROWS.setdefault(key, {"name": name, "value": value, "streams": []})["streams"].append(stream)


@atexit.register
def print_rows():
    for row in ROWS.values():
        sys.stdout.write(json.dumps(row, sort_keys=True, allow_nan=False) + "\n")


def encoded(data):
    return base64.b64encode(data).decode("ascii")


def hexed(data):
    return base64.b16encode(bytes(data)).decode("ascii").lower()


DESCRIBERS = {}


def describes(*classes):
    """The function tells what instances of the classes are, and of their subclasses."""

    def register(function):
        DESCRIBERS.update(dict.fromkeys(classes, function))
        return function

    return register


def describe(x):
    kind = type(x)
    if x is None or x is True or x is False or kind is unicode:
        return x
    if PYTHON3 and isinstance(x, enum.Enum):
        return {"kind": "Enum", "class": name_of(kind), "name": x.name, "value": describe(x.value)}
    for cls in kind.__mro__ if isinstance(x, object) and hasattr(kind, "__mro__") else ():
        if cls in DESCRIBERS:
            return DESCRIBERS[cls](x)
        if cls in PLAIN:
            return PLAIN[cls](x) if cls is kind else subclass(x, cls)
    return instance(x)


def describe_all(items):
    return [describe(item) for item in items]


def pairs(items):
    return [[describe(key), describe(value)] for key, value in items]


def subclass(x, base):
    if hasattr(x, "_fields"):
        return {"kind": "namedtuple", "class": name_of(type(x)), "fields": list(x._fields), "items": describe_all(x)}
    told = {"kind": "subclass", "class": name_of(type(x)), "base": describe(base(x))}
    return dict(told, state=fields(x)) if fields(x) else told


def instance(x):
    return {"kind": "object", "class": name_of(x.__class__), "state": fields(x)}


def fields(x):
    state = dict(getattr(x, "__dict__", {}))
    for cls in type(x).__mro__:
        slots = cls.__dict__.get("__slots__", ())
        for slot in [slots] if isinstance(slots, str) else slots:
            if slot not in ("__dict__", "__weakref__") and hasattr(x, slot):
                state[slot] = getattr(x, slot)
    return {key: describe(value) for key, value in state.items()}


def name_of(cls):
    return cls.__module__ + "." + getattr(cls, "__qualname__", cls.__name__)


def plain_int(x):
    return int(x) if -(2**63) <= x < 2**64 else {"kind": "int", "value": str(x)}


def plain_bytes(kind):
    return lambda x: {"kind": kind, "hex": hexed(x)}


def sequence(kind):
    return lambda x: {"kind": kind, "items": describe_all(x)}


def any_set(kind):
    return lambda x: {"kind": kind, "items": sorted(describe_all(x), key=lambda item: json.dumps(item, sort_keys=True))}


def mapping(kind):
    return lambda x: {"kind": kind, "items": pairs(x.items())}


PLAIN = {
    unicode: unicode,
    int: plain_int,
    long: plain_int,
    float: lambda x: {"kind": "float", "value": repr(x)},
    complex: lambda x: {"kind": "complex", "real": repr(x.real), "imag": repr(x.imag)},
    bytes: plain_bytes("bytes" if PYTHON3 else "bytestring"),
    bytearray: plain_bytes("bytearray"),
    list: describe_all,
    tuple: sequence("tuple"),
    set: any_set("set"),
    frozenset: any_set("frozenset"),
    collections.OrderedDict: mapping("OrderedDict"),
    collections.Counter: mapping("Counter"),
    dict: mapping("dict"),
}


@describes(collections.defaultdict)
def _(x):
    return {"kind": "defaultdict", "default_factory": describe(x.default_factory), "items": pairs(x.items())}


@describes(collections.deque)
def _(x):
    return {"kind": "deque", "maxlen": x.maxlen, "items": describe_all(x)}


@describes(slice)
def _(x):
    return {"kind": "slice", "start": describe(x.start), "stop": describe(x.stop), "step": describe(x.step)}


@describes(range if PYTHON3 else xrange)  # noqa: F821
def _(x):
    start, stop, step = (x.start, x.stop, x.step) if PYTHON3 else x.__reduce__()[1]
    return {"kind": "range", "start": start, "stop": stop, "step": step}


DATE = ("year", "month", "day")
TIME = ("hour", "minute", "second", "microsecond")


def moment(x, kind, names):
    told = {"kind": kind, "iso": x.isoformat(), "fields": [getattr(x, name) for name in names], "fold": getattr(x, "fold", 0)}
    told["tz"] = describe(getattr(x, "tzinfo", None))
    if told["tz"]:
        told.update(utcoffset=seconds(x.utcoffset()), tzname=x.tzname())
    return told


def seconds(delta):
    return delta if delta is None else delta.days * 86400 + delta.seconds


@describes(datetime.datetime)
def _(x):
    return moment(x, "datetime", DATE + TIME)


@describes(datetime.date)
def _(x):
    return moment(x, "date", DATE)


@describes(datetime.time)
def _(x):
    return moment(x, "time", TIME)


@describes(datetime.timedelta)
def _(x):
    return {"kind": "timedelta", "days": x.days, "seconds": x.seconds, "microseconds": x.microseconds}


@describes(datetime.tzinfo)
def _(x):
    told = {"kind": "timezone", "class": name_of(type(x))}
    key = getattr(x, "key", None) or getattr(x, "zone", None)
    if key:
        return dict(told, key=key)
    try:
        return dict(told, utcoffset=seconds(x.utcoffset(None)), name=x.tzname(None))
    except (AttributeError, TypeError):  # zones of dateutil that depend on the date
        return dict(told, name=str(x))


def valued(kind):
    return lambda x: {"kind": kind, "class": name_of(type(x)), "value": str(x)}


describes(decimal.Decimal)(valued("Decimal"))
describes(uuid.UUID)(valued("UUID"))


@describes(fractions.Fraction)
def _(x):
    return {"kind": "Fraction", "numerator": describe(x.numerator), "denominator": describe(x.denominator)}


@describes(array.array)
def _(x):
    elements = x.tolist() if x.typecode in "bBhHiIlLqQ" else [repr(item) if x.typecode in "fd" else item for item in x]
    return {"kind": "array", "typecode": x.typecode, "itemsize": x.itemsize, "elements": elements}


@describes(type(re.compile("")))
def _(x):
    return {"kind": "re", "pattern": describe(x.pattern), "flags": x.flags}


@describes(BaseException)
def _(x):
    return {"kind": "exception", "class": name_of(type(x)), "args": describe_all(x.args), "state": fields(x)}


@describes(functools.partial)
def _(x):
    return {"kind": "partial", "func": describe(x.func), "args": describe_all(x.args), "keywords": pairs(x.keywords.items())}


@describes(type, types.FunctionType, types.BuiltinFunctionType)
def _(x):
    return {"kind": "global", "module": x.__module__, "name": getattr(x, "__qualname__", x.__name__)}


if PYTHON3:
    describes(pathlib.PurePath)(lambda x: dict(valued("Path")(x), parts=list(x.parts)))
    describes(*[getattr(ipaddress, "IPv" + name) for name in ("4Address", "6Address", "4Network", "6Network")])(valued("IP"))
    describes(ipaddress.IPv4Interface, ipaddress.IPv6Interface)(valued("IP"))
    describes(collections.ChainMap)(lambda x: {"kind": "ChainMap", "maps": describe_all(x.maps)})

if os.environ.get("PYTHONHASHSEED") != "0":
    sys.exit("set PYTHONHASHSEED=0: the order of sets of text depends on it")
sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
