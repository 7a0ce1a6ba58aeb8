"""Loads what `halfsour audit` calls clean, and says what happened that the report does not have.

    audit_oracle.py ROWS FAILURES NAMES [COMMAND …]

ROWS are those of the example `audit_programs`, and NAMES a file with all listed names. Prints a summary; what fails is written into the
folder FAILURES, with a line in its `index.txt`.

This process imports the modules of all listed names that are installed, then forks: a child loads many rows, with an audit hook, limits on memory and CPU time, and
a look at the state of the program at its end. A row that does something ends its child. If the state has changed, the rows of the child are
loaded again by halves, down to the one that changes it.
COMMAND runs a Python that has no processes, on this script with the argument NAMES alone: it reads rows and writes what happened.
"""

import base64
import collections
import gc
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
import warnings

import audit_watch
from audit_classes import find_all
from audit_state import State

BATCH, BATCH_OF_COMMAND = 1000, 4000  # rows a child
# CPU time of one load: this many seconds, and so many for each byte; more for the unpickler in Python.
SECONDS, PER_BYTE, PER_BYTE_SLOW = 1.0, 5e-6, 50e-6
# A load takes no more address space than this, and so much for each byte.
MEMORY, MEMORY_PER_BYTE = 64 << 20, 200
# So much more, if nothing is written there. In files, readers take other bytes for the four of a length.
SPACE, SPACE_OF_FILES = 1 << 30, 5 << 30
# More than there is: where memory is short even so, somebody counted, as numpy does of a shape, or the machine refuses.
ENDLESS = 1 << 45
KILLED_AFTER = 15  # seconds of CPU time, in all ways of loading
SILENT = 300  # seconds without an answer, on a busy machine
SHOWN = 3  # failures of one kind that are written

# The packages with readers of files.
READERS = {"joblib", "numpy", "pandas", "torch"}
# What readers import when they are first used.
LATE = ["_strptime", "bz2", "gzip", "lzma", "tarfile", "torch.utils.serialization", "traceback", "zipfile", "zlib"]

state = None


def prepare(names):
    """Imports what is listed, and what readers import when they are first used."""
    global state
    warnings.simplefilter("ignore")
    audit_watch.events.clear()
    objects = find_all(names)
    find_all([module + ":__name__" for module in LATE])
    if "numpy" in sys.modules:
        numpy = sys.modules["numpy"]
        numpy.ones((64, 64)).dot(numpy.ones((64, 64)))
    if "networkx" in sys.modules:
        # What makes a graph is compiled when it is first called.
        for name in ("Graph", "DiGraph", "MultiGraph", "MultiDiGraph"):
            getattr(sys.modules["networkx"], name)()
    # Loads each way of reading once, so that what is made once is made.
    judge({"name": "", "kind": "file", "pickle": "gAIpLg==", "imports": [], "values": [], "reviewed": []})
    unlimited()
    # What cannot be raised is not printed, because the traceback would be, with the lines of its files.
    sys.unraisablehook = sys.excepthook = lambda *_: None
    state = State(objects)
    gc.collect()
    audit_watch.known = {id(it) for it in gc.get_objects()}
    audit_watch.known.update(id(it) for module in list(sys.modules.values()) for it in getattr(module, "__dict__", {}).values())
    gc.freeze()
    if hasattr(sys, "addaudithook"):
        sys.addaudithook(audit_watch.hook)
    return objects


def limit(memory):
    """Sets the limits of a row: bytes of address space, and time."""
    if sys.platform == "emscripten":
        return
    import resource

    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + memory, resource.getrlimit(resource.RLIMIT_AS)[1]))
    signal.setitimer(signal.ITIMER_PROF, KILLED_AFTER)


def unlimited():
    """Takes the limits away, in the process that forks."""
    if sys.platform != "emscripten":
        import resource

        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def judge(row):
    """Loads a row in every way, and says what happened."""
    pickled = base64.b64decode(row["pickle"])
    path = row.get("path")
    with tempfile.TemporaryDirectory() if row.get("file") else open(os.devnull) as folder:
        if row.get("file"):
            path = os.path.join(folder, os.path.basename(row["file"]))
            with open(path, "wb") as file:
                file.write(pickled)
        if path and not row.get("file"):
            with open(path, "rb") as file:
                pickled = file.read()
        return judge_bytes(row, pickled, path)


