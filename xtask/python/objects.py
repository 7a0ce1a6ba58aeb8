"""Writes pickles that harm whoever loads them by what lies above the opcodes: names kept to be called, states that only Python
turns into a dict, keys that hide methods, arguments that have no end: `objects.py FOLDER`, or `objects.py check FOLDER`, which loads
each in a child with limits and says whether it does what the index says. All are inert: they take time or memory, open a file that is
there, or change an object of the child.
"""

import json
import pathlib
import pickle
import struct
import subprocess
import sys

import opcodes
from opcodes import FALSE, NONE, TRUE, data, get, listed, number, row, text

# Python divides hashes by it: multiples of it have the hash 0.
MODULUS = 2**61 - 1


def name(dotted):
    return b"c%s\n%s\n" % tuple(part.encode() for part in dotted.split(":"))


def set_items(of, *items):
    return of + b"(" + b"".join(items) + b"u"


def mapped(*items):
    return set_items(b"}", *items)


def call(function, *args):
    return (name(function) if isinstance(function, str) else function) + row(*args) + b"R"


def new(of, *args):
    return name(of) + row(*args) + b"\x81"


def put(slot):
    return opcodes.put(slot) + b"0"


def root(*parts):
    return b"\x80\x04" + b"".join(parts) + b"."


SETSTATE = text("__setstate__")


def ordered():
    return call("collections:OrderedDict")


def dtype(code, order, size=-1, flags=0, names=NONE, fields=NONE):
    state = row(number(3), text(order), NONE, names, fields, number(size), number(-1), number(flags))
    return call("numpy:dtype", text(code), FALSE, TRUE) + state + b"b"


def array(of, content, *shape):
    made = call("numpy.core.multiarray:_reconstruct", name("numpy:ndarray"), row(number(0)), data(b"b"))
    return made + row(number(1), row(*map(number, shape)), of, FALSE, content) + b"b"


def objects(*items):
    return array(dtype("O8", "|", flags=63), listed(*items), len(items))


def index(items):
    state = mapped(text("data"), objects(*items), text("name"), NONE)
    return call("pandas.core.indexes.base:_new_Index", name("pandas.core.indexes.base:Index"), state)


# Rule 1: a name that may be called is kept, and something calls it.


def callees():
    """A second BUILD calls what the first kept."""
    for named, argument, does, effect in (
        ("builtins:bytearray", number(2 * 10**9), "takes 2 GB", "memory > 1500"),
        ("numpy:ndarray", number(3 * 10**10), "asks for 240 GB", "'MemoryError' in error"),
        ("numpy:memmap", text("/etc/passwd"), "opens a file", "'/etc/passwd' in opened"),
        ("pytz:_p", text("Europe/Paris"), "opens a file", "any('Paris' in it for it in opened)"),
    ):
        state = set_items(ordered(), SETSTATE, name(named))
        file = "callee_%s.pkl" % named.split(":")[1].strip("_")
        yield file, 1, "R12", does, effect, root(ordered(), state, b"b", argument, b"b")


# Rule 2: a state that is a dict, or a tuple of two, only once Python has made it.


def states():
    pair = SETSTATE, name("builtins:len")
    for file, state in (
        ("counter", set_items(new("collections:Counter"), *pair)),
        ("counter_of_dict", call("collections:Counter", mapped(*pair))),
        ("defaultdict", set_items(call("collections:defaultdict"), *pair)),
        ("pairs", call("collections:OrderedDict", listed(row(*pair)))),
        ("tuple", new("builtins:tuple", row(NONE, set_items(ordered(), *pair)))),
    ):
        effect = "vars(loaded) == {'__setstate__': len}"
        yield "state_%s.pkl" % file, 2, "R7", "hides __setstate__ of the object", effect, root(ordered(), state, b"b")


# Rule 3: keys that the class has, or an object that the whole program has.


