"""Prints the sparse matrices and arrays that a release of scipy has, of any release."""

import warnings

import numpy
import scipy.sparse

import dumped
from scipys import CLASSES
from values import PROTOCOLS, emit_each

GRID = numpy.array([[0, 1.5, 0, 0], [-2, 0, 0, 0], [0, 0, 0, 3], [0, 4, 0, 0]])
DTYPES = "? i1 i2 i4 i8 u1 u2 u4 u8 f4 f8 c8 c16".split()


def late(function, *args):
    return lambda: function(*args)


def samples():
    for format, kind, cls in CLASSES:
        if not cls:
            continue
        name = "%s %s" % (format, kind)
        for dtype in DTYPES:
            yield "%s %s" % (name, dtype), late(lambda cls, dtype: cls(GRID.astype(dtype)), cls, dtype)
        yield name + " empty", late(cls, (3, 2))
        yield name + " wide", late(lambda cls: cls(GRID[:2]), cls)
        yield name + " from coo", late(lambda cls: cls(scipy.sparse.coo_matrix(GRID)), cls)
        yield name + " turned", late(lambda cls: cls(GRID).T, cls)
        yield name + " row", late(lambda cls: cls(GRID)[1:2], cls)
        yield name + " one line", late(lambda cls: cls(numpy.array([0, 1.5, 0, -2])), cls)
        yield name + " line", late(lambda cls: line(cls), cls)
        yield name + " long indices", late(lambda cls: long_indices(cls(GRID)), cls)
    yield "bsr blocks", lambda: scipy.sparse.bsr_matrix(GRID, blocksize=(2, 2))
    yield "coo repeated", lambda: scipy.sparse.coo_matrix(([1, 2, 4], ([0, 2, 0], [1, 0, 1])), shape=(3, 5))
    yield "csr not sorted", lambda: scipy.sparse.csr_matrix(([1.0, 2.0], [3, 0], [0, 2]), shape=(1, 4))
    yield "csr stored zeros", lambda: scipy.sparse.csr_matrix(([0.0, 2.0], [0, 3], [0, 2]), shape=(1, 4))
    yield "dia wide", lambda: scipy.sparse.dia_matrix(([[1, 2, 3], [4, 5, 6]], [1, -2]), shape=(3, 5))
    yield "eye", lambda: scipy.sparse.eye(3)
    yield "identity", lambda: scipy.sparse.identity(3, format="csr")
    yield "diags", lambda: scipy.sparse.diags([1.0, 2.0, 3.0], 0)
    yield "vstack", lambda: scipy.sparse.vstack([scipy.sparse.csr_matrix(GRID), scipy.sparse.csr_matrix(GRID)])
    yield "product", lambda: scipy.sparse.csr_matrix(GRID).dot(scipy.sparse.csr_matrix(GRID))


def line(cls):
    """Of one dimension, where the release has that."""
    made = cls(numpy.array([0, 1.5, 0, -2]))
    if made.ndim != 1:
        raise ValueError("it is made two-dimensional")
    return made


def long_indices(x):
    for part in ("indices", "indptr", "row", "col", "offsets"):
        setattr(x, part, getattr(x, part).astype("i8")) if hasattr(x, part) else None
    return x


warnings.simplefilter("ignore")
emit_each(samples(), [protocol for protocol in (2, 4, 5) if protocol in PROTOCOLS], files=dumped.files)
