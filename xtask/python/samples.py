"""The objects that every Python pickles at every protocol. Runs on Python 2.7 and 3.6+.

`samples()` yields (name, object). Literals say u"" and b"" where the kind of text matters.
Members that are left out of an older Python are left out by a test of that Python, never by hand.
"""

import struct
import sys

import deli
from samples_stdlib import stdlib

PYTHON3 = sys.version_info[0] >= 3
LONE = b"\xed\xa0\x80".decode("utf-8", "surrogatepass") if PYTHON3 else u"\ud800"


def samples():
    for group in (scalars, text, binary, containers, sharing, cycles, instances, reduced, names, stdlib):
        for name, value in group():
            yield "%s/%s" % (group.__name__, name), value


def scalars():
    for value in (None, True, False):
        yield repr(value), value
    for power in (0, 7, 8, 15, 16, 31, 32, 63, 64):
        for value in (2**power - 1, 2**power, -(2**power), -(2**power) - 1):
            yield "int %d" % value, value
    for bits in (2039, 2040, 2048):
        yield "int 2^%d" % bits, 2**bits
        yield "int -2^%d" % bits, -(2**bits)
    yield "int 10^100", 10**100
    yield "int 3^9000", 3**9000
    floats = (0.0, -0.0, 1.0, -1.5, 0.1, 1 / 3.0, 1e16, 1e22, 1e-5, 1e100, 5e-324, 2.2250738585072014e-308)
    for value in floats + (1.7976931348623157e308, float("inf"), -float("inf"), float("nan")):
        yield "float %r" % value, value
    yield "float nan with other bits", struct.unpack(">d", b"\xff\xf8\0\0\0\0\0\1")[0]
    for value in (0j, 1 + 2j, complex(-0.0, float("inf"))):
        yield "complex %r" % value, value


def text():
    yield "empty", u""
    yield "one", u"a"
    yield "ascii", u"half-sour"
    yield "latin-1", u"caf\xe9 \xff\x80"
    yield "BMP", u"\u30ad\u30e5\u30a6\u30ea \u20ac\uffff"
    yield "astral", u"\U0001f952 \U0010ffff"
    yield "lone surrogates", LONE + u"\\ud800" + LONE
    yield "controls", u"".join(u"%c" % i for i in range(32)) + u"\x7f\x85\u2028"
    yield "backslashes", u"\\ \\\\ \\u0041 \\x41 \\n"
    yield "line ends", u"a\rb\nc\x1ad\0e"
    yield "quotes", u"it's \"quoted\""
    yield "combining", u"e\u0301 \u200b \xad"
    yield "255 bytes", u"x" * 255
    yield "256 bytes", u"x" * 256
    yield "255 bytes of 85 characters", u"\u20ac" * 85
    yield "more than 64 KiB", u"pickle " * 9500


def binary():
    yield "bytes empty", b""
    yield "bytes one", b"\x80"
    yield "bytes ascii", b"half-sour"
    yield "bytes all", bytes(bytearray(range(256)))
    yield "bytes quotes", b"it's \"quoted\" \\ \n"
    yield "bytes 255", b"x" * 255
    yield "bytes 256", b"x" * 256
    yield "bytes more than 64 KiB", b"pickle " * 9500
    yield "bytearray empty", bytearray()
    yield "bytearray one", bytearray(b"\x80")
    yield "bytearray all", bytearray(range(256))
    yield "bytearray more than 64 KiB", bytearray(b"pickle " * 9500)


