"""Streams that real Pythons wrote, and odd and hostile ones: loaded, and compared with what this Python makes of them."""

import pathlib
import subprocess
import sys


def test_every_stream_loads_as_in_python():
    child = pathlib.Path(__file__).with_name("child.py")
    run = subprocess.run([sys.executable, "-X", "faulthandler", child], capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stderr[-2000:]
    assert run.stdout == ""
    counts = eval(run.stderr.splitlines()[-1], {})
    assert counts["equal"] > 29_000
    assert counts.get("written", 0) > 1000 or sys.version_info[:2] not in ((3, 11), (3, 12))
    assert counts["not compared, other classes"] > 10_000
