"""Copies a part that has each shape of pickle: choose.py ALL COMMITTED ENVIRONMENT...

A shape is some opcodes that follow each other, with the globals among them, without texts, numbers, data and places in the memo. A
pickle is copied if it has a shape that none has that was copied before.
"""

import base64
import json
import os
import pickletools
import shutil
import sys

LENGTH = int(os.environ.get("K", 5))
LARGEST = 20000  # bytes of base64
MEMO = ("MEMOIZE", "BINPUT", "LONG_BINPUT", "PUT", "FRAME")


def shapes_of(data):
    """As far as there are opcodes: the arrays of joblib stand inside."""
    seen, texts = [], []
    try:
        for opcode, argument, _ in pickletools.genops(data):
            name = opcode.name.replace("LONG_BINGET", "BINGET").replace("SHORT_", "")
            if opcode.name == "STACK_GLOBAL":
                name += " " + " ".join(texts[-2:])
            elif opcode.name == "GLOBAL":
                name += " " + argument
            if isinstance(argument, str):
                texts.append(argument)
            if opcode.name not in MEMO:
                seen.append(name)
    except Exception:  # bytes that are no opcodes
        pass
    return {tuple(seen[at : at + LENGTH]) for at in range(max(1, len(seen) - LENGTH + 1))}


everything, committed, environments = sys.argv[1], sys.argv[2], sys.argv[3:]
shutil.rmtree(committed, ignore_errors=True)
shapes = set()
for environment in environments:
    folder = os.path.join(everything, environment)
    for script in sorted(name for name in os.listdir(folder) if name.endswith(".jsonl")):
        rows = []
        for line in open(os.path.join(folder, script)):
            row = json.loads(line)
            streams = []
            for stream in row["streams"]:
                if len(line) > 2 * LARGEST or len(stream["pickle"]) > LARGEST:
                    continue
                found = {(script, "file" in stream) + shape for shape in shapes_of(base64.b64decode(stream["pickle"]))}
                if not found <= shapes:
                    shapes |= found
                    streams.append(stream)
            if streams:
                rows.append(json.dumps(dict(row, streams=streams), sort_keys=True))
        if rows:
            os.makedirs(os.path.join(committed, environment), exist_ok=True)
            with open(os.path.join(committed, environment, script), "w") as file:
                file.write("\n".join(rows) + "\n")
