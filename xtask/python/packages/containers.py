"""Prints containers as what they are to everybody who need not know their classes.

    mapping         items: pairs, in the order of the loaded object
    sequence        items
"""

import collections

from sortedcontainers import SortedList

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
