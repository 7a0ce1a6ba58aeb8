"""Says what each stream that record.py wrote means to the machine, in the format of the fixtures.

Usage: judge.py FIXTURES RECORDED, or judge.py --sample FIXTURES RECORDED ... for what is worth to be committed.
Streams that several tests load are kept once. Prints a tally.
"""

import base64
import json
import pathlib
import sys

import finish

LONGEST = 90  # bytes of a valid stream in a sample
MACHINE = "test_structseq"  # shows the time and the file system of the machine


def main(fixtures, *recorded, sample=False):
    rows = {}
    for line in (line for file in recorded for line in open(file)):
        row = json.loads(line)
        row["producer"] = "CPython's tests"
        row["raw"] = base64.b64decode(row["pickle"])
        row["buffers"] = finish.decoded(row.get("buffers"))
        if not sample or "error" in row or (len(row["raw"]) <= LONGEST and not row["name"].endswith(MACHINE)):
            rows.setdefault(str([row.get(key) for key in ("raw", *finish.OPTIONS)]), row)
    groups = list(finish.grouped(rows.values(), with_dis=False))
    finish.write(pathlib.Path(fixtures), groups)
    refused = sum(len(group["streams"]) for group in groups if "error" in group)
    raised = sum("error" in row for row in rows.values())
    print(f"{len(rows)} streams: {raised} refused in the tests, {refused} of them by the machine itself")


if __name__ == "__main__":
    sys.setrecursionlimit(100000)
    if sys.argv[1] == "--sample":
        main(*sys.argv[2:], sample=True)
    else:
        main(*sys.argv[1:])
