"""What scipy says of its sparse matrices and arrays. Adds a kind to values.py and numpys.py:

    sparse   class, format, shape, nnz, dtype, dense: elements, flat, in C order; and its parts: data, indices, indptr (csr,
             csc, bsr), row and col (coo), offsets (dia)
"""

import numpy
import scipy.sparse

import numpys
from values import describe, describes, name_of

PARTS = ("data", "indices", "indptr", "row", "col", "offsets")
KINDS = [(format, kind) for format in ("csr", "csc", "coo", "bsr", "lil", "dok", "dia") for kind in ("matrix", "array")]
CLASSES = [(format, kind, getattr(scipy.sparse, "%s_%s" % (format, kind), None)) for format, kind in KINDS]


@describes(*[cls for _, _, cls in CLASSES if cls])
def sparse(x):
    told = {"kind": "sparse", "class": name_of(type(x)), "format": x.format, "shape": [int(size) for size in x.shape]}
    told.update(nnz=int(x.nnz), dtype=numpys.dtype(x.dtype), dense=numpys.elements(numpy.asarray(x.toarray())))
    if x.format in ("csr", "csc", "bsr", "coo", "dia"):
        told.update((part, describe(getattr(x, part))) for part in PARTS if hasattr(x, part))
    return told
