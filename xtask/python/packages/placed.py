"""Frames whose columns lie in blocks in many ways, of any release: a name, and a function that makes the frame.

A block tells the places of its columns as a slice, which may end beyond the last column or go down, or as an array.
"""

import numpy
import pandas

KINDS = {u"i": [1, -2, 3], u"f": [0.5, -1.5, 2.5], u"s": [u"dill", u"", u"\u20ac"], u"b": [True, False, True]}

# The kinds of the columns, in order.
ORDERS = "ifi ffif sis isis ifsifs fiif ifbbfi iiffii fiiiif".split()


def ordered(kinds):
    names = [u"%s%d" % (kind, at) for at, kind in enumerate(kinds)]
    return pandas.DataFrame(dict((name, KINDS[name[0]]) for name in names), columns=names)


def dropped():
    return ordered("ififif").drop([u"i0", u"f5"], axis=1)


def inserted():
    made = ordered("iif")
    made.insert(1, u"between", KINDS[u"s"])
    made.insert(0, u"first", KINDS[u"s"])
    return made


def changed():
    """One column of several of a dtype gets another."""
    made = ordered("iiii")
    made[u"i1"] = KINDS[u"s"]
    made[u"i2"] = KINDS[u"f"]
    return made


def popped():
    made = ordered("isfsi")
    made.pop(u"f2")
    return made


def down():
    """Blocks that go down, which pandas makes of places that do."""
    made = ordered("ifi")
    manager = getattr(made, "_mgr", None) or made._data
    for block in manager.blocks:
        if block.shape[0] == 2:
            block.mgr_locs = type(block.mgr_locs)(slice(2, None, -2))
    manager._rebuild_blknos_and_blklocs()
    return made


def downward():
    """All columns in one block, from the last to the first."""
    made = ordered("iii")
    manager = getattr(made, "_mgr", None) or made._data
    manager.blocks[0].mgr_locs = type(manager.blocks[0].mgr_locs)(slice(2, None, -1))
    manager._rebuild_blknos_and_blklocs()
    return made


MADE = [
    ("dropped", dropped),
    ("inserted", inserted),
    ("changed", changed),
    ("popped", popped),
    ("down", down),
    ("downward", downward),
    ("reversed", lambda: ordered("ifsif").iloc[:, ::-1]),
    ("every other", lambda: ordered("ifsifsif").iloc[:, ::2]),
    ("sorted", lambda: ordered("ifsif").sort_index(axis=1)),
    ("taken", lambda: ordered("ifsifs")[[u"s5", u"i0", u"f4", u"i3"]]),
    ("taken twice", lambda: ordered("ifi")[[u"i0", u"f1", u"i0", u"i2"]]),
    ("joined", lambda: pandas.concat([ordered("if"), ordered("sif")], axis=1)),
    ("merged", lambda: ordered("ifs").merge(ordered("ib"), on=u"i0")),
    ("wide", lambda: ordered(u"if" * 6 + u"s" + u"fi" * 6)),
    ("of two rows", lambda: pandas.DataFrame({u"a": [1, 2], u"b": [0.5, 1.5], u"c": [2, 3]})),
    ("of numpy", lambda: pandas.DataFrame(numpy.arange(12).reshape(3, 4)).astype({0: "f8", 2: "f8"})),
]


def frames():
    for kinds in ORDERS:
        yield "DataFrame placed " + kinds, lambda kinds=kinds: ordered(kinds)
    for name, make in MADE:
        yield "DataFrame placed " + name, make
