"""The files of the tests that torch wrote, in the directory that is named. Run by hand: `python torched.py crates/fixtures/files`."""

import json
import os
import sys
from collections import OrderedDict

import torch

HERE = sys.argv[1]
weight = torch.arange(6, dtype=torch.float32).reshape(2, 3)
data = OrderedDict(
    weight=weight,
    row=weight[1],
    bias=torch.tensor([1.5, -2.0], dtype=torch.float64),
    days=torch.tensor([7, 14], dtype=torch.int16),
)
torch.save(data, os.path.join(HERE, "torch.pt"))
torch.save(data, os.path.join(HERE, "legacy.pt"), _use_new_zipfile_serialization=False)
storages = {name: data[name].numpy().tobytes().hex() for name in ("weight", "bias", "days")}
with open(os.path.join(HERE, "torch.json"), "w") as file:
    json.dump({"torch": torch.__version__, "storages": storages}, file, indent=1)
    file.write("\n")
