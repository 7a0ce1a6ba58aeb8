"""Prints containers, and text of subclasses, as what they are to everybody who need not know their classes.

    mapping         items: pairs, in the order of the loaded object
    sequence        items
    set             items, in any order
    text            text: of a subclass that no other class looks like
    named           items: a named tuple
"""

import collections

from django.utils.safestring import SafeString
from frozendict import frozendict
from immutabledict import immutabledict
from markupsafe import Markup
from sortedcontainers import SortedDict, SortedList, SortedSet

from values import describe_all, describes, emit, pairs

MAPPINGS = [collections.OrderedDict, collections.defaultdict, collections.Counter, collections.UserDict]
SEQUENCES = [collections.deque, collections.UserList, SortedList]

describes(*MAPPINGS)(lambda x: {"kind": "mapping", "items": pairs(x.items())})
describes(*SEQUENCES)(lambda x: {"kind": "sequence", "items": describe_all(x)})

for cls in MAPPINGS:
    made = cls()
    made[u"dill"], made[u"brine"] = 1, [2]
    emit(cls.__name__, [made, cls()])
for cls in SEQUENCES:
    emit(cls.__name__, [cls([[1], [2, 3]]), cls()])


class WordCounter(collections.Counter):
    """What is based on a class of the standard library is pickled as that is."""


class Ordered(collections.OrderedDict):
    pass


class Default(collections.defaultdict):
    pass


class Queue(collections.deque):
    pass


class RevertableDict(dict):
    """As Ren'Py has them."""


class RevertableList(list):
    pass


class RevertableSet(set):
    pass


OF_A_FIELD = collections.namedtuple("OF_A_FIELD", "field")


describes(WordCounter, Ordered, Default, RevertableDict, SortedDict, frozendict, immutabledict)(lambda x: {"kind": "mapping", "items": pairs(x.items())})
describes(Queue, RevertableList)(lambda x: {"kind": "sequence", "items": describe_all(x)})
describes(RevertableSet, SortedSet)(lambda x: {"kind": "set", "items": describe_all(sorted(x))})
describes(SafeString, Markup)(lambda x: {"kind": "text", "text": str.__str__(x) + ""})
describes(OF_A_FIELD)(lambda x: {"kind": "named", "items": describe_all(x)})

ITEMS = {"dill": 1, "brine": [2]}
for made in (
    WordCounter({"dill": 1, "brine": 2}),
    Ordered(ITEMS),
    Default(list, ITEMS),
    RevertableDict(ITEMS),
    SortedDict(ITEMS),
    frozendict(ITEMS),
    immutabledict(ITEMS),
    Queue([1, [2]]),
    Queue([1, [2]], 5),
    RevertableList([1, [2]]),
    RevertableSet([1, 2]),
    SortedSet([2, 1]),
    SafeString("<b>dill</b>"),
    Markup("<b>dill</b>"),
    OF_A_FIELD(1),
    OF_A_FIELD("dill"),
    OF_A_FIELD([1]),
):
    # Python recurses for ever where it pickles a SafeString at protocols 0 and 1.
    emit("of " + type(made).__name__, [made], range(2 if isinstance(made, SafeString) else 0, 6))
