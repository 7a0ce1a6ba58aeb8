"""Prints torch's objects, and the files that torch.save and torch.jit write. Adds these kinds to values.py:

    tensor   class (torch.Tensor, torch.nn.parameter.Parameter …), dtype, shape, stride, offset (in elements), storage: a
             number that those of one document share whose storage is one, in the order of the first of each; storage_bytes,
             requires_grad, attributes: pairs, if it has some; elements: flat, in C order: booleans, numbers, repr() of floats, pairs of those of complex ones
             if it is quantised: elements are the integers; scheme, scale and zero_point, or scales, zero_points (tensors)
             and axis; and dequantised: elements
             if it is sparse: layout, shape, dtype; indices (coo), crow_indices and col_indices (csr), values: tensors; and
             elements, of the dense one
             on the device meta: no elements
    dtype    name, as torch.float32
    Size     items
    device   name
    module   class, training, parameters and buffers: pairs of a name and a tensor or None, modules: pairs
    OrderedDict of a state_dict has metadata: pairs, too
    script   code: of its forward; state: pairs of names and tensors

Legacy files, and plain pickles, which hold them, name storages by their addresses: their bytes differ each time.
"""

import argparse
import collections
import io
import pickle
import sys
import types
import warnings

import numpy
import torch

import numpys  # noqa: F401, tells what those of numpy are
from values import describes, emit_file, encoded, mapping, name_of, pairs, row

NEW = tuple(map(int, torch.__version__.split("+")[0].split(".")[:2])) >= (2, 6)
DTYPES = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128".split()
NEW_DTYPES = "uint16 uint32 uint64 float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz".split()
FLOATS8 = "float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz float8_e8m0fnu".split()
STORAGES = {}


def storage(x):
    data = x.untyped_storage() if hasattr(x, "untyped_storage") else x.storage()
    size = data.nbytes() if hasattr(data, "nbytes") else data.size() * x.element_size()
    return STORAGES.setdefault(data.data_ptr(), len(STORAGES)), size


def elements(x):
    flat = x.detach().contiguous().reshape(-1)
    if x.dtype.is_complex:
        return [[repr(item.real), repr(item.imag)] for item in flat.tolist()]
    if x.dtype.is_floating_point:
        return [repr(item) for item in flat.to(torch.float64).tolist()]
    return [int(item) if not isinstance(item, bool) else item for item in flat.tolist()]


@describes(torch.Tensor)
def tensor(x):
    told = {"kind": "tensor", "class": name_of(type(x)), "dtype": str(x.dtype), "shape": list(x.shape)}
    if vars(x):
        told["attributes"] = pairs(vars(x).items())
    if x.layout != torch.strided:
        x = x if x.layout == torch.sparse_csr else x.coalesce()
        parts = ("crow_indices", "col_indices") if x.layout == torch.sparse_csr else ("indices",)
        told.update((part, tensor(getattr(x, part)())) for part in parts + ("values",))
        return dict(told, layout=str(x.layout), elements=elements(x.to_dense()))
    told.update(stride=list(x.stride()), offset=x.storage_offset(), requires_grad=x.requires_grad)
    if x.device.type == "meta":
        return dict(told, device="meta")
    told["storage"], told["storage_bytes"] = storage(x)
    if not x.is_quantized:
        return dict(told, elements=elements(x))
    scheme = x.qscheme()
    told.update(scheme=str(scheme), elements=elements(x.int_repr()), dequantised=elements(x.dequantize()))
    if scheme == torch.per_tensor_affine:
        return dict(told, scale=repr(x.q_scale()), zero_point=x.q_zero_point())
    scales, points = x.q_per_channel_scales(), x.q_per_channel_zero_points()
    return dict(told, scales=elements(scales), zero_points=elements(points), axis=x.q_per_channel_axis())


describes(torch.dtype)(lambda x: {"kind": "dtype", "name": str(x)})
describes(torch.device)(lambda x: {"kind": "device", "name": str(x)})
describes(torch.Size)(lambda x: {"kind": "Size", "items": list(x)})


@describes(collections.OrderedDict)
def ordered(x):
    told = mapping("OrderedDict")(x)
    return dict(told, metadata=pairs(x._metadata.items())) if hasattr(x, "_metadata") else told


@describes(torch.nn.Module)
def module(x):
    parts = {"parameters": x._parameters, "buffers": x._buffers, "modules": x._modules}
    told = {"kind": "module", "class": name_of(type(x)), "training": x.training}
    return dict(told, **{name: pairs(items.items()) for name, items in parts.items()})


@describes(torch.jit.ScriptModule)
def script(x):
    return {"kind": "script", "code": x.code, "state": pairs(x.state_dict().items())}


class Tiny(torch.nn.Module):
    """Two layers that share their weight."""

    def __init__(self):
        super(Tiny, self).__init__()
        self.first = torch.nn.Linear(2, 2)
        self.norm = torch.nn.BatchNorm1d(2)
        self.second = torch.nn.Linear(2, 2, bias=False)
        self.second.weight = self.first.weight

    def forward(self, x):
        return self.second(self.norm(self.first(x)))


# The class is to be found under a name that is not __main__.
class Marked(torch.Tensor):
    """Has attributes."""


