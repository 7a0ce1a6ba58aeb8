"""Prints values and which of them Python finds equal, and data that was edited, with where it was. Needs Python 3.13."""

import array
import base64
import collections
import copy
import datetime
import decimal
import ipaddress
import json
import pathlib
import pickle
import random
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from fractions import Fraction

DAY = datetime.datetime(2024, 2, 29, 12, 30, 1, 5)
UTC = datetime.timezone.utc

VALUES = [
    None, True, False, 0, 1, 2, -1, 1.0, 0.0, -0.0, 1.5, 1 + 0j, 1.5 + 0j, 1 + 2j, float("inf"), float("-inf"),
    2**53, 2**53 + 1, float(2**53), 2**63, float(2**63), -(2**63), float(-(2**63)), 2**70, float(2**70), 2**70 + 1, 10**400,
    "", "a", "b", "1", b"", b"a", bytearray(b"a"), bytearray(), b"b",
    [], (), {}, set(), frozenset(), [1], [1.0], [True], (1,), (1.0,), {1}, {1.0}, frozenset({1}), {2}, [[]], [()],
    [1, 2], [2, 1], (1, 2), [1, [2, [3]]], [1, [2, [3.0]]], [1, [2, [4]]],
    {1: 2}, {1.0: 2.0}, {True: 2}, {2: 1}, {"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 1}, {"a": 1, "b": 3}, {"a": 1, "c": 2},
    {(1, 2): 3}, {(1.0, 2): 3}, {(1, (2, "x")): None}, {(1, (2.0, "x")): None}, {frozenset({1, 2}): 3}, {frozenset({2, 1.0}): 3},
    {None: 1}, {b"a": 1}, {DAY: 1}, {DAY.date(): 1}, {decimal.Decimal("1.50"): 1}, {decimal.Decimal("1.5"): 1}, {uuid.UUID(int=5)},
    OrderedDict([("a", 1), ("b", 2)]), OrderedDict([("b", 2), ("a", 1)]), OrderedDict(), OrderedDict(a=1),
    defaultdict(list, {"a": 1, "b": 2}), defaultdict(int, {"a": 1, "b": 2}), Counter({"a": 1, "b": 2}), Counter(a=1),
    deque([1, 2]), deque([1, 2], 5), deque([2, 1]), deque(),
    decimal.Decimal("1.50"), decimal.Decimal("1.5"), decimal.Decimal("15E-1"), decimal.Decimal("-1.5"), decimal.Decimal("0"),
    decimal.Decimal("-0.00"), decimal.Decimal("1E+30"), decimal.Decimal(10**30), decimal.Decimal("Infinity"),
    Fraction(1, 3), Fraction(2, 6), Fraction(1, 4),
    DAY, DAY.replace(second=2), DAY.replace(tzinfo=UTC), DAY.date(), DAY.time(), DAY.time().replace(tzinfo=UTC),
    datetime.timedelta(1), datetime.timedelta(hours=24), datetime.timedelta(2), UTC, datetime.timezone(datetime.timedelta(hours=1)),
    uuid.UUID(int=5), uuid.UUID(int=6), pathlib.PurePosixPath("a/b"), pathlib.PurePosixPath("a", "b"), pathlib.PurePosixPath("a/c"),
    ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1"), ipaddress.ip_network("10.0.0.0/8"),
    range(3), range(0, 3, 1), range(4), array.array("i", [1, 2]), array.array("d", [1, 2]), array.array("d", [1, 2.5]),
    array.array("b", [1, 2, 3]), len, int, collections.OrderedDict,
]


def pickled(value, protocol):
    return base64.b64encode(pickle.dumps(value, protocol)).decode("ascii")


def record(number):
    return {
        "id": number,
        "name": "jar %d" % number,
        "share": number / 7,
        "born": DAY + datetime.timedelta(number),
        "price": decimal.Decimal(number) / 4,
        "tags": ["a", "b", number],
        "spot": (number, (2.5, "x")),
        "inner": {"deep": [{"k": number}], 7: None},
        "set": {"dill", number},
        "ordered": OrderedDict([("x", 1), ("y", number)]),
        "bytes": b"brine %d" % number,
    }


def put(key, value):
    def edit(of):
        of[key] = value

    return edit


#: What may be done to a record: what is told of it, and what does it.
EDITS = [
    ("changed", ".name", put("name", "pot")),
    ("changed", ".share", put("share", -0.5)),
    ("changed", ".born", put("born", DAY.replace(year=2000))),
    ("changed", ".price", put("price", decimal.Decimal("99.9"))),
    ("changed", ".id", put("id", "text")),
    ("changed", ".tags[0]", lambda of: put(0, "z")(of["tags"])),
    ("added", ".tags[3]", lambda of: of["tags"].append("c")),
    ("added", ".tags[1]", lambda of: of["tags"].insert(1, "c")),
    ("removed", ".tags[0]", lambda of: of["tags"].pop(0)),
    ("changed", ".spot[1][0]", lambda of: put("spot", (of["spot"][0], (3.5, "x")))(of)),
    ("changed", ".spot", put("spot", None)),
    ("changed", ".inner.deep[0].k", lambda of: put("k", "v")(of["inner"]["deep"][0])),
    ("added", ".inner.deep[0].new", lambda of: put("new", 1)(of["inner"]["deep"][0])),
    ("changed", ".inner[7]", lambda of: put(7, 0)(of["inner"])),
    ("removed", ".inner[7]", lambda of: of["inner"].pop(7)),
    ("removed", ".name", lambda of: of.pop("name")),
    ("added", "['a key']", put("a key", [1])),
    ("added", ".set", lambda of: of["set"].add("salt")),
    ("removed", ".set", lambda of: of["set"].remove("dill")),
    ("order", ".ordered", lambda of: of["ordered"].move_to_end("x")),
    ("changed", ".bytes", put("bytes", b"")),
    (None, None, lambda of: of.update(name=of.pop("name"))),
    ("changed", ".share", put("share", None)),
]


def edited(chance):
    """Records, some of which were edited, taken out or put in; removed ones by their old place, others by their new.

    Beside one that was taken out or put in, none is edited: it would be for the comparer to say which became which.
    """
    old = [record(number) for number in range(12)]
    new, told = [], []
    moved = False
    for number, item in enumerate(copy.deepcopy(old)):
        what = chance.random()
        if what < 0.1:
            told.append(["removed", "[%d]" % number])
            moved = True
            continue
        if moved:
            moved = False
        elif what < 0.2:
            told.append(["added", "[%d]" % len(new)])
            new.append(record(1000 + number))
            moved = True
        elif what < 0.5:
            change, place, edit = chance.choice(EDITS)
            edit(item)
            if change:
                told.append([change, "[%d]%s" % (len(new), place)])
        new.append(item)
    return {"old": pickled(old, chance.randrange(6)), "new": pickled(new, chance.randrange(6)), "told": sorted(told)}


chance = random.Random(7)
equal = [[i, j] for i, a in enumerate(VALUES) for j, b in enumerate(VALUES) if a == b]
print("{")
print('"values": %s,' % json.dumps([{"shown": repr(value), "pickles": [pickled(value, 2), pickled(value, 5)]} for value in VALUES]))
print('"equal": %s,' % json.dumps(equal))
print('"edited": %s' % json.dumps([edited(chance) for _ in range(24)]))
print("}")
