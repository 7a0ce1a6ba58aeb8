"""Reads every attack and every hostile stream in a process whose memory is limited and whose imports are watched, and prints what it did
that it should not. Nothing is loaded by `pickle`."""

import base64
import json
import resource
import sys
import warnings

import halfsour
from halfsour import checked
from streams import FIXTURES

# What the list of what may be imported has, and what that imports.
import array, copyreg, datetime, decimal, fractions, functools, gc, ipaddress, pathlib, re, types, uuid, zoneinfo  # noqa: E401, F401, I001
import numpy  # noqa: F401, I001


def hostile():
    for path in sorted((FIXTURES / "attacks").iterdir()):
        yield path.read_bytes()
    for name in ("hostile.jsonl", "hashes-3.13.jsonl", "holders-3.13.jsonl", "indices.jsonl"):
        with open(FIXTURES / "data" / name, encoding="utf-8") as lines:
            for line in lines:
                sample = json.loads(line)
                if isinstance(sample.get("pickle"), str):
                    yield base64.b64decode(sample["pickle"])
                if "bytes" in sample:
                    yield b"".join(base64.b64decode(part) * times for part, times in sample["bytes"])


def main():
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    warnings.simplefilter("ignore")
    before = set(sys.modules)
    watching, seen = False, set()

    def hook(event, args):
        if not watching or event == "open" and "/zoneinfo/" in str(args[0]):
            return
        if event == "import" and args[0] not in before or event in ("os.system", "subprocess.Popen", "exec", "socket.connect"):
            seen.add(f"{event} {args[0]!r}"[:200])

    sys.addaudithook(hook)
    count = 0
    for data in hostile():
        watching = True
        readers = [halfsour.loads, lambda data: halfsour.loads(data, encoding="latin1", arrays="object")]
        # Without optimisation, the audit of a long one that expands takes a minute.
        if len(data) < 50_000:
            readers.append(checked.check)
        for read in readers:
            try:
                read(data)
            except halfsour.Error:
                pass
        watching = False
        count += 1
    for line in sorted(seen):
        print(line)
    assert count > 200, count


main()
