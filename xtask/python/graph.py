"""The oracle: what a pickle is, according to CPython's C unpickler, as halfsour's lossless JSON.

`graphs(data)` loads the stream twice. The first time, unchanged, tells whether the machine accepts it:
every name becomes a stand-in that accepts any use, so that only the machine itself can refuse.
The second time, the opcodes that make objects are rewritten to end in BINPERSID, which hands us the very
objects on the stack: so the order of sets, the identity of argument tuples and every step done to an
object are seen as they happen. Marks, memo, stack and all values stay the business of the C unpickler.
Nothing is imported or called on behalf of the pickle.
"""

import codecs
import copyreg
import itertools
import pickletools
import sys

import _compat_pickle
import _pickle

from lossless import ByteString, Call, Extension, Frozen, Global, Node, Ordered, Persistent
from lossless import ReadOnlyBuffer, WritableBuffer, document

if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)  # the guard is on decimal text, not on what the machine may hold


class StandIn(type):
    """A class, function or object that accepts whatever a pickle does to it."""

    def __new__(meta, name=None):
        return super().__new__(meta, "StandIn", (), {"__new__": lambda cls, *args, **kwargs: StandIn()})

    def __init__(cls, name=None):
        super().__init__("StandIn", (), {})
        cls.name = name

    def __call__(cls, *args):
        folded = fold(cls.name, args, set, frozenset)
        return StandIn() if folded is None else folded

    def __setstate__(cls, state):
        pass

    def extend(cls, items):
        pass

    append = add = extend

    def __setitem__(cls, key, value):
        pass


LATIN1 = ("latin1", "latin-1")


def fold(name, args, make_set, make_frozenset):
    """The plain value that an old protocol spells as a call of `name`, or None."""
    module, name = name or ("", "")
    types = [ByteString if type(arg) is ByteString else type(arg) for arg in args]
    if (module, name) == ("_codecs", "encode"):
        if types[:1] == [str] and len(args) == 2 and plain(args[1]) in LATIN1 and is_latin1(args[0]):
            return args[0].encode("latin-1")
    if module not in ("builtins", "__builtin__"):
        return None
    if name == "bytes" and not args:
        return b""
    if name == "bytearray":
        if not args:
            return bytearray()
        if types == [bytes]:
            return bytearray(args[0])
        if types == [ByteString]:
            return bytearray(args[0].raw())
        if types[:1] == [str] and len(args) == 2 and plain(args[1]) in LATIN1 and is_latin1(args[0]):
            return bytearray(args[0].encode("latin-1"))
    if name == "complex" and types == [float, float]:
        return complex(*args)
    if name in ("set", "frozenset") and types == [list]:
        return (make_set if name == "set" else make_frozenset)(args[0])
    return None


def plain(text):
    """The text of a str or of a Python 2 byte string."""
    return text.raw().decode("latin-1") if isinstance(text, ByteString) else text


def is_latin1(text):
    return all(ord(char) < 256 for char in text)


class Unrecorded(BaseException):
    """The machine accepts a stream, and we fail to say what it means: the fault is ours."""


class Whole:
    """A file that gives all it has at the first read, so that the C unpickler works as in `loads`.

    From other files it drops what is left of a frame when an opcode crosses the frame's end.
    """

    def __init__(self, data):
        self.data = data

    def read(self, _=0):
        data, self.data = self.data, b""
        return data

    readline = read


class Judge(_pickle.Unpickler):
    """The C unpickler with stand-ins for every name."""

    def __init__(self, file, options):
        super().__init__(file, encoding=options.encoding, errors="strict", buffers=options.buffers)
        self.next_name = iter(options.names)
        self.seen = {}

    def find_class(self, module, name):
        name = self.resolve(module, name)
        if name not in self.seen:
            self.seen[name] = StandIn(name)
        return self.seen[name]

    def resolve(self, module, name):
        """What Python 3 calls this name: below protocol 3, Python 2's names are meant."""
        if module != EXTENSION and next(self.next_name, 3) < 3:
            if (module, name) in _compat_pickle.NAME_MAPPING:
                return _compat_pickle.NAME_MAPPING[module, name]
            module = _compat_pickle.IMPORT_MAPPING.get(module, module)
        return module, name

    def persistent_load(self, pid):
        return StandIn()


