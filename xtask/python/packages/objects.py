"""Prints objects of classes of programs, and the paths by which Python reaches what is in them.

    paths       paths: the text of a path, `user.addr.city`, to what is there
"""

import dataclasses
import sys
import typing

import attr
import pydantic

from values import PROTOCOLS, describe, describes, emit

SOME = [protocol for protocol in (2, 4) if protocol in PROTOCOLS]


@dataclasses.dataclass
class Data:
    city: str
    zip: int


if sys.version_info >= (3, 11):

    @dataclasses.dataclass(slots=True)
    class Slotted:
        city: str
        zip: int


class Slots:
    """Slots without a dataclass, and a base with a dict."""

    __slots__ = ("city", "zip", "__dict__")

    def __init__(self, city, zip):
        self.city, self.zip = city, zip


@attr.s(auto_attribs=True)
class Attrs:
    city: str
    zip: int


@attr.s(auto_attribs=True, slots=True)
class SlottedAttrs:
    city: str
    zip: int


@attr.s(auto_attribs=True, slots=True, frozen=True)
class FrozenAttrs:
    city: str
    zip: int


class Model(pydantic.BaseModel):
    city: str
    zip: int


class User(pydantic.BaseModel):
    name: str
    addr: Model
    tags: typing.List[str] = []
    _seen: int = pydantic.PrivateAttr(0)


@attr.s(auto_attribs=True, slots=True)
class Person:
    name: str
    addr: typing.Any
    tags: typing.List[str] = attr.Factory(list)


describes(Data, Slots, Attrs, SlottedAttrs, FrozenAttrs, Model)(lambda x: told(x, ["city", "zip"]))
describes(User, Person)(lambda x: told(x, ["name", "addr.city", "addr.zip", "tags[0]", "tags[1]"]))


def told(made, paths):
    return {"kind": "paths", "paths": {path: describe(eval("made." + path, {"made": made})) for path in paths}}


classes = [Data, Slots, Attrs, SlottedAttrs, FrozenAttrs, Model]
if sys.version_info >= (3, 11):
    describes(Slotted)(lambda x: told(x, ["city", "zip"]))
    classes.append(Slotted)
for cls in classes:
    emit(cls.__name__, cls(city="Vilnius", zip=1001), SOME)
    emit("Person with " + cls.__name__, Person("Ada", cls(city="Vilnius", zip=1001), ["dill", "brine"]), SOME)
emit("User", User(name="Ada", addr=Model(city="Vilnius", zip=1001), tags=["dill", "brine"]), SOME)
