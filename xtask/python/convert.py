"""Converts the fixtures' files of torch with the `halfsour` command, and reads them back with the packages themselves: what they load must be
equal, bit by bit, to what torch loads from the original. What is refused, safetensors must refuse, too.

    convert.py HALFSOUR FIXTURES SCRATCH
"""

import base64
import io
import json
import os
import pickle
import subprocess
import sys
import types
import warnings

import numpy
import safetensors
import safetensors.torch
import torch

halfsour, fixtures, scratch = sys.argv[1:]
warnings.simplefilter("ignore")  # of classes without a source file

# The classes of the fixtures, which are to be found.
shop = sys.modules["shop"] = types.ModuleType("shop")
shop.Marked = type("Marked", (torch.Tensor,), {"__module__": "shop"})
shop.Tiny = type("Tiny", (torch.nn.Module,), {"__module__": "shop"})


def convert(source, target, *options):
    """Why it is refused; None if it is not."""
    command = [halfsour, "convert", source, "-o", target, *options]
    result = subprocess.run(command, capture_output=True, text=True)
    return result.stderr if result.returncode else None


def load(data, file):
    if file is None:
        return pickle.loads(data)
    if file == "script.pt":
        return torch.jit.load(io.BytesIO(data))
    return torch.load(io.BytesIO(data), weights_only=False)


def tensors(value, name=""):
    """Those in it, by the names that halfsour gives them."""
    if isinstance(value, torch.nn.Module):
        value = value.state_dict()
    if isinstance(value, torch.Tensor):
        yield name or "tensor", value.detach()
    elif isinstance(value, (dict, list, tuple)):
        for key, part in value.items() if isinstance(value, dict) else enumerate(value):
            yield from tensors(part, f"{name}.{key}" if name else str(key))


def plain(tensor):
    return tensor.resolve_conj().resolve_neg().contiguous().clone()


def raw(tensor):
    return tensor.reshape(-1).view(torch.uint8).numpy().tobytes()


def same(one, other):
    return one.dtype == other.dtype and one.shape == other.shape and raw(one) == raw(other)


def torch_files():
    for environment in ("3.8-torch", "3.13-torch"):
        with open(os.path.join(fixtures, "packages", environment, "tensors.jsonl")) as rows:
            for row in map(json.loads, rows):
                for stream in row["streams"]:
                    data = base64.b64decode(stream["pickle"])
                    yield f"{environment}, {row['name']}, {stream.get('file')}", data, stream.get("file")


files = written = refused = archives = members = 0
source, target = os.path.join(scratch, "source"), os.path.join(scratch, "target")
for name, data, file in torch_files():
    with open(source, "wb") as f:
        f.write(data)
    try:
        expected = dict(tensors(load(data, file)))
    except AttributeError:  # torch has lost what its 1.12 wrote sparse tensors of rows with
        assert name.startswith("3.8-torch, sparse csr"), name
        continue
    refusal = convert(source, target, "--to", "safetensors")
    is_safe = refusal is None
    if is_safe:
        found = safetensors.torch.load_file(target)
        assert found.keys() == expected.keys(), (name, found.keys(), expected.keys())
        for key, tensor in expected.items():
            assert same(found[key], plain(tensor)), (name, key)
        files, written = files + 1, written + len(found)
    else:
        refused += 1
        try:
            safetensors.torch.save({key: plain(tensor) for key, tensor in expected.items()})
            assert not expected, (name, refusal)
        except (KeyError, NotImplementedError, RuntimeError, ValueError, safetensors.SafetensorError):
            pass
    refusal = convert(source, target, "--to", "npz")
    if refusal is None:
        with numpy.load(target) as arrays:
            assert set(arrays) == expected.keys(), (name, set(arrays), expected.keys())
            for key, tensor in expected.items():
                array = plain(tensor).numpy()
                assert arrays[key].dtype == array.dtype and arrays[key].shape == array.shape, (name, key)
                assert arrays[key].tobytes() == array.tobytes(), (name, key)
        archives, members = archives + 1, members + len(expected)
    else:
        try:
            [plain(tensor).numpy() for tensor in expected.values()]
            assert not expected or "quantised" in refusal, (name, refusal)
        except (RuntimeError, TypeError):
            pass
    # What is tied is once in it, and its other names are in the metadata, as safetensors' own `save_model` does it.
    if is_safe:
        assert convert(source, target, "--to", "safetensors", "--tied", "dedup") is None
        with safetensors.safe_open(target, "pt") as once:
            metadata = once.metadata()
            for key, tensor in expected.items():
                assert same(once.get_tensor(metadata.get(key, key)), plain(tensor)), (name, key)
    # Other protocols are the same to torch, where the pickle is all there is.
    for protocol in (2, 5) if file is None else ():
        assert convert(source, target, "--to", "pickle", "--protocol", str(protocol)) is None
        with open(target, "rb") as f:
            again = dict(tensors(pickle.load(f)))
        assert all(again[key].equal(tensor) for key, tensor in expected.items() if not tensor.is_sparse), name
print(f"safetensors {safetensors.__version__}: {written} tensors of {files} files are equal; {refused} files refused")
print(f"numpy {numpy.__version__}: {members} arrays of {archives} archives are equal")

rows = []
stream = os.path.join(fixtures, "files", "stream.pkl")
with open(stream, "rb") as f:
    while f.peek(1):
        rows.append(pickle.load(f))
assert convert(stream, target, "--to", "ndjson") is None
with open(target) as f:
    assert [json.loads(line) for line in f] == rows
print(f"json: {len(rows)} rows are equal")
