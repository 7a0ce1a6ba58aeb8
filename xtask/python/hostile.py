"""Prints pickles and files that harm who loads them without running code: a row of JSON each, with `name`, `finds`, a text
that the audit has to give, and `bytes`, as pairs of base64 and how often it comes. None must ever be loaded.

`numpy`: states that make numpy take numbers for addresses, or use memory that it has freed; most were seen to be taken over
by numpy 1.26, 2.2 and 2.5. `torch`: storages and tensors that are larger than what there is. `bombs`: what takes memory or time. `copies`: what is
spelled once, and copied by each of many calls and states, which all take that much memory or time. `texts`: pickles as base64, which run a
command where a program decodes and loads them. `nets`: the same in bytes that no reader of pickles reads, with their names far from where they are taken.
"""

import base64
import bz2
import io
import json
import lzma
import pickle
import struct
import tarfile
import zipfile
import zlib

from opcodes import FALSE, NONE, TRUE, data, get, listed, number, put, row, text

STOP = b"."
MULTIARRAY = "numpy.core.multiarray"


def hostile():
    for group in (numpy, torch, bombs, copies, texts, nets):
        for name, finds, *pieces in group():
            yield "%s/%s" % (group.__name__, name), finds, pieces


def name(module, qualified):
    return b"c%s\n%s\n" % (module.encode(), qualified.encode())


def called(function, *args):
    return function + row(*args) + b"R"


# numpy's objects.


def dtype(code):
    return called(name("numpy", "dtype"), text(code), FALSE, TRUE)


def dtype_state(sub=NONE, fields=(), size=-1, flags=0, order="|", version=3, memo=b""):
    """`fields` are name, dtype and offset."""
    names, items = NONE, NONE
    if fields:
        names = row(*(text(field[0]) for field in fields))
        items = b"}" + memo + b"(" + b"".join(text(key) + row(of, number(at)) for key, of, at in fields) + b"u"
    state = (number(version), text(order), sub, names, items, number(size), number(1), number(flags))
    return row(*state) + b"b"


def built(code, **state):
    return dtype(code) + dtype_state(**state)


I8, OBJECT = built("i8", order="<"), built("O8", flags=63)
EMPTY = called(name(MULTIARRAY, "_reconstruct"), name("numpy", "ndarray"), row(number(0)), data(b"b"))


def array_state(of, content, *shape):
    return row(number(1), row(*map(number, shape)), of, FALSE, content) + b"b"


def array(of, content, *shape):
    return EMPTY + array_state(of, content, *shape)


