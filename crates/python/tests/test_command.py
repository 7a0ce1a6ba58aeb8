"""The command, in the extension."""

import pickle
import subprocess
import sys
import sysconfig


def run(*args, program=(sys.executable, "-m", "halfsour"), **options):
    return subprocess.run([*program, *args], capture_output=True, timeout=60, **options)


def test_both_ways_to_call_it():
    version = run("--version")
    assert version.returncode == 0
    assert version.stdout.startswith(b"halfsour")
    script = sysconfig.get_path("scripts") + "/halfsour"
    assert run("--version", program=[script]).stdout == version.stdout


def test_its_output_and_exit_status(tmp_path):
    path = tmp_path / "a.pkl"
    path.write_bytes(pickle.dumps({"a": [1]}))
    assert run("json", path).stdout == b'{"a":[1]}\n'
    assert run("audit", "-", input=b"cos\nsystem\n(S'id'\ntR.").returncode != 0
    assert run("nothing").returncode == 2
    assert run("json", tmp_path / "b.pkl").returncode == 1
