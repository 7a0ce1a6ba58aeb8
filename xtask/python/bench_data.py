"""Makes the workloads of the benches: bench_data.py DIRECTORY FACTOR NAME...

At factor 1 they have 7 to 32 MB each. The same factor gives the same bytes, on CPython 3.11. Beside them, in tallies.txt,
stands what each holds, so that who reads it can show that nothing is missing.
"""

import collections
import datetime
import decimal
import gc
import io
import json
import os
import pickle
import random
import struct
import sys
import uuid

import bench_classes

WORDS = """brine dill garlic jar crisp sour salt cucumber barrel pepper mustard seed vinegar spear chip slice deli rye kosher
half full new crunchy green fresh cold cellar crock lid weight ferment bubble cloudy clear spice leaf oak grape horseradish
allspice coriander clove bay chili sugar water tap well spring stone""".split()
OTHER_WORDS = "Gurke körnig огурец соль きゅうり 塩水 Żurek papryka ξίδι חמוץ 🥒 🧂".split()


def words(rng, low, high):
    return " ".join(rng.choice(WORDS) for _ in range(rng.randint(low, high)))


def record(rng, number):
    first, last = rng.choice(WORDS), rng.choice(WORDS)
    return {
        "id": number,
        "name": "%s %s" % (first.title(), last.title()),
        "email": "%s.%s%d@pickles.example.com" % (first, last, number % 1000),
        "age": rng.randint(18, 90),
        "score": rng.random() * 100,
        "active": rng.random() < 0.7,
        "tags": [rng.choice(WORDS) for _ in range(rng.randint(1, 4))],
        "address": {
            "street": "%d %s %s Street" % (rng.randint(1, 999), rng.choice(WORDS).title(), rng.choice(WORDS).title()),
            "city": rng.choice(WORDS).title(),
            "zip": "%05d" % rng.randint(0, 99999),
        },
    }