class Recorder(Judge):
    """The C unpickler on a rewritten stream, where object-making opcodes call `persistent_load`."""

    def __init__(self, file, options):
        super().__init__(file, options)
        self.steps = iter(options.steps)

    def find_class(self, module, name):
        module, name = self.resolve(module, name)
        return Extension(int(name)) if module == EXTENSION else Global(module, name)

    def persistent_load(self, arg):
        return getattr(self, next(self.steps))(arg)

    def persistent(self, pid):
        return Persistent(pid)

    def empty_bytestring(self, _):
        return ByteString.decode(b"")[0]

    def empty_set(self, _):
        return Ordered()

    def frozenset(self, items):
        return Frozen(items)

    def stack_global(self, names):
        return self.find_class(*names)

    def reduce(self, arg):
        callable, args = arg
        if type(callable) is Global:
            folded = fold(callable.name, args, Ordered, Frozen)
            if folded is not None:
                return folded
        return Call("@call", callable, args)

    def newobj(self, arg):
        return Call("@new", *arg)

    newobj_ex = newobj

    def inst(self, arg):
        args, cls = arg
        return self.reduce((cls, args)) if args else Call("@new", cls, args)

    def obj(self, items):
        return self.inst((items[1:], items[0]))

    def pop(self, arg):
        below, dropped = arg
        if isinstance(below, Node) and type(dropped) is Call and dropped.kind == "@call":
            if len(dropped.args) == 2 and dropped.args[0] is below:
                below.step("call", dropped)
        return below

    def build(self, arg):
        target, state = arg
        if isinstance(target, Node):
            target.step("state", state)
        return target


KEEP = "python2"  # the encoding that leaves byte strings as they are
codecs.register(lambda name: codecs.CodecInfo(None, ByteString.decode, name=KEEP) if name == KEEP else None)
EXTENSION = "\0extension"  # no real module: marks names that come from extension codes

# opcode: what to run instead, and the method of Recorder that BINPERSID calls then
REWRITTEN = {
    "EMPTY_SET": (b"NQ", "empty_set"),
    "FROZENSET": (b"tQ", "frozenset"),
    "STACK_GLOBAL": (b"\x86Q", "stack_global"),
    "REDUCE": (b"\x86Q", "reduce"),
    "NEWOBJ": (b"\x86Q", "newobj"),
    "NEWOBJ_EX": (b"\x87Q", "newobj_ex"),
    "BUILD": (b"\x86Q", "build"),
    "OBJ": (b"tQ", "obj"),
    "FRAME": (b"", None),
}
# The C unpickler asks no codec about these.
EMPTY_BYTESTRINGS = [
    ("STRING", b"''\n"),
    ("STRING", b'""\n'),
    ("BINSTRING", b"\0\0\0\0"),
    ("SHORT_BINSTRING", b"\0"),
]
OPCODES = {ord(op.code): op for op in pickletools.opcodes}


class Options:
    """How to load a stream, and what its opcodes say about the calls that loading it will make."""

    def __init__(self, encoding=None, buffers=None):
        self.encoding = encoding or KEEP
        self.buffers = buffers
        self.names = []  # the protocol in force at each name that is looked up
        self.steps = []  # the Recorder's methods, in the order in which BINPERSID will call them
        self.extensions = set()


def opcodes(data):
    """Yields (offset, opcode, argument's bytes) up to the end of the data or the first impossibility."""
    at = 0
    while at < len(data) and data[at] in OPCODES:
        op, start = OPCODES[data[at]], at
        at += 1
        if op.arg is not None:
            n = op.arg.n
            if n == pickletools.UP_TO_NEWLINE:
                for _ in range(2 if op.arg.name.endswith("pair") else 1):
                    at = data.find(b"\n", at) + 1 or len(data)
            elif n >= 0:
                at += n
            else:
                width = {pickletools.TAKEN_FROM_ARGUMENT1: 1, pickletools.TAKEN_FROM_ARGUMENT8U: 8}.get(n, 4)
                at += width + int.from_bytes(data[at : at + width], "little")
        yield start, op, data[start + 1 : at]


