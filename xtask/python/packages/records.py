"""Prints dicts such as a program may pickle: objects of the standard library, and an array of numpy, by name."""

import array
import collections
import datetime
import decimal
import fractions
import sys
import uuid

import numpy
import pytz

import numpys  # noqa: F401, tells what they are
from values import PYTHON3, emit

import deli  # after values, which says where it is


def everywhere():
    day = datetime.datetime(2024, 10, 27, 3, 30, 58, 987654)
    vilnius = pytz.timezone("Europe/Vilnius")
    return {
        u"day": day.date(),
        u"time": day.time(),
        u"moment": day,
        u"first": vilnius.localize(day, is_dst=True),
        u"second": vilnius.localize(day, is_dst=False),
        u"utc": pytz.utc.localize(day),
        u"fixed": day.replace(tzinfo=pytz.FixedOffset(-210)),
        u"wait": datetime.timedelta(1, 3600, 5),
        u"ago": datetime.timedelta(-1, 3600, 5),
        u"id": uuid.UUID(int=2**127 + 5),
        u"price": decimal.Decimal("1234567.50"),
        u"huge": decimal.Decimal("-1E+40"),
        u"count": decimal.Decimal("12"),
        u"ratio": fractions.Fraction(22, 7),
        u"odd": fractions.Fraction(-1, 2**70),
        u"complex": complex(1, -2.5),
        u"ordered": collections.OrderedDict([(u"b", 1), (u"a", 2)]),
        u"default": collections.defaultdict(list, {u"a": [1]}),
        u"empty": collections.defaultdict(list),
        u"counter": collections.Counter({u"a": 2, u"b": -1}),
        u"deque": collections.deque([1, 2, 3], 5),
        u"none": collections.deque((), 5),
        u"bytes": array.array(str("B"), [1, 2, 255]),
        u"ints": array.array(str("i"), [-1, 0, 100]),
        u"floats": array.array(str("d"), [0.1, -2.5]),
        u"vector": numpy.array([0.5, -1.25, 3], "f4"),
    }


def python3():
    import ipaddress
    import pathlib

    yield u"path", pathlib.PurePosixPath("/srv/jars/half sour.txt")
    yield u"v4", ipaddress.ip_address("192.0.2.1")
    yield u"v6", ipaddress.ip_address("2001:db8::1")
    yield u"network", ipaddress.ip_network("192.0.2.0/24")
    yield u"user", collections.UserDict({"a": 1})
    day = datetime.datetime(2024, 10, 27, 3, 30, 58, 987654)
    yield u"fixed", day.replace(tzinfo=datetime.timezone(-datetime.timedelta(hours=3, minutes=30)))
    yield u"utc", day.replace(tzinfo=datetime.timezone.utc)
    if sys.version_info >= (3, 9):
        import zoneinfo

        zone = zoneinfo.ZoneInfo("Europe/Vilnius")
        yield u"first", day.replace(tzinfo=zone)
        yield u"second", day.replace(tzinfo=zone, fold=1)
        yield u"skipped", datetime.datetime(2024, 3, 31, 3, 30, tzinfo=zone)


fields = everywhere()
if PYTHON3:
    fields.update(python3())
numbers = [float(fields[name]) for name in (u"price", u"huge", u"ratio")]
fields[u"as floats"] = numbers + [fields[name].total_seconds() for name in (u"wait", u"ago")]
emit("record", fields)
if sys.version_info >= (3, 9):  # what Rust's types can be written as
    names = "day moment first second fixed wait ago price id".split()
    emit("written", {name: fields[name] for name in names})
emit("instance", deli.Jar(**{str(name): value for name, value in fields.items()}))