def judge_bytes(row, pickled, path):
    names = {name.replace(":", ".") for name in row["imports"]}
    values = {name.replace(":", ".") for name in row["values"]} - audit_watch.JUDGED
    is_program = row["kind"] not in ("file", "fixture")
    packages = {name.partition(".")[0] for name in names}
    packages |= audit_watch.modules_of_python_2(packages)
    audit_watch.allowed_packages = packages if is_program else packages | READERS
    audit_watch.allowed_path = path
    audit_watch.reviewed_keys = frozenset(row["reviewed"])
    all_encodings = not is_program or "Python 2" in row["kind"] or hash(row["name"]) % 16 == 0
    loads = list(audit_watch.readers(pickled, values, all_encodings))
    if not is_program:
        loads.append(("pickle after pickle", True, lambda: audit_watch.one_after_the_other(pickled)))
    if path:
        loads.extend(file_readers(path))
    most_memory = MEMORY + MEMORY_PER_BYTE * len(pickled)
    limit(most_memory)
    outcome, why = "", []
    for way, is_slow, load in loads:
        audit_watch.extracting = way == "torch.load"
        seconds, said = run(load)
        most = SECONDS + len(pickled) * (PER_BYTE_SLOW if is_slow else PER_BYTE)
        if seconds > most:
            # Once more: what was imported late is there now.
            seconds = min(seconds, run(load)[0])
        if seconds > most:
            why.append([way, "time", "%.1f s for %d bytes" % (seconds, len(pickled))])
        if said == "MemoryError" and touched(load, most_memory, SPACE if is_program else SPACE_OF_FILES) > most_memory:
            why.append([way, "memory", "more than %d MB for %d bytes" % (MEMORY >> 20, len(pickled))])
        outcome = outcome or said
        for event, about in audit_watch.events:
            known = audit_watch.renamed(names) if way == "pandas.read_pickle" else names
            if event != "pickle.find_class" or not any(it in known for it in audit_watch.spellings(about)):
                why.append([way, event, about])
    return {"outcome": outcome, "why": why}


def run(load):
    """The CPU time, and how it ended."""
    audit_watch.events.clear()
    start = time.process_time()
    audit_watch.recording = True
    try:
        loaded = load()
        audit_watch.look(loaded)
        it = loaded = None
        said = "loaded"
    except MemoryError:
        said = "MemoryError"
    except RecursionError:
        said = "RecursionError"
    except BaseException as error:
        said = type(error).__name__
    gc.collect()
    audit_watch.recording = False
    return time.process_time() - start, said


def touched(load, most, space):
    """How many bytes of memory a load uses. The C unpickler takes address space for a length that it reads before it sees that there is less, and
    touches none of it. In a file of bz2, which begins with a B, it reads a length of about 900 MB, and in one of joblib any of four bytes."""
    if sys.platform == "emscripten":
        return most + 1
    for more in (space, ENDLESS):
        limit(most + more)
        before = resident("VmRSS")
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
        _, said = run(load)
        used = resident("VmHWM") - before
        if said != "MemoryError" or used > most:
            break
    limit(most)
    return used


def resident(name):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith(name))


def file_readers(path):
    """The readers of packages, each of which may try what the file is."""
    joblib, numpy, pandas, torch = (sys.modules.get(name) for name in ("joblib", "numpy", "pandas", "torch"))
    if joblib:
        yield "joblib.load", True, lambda: [joblib.load(path)]
    if torch:
        yield "torch.load", True, lambda: [torch.load(path, weights_only=False)]
    if pandas:
        yield "pandas.read_pickle", True, lambda: [pandas.read_pickle(path)]
    if numpy:
        yield "numpy.load", True, lambda: load_by_numpy(numpy, path)


def load_by_numpy(numpy, path):
    loaded = numpy.load(path, allow_pickle=True)
    if hasattr(loaded, "files"):
        with loaded:
            return [loaded[name] for name in loaded.files]
    return [loaded]


def child(rows, out):
    """Writes a line for each row, up to the first that did something, and one with what has changed in all."""
    for row in rows:
        said = judge(row)
        out.write(json.dumps(said) + "\n")
        out.flush()
        if said["why"]:
            break
    out.write(json.dumps({"changed": state.changes()}) + "\n")