def containers():
    for value in ([], (), {}, set(), frozenset(), [[]], [()], ({},), {u"a": {}}, [[], [[]], ()]):
        yield repr(value), value
    for size in (1, 2, 3, 4):
        yield "list of %d" % size, list(range(size))
        yield "tuple of %d" % size, tuple(range(size))
        yield "dict of %d" % size, dict((i, i * i) for i in range(size))
        yield "set of %d" % size, set(range(size))
        yield "frozenset of %d" % size, frozenset(range(size))
    for size in (999, 1000, 1001, 2001):
        yield "list of %d" % size, [None] * size
    for size in (1000, 1001):
        yield "dict of %d" % size, dict((i, None) for i in range(size))
    yield "set of 1001", set(range(1001))
    yield "frozenset of 1001", frozenset(range(1001))
    yield "tuple of 1001", (None,) * 1001
    yield "dict of mixed keys", dict([(u"a", 1), (2, b"b"), (None, 3.5), ((1, u"x"), [4]), (b"b", u"a")])
    yield "dict with at-keys", {u"@id": 1}
    yield "dict of dicts", {u"a": {u"b": {u"c": [1, {u"d": None}]}}}
    yield "set of frozensets", {frozenset([frozenset()])}
    yield "nested lists", nested(lambda inner: [inner])
    yield "nested tuples", nested(lambda inner: (inner,))
    yield "nested dicts", nested(lambda inner: {u"k": inner})
    yield "frames", [u"%d " % i * 2500 for i in range(10, 18)]
    yield "records", [{u"name": u"row %d" % i, u"value": i * 0.5, u"tags": (u"a", i % 3)} for i in range(20)]


def nested(wrap, depth=40):
    value = wrap(None)
    for _ in range(depth - 1):
        value = wrap(value)
    return value


def sharing():
    one = [1]
    pair = [one, one]
    yield "list twice", pair
    yield "diamond", [pair, pair]
    yield "tuple twice", [(one, 1), (one, 1)]
    same = (1, 2)
    yield "same tuple", [same, same]
    word = u"dill"
    yield "same text", [word, word, {word: word}]
    key = u"key"
    yield "same keys", [{key: 1}, {key: 2}, key]
    raw = b"brine"
    yield "same bytes", [raw, raw]
    array = bytearray(b"brine")
    yield "same bytearray", [array, array]
    number = 2**70
    yield "same int", [number, number]
    jar = deli.Jar(contents=one)
    yield "same instance", [jar, {u"jar": jar}, one]
    yield "same class", [deli.Jar, deli.Jar, deli.Jar(), deli.Jar()]
    yield "same set", [same_set for same_set in [{1}] * 2]
    yield "equal but not same", [[1], [1], (1, 2), (1, 2)]
    many = [[i] for i in range(300)]
    yield "memo beyond 255", [many, many[299], many[0], many[256]]
    towers = one
    for _ in range(20):
        towers = [towers, towers]
    yield "tower", towers


def cycles():
    a = []
    a.append(a)
    yield "list", a
    b = {}
    b[u"self"] = b
    yield "dict", b
    c = ([],)
    c[0].append(c)
    yield "tuple", c
    yield "tuple inside", c[0]
    d = ([], 1, 2, 3)
    d[0].append(d)
    yield "tuple of 4", d
    e = ({},)
    e[0][u"e"] = e
    yield "dict in tuple", e
    jar = deli.Jar()
    jar.jar = jar
    yield "instance", jar
    jar = deli.Jar()
    jar.members = {jar}
    yield "set member", jar
    yield "set", jar.members
    jar = deli.Jar()
    jar.members = frozenset([jar])
    yield "frozenset", jar
    jar = deli.Jar()
    jar.keys = {jar: jar}
    yield "key of its own dict", jar
    mine = deli.MyList([1])
    mine.append(mine)
    yield "list subclass", mine
    mine = deli.MyDict(a=1)
    mine[u"me"] = mine
    yield "dict subclass", mine
    mine = deli.MyTuple(([],))
    mine[0].append(mine)
    yield "tuple subclass", mine[0]
    state = deli.State()
    state.state = (state, [state])
    yield "state", state
    one, two = [], []
    one.append(two)
    two.append(one)
    yield "two lists", [one, two]
    fields = {}
    jar = deli.Reduced((deli.slice_up, (), fields))
    fields[u"me"] = jar
    yield "reduce state", jar


