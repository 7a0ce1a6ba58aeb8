"""Objects that a pickle describes but that nobody made, and the lossless JSON of a graph of them.

The form is that of crates/json/LOSSLESS.md, less what a Python object does not show: the identity of
str, bytes, globals and extension codes, `@key`, `op` and `by`.
"""

import base64
import math
import struct


class ByteString(str):
    """A Python 2 byte string; a str, because the C unpickler insists on one.

    As a key it equals the text of the same ASCII characters, as in Python 2; it equals no bytes, which came later.
    """

    __slots__ = ()
    PADDING = "\0\0"  # CPython replaces what is shorter by a str of its own

    @classmethod
    def decode(cls, raw, errors="strict"):
        return cls(cls.PADDING + bytes(raw).decode("latin-1")), len(raw)

    def raw(self):
        return self[len(self.PADDING) :].encode("latin-1")

    def key(self):
        text = self[len(self.PADDING) :]
        return text if text.isascii() else (ByteString, self.raw())

    def __eq__(self, other):
        return self.key() == (other.key() if isinstance(other, ByteString) else other)

    def __hash__(self):
        return hash(self.key())


class Ordered:
    """A set that remembers the order of its members."""

    def __init__(self, items=()):
        self.items = dict.fromkeys(items)

    def add(self, item):
        self.items.setdefault(item)

    __hash__ = None


class Frozen(Ordered):
    """The frozenset to that."""

    def __eq__(self, other):
        return isinstance(other, Frozen) and self.items.keys() == other.items.keys()

    def __hash__(self):
        return hash(frozenset(self.items))


class Node:
    """Something that a class would have made, with the steps that were done to it."""

    def __init__(self):
        self.steps = []

    def step(self, kind, *values):
        if kind not in ("state", "call") and self.steps and self.steps[-1][0] == kind:
            self.steps[-1][1].extend(values)
        else:
            self.steps.append((kind, list(values)))

    def extend(self, items):
        self.step("append", *items)

    def add(self, item):
        self.step("add", item)

    def __setitem__(self, key, value):
        self.step("setitem", (key, value))


class Global(Node):
    """A name. Two of one name are one object in Python, hence equal; the steps are each one's own."""

    def __init__(self, *name):
        super().__init__()
        self.name = name

    def __eq__(self, other):
        return type(self) is type(other) and self.name == other.name

    def __hash__(self):
        return hash(self.name)


class Extension(Global):
    """A name that the stream spells as a number."""


class Call(Node):
    """`kind` is "@call" or "@new"."""

    def __init__(self, kind, callable, args, kwargs=None):
        super().__init__()
        self.kind, self.callable, self.args, self.kwargs = kind, callable, args, kwargs


class Persistent(Node):
    """What the loading program would have put in the place of a persistent id."""

    def __init__(self, pid):
        super().__init__()
        self.pid = pid


class ReadOnlyBuffer(Node, bytes):
    """A buffer that was supplied from outside: any object, and with an identity, even if it is empty."""

    __eq__, __hash__ = object.__eq__, object.__hash__

    def __init__(self, _):
        super().__init__()

    def __setstate__(self, state):
        pass


class WritableBuffer(Node, bytearray):
    """The same, if it is writable."""

    def __init__(self, contents):
        super().__init__()
        bytearray.__init__(self, contents)

    __setstate__ = ReadOnlyBuffer.__setstate__
    __eq__, __hash__ = object.__eq__, object.__hash__


SCALARS = (type(None), bool, int, float)
ANONYMOUS = (*SCALARS, str, bytes, ByteString)  # without an identity that is shown


def document(value, protocol, buffers=()):
    """The lossless JSON of a graph, as Python data for `json.dumps`."""
    return {"@pickle": protocol, "value": Writer(value, buffers).write(value)}


