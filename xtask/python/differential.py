"""Says what each stream means to the C unpickler of this Python, in the format of the fixtures.

Usage: differential.py FIXTURES ROWS [COMMAND ...]. The rows are those of record.py. Prints a tally.
The streams may be hostile: child processes judge them, many each, with limits on memory and time. A stream that
ends its child is judged again alone, with more time. What it asks for beyond that is its meaning.
The children are forks of this Python, or, for a Python that has no processes, what COMMAND runs: this script, without
arguments, in that Python.
"""

import base64
import collections
import json
import os
import subprocess
import sys
import tempfile

import finish
import graph

CHUNK = 2000  # streams a child
MEMORY = 1 << 30
TIME, TIME_ALONE = 2, 20  # seconds a stream
KILLED, UNRECORDED = "Killed", "Unrecorded"  # stand in the place of an exception's name


def main(fixtures, rows, *command):
    rows = [json.loads(line) for line in open(rows)]
    tally = collections.Counter()
    with open(fixtures, "w") as out:
        for start in range(0, len(rows), CHUNK):
            for row, meaning in zip(rows[start:], meanings(rows[start : start + CHUNK], command)):
                tally[meaning["error"][0] if "error" in meaning else "loaded"] += 1
                out.write(json.dumps(fixture(row, meaning)) + "\n")
    print("%d streams: %s" % (len(rows), ", ".join("%d %s" % (n, what) for what, n in tally.most_common())))
    sys.exit(bool(tally[UNRECORDED]))


def fixture(row, meaning):
    stream = {"producer": "fuzzer", "pickle": row.pop("pickle"), "declared": meaning.pop("protocols", [])}
    return {**row, **meaning, "streams": [stream]}


def meanings(rows, command):
    """The meaning of each row."""
    judged = in_command if command else in_child
    done = 0
    while done < len(rows):
        lines, _ = judged(rows[done:], TIME, *command)
        yield from map(json.loads, lines)
        done += len(lines)
        if done < len(rows):
            lines, status = judged(rows[done : done + 1], TIME_ALONE, *command)
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


def in_command(rows, time, *command):
    """The lines that a command writes before it ends, or hangs, and how it ended. Its memory is that of WebAssembly."""
    with tempfile.TemporaryFile("w+") as given, tempfile.TemporaryFile("w+") as written:
        given.write("".join(json.dumps(row) + "\n" for row in rows))
        given.seek(0)
        child = subprocess.Popen(command, stdin=given, stdout=written, stderr=subprocess.DEVNULL)
        size, last = -1, 0
        while child.poll() is None:
            try:
                child.wait(TIME_ALONE)
            except subprocess.TimeoutExpired:
                size, last = os.fstat(written.fileno()).st_size, size
                if size == last:
                    child.kill()
        written.seek(0)
        return [line for line in written if line.endswith("\n")], child.wait()


def judge_input():
    """The other end of `in_command`."""
    for line in sys.stdin:
        write(json.loads(line), sys.stdout)


def judge(rows, time, out):
    import resource  # not every Python has these
    import signal

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for row in rows:
        # Nothing handles the signal: a handler would have to wait for the end of C code.
        signal.setitimer(signal.ITIMER_REAL, time)
        write(row, out)


def write(row, out):
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
    main(*sys.argv[1:]) if sys.argv[1:] else judge_input()