def instances():
    yield "empty", deli.Jar()
    yield "dict", deli.Jar(brine=u"salty", days=3)
    yield "two alike", [deli.Jar(days=1), deli.Jar(days=2)]
    yield "classic", deli.Classic()
    yield "classic with init args", deli.ClassicInitArgs(1, u"two")
    slots = deli.Slots()
    yield "slots empty", slots
    slots.brine, slots.days = u"salty", 3
    yield "slots", slots
    both = deli.SlotsAndDict()
    both.brine, both.lid, both.label = 1, 2, 3
    yield "slots and dict", both
    for state in (None, False, 0, u"text", b"bytes", (), (1, 2), [], {}, {1: 2}, ({}, {}), (None, {u"a": 1})):
        yield "state %r" % (state,), deli.State(state)
    yield "newargs", deli.NewArgs(1, u"two")
    yield "newargs empty", deli.NewArgs()
    yield "newargs_ex", deli.NewArgsEx(1, sour=u"half")
    yield "newargs_ex empty", deli.NewArgsEx()
    for cls, value in (
        (deli.MyList, [1, 2]),
        (deli.MyDict, {u"a": 1}),
        (deli.MySet, [1]),
        (deli.MyFrozenset, [1]),
        (deli.MyTuple, [1, 2]),
        (deli.MyStr, u"text"),
        (deli.MyInt, 7),
        (deli.MyFloat, 1.5),
        (deli.MyComplex, 1j),
        (deli.MyBytes, b"raw"),
        (deli.MyBytearray, b"raw"),
        (deli.MyError, u"message"),
    ):
        mine = cls(value)
        yield cls.__name__, mine
        mine = cls(value)
        mine.label = u"mine"
        yield cls.__name__ + " with state", mine
    yield "list subclass of 1001", deli.MyList([None] * 1001)
    yield "spear", deli.Spear(12, u"half")
    if PYTHON3:
        yield "enum", [deli.Sourness.HALF, deli.Sourness.FULL, deli.Sourness.HALF]
        yield "flag", deli.Topping.DILL | deli.Topping.GARLIC
        yield "typed namedtuple", deli.Chip(3, 0.5)
    if sys.version_info >= (3, 7):
        yield "dataclass", deli.Order(7, [u"half-sour"])


def reduced():
    call = (deli.slice_up, (1, u"two"))
    yield "2", deli.Reduced(call)
    yield "3", deli.Reduced(call + ({u"a": 1},))
    yield "3 with None", deli.Reduced(call + (None,))
    yield "3 with slots", deli.Reduced(call + ((None, {u"a": 1}),))
    yield "3 with other state", deli.Reduced((deli.State, (), 5))
    yield "4", deli.Reduced((deli.MyList, (), None, iter([1, 2, 3])))
    yield "4 with one item", deli.Reduced((deli.MyList, (), None, iter([1])))
    yield "5", deli.Reduced((deli.MyDict, (), None, None, iter([(u"a", 1), (u"b", 2)])))
    yield "5 with all", deli.Reduced((deli.MyDict, (), {u"s": 1}, iter([]), iter([(u"a", 1)])))
    if sys.version_info >= (3, 8):
        yield "6", deli.Reduced((deli.Jar, (), {u"a": 1}, None, None, deli.set_state))
    yield "no args", deli.Reduced((deli.slice_up, ()))
    yield "nested", deli.Reduced((deli.slice_up, (deli.Reduced(call), [deli.Reduced(call)])))
    yield "callable is a reduced object", deli.Reduced((deli.Reduced(call), (1,)))
    yield "class is a reduced object", deli.Reduced((deli.Reduced((getattr, (deli.Outer, "make"))), ()))
    yield "name", [deli.EVERYTHING, deli.EVERYTHING]
    yield "reduce_ex", deli.ReducedEx()
    yield "copyreg", deli.Registered()
    yield "same args", [deli.Reduced(call), deli.Reduced(call)]


def names():
    yield "class", deli.Jar
    yield "function", deli.slice_up
    yield "builtins", [len, int, list, Exception, type(None), type(Ellipsis)]
    yield "constants", [Ellipsis, NotImplemented]
    yield "nested class", deli.Outer.Inner
    yield "nested instance", deli.Outer.Inner()
    yield "methods", [deli.Outer.make, u"abc".upper, [1].append]
    yield "moved between Python 2 and 3", [range, map, zip, ImportError, OSError, KeyError]