def numpy():
    flags, items, late = "addresses of objects", "beyond its memory", "is in use"
    address = data(b"A" * 8)
    yield "objects without flags", flags, array(built("O8"), address, 1), STOP
    yield "objects without flags, metadata", flags, dtype("O8") + dtype_state(version=4)[:-2] + NONE + b"tb", STOP
    yield "objects with half of their flags", flags, built("O8", flags=1), STOP
    yield "numbers with flags of objects", flags, array(built("i8", flags=63, order="<"), listed(number(1)), 1), STOP
    field = dict(fields=[("a", I8, 0), ("b", OBJECT, 8)], size=16)
    yield "a field with objects, no flags", flags, array(built("V16", **field), address * 2, 1), STOP
    yield "a field with objects, odd flags", flags, built("V16", flags=1, **field), STOP
    yield "a part with objects, no flags", flags, built("V16", sub=row(OBJECT, row(number(2))), size=16), STOP
    inner = built("V8", fields=[("a", OBJECT, 0)], size=8, flags=27)
    yield "a field within a field", flags, built("V8", fields=[("x", inner, 0)], size=8), STOP
    yield "fields of a number", "no such state", built("i8", fields=[("a", OBJECT, 0)], order="<"), STOP
    yield "fields of text", "no such state", built("S8", fields=[("a", OBJECT, 0)], size=8), STOP
    yield "a part of text", "no such state", built("U8", sub=row(OBJECT, row(number(4))), size=32), STOP
    yield "a name with fields", "no such state", built("O,i4"), STOP
    yield "a field beyond the item", items, built("V8", fields=[("a", I8, 100)], size=8), STOP
    yield "a field before the item", items, built("V8", fields=[("a", I8, -100)], size=8), STOP
    overlap = [("a", OBJECT, 0), ("b", I8, 4)]
    yield "a number over an object", items, built("V16", fields=overlap, size=16, flags=27), STOP
    yield "a part beyond the item", items, built("V8", sub=row(I8, row(number(1000000))), size=8), STOP
    yield "a negative size", items, built("V8", size=-5), STOP
    yield "a negative size of text", items, built("S8", size=-5), STOP
    yield "another size", items, built("V8", size=1 << 30), STOP
    of, objects = dict(fields=[("a", OBJECT, 0)], size=8, flags=27), dict(size=8)
    twice = dtype("V8") + dtype_state(**of) + dtype_state(**objects)
    yield "a state twice", late, twice, STOP
    used = dtype("V8") + put(0) + array(get(0), address, 1) + b"0" + get(0) + dtype_state(**of)
    yield "a state after an array", late, used, STOP
    outer = dtype("V8") + put(0) + built("V8", fields=[("x", get(0), 0)], size=8) + b"0" + get(0)
    yield "a state after a field", "numpy", outer + dtype_state(**of), STOP
    itself = dtype("V8") + put(0) + dtype_state(fields=[("x", get(0), 0)], size=8)
    yield "a field of itself", items, itself, STOP
    changed = dtype("V8") + dtype_state(fields=[("a", I8, 0)], size=8, memo=put(0))
    changed += get(0) + text("a") + row(OBJECT, number(0)) + b"s0"
    yield "fields that change", "numpy keeps it", changed, STOP
    kept = called(name("numpy", "dtype"), text("V8"), FALSE, FALSE) + dtype_state(**of)
    yield "a dtype of the program", "no such state", kept, STOP
    yield "a list that is too short", "more items", array(OBJECT, b"]", 1000), STOP
    before = name("numpy.ma.core", "MaskedArray"), name("numpy", "ndarray"), row(number(0)), data(b"b")
    masked = called(name("numpy.ma.core", "_mareconstruct"), *before)
    state = listed(number(1), number(2)), row(number(2)), OBJECT, FALSE, b"]", data(b"\0\0"), NONE
    yield "a longer list elsewhere", "more items", masked + row(*state) + b"b", STOP
    view = called(name("numpy.core.numeric", "_frombuffer"), get(0), I8, row(number(1)), text("C"))
    freed = array(I8, address, 1) + put(0) + view + get(0) + array_state(I8, b"C\0", 0) + b"\x86"
    yield "a view of an array", "_frombuffer", freed, STOP
    yield "an array twice", late, array(I8, address, 1) + array_state(I8, b"C\0", 0), STOP


def torch():
    storage, tensor = "a storage of", "more items than its storage"
    plenty = number(1 << 30)
    yield "a storage that is cut", storage, zipped(view(plenty, number(8)), bytes(8))
    yield "a storage that is missing", storage, zipped(view(number(2), number(2), key="1"), bytes(8))
    yield "a tensor beyond its storage", tensor, zipped(view(number(2), plenty), bytes(8))
    yield "a stride beyond it", tensor, zipped(view(number(2), number(2), plenty), bytes(8))
    yield "an old file, a storage that is cut", storage, old(view(plenty + NONE, number(8)), bytes(8))
    yield "an old file, a tensor beyond its storage", tensor, old(view(number(2) + NONE, plenty), bytes(8))


def view(count, length, stride=b"K\1", key="0"):
    """A tensor of a storage of so many floats; in old files, a view stands behind the count, which is none."""
    of = row(text("storage"), name("torch", "FloatStorage"), text(key), text("cpu"), count) + b"Q"
    hooks = called(name("collections", "OrderedDict"))
    return called(name("torch._utils", "_rebuild_tensor_v2"), of, number(0), row(length), row(stride), FALSE, hooks)


def zipped(tensor, storage):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for member, content in ("data.pkl", b"\x80\2" + tensor + STOP), ("version", b"3\n"), ("data/0", storage):
            archive.writestr(zipfile.ZipInfo("archive/" + member), content)
    return buffer.getvalue()