def keys():
    length = name("builtins:len")
    method = "hides a method of the class"
    slots = row(NONE, mapped(text("popitem"), length))
    yield "key_in_slots.pkl", 3, "R7", method, "loaded.popitem is len", root(ordered(), slots, b"b")
    state = mapped(text("_typ"), text("series"), text("_metadata"), listed(text("sum")), text("sum"), length)
    yield "key_of_series.pkl", 3, "R7", method, "loaded.sum is len", root(new("pandas:Series"), state, b"b")
    state = mapped(text("get"), length)
    yield "key_of_userdict.pkl", 3, "R7", method, "loaded.get is len", root(new("collections:UserDict"), state, b"b")
    state = mapped(text("keys"), length)
    yield "key_of_ordereddict.pkl", 3, "R7", method, "loaded.keys is len", root(ordered(), state, b"b")
    zone, day = call("dateutil.tz.tz:tzoffset", text("X"), number(0)), new("datetime:timedelta", number(1))
    effect = "__import__('dateutil.tz').tz.tzoffset('X', 0).utcoffset(None).days == 1"
    state = mapped(text("_offset"), day)
    yield "shared_zone.pkl", 3, "R7", "shifts a zone that the program shares", effect, root(zone, state, b"b")
    node = call("ast:Index", name("difflib:IS_LINE_JUNK")), mapped(text("name"), number(1))
    effect = "__import__('difflib').IS_LINE_JUNK.name == 1"
    yield "shared_function.pkl", 3, "R4", "sets an attribute of a function", effect, root(*node, b"b")
    node = call("ast:Index", call("http:HTTPStatus", number(200))), mapped(text("name"), number(1))
    effect = "vars(__import__('http').HTTPStatus.OK)['name'] == 1"
    yield "shared_member.pkl", 3, "R4", "sets an attribute of a member of an enum", effect, root(*node, b"b")


# Rule 4: time and memory beyond what the size of the file bounds, and memory that C believes.


def shared_key(of, shares):
    """A tuple, kept in memo slot 9, that unfolds into items: `shares` tuples in each other, of as many as they hold."""
    parts = [b"(" + b"N" * of + b"t" + put(1)]
    for depth, count in enumerate(shares):
        parts.append(b"(" + get(1 + depth) * count + b"t" + put(2 + depth))
    return b"".join(parts) + get(1 + len(shares)) + put(9)


