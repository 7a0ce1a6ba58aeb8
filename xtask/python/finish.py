"""Makes the committed fixtures out of what all Pythons wrote. Runs on the Python that is the oracle.

Usage: finish.py DIRECTORY [VERSION ...] < rows. The rows are those of make.py with `python` added. VERSIONs
were not to be had: what DIRECTORY's files say of them is kept.
"""

import _pickle
import base64
import builtins
import codecs
import io
import json
import pathlib
import pickle
import pickletools
import re
import sys

import graph
from hand import hand

LONGEST_DIS = 4000  # characters; longer texts repeat what shorter ones show
LONGEST_REPR = 2000  # characters, or four times as many objects
PLAIN = (type(None), bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset)
ADDRESS = re.compile("0x[0-9a-f]{6,}")
PRODUCERS = ["C pickler", "Python pickler", "cPickle", "pickle", "optimize", "fast C pickler", "fast cPickle"]
ANNOTATED = ("sharing/same instance", "reduced/nested", "python 2/both kinds of text", "text/astral", "frames/FRAME")
OPTIONS = ("encoding", "keep_memo", "pickles", "buffers")


def main(directory, missing):
    directory = pathlib.Path(directory)
    rows = [json.loads(line) for line in sys.stdin]
    for file in ("python2.jsonl", "python3.jsonl"):
        rows += kept(directory / file, missing)
    streams = merged(rows)
    for file, old in (("python2.jsonl", True), ("python3.jsonl", False)):
        own = [s for s in streams if (s["python"][0][0] == "2") == old]
        write(directory / file, grouped(own))
    write(directory / "hand.jsonl", grouped([{"name": n, "raw": s, **o} for n, s, o in hand()]))
    write(directory / "opcodes.jsonl", map(opcode, pickletools.opcodes))


def kept(file, missing):
    """The rows of Pythons that are not at hand, out of a committed file."""
    for line in file.read_text().splitlines() if missing and file.exists() else ():
        group = json.loads(line)
        for stream in group["streams"]:
            for version in set(stream["python"]) & set(missing):
                row = {key: group[key] for key in ("name", *OPTIONS) if key in group}
                row.update((key, stream[key]) for key in ("protocol", "producer", "pickle"))
                yield {**row, "python": version}


def version_key(version):
    return [int(part) for part in version.split(".")]


def merged(rows):
    """One stream for each distinct sequence of bytes of a sample, with all versions that wrote it."""
    streams = {}
    for row in rows:
        key = row["name"], row["pickle"], row.get("keep_memo", False)
        stream = streams.setdefault(key, {**row, "python": set()})
        stream["python"].add(row["python"])
        if PRODUCERS.index(row["producer"]) < PRODUCERS.index(stream["producer"]):
            stream["producer"] = row["producer"]
    for stream in streams.values():
        stream["python"] = sorted(stream["python"], key=version_key)
        stream["raw"] = base64.b64decode(stream["pickle"])
        stream["buffers"] = decoded(stream.get("buffers"))
    return sorted(streams.values(), key=place)


def place(stream):
    rank = PRODUCERS.index(stream["producer"])
    return stream["name"], stream["protocol"], rank, version_key(stream["python"][0]), stream["raw"]


def decoded(buffers):
    """`graph.graphs` wants read-only buffers as bytes, others as bytearray."""
    if buffers is None:
        return None
    return [(bytes if b["readonly"] else bytearray)(base64.b64decode(b["base64"])) for b in buffers]


def encoded(buffers):
    as_text = lambda raw: base64.b64encode(raw).decode("ascii")
    return [{"readonly": type(b) is bytes, "base64": as_text(b)} for b in buffers]


def grouped(streams, with_dis=True):
    """The streams of one name and one meaning together, in the order in which they come."""
    groups = {}
    for stream in streams:
        options = {key: stream[key] for key in OPTIONS if stream.get(key)}
        meaning = meant(stream["raw"], options)
        protocols = meaning.pop("protocols", None)
        if "buffers" in options:
            options["buffers"] = encoded(options["buffers"])
        group = {"name": stream["name"], **options, **meaning}
        group = groups.setdefault(json.dumps(group), {**group, "streams": []})
        entry = {key: stream[key] for key in ("protocol", "producer", "python") if key in stream}
        if protocols:
            entry["declared"] = protocols
        entry["pickle"] = base64.b64encode(stream["raw"]).decode("ascii")
        if with_dis:
            entry.update(disassembled(stream["name"], stream["raw"]))
        group["streams"].append(entry)
    return groups.values()


def meant(raw, options):
    """What the C unpickler makes of a stream: values, or the error."""
    try:
        documents = graph.graphs(raw, **options)
    except Exception as error:  # whatever it says is the answer
        return {"error": [type(error).__name__, ADDRESS.sub("0x…", str(error))]}
    values = [document["value"] for document in documents]
    meaning = {"protocols": [document["@pickle"] for document in documents], "values": values}
    printed = printable(raw, values) if len(values) == 1 and not options else None
    return meaning if printed is None else {**meaning, "repr": printed}


class Plain(_pickle.Unpickler):
    """Loads plain data only."""

    def find_class(self, module, name):
        if (module, name) == ("_codecs", "encode"):
            return codecs.encode
        if name in ("set", "frozenset", "bytes", "bytearray", "complex"):
            return getattr(builtins, name)
        raise pickle.UnpicklingError


def printable(raw, values):
    """The repr of plain data without cycles or order that depends on hashes."""
    if "@bytestring" in json.dumps(values):
        return None
    try:
        value = Plain(io.BytesIO(raw)).load()
        return repr(value) if is_small_and_plain(value) else None
    except Exception:
        return None


def is_small_and_plain(value):
    todo, seen = [value], 0
    while todo and seen < LONGEST_REPR / 4:
        value, seen = todo.pop(), seen + 1
        if type(value) not in PLAIN or (type(value) in (set, frozenset) and len(value) > 1):
            return False
        if isinstance(value, dict):
            todo += value.values()
        if isinstance(value, (list, tuple, dict, set, frozenset)):
            todo += value
    return not todo


def disassembled(name, raw):
    """The text that pickletools prints, and the error with which it ends if it fails."""
    out = dis(raw)
    if name in ANNOTATED:
        out["annotated"] = dis(raw, annotate=30)["dis"]
    return out if len(out["dis"]) <= LONGEST_DIS else {}


def dis(raw, **options):
    text = io.StringIO()
    try:
        pickletools.dis(raw, text, **options)
    except Exception as error:
        return {"dis": text.getvalue(), "dis_error": "%s: %s" % (type(error).__name__, error)}
    return {"dis": text.getvalue()}


def opcode(op):
    return {
        "name": op.name,
        "byte": ord(op.code),
        "arg": op.arg and op.arg.name,
        "before": [item.name for item in op.stack_before],
        "after": [item.name for item in op.stack_after],
        "protocol": op.proto,
        "doc": op.doc.strip().splitlines()[0],
    }


def write(file, records):
    file.write_text("".join(json.dumps(record) + "\n" for record in records))


if __name__ == "__main__":
    sys.setrecursionlimit(10000)
    main(sys.argv[1], sys.argv[2:])