def old(tensor, storage):
    system = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
    head = b"".join(pickle.dumps(part, 2) for part in (0x1950A86A20F9469CFC6C, 1001, system))
    keys = pickle.dumps(["0"], 2)
    return head + b"\x80\2" + tensor + STOP + keys + struct.pack("<q", len(storage) // 4) + storage


def bombs():
    laughs = "unfolds into"
    yield "pairs of pairs", laughs, b")", (b"2\x86", 64), STOP
    yield "lists of lists", laughs, b"]", (b"q\0](" + b"h\0" * 10 + b"e", 30), STOP
    yield "dicts of dicts", laughs, b"}", (b"q\0}(" + b"K\1h\0K\2h\0u", 40), STOP
    yield "instances", laughs, b"]", (b"q\0cbuiltins\nException\n(h\0h\0tR", 40), STOP
    prime = (1 << 61) - 1
    keys = [number(prime * factor) for factor in range(1, 1100)]
    yield "keys of one hash", "keys of one hash", b"}(" + b"N".join(keys) + b"Nu", STOP
    yield "members of one hash", "keys of one hash", b"\x8f(" + b"".join(key + b"K\1\x86" for key in keys) + b"\x90", STOP
    for opcode in (b"\x8d", b"\x8e", b"\x96", b"\x95"):
        yield "length after %s" % opcode.hex(), "", opcode + struct.pack("<Q", 1 << 40), (b"A", 100)
    for opcode in (b"B", b"X", b"T", b"\x8b"):
        yield "length after %s" % opcode.hex(), "", opcode + struct.pack("<I", 0x7FFFFFFF), (b"A", 100)
    yield "slot of the memo", "memo slot", b"Nr\xff\xff\xff\x7f", STOP
    yield "slot of the memo, in text", "memo slot", b"Np99999999999\n", STOP
    yield "digits", "", b"L1", (b"0", 200000), b"L\n", STOP
    yield "digits of INT", "", b"I1", (b"0", 200000), b"\n", STOP
    deep = "lie in each other"
    yield "deep lists", deep, (b"]", 100001), (b"a", 100000), STOP
    yield "deep tuples", deep, b")", (b"\x85", 100000), STOP
    yield "deep dicts", deep, (b"}K\1", 100000), b"N", (b"s", 100000), STOP
    yield "deep calls", deep, b"N", (b"q\0cbuiltins\nException\nh\0\x85R", 5000), STOP
    yield "marks", "", (b"(", 300000)
    size = number(1 << 40)
    for function in ("bytes", "bytearray", "list", "range"):
        yield "size for %s" % function, "builtins.%s(" % function, called(name("builtins", function), size), STOP
    yield "size for repeat", "itertools.repeat", called(name("itertools", "repeat"), NONE, size), STOP
    yield "size for a multiplication", "operator.mul", called(name("operator", "mul"), data(b"A"), size), STOP
    shape = called(name(MULTIARRAY, "_reconstruct"), name("numpy", "ndarray"), row(size), data(b"b"))
    yield "size for an array", "_reconstruct", shape, STOP
    yield "size for zeros", "numpy.zeros", called(name("numpy", "zeros"), row(size)), STOP
    yield "size for a scalar", "scalar(", called(name(MULTIARRAY, "scalar"), dtype("V2147483647")), STOP
    text_again = b"X" + struct.pack("<I", 50000)
    encode = b"c_codecs\nencode\n(h\0X\x06\0\0\0latin1tR"
    yield "the same text as bytes", "are given", text_again, (b"A", 50000), put(0), (encode, 5000), STOP
    yield "many pickles", "", (b"\x80\2N.", 50000), b"\xff"
    inner = b"\x80\2N."
    for _ in range(40):
        inner = b"\x80\3" + data(inner) + STOP
    yield "pickles within pickles", "", inner
    yield from types_and_times()
    yield from files(b"\x80\2cos\nsystem\n.")


def mapped(**items):
    return b"}(" + b"".join(text(key) + value for key, value in items.items()) + b"u"


def made(module, qualified, state):
    return name(module, qualified) + b")\x81" + state + b"b"


def types_and_times():
    """Types and keys that Python asks all that is in them each time."""
    makes = name("operator", "getitem") + put(0) + name("typing", "List") + put(1) + name("typing", "Any") + put(2)
    deeper, again = get(0) + get(1) + get(2) + b"\x86R" + put(2) + b"0", get(0) + get(1) + get(2) + b"\x86R0"
    yield "types in types, again and again", "lie deep in others", makes, (deeper, 150), (again, 20000), STOP

    def delta(seconds):
        return called(name("datetime", "timedelta"), number(0), number(seconds))

    def day(hours, month, day):
        nothing = dict.fromkeys(("years", "months", "days", "leapdays", "minutes", "seconds", "microseconds"), number(0))
        unset = dict.fromkeys(("year", "weekday", "hour", "minute", "second", "microsecond"), NONE)
        when = dict(hours=number(hours), month=number(month), day=number(day), _has_time=number(1))
        return made("dateutil.relativedelta", "relativedelta", mapped(**nothing, **unset, **when))

    # An hour that is there twice a year: Python asks such a zone for its offset, and takes times of two of them for unequal.
    zone = made("dateutil.tz.tz", "tzrange", mapped(
        _std_abbr=text("A"), _dst_abbr=text("B"), _std_offset=delta(0), _dst_offset=delta(3600), _dst_base_offset_=delta(3600),
        _start_delta=day(2, 4, 1), _end_delta=day(1, 10, 31), hasdst=TRUE,
    ))  # fmt: skip
    twice = data(bytes([7, 228, 10, 31, 1, 30, 0, 0, 0, 0]))
    time = called(name("datetime", "datetime"), twice, zone)
    yield "times of one instant in many zones", "keys of one hash", b"}(", (time + NONE, 250), b"u", STOP
    kept = b"".join(time + put(slot) + b"0" for slot in range(60))
    one = b"}(" + b"".join(get(slot) + NONE for slot in range(60)) + b"u0"
    yield "times of one instant, in many dicts", "keys of one hash", kept, (one, 100), NONE, STOP


def texts():
    evil = b"\x80\2cos\nsystem\nU\2id\x85R."
    old = b"(dp0\nS'" + b"a" * 80 + b"'\np1\ncos\nsystem\np2\n(S'id'\np3\ntp4\nRp5\ns."
    plain, lines = base64.b64encode(evil), base64.encodebytes(old)
    for title, content in (
        ("base64", plain),
        ("base64 in lines", lines),
        ("base64 without padding", plain.rstrip(b"=")),
        ("base64 of URLs", base64.urlsafe_b64encode(b"\x80\2C\4\xff\xff\xfe\xfe0" + evil[2:])),
        ("base64 with other characters", b" \n".join([plain[:9], plain[9:]]) + b"=!"),
        ("base64 with digits of the other alphabet", plain[:8] + b"-_" + plain[8:]),
    ):
        for kind, value in (("text", content.decode()), ("bytes", content), ("bytearray", bytearray(content))):
            for protocol in (0, 2, 5) if kind == "text" else (5,):
                yield "%s in %s by protocol %d" % (title, kind, protocol), "os.system", pickle.dumps([value], protocol)
        yield "%s in text of Python 2" % title, "os.system", b"(S%a\ntp0\n." % content.decode()
    inner = pickle.dumps({"a": plain.decode()}, 4)
    yield "base64 in base64", "os.system", pickle.dumps(base64.b64encode(inner).decode(), 4)


# What is copied again and again. Slots 1 and 2 of the memo are for what is done again.


def again(first, second, done, count=10000):
    """Both are made once, and then something is done with them many times."""
    return first + put(1) + b"0" + second + put(2) + b"0", (done + b"0", count), NONE, STOP


def calls(function, *args):
    return again(name(*function), row(*args), get(1) + get(2) + b"R")


def states(made, state):
    return again(name(*made), state, get(1) + b")\x81" + get(2) + b"b")


def index(kind, **state):
    module = "pandas.core.indexes."
    return called(name(module + "base", "_new_Index"), name(module + kind[0], kind[1]), mapped(**state))


def dates(**state):
    module = "pandas.core.indexes.datetimes"
    return called(name(module, "_new_DatetimeIndex"), name(module, "DatetimeIndex"), mapped(**state))


def of_equal_hash(count):
    """Numbers that pandas' tables of ints have in the same place, not in order."""
    for high in range(count, 0, -1):
        low = 0
        for bit in range(32):
            low |= ((high >> bit & 1) ^ (low >> bit - 11 & 1 if bit >= 11 else 0)) << bit
        yield high << 33 | low


def copies():
    given, slowly = "are given", "again and again"
    plain = ("base", "Index")
    zeros = data(bytes(80000))
    yield "arguments", given, *calls(("builtins", "zip"), *[b"]"] * 1000)
    yield "indices", "itertools.combinations", *calls(("itertools", "combinations"), row(number(1)), number(255))
    for module, function in (("_pickle", "__bit_generator_ctor"), ("_pickle", "__randomstate_ctor")):
        yield function, slowly, *calls(("numpy.random." + module, function), text("MT19937"))
    yield "generators of old numpy", slowly, *calls(("numpy.random", "__RandomState_ctor"))
    header = name("email.headerregistry", "UnstructuredHeader") + name("email.headerregistry", "BaseHeader")
    yield "classes", slowly, *calls(("email.headerregistry", "_reconstruct_header"), text("S"), b"(" + header + b"t", text("a"))
    indexes = name("pandas.core.indexes.base", "Index"), mapped(data=array(I8, zeros, 10000), name=NONE)
    yield "indexes", given, *calls(("pandas.core.indexes.base", "_new_Index"), *indexes)
    image = listed(b"}", text("L"), row(number(100), number(800)), NONE, zeros)
    yield "images", given, *states(("PIL.Image", "Image"), image)
    none = mapped(training=TRUE, num_layers=number(1), _all_weights=listed(listed(text("a"))), _flat_weights=listed(*[NONE] * 10000))
    yield "weights", given, *states(("torch.nn.modules.rnn", "LSTM"), none)
    storage = row(text("storage"), name("torch", "QInt8Storage"), text("0"), text("cpu"), number(1000000)) + b"Q"
    scheme = row(name("torch", "per_tensor_affine"), b"G" + bytes(8), number(0))
    hooks = called(name("collections", "OrderedDict"))
    tensor = (storage, number(0), row(number(1000000)), row(number(1)), scheme, FALSE, hooks)
    yield "quantised tensors", slowly, *calls(("torch._utils", "_rebuild_qtensor"), *tensor)
    line = data(struct.pack("<BII", 1, 2, 6000) + bytes(96000))
    many = b"](" + line + put(1) + get(1) * 9999 + b"e"
    geometries = name("geopandas.array", "GeometryArray") + b")\x81" + row(array(OBJECT, many, 10000), NONE) + b"b"
    yield "geometries", "may not have such a state", geometries, STOP
    rows = index(("range", "RangeIndex"), start=number(0), stop=number(10**9), step=number(1))
    block = mapped(values=array(I8, data(bytes(8)), 1, 1), mgr_locs=called(name("builtins", "slice"), number(0), number(1), number(1)))
    old = {"0.14.1": mapped(axes=listed(rows, rows), blocks=listed(block))}
    manager = name("pandas.core.internals.managers", "BlockManager") + b")\x81"
    yield "rows of a range", "may not have such a state", manager + row(b"]", b"]", b"]", mapped(**old)) + b"b", STOP
    attrs = b"}(" + b"".join(number(key) + NONE for key in range(10000)) + b"u"
    yield "attributes of a series", given, *states(("pandas.core.series", "Series"), mapped(_typ=text("series"), attrs=attrs))
    collide = b"".join(struct.pack("<Q", key) for key in of_equal_hash(2000))
    yield "numbers of one hash", "same hash", index(plain, data=array(I8, data(collide), 2000), name=NONE), STOP
    offset = called(name("pandas._libs.tslibs.offsets", "DateOffset"), number(1), FALSE)
    offset += mapped(n=number(1), normalize=FALSE, kwds=mapped(years=number(100)), years=number(100)) + b"b"
    times = dates(data=array(I8, data(bytes(16)), 2), freq=NONE, tz=NONE)
    yield "times that are compared", "_new_DatetimeIndex", dates(data=times, freq=offset, tz=NONE), STOP
    zone = called(name("dateutil.tz.tz", "tzfile"), NONE, text("Europe/Berlin"))
    zone += mapped(_filename=text("Europe/Berlin"), _trans_idx=b")", _trans_list=b")", _trans_list_utc=b")") + b"b"
    moment = called(name("pandas._libs.tslibs.timestamps", "_unpickle_timestamp"), number(0), NONE, zone)
    yield "transitions for all of the program", "_unpickle_timestamp", moment, STOP


def gzipped(data):
    """As zlib does it: the header that the module gzip writes is not the same in all releases."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    return squeeze.compress(data) + squeeze.flush()


def files(evil):
    """Files that are small, and large when they are unpacked; what is in them is not clean."""
    zeros = bytes(1 << 24)
    squeezed = gzipped(zeros)
    yield "gzip, a gigabyte", "", (squeezed, 64)
    yield "gzip in gzip", "", gzipped(squeezed * 64)
    yield "bzip2", "", (bz2.compress(zeros), 64)
    yield "xz", "", (lzma.compress(zeros), 64)
    yield "zlib", "", zlib.compress(zeros, 9)
    packed = evil + bytes(1 << 20)
    for _ in range(4):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for copy in range(8):
                archive.writestr(zipfile.ZipInfo("%d.zip" % copy), packed, zipfile.ZIP_DEFLATED)
        packed = buffer.getvalue()
    yield "zip in zip", "", packed
    yield "zip with a member that is there a thousand times", "", *overlapping(zeros)
    member = tarfile.TarInfo("data.pkl")
    member.size = 1 << 40
    yield "tar that declares a terabyte", "", member.tobuf(), evil


def overlapping(member):
    """A thousand entries of the directory for one member."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = deflate.compress(member) + deflate.flush()
    name = b"data.pkl"
    sizes = struct.pack("<III", zlib.crc32(member), len(content), len(member))
    local = b"PK\3\4" + struct.pack("<HHHHH", 20, 0, 8, 0, 33) + sizes + struct.pack("<HH", len(name), 0) + name
    head = b"PK\1\2" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 33) + sizes
    head += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name
    end = b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, 1000, 1000, len(head) * 1000, len(local) + len(content), 0)
    return local + content, (head, 1000), end


