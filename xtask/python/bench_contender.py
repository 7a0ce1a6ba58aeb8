"""What CPython takes for a job: bench_contender.py JOB FILE REPEATS prints a line of JSON, as benches/contender.rs does.

Jobs: loads, loads-gc (the cyclic collector on), dumps, dumps-fast (no memo), json, dis.
"""

import gc
import io
import json
import pickle
import pickletools
import sys
import time

import bench_classes


class Storage(object):
    """Persistent ids are resolved as torch does it, by a Python method, and written as they were."""

    def __init__(self, persistent_id):
        self.id = persistent_id


class Unpickler(pickle.Unpickler):
    def persistent_load(self, persistent_id):
        return Storage(persistent_id)


def loads(data):
    return pickle.loads(data)


def loads_persistent(data):
    return Unpickler(io.BytesIO(data)).load()


def dumps_fast(protocol):
    def dumps(value):
        file = io.BytesIO()
        pickler = pickle.Pickler(file, protocol)
        pickler.fast = True
        pickler.dump(value)
        return file.getvalue()

    return dumps


def dis(data):
    out = io.StringIO()
    pickletools.dis(data, out)
    return out.getvalue()


def prepare(job, name, data):
    """The function to be timed, and its argument."""
    protocol = int(name[-len("0.pkl")])
    load = loads_persistent if "state_dict" in name else loads
    if job in ("loads", "loads-gc"):
        return load, data
    if job == "dumps":
        return lambda value: pickle.dumps(value, protocol), load(data)
    if job == "dumps-fast":
        return dumps_fast(protocol), load(data)
    if job == "json":
        return lambda data: json.dumps(pickle.loads(data)), data
    if job == "dis":
        return dis, data
    raise SystemExit("no such job: %s" % job)


def memory(field):
    """Bytes, from /proc, where there is such a thing."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith(field))
    except OSError:
        return 0


def reset_peak():
    try:
        with open("/proc/self/clear_refs", "w") as refs:
            refs.write("5")
    except OSError:
        pass


def main(job, name, repeats, numpy):
    with open(name, "rb") as file:
        data = file.read()
    function, argument = prepare(job, name, data)
    gc.collect()
    if job != "loads-gc":
        gc.disable()
    times = []
    reset_peak()
    before = memory("VmRSS")
    for _ in range(int(repeats)):
        # Of this thread: numpy starts others, which spin for a while.
        start = time.thread_time_ns()
        result = function(argument)
        times.append(time.thread_time_ns() - start)
        if len(times) == 1:
            peak = max(0, memory("VmHWM") - before)
        del result
    print(json.dumps({"cold": times[0], "warm": times[1:], "peak": peak, "input": len(data), "numpy": numpy}))


if __name__ == "__main__":
    main(*sys.argv[1:], numpy=bench_classes.install(real_numpy=True))