def in_child(rows):
    """The lines that a child writes before it ends, and how it ended."""
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reader)
        quiet = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(quiet, number)
        try:
            with open(writer, "w") as out:
                state.again()
                # What was noted is so much that each collection, of which each load has one, would take 20 ms.
                gc.freeze()
                child(rows, out)
        finally:
            os._exit(0)
    os.close(writer)
    said = b""
    while select.select([reader], [], [], SILENT)[0]:
        more = os.read(reader, 1 << 16)
        if not more:
            break
        said += more
    else:
        os.kill(process, signal.SIGKILL)
    os.close(reader)
    return said.decode().splitlines(), os.waitpid(process, 0)[1]


def in_command(rows, command):
    """As in_child, of a command."""
    given = "".join(json.dumps(row) + "\n" for row in rows).encode()
    try:
        done = subprocess.run(command, input=given, stdout=subprocess.PIPE, timeout=SILENT)
        said, status = done.stdout, done.returncode
    except subprocess.TimeoutExpired as error:
        said, status = error.stdout or b"", "silent"
    ready, *lines = said.decode().splitlines() or [""]
    if ready != "ready":
        sys.exit("the command fails before it loads anything: %s" % status)
    return lines, status


def judged(rows, judge_many, batch):
    """What happened to each row."""
    done = 0
    while done < len(rows):
        part = rows[done : done + batch]
        lines, status = judge_many(part)
        lines = [json.loads(line) for line in lines if line.endswith("}")]
        is_killed = not (lines and "changed" in lines[-1])
        changed = [] if is_killed else lines.pop()["changed"]
        done += len(lines)
        if is_killed and lines:
            # Nobody has looked at the state after these.
            yield from judged(part[: len(lines)], judge_many, batch)
            continue
        if changed:
            lines = who_changed(part[: len(lines)], lines, changed, judge_many)
        yield from lines
        if is_killed:
            yield {"outcome": "killed", "why": [["", "killed", "wait status %s" % status]]}
            done += 1


def who_changed(rows, lines, changed, judge_many):
    """The lines again, with what each row has changed: the halves are loaded for themselves."""
    if len(rows) > 1:
        lines = list(judged(rows, judge_many, (len(rows) + 1) // 2))
    if not any(line["why"] for line in lines):
        lines[-1]["why"].extend(["", "changed", it] for it in changed)
    return lines


def report(rows, answers, folder):
    """Writes the failures, and prints a summary."""
    os.makedirs(folder, exist_ok=True)
    outcomes, kinds, failed = collections.Counter(), collections.Counter(), 0
    with open(os.path.join(folder, "index.txt"), "w") as index:
        for row, said in zip(rows, answers):
            outcomes[said["outcome"]] += 1
            failed += bool(said["why"])
            for way, event, about in said["why"][:1]:
                kind = "%s: %s" % (event, about if event in ("changed", "called", "looked into", "shadow") else row["kind"])
                kinds[kind] += 1
                if kinds[kind] > SHOWN:
                    continue
                name = row.get("path")
                if not name:
                    name = row["name"].replace("/", "_").replace(":", "-").replace(" ", "_")[-100:] + ".pkl"
                    with open(os.path.join(folder, name), "wb") as file:
                        file.write(base64.b64decode(row["pickle"]))
                line = "%s: %s: %s" % (name, row["kind"], "; ".join(" ".join(it) for it in said["why"][:5]))
                index.write(line + "\n")
                index.flush()
    print("%d loaded, %d ended in an exception, %d failed" % (outcomes["loaded"], sum(outcomes.values()) - outcomes["loaded"], failed))
    for kind, count in kinds.most_common(40):
        print("  %d %s" % (count, kind))
    print("  outcomes: %s" % ", ".join("%s %d" % it for it in outcomes.most_common(8)))
    return failed


def main():
    if len(sys.argv) == 2:
        with open(sys.argv[1]) as names:
            prepare(names.read().split())
        print("ready", flush=True)
        child((json.loads(line) for line in sys.stdin), sys.stdout)
        return
    rows_file, folder, names, *command = sys.argv[1:]
    with open(rows_file) as lines:
        rows = [json.loads(line) for line in lines]
    if command:
        rows = [row for row in rows if row.get("plain")]
        answers = judged(rows, lambda part: in_command(part, [*command, names]), BATCH_OF_COMMAND)
    else:
        with open(names) as file:
            listed = file.read().split()
        objects = prepare(listed)
        print("%d of %d names are there; " % (len(objects), len(listed)), end="")
        answers = judged(rows, in_child, BATCH)
    sys.exit(min(report(rows, answers, folder), 1))


if __name__ == "__main__":
    main()