def records(rng, size):
    """As from JSON: of the strings, only the keys are shared. What is asked for beyond 100,000 comes again."""
    count = size(100000)
    text = json.dumps([record(rng, number) for number in range(min(count, 100000))])
    again = max(1, count // 100000)
    return json.loads("[%s]" % ",".join([text[1:-1]] * again))


def ints(rng, size):
    bits = (8, 16, 31, 63)
    kinds = [(0 if width == 8 else -(1 << width - 1), 1 << width) for width in bits]
    return [base + rng.getrandbits(62) % span for base, span in (rng.choice(kinds) for _ in range(size(2000000)))]


def floats(rng, size):
    return [(rng.random() - 0.5) * 1000 for _ in range(size(1000000))]


def text(rng):
    kind = rng.random()
    if kind < 0.03:
        return words(rng, 25, 100)
    if kind < 0.1:
        return " ".join(rng.choice(OTHER_WORDS) for _ in range(rng.randint(1, 4)))
    return words(rng, 2, 5)


def strings(rng, size):
    return [text(rng) for _ in range(size(400000))]


def bigdict(rng, size):
    return {"%s-%08d-%s" % (rng.choice(WORDS), n, rng.choice(WORDS)): rng.getrandbits(30) for n in range(size(1000000))}


def tree(rng, depth):
    kind = rng.random() if depth < 6 else 1
    if kind < 0.2:
        return [tree(rng, depth + 1) for _ in range(rng.randint(1, 4))]
    if kind < 0.4:
        return tuple(tree(rng, depth + 1) for _ in range(rng.randint(1, 4)))
    if kind < 0.6:
        return {key: tree(rng, depth + 1) for key in rng.sample(WORDS, rng.randint(1, 4))}
    return rng.choice((rng.randint(0, 1000), rng.random(), rng.choice(WORDS), None, True))


def nested(rng, size):
    return [[tree(rng, 1), tree(rng, 1)] for _ in range(size(60000))]


def memo(rng, size):
    pool = []
    for number in range(size(20000)):
        kind = number % 3
        fields = words(rng, 2, 4), rng.randint(0, 1000)
        pool.append(fields[0] if kind == 0 else fields if kind == 1 else dict(zip(("name", "count"), fields)))
    return [[rng.choice(pool) for _ in range(8)] for _ in range(size(250000))]


def objects(rng, size):
    return [
        bench_classes.Item(number=n, weight=rng.random(), sour=rng.random() < 0.5) for n in range(size(200000))
    ]


def stdlib(rng, size):
    """Objects of classes that the audit's policy lists: by a call, with a state, with items."""
    day = datetime.datetime(2020, 1, 1)
    makers = (
        lambda: day + datetime.timedelta(seconds=rng.randint(0, 10**8)),
        lambda: decimal.Decimal(rng.randint(0, 10**6)) / 100,
        lambda: uuid.UUID(int=rng.getrandbits(128)),
        lambda: collections.OrderedDict([(word, rng.randint(0, 1000)) for word in rng.sample(WORDS, 3)]),
    )
    return [makers[number % 4]() for number in range(size(300000))]


def state_dict(rng, size):
    tensors = collections.OrderedDict()
    for number in range(size(60000)):
        rows, columns = rng.choice((64, 128, 256)), rng.choice((1, 64, 768))
        storage = bench_classes.Storage(str(number), rows * columns)
        shape = ((rows, columns), (columns, 1)) if columns > 1 else ((rows,), (1,))
        name = "layers.%d.%s.%s" % (number // 8, rng.choice(("attention", "feed_forward")), ("weight", "bias")[columns == 1])
        tensors["%s.%d" % (name, number % 8)] = bench_classes.Tensor(storage, 0, *shape, False, collections.OrderedDict())
    return tensors


def numpy(rng, size):
    dtypes = {name: bench_classes.DType(name, False, True) for name in ("f8", "i4")}
    arrays = []
    for number in range(size(90000)):
        length = rng.randint(4, 20)
        if number % 3:
            data, dtype = struct.pack("<%dd" % length, *[rng.random() for _ in range(length)]), dtypes["f8"]
        else:
            data, dtype = struct.pack("<%di" % length, *[rng.getrandbits(31) for _ in range(length)]), dtypes["i4"]
        arrays.append(bench_classes.Array(data, dtype, (length,), number % 8 != 0))
    return arrays


def bytes_(rng, size):
    return [rng.getrandbits(160).to_bytes(20, "little")[: rng.randint(16, 20)] for _ in range(size(330000))]


def bigints(rng, size):
    return [rng.getrandbits(rng.randint(100, 1000)) - (1 << 99) for _ in range(size(180000))]


class Pickler(pickle.Pickler):
    def persistent_id(self, value):
        return value.id if isinstance(value, bench_classes.Storage) else None


MAKERS = {
    "records": (records, (0, 2, 4)),
    "ints": (ints, (0, 4)),
    "floats": (floats, (0, 4)),
    "strings": (strings, (0, 4)),
    "bigdict": (bigdict, (4,)),
    "nested": (nested, (4,)),
    "memo": (memo, (4,)),
    "objects": (objects, (4,)),
    "stdlib": (stdlib, (4,)),
    "state_dict": (state_dict, (2,)),
    "numpy": (numpy, (5,)),
    "bytes": (bytes_, (4,)),
    "bigints": (bigints, (4,)),
}


class Tally(object):
    """What a tree of plain data holds: leaves, sums of ints and of the bits of floats, bytes of text and bytes."""

    def __init__(self, value):
        self.leaves = self.ints = self.floats = self.bytes = 0
        self.add(value)

    def add(self, value):
        kind = type(value)
        if kind in (list, tuple):
            for member in value:
                self.add(member)
            return
        if kind is dict:
            for key, member in value.items():
                self.add(key)
                self.add(member)
            return
        self.leaves += 1
        if kind in (int, bool):
            self.ints += value
        elif kind is float:
            self.floats += struct.unpack("<q", struct.pack("<d", value))[0]
        elif kind is str:
            self.bytes += len(value.encode("utf-8"))
        elif kind is bytes:
            self.bytes += len(value)
        elif value is not None:
            raise TypeError("no plain data: %r" % kind)

    def __str__(self):
        return " ".join(str(sum % 2**64) for sum in (self.leaves, self.ints, self.floats, self.bytes))


def pickled(value, protocol, persistent):
    if not persistent:
        return pickle.dumps(value, protocol)
    file = io.BytesIO()
    Pickler(file, protocol).dump(value)
    return file.getvalue()


def make(directory, factor, name):
    """Makes the files of a workload. `records@40` is 40 thousandths of its records, as records@40.p4.pkl."""
    kind, _, part = name.partition("@")
    maker, protocols = MAKERS[kind]
    value = maker(random.Random(kind), lambda count: max(1, int(count * factor * int(part or 1000) / 1000)))
    plain = kind not in ("objects", "stdlib", "state_dict", "numpy")
    for protocol in (4,) if part else protocols:
        data = pickled(value, protocol, kind == "state_dict")
        if plain:
            # What was loaded has the identities that are written again as the same bytes.
            data = pickle.dumps(pickle.loads(data), protocol)
        with open(os.path.join(directory, "%s.p%d.pkl" % (name, protocol)), "wb") as file:
            file.write(data)
    return str(Tally(value)) if plain else "-"


if __name__ == "__main__":
    gc.disable()
    bench_classes.install()
    directory, factor = sys.argv[1], float(sys.argv[2])
    tallies = ["%s %s\n" % (name, make(directory, factor, name)) for name in sys.argv[3:] or MAKERS]
    # The last, so that it tells that all are there.
    with open(os.path.join(directory, "tallies.txt"), "a") as file:
        file.writelines(tallies)
