"""Says of each class that is named on standard input what its attributes are, and what its methods set on `self`, as JSON.

The names are of the form module:qualified. What is not there, or is no class, is left out.
"""

import contextlib
import dis
import importlib
import json
import os
import sys
import warnings

MOST = 200  # attributes a class


def find(name):
    """The object of this name."""
    module, _, qualified = name.partition(":")
    found = importlib.import_module(module)
    for part in qualified.split("."):
        found = getattr(found, part)
    return found


def find_all(names):
    """The objects of these names that are there, by name. What importing them prints is dropped."""
    found = {}
    with warnings.catch_warnings(), contextlib.redirect_stdout(open(os.devnull, "w")):
        warnings.simplefilter("ignore")
        for name in names:
            try:
                found[name] = find(name)
            except Exception:
                pass
    return found


def keys(cls):
    """The names that functions of the class store as attributes."""
    found = set()
    for base in cls.__mro__:
        for function in list(vars(base).values()):
            code = getattr(function, "__code__", None)
            if code:
                found.update(code.co_varnames[1 : code.co_argcount] if code.co_name == "__init__" else ())
                found.update(it.argval for it in dis.get_instructions(code) if it.opname == "STORE_ATTR")
    return sorted(found - {name for name in found if name.startswith("__")})


def main():
    classes = {name: it for name, it in find_all(sys.stdin.read().split()).items() if isinstance(it, type)}
    said = {name: {"attributes": dir(it)[-MOST:], "keys": keys(it)[:MOST]} for name, it in classes.items()}
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()
