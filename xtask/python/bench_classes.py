"""The classes in the benches' pickles: stand-ins for torch's and numpy's, under the real names. Runs on 3.11 and 3.13."""

import sys
import types


class Item(object):
    """An ordinary instance: its fields are in __dict__."""

    def __init__(self, **fields):
        self.__dict__.update(fields)


class FloatStorage(object):
    pass


class Tensor(object):
    """Pickled as torch.Tensor is."""

    __slots__ = ("rebuilt_from",)

    def __init__(self, *rebuilt_from):
        self.rebuilt_from = rebuilt_from

    def __reduce_ex__(self, protocol):
        return rebuild_tensor, self.rebuilt_from


class Storage(object):
    """Pickled as a persistent id, as torch.save does it."""

    def __init__(self, key, elements):
        self.id = ("storage", FloatStorage, key, "cpu", elements)


def rebuild_tensor(storage, offset, size, stride, requires_grad, backward_hooks):
    return Tensor(storage, offset, size, stride, requires_grad, backward_hooks)


class DType(object):
    def __init__(self, name, align, copy):
        self.name = name

    def __setstate__(self, state):
        pass

    def __reduce__(self):
        return DType, (self.name, False, True), (3, "<", None, None, None, -1, -1, 0)


class Array(object):
    """Pickled as a numpy.ndarray is at protocol 5: by its buffer if that is contiguous, otherwise by its bytes."""

    __slots__ = ("shape", "dtype", "data", "contiguous")

    def __init__(self, data=b"", dtype=None, shape=(0,), contiguous=True):
        self.data, self.dtype, self.shape, self.contiguous = data, dtype, shape, contiguous

    def __reduce_ex__(self, protocol):
        if self.contiguous:
            return frombuffer, (bytearray(self.data), self.dtype, self.shape, "C")
        return reconstruct, (Array, (0,), b"b"), (1, self.shape, self.dtype, False, self.data)

    def __setstate__(self, state):
        _, self.shape, self.dtype, _, self.data = state


def frombuffer(buffer, dtype, shape, order):
    return Array(buffer, dtype, shape)


def reconstruct(subtype, shape, dtype):
    return Array()


def place(thing, module, name):
    """Lets pickle find the thing there."""
    parts = module.split(".")
    for length in range(1, len(parts) + 1):
        sys.modules.setdefault(".".join(parts[:length]), types.ModuleType(parts[length - 1]))
    thing.__module__, thing.__name__, thing.__qualname__ = module, name, name
    setattr(sys.modules[module], name, thing)


def install(real_numpy=False):
    """Puts the stand-ins where the pickles look for them. Tells which numpy there is, if the real one may be used."""
    place(Item, "deli.models", "Item")
    place(FloatStorage, "torch", "FloatStorage")
    place(rebuild_tensor, "torch._utils", "_rebuild_tensor_v2")
    if real_numpy:
        try:
            import numpy.core.numeric

            return numpy.__version__
        except ImportError:
            pass
    place(DType, "numpy", "dtype")
    place(Array, "numpy", "ndarray")
    place(frombuffer, "numpy.core.numeric", "_frombuffer")
    place(reconstruct, "numpy.core.multiarray", "_reconstruct")
    return None