def nets():
    far = data(b"\7" * 5000) + b"0"
    module, function, run = text("os"), text("system"), text("id") + b"\x85R."
    short = b"\x8c\2os", b"\x8c\6system"
    for title, pickled in (
        ("on the stack", module + function + far + b"\x93" + run),
        ("apart", module + far + function + far + b"\x93" + run),
        ("from the memo", b"\x80\4" + short[0] + b"\x940" + short[1] + b"\x940" + far + b"h\0h\1\x93" + run),
        ("from the memo, without a mark", short[0] + b"\x940" + short[1] + b"\x940" + far + b"h\0h\1\x93" + run),
        ("from slots", module + put(5) + b"0" + function + put(6) + b"0" + far + get(5) + get(6) + b"\x93" + run),
        ("the second first", b"\x80\4" + short[1] + b"\x940" + far + short[0] + far + b"h\0\x93" + run),
        ("in lines", b"Vos\np0\n0Vsystem\np1\n0" + far + b"g0\ng1\n\x93" + run),
        ("in a list that was there", b"\x80\4](" + far + module + put(3) + function + put(4) + b"e" + far + b"h\3h\4\x93" + run),
    ):
        content = bytes(range(40, 60)) + pickled + b"\0" * 16
        head = "{'descr': '|u1', 'fortran_order': False, 'shape': (%d,), }" % len(content)
        head = head.ljust(117).encode() + b"\n"
        yield "%s, in an array" % title, "", b"\x93NUMPY\1\0" + struct.pack("<H", len(head)) + head + content
        yield "%s, in bytes" % title, "", pickle.dumps([content], 4)


for title, finds, pieces in hostile():
    pairs = [piece if isinstance(piece, tuple) else (piece, 1) for piece in pieces]
    encoded = [(base64.b64encode(piece).decode(), count) for piece, count in pairs]
    print(json.dumps({"name": title, "finds": finds, "bytes": encoded}))
