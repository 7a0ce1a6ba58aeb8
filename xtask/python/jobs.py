"""The inputs of the examples of the crate halfsour, and what Python says of their outputs.

    jobs.py make DIRECTORY          writes the inputs; those of pandas and scikit-learn only where these are installed
    jobs.py check DIRECTORY         loads the outputs in it, and compares them with what the jobs should have made

Runs on Python 3.8 and later.
"""

import collections
import dataclasses
import datetime
import decimal
import enum
import io
import os
import pickle
import sys
import types
import uuid


def module(name):
    """A module of an application that only these pickles know."""
    made = sys.modules[name] = types.ModuleType(name)
    return made


module("app")
models = module("app.models")


def of_models(cls):
    cls.__module__ = models.__name__
    cls.__qualname__ = cls.__name__
    setattr(models, cls.__name__, cls)
    return cls


@of_models
@dataclasses.dataclass
class Address:
    street: str
    city: str


@of_models
@dataclasses.dataclass
class Geo:
    lat: float
    lon: float


@of_models
class User:
    def __init__(self, **fields):
        self.__dict__.update(fields)

    def __eq__(self, other):
        return type(other) is User and self.__dict__ == other.__dict__


@of_models
class Point(collections.namedtuple("Point", "x y")):
    __slots__ = ()


@of_models
class Colour(enum.Enum):
    RED = 1
    GREEN = 2


class Store:
    """Rows that a pickle names by a persistent id instead of holding them."""

    ROWS = {("user", 7): User(name="Ada"), ("user", 8): User(name="Grace")}

    class Pickler(pickle.Pickler):
        def persistent_id(self, obj):
            for key, row in Store.ROWS.items():
                if obj is row:
                    return key
            return None

    class Unpickler(pickle.Unpickler):
        def persistent_load(self, key):
            return Store.ROWS[key]


def utc(*parts):
    return datetime.datetime(*parts, tzinfo=datetime.timezone.utc)


def session():
    """What a web application keeps in a cache."""
    return {
        "id": uuid.UUID(int=5),
        "seen": utc(2024, 2, 29, 12, 30),
        "total": decimal.Decimal("19.90"),
        "roles": {"admin", "editor"},
        "address": Address("Orchard Street 85", "New York"),
    }


def unknown():
    """Data of which the reader knows nothing."""
    here = Geo(40.7, -74.0)
    return {
        "users": [User(name="Ada", at=here, tags=("a", "b")), User(name="Grace", at=here, tags=())],
        "codes": {1: b"one", (2, "b"): None, 3.5: {"deep": [1, 2, 3]}},
        "seen": {1, 2, 3},
    }


def members():
    """Members of enums and named tuples, and rows by their persistent ids."""
    return {
        "colour": Colour.GREEN,
        "points": [Point(1, 2), Point(3, 4)],
        "owner": Store.ROWS["user", 7],
        "guest": Store.ROWS["user", 8],
    }


def points():
    """What an application sends itself, of its own classes."""
    return [Point(1, 2), Colour.RED]


def pipeline():
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import Pipeline
    from sklearn.preprocessing import StandardScaler

    steps = [("scale", StandardScaler()), ("classify", LogisticRegression())]
    return Pipeline(steps).fit([[0.0, 1.0], [1.0, 0.0], [2.0, 5.0], [3.0, 4.0]], ["no", "no", "yes", "yes"])


def frame():
    import pandas

    days = pandas.to_datetime(["2024-02-28", "2024-02-29", "2024-03-01"])
    columns = {"day": days, "name": ["gherkin", "spear", None], "sold": [3, 4, 5], "price": [1.5, float("nan"), 2.25]}
    return pandas.DataFrame(columns)


def arrays():
    import numpy

    return {
        "weights": numpy.arange(6, dtype=numpy.float64).reshape(2, 3),
        "labels": numpy.array([3, 1, 2], dtype=numpy.int64),
        "swapped": numpy.array([1, 2], dtype=">f4"),
    }


def dump(value, pickler=pickle.Pickler):
    out = io.BytesIO()
    pickler(out, 4).dump(value)
    return out.getvalue()


INPUTS = {
    "session": lambda: dump(session()),
    "unknown": lambda: dump(unknown()),
    "members": lambda: dump(members(), Store.Pickler),
    "points": lambda: dump(points()),
    "pipeline": lambda: dump(pipeline()),
    "frame": lambda: dump(frame()),
    "arrays": lambda: dump(arrays()),
}


def make(directory):
    for name, made in INPUTS.items():
        try:
            made = made()
        except ImportError as missing:
            print("%s is kept: %s" % (name, missing))
            continue
        with open(os.path.join(directory, name + ".pkl"), "wb") as file:
            file.write(made)


def check(outputs):
    def load(name, unpickler=pickle.Unpickler):
        with open(os.path.join(outputs, name + ".pkl"), "rb") as file:
            return unpickler(file).load()

    # The session was seen again, cost more, and belongs to one who has one more role and has moved.
    expected = session()
    expected.update(seen=utc(2024, 3, 1), total=decimal.Decimal("24.90"), address=Address("Essex Street 49", "New York"))
    expected["roles"].add("owner")
    found = load("session")
    same(found, expected)
    same({key: type(value) for key, value in found.items()}, {key: type(value) for key, value in expected.items()})
    same(found["seen"].tzinfo, datetime.timezone.utc)

    # One of the two users moved north; a code and a member are new.
    expected = unknown()
    expected["users"][0].at = Geo(41.5, -74.0)
    expected["codes"][4] = b"four"
    expected["seen"].add(4)
    same(load("unknown"), expected)

    # The objects are shared, as they were; both users moved.
    found = load("shared")
    expected = unknown()
    for user in expected["users"]:
        user.at.lat = 41.5
    same(found, expected)
    same(found["users"][0].at is found["users"][1].at, True)

    # The ids are ids again, and the rows are looked up.
    found = load("members", Store.Unpickler)
    same(found["colour"] is Colour.RED, True)
    same(found["points"], [Point(1, 2), Point(3, 5)])
    same([type(point) for point in found["points"]], [Point, Point])
    same(found["owner"] is Store.ROWS["user", 7], True)
    print("4 outputs are as they should be")


def same(found, expected):
    if found != expected:
        sys.exit("expected %r\nfound    %r" % (expected, found))


if __name__ == "__main__":
    make(sys.argv[2]) if sys.argv[1] == "make" else check(sys.argv[2])