class Stack:
    """How many objects lie on the stack, and at which heights there are marks."""

    def __init__(self):
        self.height, self.marks = 0, []

    def above_mark(self):
        return self.height - (self.marks[-1] if self.marks else 0)

    def step(self, op):
        before, after = op.stack_before, op.stack_after
        if op.name == "POP" and self.marks and self.above_mark() == 0:
            self.marks.pop()
        elif pickletools.markobject in before:
            self.height = self.marks.pop() if self.marks else 0
            self.height -= before.index(pickletools.markobject)
        else:
            self.height -= len(before)
        if after == [pickletools.markobject]:
            self.marks.append(self.height)
        else:
            self.height += len(after)


def rewrite(data, options):
    """The pickles in `data`, each rewritten for the Recorder; notes in `options` what they will ask for."""
    out, proto, stack = [], 0, Stack()
    for _, op, arg in opcodes(data):
        name, code = op.name, op.code.encode("latin-1")
        if name == "PROTO":
            proto = arg[0]
        elif name in ("GLOBAL", "STACK_GLOBAL", "INST"):
            options.names.append(proto)
        elif name.startswith("EXT"):
            options.extensions.add(int.from_bytes(arg, "little"))
        if options.encoding == KEEP and (name, arg) in EMPTY_BYTESTRINGS:
            out.append(b"NQ")
            options.steps.append("empty_bytestring")
        elif name.startswith("EXT"):  # else a cache would make one object of all of one code
            out.append(b"c%s\n%d\n" % (EXTENSION.encode("ascii"), int.from_bytes(arg, "little")))
        elif name == "INST":
            out.append(b"tc" + arg + b"\x86Q")
            options.steps.append("inst")
        elif name == "POP" and stack.above_mark() >= 2:
            out.append(b"\x86Q")
            options.steps.append("pop")
        elif name in REWRITTEN:
            out.append(REWRITTEN[name][0])
            options.steps.extend(filter(None, [REWRITTEN[name][1]]))
        else:
            out.append(code + arg)
            if "PERSID" in name:
                options.steps.append("persistent")
        stack.step(op)
        if name == "STOP":
            yield b"".join(out), proto
            out, proto, stack = [], 0, Stack()


def graphs(data, pickles=1, keep_memo=False, encoding=None, buffers=None):
    """The documents of the first `pickles` pickles of a stream; raises what the C unpickler raises.

    `buffers` is a list of bytes (read-only) and bytearrays (writable).
    """
    options = Options(encoding, supplied(buffers))
    rewritten = list(itertools.islice(rewrite(data, options), pickles))
    with extension_codes(options.extensions):
        run(Judge, [data] if keep_memo or pickles == 1 else split(data), pickles, options)
    options.buffers = buffers = supplied(buffers)
    try:
        streams = [stream for stream, _ in rewritten]
        values = run(Recorder, [b"".join(streams)] if keep_memo else streams, pickles, options)
        return [document(value, proto, buffers or ()) for value, (_, proto) in zip(values, rewritten)]
    except Exception as error:
        raise Unrecorded(data) from error


def supplied(buffers):
    """The buffers, with nothing done to them yet."""
    if buffers is None:
        return None
    return [(ReadOnlyBuffer if type(b) is bytes else WritableBuffer)(b) for b in buffers]


def run(unpickler, streams, pickles, options):
    loaders = [unpickler(Whole(stream), options) for stream in streams]
    if len(loaders) == 1:
        return [loaders[0].load() for _ in range(pickles)]
    for loader in loaders[1:]:  # what the opcodes will ask for is noted for the whole stream
        loader.next_name = loaders[0].next_name
        if unpickler is Recorder:
            loader.steps = loaders[0].steps
    return [loader.load() for loader in loaders]


def split(data):
    """The stream cut after each STOP."""
    start = 0
    for at, op, _ in opcodes(data):
        if op.name == "STOP":
            yield data[start : at + 1]
            start = at + 1


class extension_codes:
    """Registers extension codes while a stream is loaded."""

    def __init__(self, codes):
        self.names = {code: (EXTENSION, str(code)) for code in codes}

    def __enter__(self):
        copyreg._inverted_registry.update(self.names)
        copyreg.clear_extension_cache()

    def __exit__(self, *_):
        for code in self.names:
            del copyreg._inverted_registry[code]
        copyreg.clear_extension_cache()
