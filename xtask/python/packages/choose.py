"""Copies a part that has each shape of pickle: choose.py ALL COMMITTED ENVIRONMENT...

A shape is some opcodes that follow each other, with the globals among them, without texts, numbers, data and places in the memo. A
pickle is copied if it has a shape that none has that was copied before. `differ.txt` names those that are not read as they were printed, after
a comment that says why.
"""

import base64
import json
import os
import pickletools
import shutil
import sys

LENGTH = 3
LARGEST = 14000  # characters of a row; half of it for estimators, which are many
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
with open(os.path.join(everything, "differ.txt")) as file:
    differ = file.read().splitlines()
left = []
for environment in environments:
    folder = os.path.join(everything, environment)
    for script in sorted(name for name in os.listdir(folder) if name.endswith(".jsonl")):
        rows = []
        for line in open(os.path.join(folder, script)):
            if len(line) > (LARGEST // 2 if script == "every_model.jsonl" else LARGEST):
                continue
            row = json.loads(line)
            streams = []
            for stream in row["streams"]:
                found = {(script, "file" in stream) + shape for shape in shapes_of(base64.b64decode(stream["pickle"]))}
                if not found <= shapes:
                    shapes |= found
                    streams.append(stream)
                    which = "protocol %s" % stream["protocol"] if "protocol" in stream else stream["file"]
                    left.append("%s %s, %s, %s" % (environment, script[: -len(".jsonl")], row["name"], which))
            if streams:
                rows.append(json.dumps(dict(row, streams=streams), sort_keys=True))
        if rows:
            os.makedirs(os.path.join(committed, environment), exist_ok=True)
            with open(os.path.join(committed, environment, script), "w") as file:
                file.write("\n".join(rows) + "\n")
with open(os.path.join(committed, "differ.txt"), "w") as file:
    chosen, kept = set(left), []
    for line in differ:
        if line.startswith("#"):
            kept.append([line])
        elif line in chosen:
            kept[-1].append(line)
    file.write("".join("\n".join(group) + "\n" for group in kept if len(group) > 1))
