"""Prints instances of the standard library's classes, and of the time zones of pytz and dateutil if they are there."""

import array
import collections
import datetime
import decimal
import fractions
import functools
import re
import sys
import uuid
import warnings

from values import PYTHON3, emit

import deli  # after values, which says where it is


def everywhere():
    day = datetime.datetime(2024, 2, 29, 23, 59, 58, 987654)
    yield "datetime", [day, datetime.datetime.min, datetime.datetime.max, datetime.datetime(1969, 7, 20, 20, 17, 40)]
    yield "date", [day.date(), datetime.date.min, datetime.date.max]
    yield "time", [day.time(), datetime.time.min, datetime.time.max]
    yield "timedelta", [datetime.timedelta(-1, 3600, 5), datetime.timedelta(), datetime.timedelta.min, datetime.timedelta.max]
    decimals = ("3.14", "-0", "NaN", "sNaN", "1E+40", "Infinity", "-Infinity", "0.00", "123456789012345678901234567890.5")
    yield "Decimal", [decimal.Decimal(text) for text in decimals]
    yield "Fraction", [fractions.Fraction(22, 7), fractions.Fraction(-1, 2**70), fractions.Fraction(0)]
    yield "UUID", [uuid.UUID(int=value) for value in (0, 5, 2**127 + 5, 2**128 - 1)]
    yield "complex", [complex(1, -2.5), complex(float("inf"), -0.0)]
    yield "bytes", [b"", b"brine", b"\xff\x00"]
    yield "bytearray", [bytearray(), bytearray(b"brine"), bytearray(b"\xff\x00")]
    yield "sets", [set(), {1, 2}, frozenset(), frozenset([u"a"])]
    yield "slice", slice(1, None, 2)
    yield "range", [range(1, 10, 3)] if PYTHON3 else [xrange(1, 10, 3)]  # noqa: F821
    yield "OrderedDict", collections.OrderedDict([(u"b", 1), (u"a", 2)])
    yield "defaultdict", [collections.defaultdict(list, {u"a": [1]}), collections.defaultdict(None, {1: 2})]
    yield "Counter", collections.Counter({u"a": 2, u"b": -1})
    yield "deque", [collections.deque([1, 2, 3]), collections.deque([1, 2], 5), collections.deque((), 0)]
    yield "namedtuple", deli.Spear(12, u"half")
    for code in "bBhHiIlLfd" + ("qQ" if PYTHON3 else ""):
        yield "array " + code, array.array(str(code), [1, 0, 100] if code.isupper() else [-1, 0, 100])
    yield "array u", [array.array(str("u"), u"dill \u20ac"), array.array(str("d"))]
    yield "re", [re.compile(u"a+(b)?", re.I), re.compile(b"\\d", re.S)]
    yield "exceptions", [ValueError(u"bad"), KeyError(1), OSError(2, u"missing", u"file"), Exception(), deli.MyError(1, u"a")]
    yield "exception with fields", error()
    yield "partial", functools.partial(int, u"1", base=2)
    yield "instance", deli.Jar(lid=True, brine=[u"dill", 2])
    classic = deli.Classic()
    classic.label = u"x"
    yield "classic instance", classic
    slots = deli.SlotsAndDict()
    slots.brine, slots.lid, slots.label = 1, u"tin", u"x"
    yield "slots", slots
    yield "subclasses", [deli.MyList([1]), deli.MyDict({1: 2}), deli.MyStr(u"a"), deli.MyInt(7), deli.MyTuple((1,))]


def error():
    made = ValueError(u"bad", 5)
    made.jar = 7
    return made


def python3():
    import ipaddress
    import pathlib
    import types

    day = datetime.datetime(2024, 10, 27, 3, 30, 58, 987654)
    zone = datetime.timezone(datetime.timedelta(hours=5, minutes=30), "IST")
    nameless = datetime.timezone(-datetime.timedelta(hours=3, minutes=30))
    zones = [datetime.timezone.utc, zone, nameless]
    yield "timezones", zones
    yield "datetime with timezone", [day.replace(tzinfo=zone) for zone in zones]
    yield "datetime with fold", [day.replace(fold=1), day.replace(tzinfo=zone, fold=1)]
    yield "time with timezone", [day.time().replace(fold=1), day.time().replace(tzinfo=zone, fold=1)]
    yield "paths", [pathlib.PurePosixPath("/usr/bin"), pathlib.PureWindowsPath("C:/x/y"), pathlib.Path("a/b"), pathlib.Path()]
    yield "ip addresses", [ipaddress.ip_address(text) for text in ("192.0.2.1", "2001:db8::1", "::")]
    yield "ip networks", [ipaddress.ip_network(text) for text in ("192.0.2.0/24", "2001:db8::/32")]
    yield "ip interfaces", [ipaddress.ip_interface(text) for text in ("192.0.2.1/24", "2001:db8::1/32")]
    yield "SimpleNamespace", types.SimpleNamespace(a=1, b=[2])
    yield "ChainMap", collections.ChainMap({"a": 1}, {"b": 2})
    yield "user classes", [collections.UserDict({"a": 1}), collections.UserList([1]), collections.UserString("s")]
    yield "enums", [deli.Sourness.HALF, deli.Sourness.FULL, deli.Topping.DILL, deli.Topping.DILL | deli.Topping.GARLIC]
    yield "NamedTuple", deli.Chip(3, 0.5)
    if sys.version_info >= (3, 7):
        yield "dataclass", deli.Order(7, ["half-sour"])
        yield "UUID safe", uuid.UUID(int=9, is_safe=uuid.SafeUUID.safe)
    if sys.version_info >= (3, 9):
        import zoneinfo

        for key in ("Europe/Vilnius", "UTC"):
            zone = zoneinfo.ZoneInfo(key)
            yield "zoneinfo " + key, [zone, day.replace(tzinfo=zone), day.replace(tzinfo=zone, fold=1)]
        yield "zoneinfo no cache", zoneinfo.ZoneInfo.no_cache("Europe/Vilnius")


def zones_of_packages():
    day = datetime.datetime(2024, 7, 1, 12, 0)
    try:
        import pytz
    except ImportError:
        return
    vilnius = pytz.timezone("Europe/Vilnius")
    yield "pytz", [pytz.utc.localize(day), vilnius.localize(day), vilnius.localize(day.replace(month=1))]
    yield "pytz zone", vilnius
    yield "pytz fixed", day.replace(tzinfo=pytz.FixedOffset(330))
    from dateutil import relativedelta, tz

    yield "dateutil", [day.replace(tzinfo=zone) for zone in (tz.tzutc(), tz.tzoffset(u"IST", 19800), tz.tzoffset(None, -3600))]
    yield "dateutil relativedelta", relativedelta.relativedelta(months=1, days=-2)


warnings.simplefilter("ignore")  # of arrays of characters
for samples in (everywhere, python3, zones_of_packages) if PYTHON3 else (everywhere, zones_of_packages):
    for name, value in samples():
        emit(name, value)