class Writer:
    """Writes a graph; knows which objects are shared before it begins."""

    def __init__(self, root, buffers):
        self.buffers = buffers
        self.seen, self.shared, self.numbers = set(), set(), {}
        self.count(root)

    def children(self, x):
        kind = type(x)
        if kind in (list, tuple):
            return x
        if kind is dict:
            return (part for pair in x.items() for part in pair)
        if isinstance(x, Ordered):
            return x.items
        if kind is memoryview:
            return [x.obj]
        if isinstance(x, Node):
            own = {Call: ("callable", "args", "kwargs"), Persistent: ("pid",)}.get(kind, ())
            steps = [v for step, values in x.steps for v in self.flat(step, values)]
            return [getattr(x, name) for name in own] + steps
        return ()

    @staticmethod
    def flat(step, values):
        return [part for pair in values for part in pair] if step == "setitem" else values

    def has_identity(self, x):
        if isinstance(x, Global) and not x.steps:
            return False
        return type(x) not in ANONYMOUS and x != ()

    def count(self, x):
        if self.has_identity(x):
            if id(x) in self.seen:
                self.shared.add(id(x))
                return
            self.seen.add(id(x))
        for child in self.children(x):
            self.count(child)

    def write(self, x):
        if id(x) not in self.shared:
            return self.body(x)
        if id(x) in self.numbers:
            return {"@ref": self.numbers[id(x)]}
        self.numbers[id(x)] = len(self.numbers) + 1
        return {"@id": self.numbers[id(x)], "@value": self.body(x)}

    def all(self, items):
        return [self.write(item) for item in items]

    def body(self, x):
        kind = type(x)
        if kind in (type(None), bool):
            return x
        if kind is int:
            return write_int(x)
        if kind is float:
            return write_float(x)
        if kind is str:
            return write_str(x)
        if kind is ByteString:
            return write_bytes("@bytestring", x.raw())
        if kind in (bytes, bytearray):
            return write_bytes("@" + kind.__name__, x)
        if kind is complex:
            return {"@complex": [write_float(x.real), write_float(x.imag)]}
        if kind is list:
            return self.all(x)
        if kind is tuple:
            return {"@tuple": self.all(x)}
        if isinstance(x, Ordered):
            return {"@frozenset" if kind is Frozen else "@set": self.all(x.items)}
        if kind is dict:
            if all(type(key) is str and key[:1] != "@" and is_well_formed(key) for key in x):
                return {key: self.write(value) for key, value in x.items()}
            return {"@dict": [self.all(pair) for pair in x.items()]}
        if kind is memoryview:
            return {"@readonly": self.write(x.obj)}
        return self.node(x)

    def node(self, x):
        if type(x) is Call:
            out = {x.kind: self.write(x.callable), "args": self.write(x.args)}
            if x.kwargs is not None:
                out["kwargs"] = self.write(x.kwargs)
        elif type(x) is Persistent:
            out = {"@persid": self.write(x.pid)}
        elif type(x) is Extension:
            out = {"@ext": x.name[0]}
        elif type(x) in (ReadOnlyBuffer, WritableBuffer):
            out = {"@buffer": next(i for i, buffer in enumerate(self.buffers) if buffer is x)}
        else:
            out = {"@global": [self.body(part) for part in x.name]}
        if x.steps:
            out["then"] = [{step: self.step(step, values)} for step, values in x.steps]
        return out

    def step(self, step, values):
        if step in ("state", "call"):
            return self.write(values[0])
        return [self.all(pair) for pair in values] if step == "setitem" else self.all(values)


def is_well_formed(text):
    return not any("\ud800" <= char <= "\udfff" for char in text)


def write_str(text):
    if is_well_formed(text):
        return text
    chars = ("\\u%04x" % ord(c) if "\ud800" <= c <= "\udfff" else c.replace("\\", "\\\\") for c in text)
    return {"@str": "".join(chars)}


def write_bytes(key, raw):
    return {key: base64.b64encode(raw).decode("ascii")}


def write_int(x):
    if -(2**63) <= x < 2**63:
        return x
    return {"@int": str(x) if abs(x) < 10**4300 else hex(x)}


def write_float(x):
    if math.isfinite(x):
        return x
    bits = struct.pack(">d", x).hex()
    if x != x and bits != "7ff8000000000000":
        return {"@float": "nan:" + bits}
    return {"@float": repr(x)}