shop = sys.modules["shop"] = types.ModuleType("shop")
Tiny.__module__, shop.Tiny = "shop", Tiny
Marked.__module__, shop.Marked = "shop", Marked


def samples():
    torch.manual_seed(7)
    grid = torch.arange(6, dtype=torch.float32).reshape(2, 3)
    yield "tensor", grid
    yield "scalar tensor", torch.tensor(2.5)
    yield "empty tensor", torch.zeros(0, 3)
    yield "odd floats", torch.tensor([0.1, float("inf"), float("-inf"), float("nan"), -0.0])
    yield "dtypes", [torch.tensor([0, 1, 2, 100]).to(getattr(torch, name)) for name in DTYPES]
    if NEW:
        yield "dtypes without a storage class", [torch.tensor([0, 1, 2, 100]).to(getattr(torch, name)) for name in NEW_DTYPES]
        every = torch.arange(256, dtype=torch.uint8)
        yield "all floats of 8 bits", [every.clone().view(getattr(torch, name)) for name in FLOATS8]
        some = torch.arange(-(2**15), 2**15, 119, dtype=torch.int32).to(torch.int16)
        yield "many floats of 16 bits", [some.clone().view(getattr(torch, name)) for name in ("float16", "bfloat16")]
    base = torch.arange(24, dtype=torch.int32)
    yield "views", {
        "slice": base[4:10],
        "grid": base.view(4, 6)[1:3, ::2],
        "transposed": base.view(4, 6).t(),
        "expanded": base[:2].unsqueeze(1).expand(2, 3),
        "flipped": base[20:].flip(0),
        "all": base,
    }
    yield "requires grad", torch.tensor([1.0, 2.0], requires_grad=True)
    yield "parameter", torch.nn.Parameter(torch.tensor([1.0, 2.0]))
    yield "buffer and size", [torch.Size([2, 3]), torch.device("cpu"), torch.float16]
    if NEW:
        marked = [torch.arange(3.0).as_subclass(Marked), torch.nn.Parameter(torch.arange(2.0)), torch.arange(2)]
        for tensor in marked:
            tensor.note = "brine"
        yield "attributes", [marked, torch.nn.Parameter(torch.arange(3.0).as_subclass(Marked), requires_grad=False)]
    tiny = Tiny().eval()
    yield "state_dict tied", tiny.state_dict()
    yield "module", tiny
    optimizer = torch.optim.Adam(tiny.parameters(), lr=0.5)
    tiny(torch.ones(3, 2)).sum().backward()
    optimizer.step()
    notes = {"epoch": 3, "loss": 0.5, "args": argparse.Namespace(lr=0.1), "score": numpy.float64(0.25)}
    yield "checkpoint", dict(notes, model=tiny.state_dict(), optimizer=optimizer.state_dict())
    yield "quantised", torch.quantize_per_tensor(torch.tensor([-1.0, 0.0, 1.0, 2.0]), 0.5, 2, torch.quint8)
    channels = torch.tensor([0.1, 0.5], dtype=torch.float64), torch.tensor([0, 1])
    yield "quantised by channel", torch.quantize_per_channel(grid[:, :2].contiguous(), *channels, axis=0, dtype=torch.qint8)
    yield "quantised 32", torch.quantize_per_tensor(torch.tensor([-1.0, 2.0]), 0.25, 0, torch.qint32)
    yield "sparse coo", torch.sparse_coo_tensor([[0, 1, 1], [2, 0, 2]], [3.0, 4.0, 5.0], (2, 3)).coalesce()
    yield "sparse csr", torch.sparse_csr_tensor([0, 1, 3], [2, 0, 2], [3.0, 4.0, 5.0], (2, 3))
    yield "meta", torch.empty(2, 3, device="meta")
    twice = torch.ones(2)
    yield "same tensor twice", [twice, twice]
    yield "conjugate", torch.tensor([1 + 2j, 3 - 1j]).conj()


def describe_anew(name, file, data, value):
    STORAGES.clear()
    emit_file(name, file, data, value)


def load(data):
    return torch.load(io.BytesIO(data), **({"weights_only": False} if NEW else {}))


warnings.simplefilter("ignore")  # of a class without a source file
for name, value in samples():
    for file, options in (
        ("zip.pt", {}),
        ("zip 4.pt", {"pickle_protocol": 4}),
        ("legacy.pt", {"_use_new_zipfile_serialization": False}),
    ):
        if file == "zip 4.pt" and name not in ("tensor", "state_dict tied"):
            continue
        if file == "legacy.pt" and name in ("dtypes without a storage class", "all floats of 8 bits"):  # torch saves it, but cannot load it
            continue
        data = io.BytesIO()
        torch.save(value, data, **options)
        describe_anew(name, file, data.getvalue(), load(data.getvalue()))
    if name in ("tensor", "views", "parameter", "quantised", "sparse coo"):
        for protocol in (2, 4):
            data = pickle.dumps(value, protocol)
            STORAGES.clear()
            row("pickled " + name, pickle.loads(data), protocol=protocol, pickle=encoded(data))

data = io.BytesIO()
torch.jit.save(torch.jit.trace(Tiny().eval(), torch.ones(1, 2)), data)
describe_anew("TorchScript", "script.pt", data.getvalue(), torch.jit.load(io.BytesIO(data.getvalue())))
