"""Instances of the standard library's classes. Runs on Python 2.7 and 3.6+."""

import array
import collections
import datetime
import decimal
import fractions
import functools
import io
import itertools
import operator
import random
import re
import sys
import uuid

PYTHON3 = sys.version_info[0] >= 3


def stdlib():
    day = datetime.datetime(2024, 2, 29, 23, 59, 58, 987654)
    yield "datetime", day
    yield "date", day.date()
    yield "time", day.time()
    yield "timedelta", datetime.timedelta(-1, 3600, 5)
    yield "decimals", [decimal.Decimal(text) for text in ("3.14", "-0", "NaN", "1E+40", "Infinity")]
    yield "fraction", fractions.Fraction(22, 7)
    yield "uuid", uuid.UUID(int=2**127 + 5)
    yield "OrderedDict", collections.OrderedDict([(u"b", 1), (u"a", 2)])
    yield "defaultdict", collections.defaultdict(list, {u"a": [1]})
    yield "Counter", collections.Counter({u"a": 2})
    yield "deque", collections.deque([1, 2, 3])
    yield "deque with maxlen", collections.deque([1, 2, 3], 5)
    for code, values in ((u"b", [-1]), (u"d", [1.5, -2.0]), (u"i", [1, -1]), (u"Q", [2**64 - 1]), (u"H", [])):
        if PYTHON3 or code != u"Q":
            yield "array " + code, array.array(str(code), values)
    yield "slice", slice(1, None, 2)
    yield "range", range(1, 10, 3)
    yield "iterators", [iter([1, 2]), iter((1,)), iter({u"a": 1}), enumerate([1]), reversed([1, 2])]
    yield "itertools", [itertools.count(5), itertools.chain([1], [2]), itertools.repeat(1, 3)]
    yield "operators", [operator.itemgetter(1, 2), operator.attrgetter("a.b")]
    yield "partial", functools.partial(int, base=2)
    yield "re", re.compile(u"a+(b)?", re.I)
    yield "exceptions", [ValueError(u"bad"), KeyError(1), OSError(2, u"missing", u"file"), Exception()]
    yield "unicode error", UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad byte")
    yield "BytesIO", io.BytesIO(b"abc")
    yield "StringIO", io.StringIO(u"abc")
    yield "Random", random_state()
    if not PYTHON3:
        return
    import ipaddress
    import pathlib
    import types

    yield "datetime with zone", day.replace(tzinfo=datetime.timezone.utc)
    offset = datetime.timezone(datetime.timedelta(hours=5, minutes=30), u"IST")
    yield "datetime with fold", day.replace(tzinfo=offset, fold=1)
    yield "time with fold", day.time().replace(fold=1)
    yield "timezones", [datetime.timezone.utc, offset]
    yield "paths", [pathlib.PurePosixPath("/usr/bin"), pathlib.PureWindowsPath("C:/x"), pathlib.Path("a/b")]
    addresses = ("192.0.2.1", "2001:db8::1")
    networks = ("192.0.2.0/24", "2001:db8::/32")
    yield "ip addresses", [ipaddress.ip_address(address) for address in addresses]
    yield "ip networks", [ipaddress.ip_network(network) for network in networks]
    yield "SimpleNamespace", types.SimpleNamespace(a=1, b=[2])
    yield "ChainMap", collections.ChainMap({u"a": 1}, {u"b": 2})
    yield "user classes", [collections.UserDict({u"a": 1}), collections.UserList([1]), collections.UserString(u"s")]
    yield "memo of names", [datetime.date(2020, 1, 2), datetime.date(2020, 1, 3), datetime.date]
    if sys.version_info >= (3, 9):
        import zoneinfo

        yield "zone", NoZone(zoneinfo.ZoneInfo)
        yield "generic alias", [list[int], dict[str, int]]


def random_state():
    """The shape of random.Random's state, with a few of its 625 numbers."""
    version, numbers, gauss = random.Random(7).getstate()
    return version, numbers[:8], gauss


class NoZone(object):
    """Pickles as ZoneInfo does, without a time zone database on the machine."""

    def __init__(self, cls):
        self.cls = cls

    def __reduce__(self):
        return self.cls._unpickle, (u"Europe/Vilnius", True)
