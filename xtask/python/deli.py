"""The classes whose instances stand in the fixtures. Runs on Python 2.7 and 3.6+."""

import collections
import sys

PYTHON3 = sys.version_info[0] >= 3
if PYTHON3:
    import copyreg

    unicode = str
else:
    import copy_reg as copyreg


class Jar(object):
    """An ordinary instance: its fields are in __dict__."""

    def __init__(self, **fields):
        self.__dict__.update(fields)


class Slots(object):
    __slots__ = ("brine", "days")


class SlotsAndDict(Slots):
    __slots__ = ("lid", "__dict__")


class Classic:
    """An old-style class in Python 2."""


class ClassicInitArgs:
    def __init__(self, *args):
        self.args = args

    def __getinitargs__(self):
        return self.args


class State(object):
    """Gives any state to pickle, and takes it back."""

    def __init__(self, state=None):
        self.state = state

    def __getstate__(self):
        return self.state

    def __setstate__(self, state):
        self.state = state


class NewArgs(object):
    def __init__(self, *args):
        self.args = args

    def __new__(cls, *args):
        return object.__new__(cls)

    def __getnewargs__(self):
        return self.args


class NewArgsEx(NewArgs):
    def __new__(cls, *args, **kwargs):
        return object.__new__(cls)

    def __init__(self, *args, **kwargs):
        self.args, self.kwargs = args, kwargs

    def __getnewargs_ex__(self):
        return self.args, self.kwargs


class Reduced(object):
    """Pickles as the reduce tuple, or the name, that it is given."""

    def __init__(self, reduced):
        self.reduced = reduced

    def __reduce__(self):
        return self.reduced

    def __call__(self, *args):
        return Jar(args=args)


class ReducedEx(object):
    """Says with which protocol it was asked."""

    def __reduce_ex__(self, protocol):
        return Jar, (), {"protocol": protocol}


class Registered(object):
    """Pickled by a function in copyreg's table."""


copyreg.pickle(Registered, lambda self: (Registered, (), {"registered": True}))


class MyList(list):
    pass


class MyDict(dict):
    pass


class MySet(set):
    pass


class MyFrozenset(frozenset):
    pass


class MyTuple(tuple):
    pass


class MyStr(unicode):
    pass


class MyInt(int):
    pass


class MyFloat(float):
    pass


class MyComplex(complex):
    pass


class MyBytes(bytes):
    pass


class MyBytearray(bytearray):
    pass


class MyError(Exception):
    pass


class Outer(object):
    class Inner(object):
        pass

    @classmethod
    def make(cls):
        return cls()


def slice_up(*args):
    """A function, to be pickled by name and called in reduce tuples."""
    return Jar(args=args)


def set_state(target, state):
    """A state setter, the sixth item of a reduce tuple."""
    target.__dict__.update(state)


Spear = collections.namedtuple("Spear", "length sour")
EVERYTHING = Reduced("EVERYTHING")

if PYTHON3:
    import enum
    import typing

    class Sourness(enum.Enum):
        HALF = 1
        FULL = "full"

    class Topping(enum.IntFlag):
        DILL = 1
        GARLIC = 2

    Chip = typing.NamedTuple("Chip", [("width", int), ("salt", float)])

    class BigBytes(bytearray):
        """Out of band when the pickler wants that."""

        def __reduce_ex__(self, protocol):
            import pickle

            return BigBytes, (pickle.PickleBuffer(self),)


if sys.version_info >= (3, 7):
    import dataclasses

    Order = dataclasses.make_dataclass("Order", [("number", int), ("items", list)])
    Order.__module__ = __name__  # make_dataclass only says so itself from 3.12 on
