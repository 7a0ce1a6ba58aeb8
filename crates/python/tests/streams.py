"""The streams of the workspace's fixtures, and how to compare what they load to."""

import base64
import json
import math
import pathlib
import pickle

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "fixtures"


def streams(*names):
    """Names and bytes of the streams in these files of `data/`."""
    for name in names:
        with open(FIXTURES / "data" / name, encoding="utf-8") as lines:
            for line in lines:
                sample = json.loads(line)
                for stream in sample.get("streams", ()):
                    yield f"{name}: {sample['name']}", sample, stream, base64.b64decode(stream["pickle"])


# What `pickle` may fetch, where it is compared with: types, whose calls do nothing but make objects of them.
SAFE = {
    "builtins": "bool bytearray bytes complex dict float frozenset int list object range set slice str tuple",
    "_codecs": "encode",
    "array": "array _array_reconstructor",
    "collections": "ChainMap Counter OrderedDict UserDict UserList UserString defaultdict deque",
    "copyreg": "_reconstructor",
    "datetime": "date datetime time timedelta timezone",
    "decimal": "Decimal",
    "fractions": "Fraction",
    "ipaddress": "IPv4Address IPv4Interface IPv4Network IPv6Address IPv6Interface IPv6Network",
    "pathlib": "PosixPath PurePosixPath PureWindowsPath",
    "types": "SimpleNamespace",
    "uuid": "UUID SafeUUID",
    "re": "_compile",
}


class NotSafe(Exception):
    """A name that is not in `SAFE`."""


class Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        found = super().find_class(module, name) if name in SAFE.get(module, "").split() else None
        if found is None and not (module == "builtins" and name.endswith(("Error", "Exception", "Warning"))):
            raise NotSafe(f"{module}.{name}")
        return found or super().find_class(module, name)


def same(left, right):
    """The first place where two objects differ: in type, value, or in what is one object."""
    forth, back = {}, {}
    tasks = [("", left, right)]
    while tasks:
        path, a, b = tasks.pop()
        if type(a) is not type(b):
            return f"{path}: {type(a)} is not {type(b)}"
        if isinstance(a, (int, bool, type(None), type)):
            if a != b:
                return f"{path}: {a!r} is not {b!r}"
            continue
        if isinstance(a, float):
            if a != b and not (math.isnan(a) and math.isnan(b)) or math.copysign(1, a) != math.copysign(1, b):
                return f"{path}: {a!r} is not {b!r}"
            continue
        if id(a) in forth or id(b) in back:
            # Python has one object for some values, such as short text.
            if (forth.get(id(a)), back.get(id(b))) != (id(b), id(a)) and not isinstance(a, (str, bytes, tuple, frozenset)):
                return f"{path}: other objects are shared"
            if (forth.get(id(a)), back.get(id(b))) == (id(b), id(a)):
                continue
        forth[id(a)], back[id(b)] = id(b), id(a)
        if isinstance(a, (list, tuple)):
            if len(a) != len(b):
                return f"{path}: {len(a)} is not {len(b)} members"
            tasks += [(f"{path}[{i}]", *pair) for i, pair in enumerate(zip(a, b))]
        elif isinstance(a, dict):
            if len(a) != len(b):
                return f"{path}: {len(a)} is not {len(b)} items"
            for (key, value), (other, theirs) in zip(a.items(), b.items()):
                tasks += [(f"{path} key", key, other), (f"{path}[{key!r}]"[:200], value, theirs)]
            if hasattr(a, "default_factory") and a.default_factory is not b.default_factory:
                return f"{path}: default_factory"
        elif isinstance(a, BaseException):
            tasks += [(f"{path}.args", a.args, b.args), (f"{path}.__dict__", vars(a), vars(b))]
        elif isinstance(a, memoryview):
            tasks += [(f"{path}.obj", a.obj, b.obj), (f"{path}.readonly", a.readonly, b.readonly)]
        elif repr(a) != repr(b):
            return f"{path}: {a!r} is not {b!r}"
        elif getattr(a, "__dict__", None):
            if {*vars(a)} != {*vars(b)}:
                return f"{path}: other attributes"
    return None