def costs():
    slow = "seconds > 0.5"
    tries = (b"}" + get(9) + b"Ns0") * 100
    yield "hash_again.pkl", 4, "R9", "hashes 8 million items a hundred times", slow, root(shared_key(100, (280, 280)), tries, NONE)
    tries = (b"}" + get(9) + b"Ns0") * 3000
    yield "hash_long.pkl", 4, "R9", "hashes 50,000 items 3,000 times", slow, root(shared_key(50000, ()), tries, NONE)
    tries = set_items(ordered(), *(get(9) + NONE for _ in range(100)))
    yield "hash_ordered.pkl", 4, "R9", "hashes 8 million items a hundred times", slow, root(shared_key(100, (280, 280)), tries)
    tries = (call("builtins:frozenset", listed(get(9))) + b"0") * 100
    yield "hash_given.pkl", 4, "R9", "hashes 8 million items a hundred times", slow, root(shared_key(100, (280, 280)), tries, NONE)
    same = [number(at * MODULUS) for at in range(1, 3000)]
    quadratic = "seconds > 0.02"
    none = [it + NONE for it in same]
    for file, of in (("ordered", ordered()), ("counter", new("collections:Counter")), ("default", call("collections:defaultdict"))):
        yield "equal_in_%s.pkl" % file, 4, "R9", "3,000 keys of one hash", quadratic, root(set_items(of, *none))
    yield "equal_in_pairs.pkl", 4, "R9", "3,000 keys of one hash", quadratic, root(
        call("collections:OrderedDict", listed(*(row(it, NONE) for it in same)))
    )
    yield "equal_in_new.pkl", 4, "R9", "3,000 keys of one hash", quadratic, root(new("builtins:frozenset", listed(*same)))
    long = [b"(" + b"N" * 100 + b"t" + put(1) + b"(" + get(1) * 100 + it + b"t" + NONE for it in same[:300]]
    yield "equal_long.pkl", 4, "R9", "300 keys of one hash, each compared item by item", "seconds > 1", root(mapped(*long))
    state = mapped(text("_categories"), index(same), text("_ordered"), FALSE, text("_codes"), array(dtype("i8", "<"), data(b"\0" * 8), 1))
    yield "equal_in_categories.pkl", 4, "R9", "3,000 objects of one hash", quadratic, root(
        new("pandas.core.arrays.categorical:Categorical"), state, b"b"
    )
    state = mapped(text("data"), objects(text("Jan " + "1" * 100000)), text("freq"), text("D"), text("name"), NONE)
    yield "digits_of_period.pkl", 4, "R9", "the square of 100,000 digits", "seconds > 0.3", root(
        call("pandas.core.indexes.base:_new_Index", name("pandas.core.indexes.period:PeriodIndex"), state)
    )
    for of in "IPv6Interface", "IPv6Network":
        flip = 2**128 - 1 if of == "IPv6Network" else 0
        hexes = ["%032x" % (flip ^ (12345 + at * MODULUS)) for at in range(1, 1500)]
        words = [":".join(it[at : at + 4] for at in range(0, 32, 4)) for it in hexes]
        made = [get(1) + row(text(it)) + b"R" + NONE for it in words]
        yield "equal_%s.pkl" % of, 4, "R9", "1,500 keys of one hash", "seconds > 0.2", root(name("ipaddress:" + of), put(1), mapped(*made))
    nans = [get(2) + row(get(1), data(struct.pack("<Q", 0x7FF8000000000000 + at))) + b"R" + NONE for at in range(1, 3000)]
    yield "equal_nan.pkl", 4, "R9", "3,000 keys of one hash, up to Python 3.9", "seconds > 0.1 or sys.version_info > (3, 9)", root(
        dtype("f8", "<"), put(1), name("numpy.core.multiarray:scalar"), put(2), mapped(*nans)
    )
    count, pair = call("itertools:count"), name("urllib.parse:SplitResult") + name("builtins:tuple")
    endless = "takes all memory"
    full = "'MemoryError' in error"
    yield "base_without_end.pkl", 4, "R4", endless, full, root(name("copyreg:_reconstructor"), row(pair, count), b"R")
    program = new("platform:uname_result", *map(text, "abcde"))
    effect = "'subprocess.Popen' in events"
    yield "base_starts_program.pkl", 4, "R4", "starts `uname -p`", effect, root(name("copyreg:_reconstructor"), row(pair, program), b"R")
    yield "node_without_end.pkl", 4, "R4", endless, full, root(call("ast:ExtSlice", count))
    digits = new("decimal:DecimalTuple", number(0), call("itertools:repeat", number(1)), number(0))
    yield "digits_without_end.pkl", 4, "R4", "Python 2 never ends", "True", root(call("decimal:Decimal", digits))
    of = mapped(text("a"), row(dtype("O8", "|", flags=63), number(0)))
    of = dtype("V8", "|", 8, 27, row(text("a")), of).replace(number(-1) + number(27), number(1) + number(27))
    yield "scalar_of_objects.pkl", 4, "R7", "numpy below 1.20 takes bytes for an address", "True", root(
        call("numpy.core.multiarray:scalar", of, data(b"A" * 8))
    )


CHILD = """
import pickle, resource, sys, time
opened, events, error, loaded = [], set(), "", None
def hook(event, args):
    events.add(event)
    if event == "open":
        opened.append(str(args[0]))
start = time.process_time()
with open(sys.argv[1], "rb") as file:
    sys.addaudithook(hook)
    try:
        loaded = pickle.load(file)
    except BaseException as it:
        error = repr(it)
seconds = time.process_time() - start
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print("%.1f s, %d MB %s" % (seconds, memory, error[:80]))
sys.exit(0 if eval(sys.argv[2]) else 9)
"""


def limit():
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (3_000_000_000, 3_000_000_000))
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))


def check(folder):
    bad = 0
    for it in json.loads((folder / "index.json").read_text()):
        if "effect" not in it:
            continue
        command = [sys.executable, "-c", CHILD, str(folder / it["file"]), it["effect"]]
        done = subprocess.run(command, capture_output=True, text=True, preexec_fn=limit)
        print("ok " if done.returncode == 0 else "BAD", it["file"], done.stdout.strip(), done.stderr[-100:])
        bad += done.returncode != 0
    return bad


def write(folder):
    kept = json.loads((folder / "index.json").read_text())
    entries = [it for it in kept if "effect" not in it]
    for group in (callees, states, keys, costs):
        for file, rule, by, does, effect, content in group():
            (folder / file).write_bytes(content)
            entries.append({"file": file, "rule": rule, "by": by, "does": does, "effect": effect})
    (folder / "index.json").write_text(json.dumps(entries, indent=1) + "\n")


if __name__ == "__main__":
    if sys.argv[1] == "check":
        sys.exit(check(pathlib.Path(sys.argv[2])))
    write(pathlib.Path(sys.argv[1]))
