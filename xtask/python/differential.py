"""Says what each stream means to the C unpickler of this Python, in the format of the fixtures.

Usage: differential.py FIXTURES ROWS. The rows are those of record.py. Prints a tally.
The streams may be hostile: child processes judge them, many each, with limits on memory and time. A stream that
ends its child is judged again alone, with more time. What it asks for beyond that is its meaning.
"""

import base64
import collections
import json
import os
import resource
import signal
import sys

import finish
import graph

CHUNK = 2000  # streams a child
MEMORY = 1 << 30
TIME, TIME_ALONE = 2, 20  # seconds a stream
KILLED, UNRECORDED = "Killed", "Unrecorded"  # stand in the place of an exception's name


def main(fixtures, rows):
    rows = [json.loads(line) for line in open(rows)]
    tally = collections.Counter()
    with open(fixtures, "w") as out:
        for start in range(0, len(rows), CHUNK):
            for row, meaning in zip(rows[start:], meanings(rows[start : start + CHUNK])):
                tally[meaning["error"][0] if "error" in meaning else "loaded"] += 1
                out.write(json.dumps(fixture(row, meaning)) + "\n")
    print("%d streams: %s" % (len(rows), ", ".join("%d %s" % (n, what) for what, n in tally.most_common())))
    sys.exit(bool(tally[UNRECORDED]))


def fixture(row, meaning):
    stream = {"producer": "fuzzer", "pickle": row.pop("pickle"), "declared": meaning.pop("protocols", [])}
    return {**row, **meaning, "streams": [stream]}


def meanings(rows):
    """The meaning of each row."""
    done = 0
    while done < len(rows):
        lines, _ = in_child(rows[done:], TIME)
        yield from map(json.loads, lines)
        done += len(lines)
        if done < len(rows):
            lines, status = in_child(rows[done : done + 1], TIME_ALONE)
            yield json.loads(lines[0]) if lines else {"error": [KILLED, "wait status %d" % status]}
            done += 1


def in_child(rows, time):
    """The lines that a child writes before it ends, and how it ended."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            with open(writer, "w") as out:
                judge(rows, time, out)
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader) as lines:
        lines = list(lines)
    return lines, os.waitpid(child, 0)[1]


def judge(rows, time, out):
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for row in rows:
        # Nothing handles the signal: a handler would have to wait for the end of C code.
        signal.setitimer(signal.ITIMER_REAL, time)
        options = {"encoding": row.get("encoding"), "buffers": finish.decoded(row.get("buffers"))}
        out.write(json.dumps(meant(base64.b64decode(row["pickle"]), options)) + "\n")
        out.flush()


def meant(raw, options):
    try:
        [document] = graph.graphs(raw, **options)
    except graph.Unrecorded as error:
        print(ascii(error.__cause__), base64.b64encode(raw).decode("ascii"), file=sys.stderr)
        return {"error": [UNRECORDED, ascii(error.__cause__)]}
    except Exception as error:  # whatever it says is the answer
        return {"error": [type(error).__name__, ascii(str(error))]}
    return {"values": [document["value"]], "protocols": [document["@pickle"]]}


if __name__ == "__main__":
    sys.setrecursionlimit(100000)
    main(*sys.argv[1:])
