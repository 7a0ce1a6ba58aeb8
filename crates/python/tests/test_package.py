"""The package itself: its types, and the examples in its documentation."""

import doctest
import importlib
import pathlib
import subprocess
import sys

import halfsour
import pytest

PACKAGE = pathlib.Path(halfsour.__file__).parent


def run(*args):
    ran = subprocess.run([sys.executable, "-m", *args], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_types():
    pytest.importorskip("mypy")
    run("mypy", "--strict", "--cache-dir", "/dev/null", "-p", "halfsour")
    run("mypy.stubtest", "halfsour._halfsour")
    assert (PACKAGE / "py.typed").exists()


@pytest.mark.parametrize("name", ["halfsour", "halfsour._audit", "halfsour.checked", "halfsour.guard"])
def test_examples(name):
    failed, _ = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert failed == 0


def test_readme():
    readme = pathlib.Path(__file__).parents[1] / "README.md"
    failed, tried = doctest.testfile(str(readme), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert (failed, tried > 10) == (0, True)


def test_what_is_public():
    for name in halfsour.__all__:
        assert getattr(halfsour, name).__doc__, name
