"""Prints the draft of a policy's entry: `entry.py module:Class CENSUS USES PICKLES...`. For Python 3.8 or later."""

import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import committed
import pickled

# What loading an object runs, whatever its state is; a setter only if `__setstate__` takes names out of the state.
AT_LOAD = ("__setstate__", "__del__", "__getattr__", "__setattr__", "__array_finalize__")


def told_uses(names, uses, pickles):
    """How pickles use the class, out of the last run of the census or of the pickles here."""
    if pathlib.Path(uses).exists():
        told = json.loads(pathlib.Path(uses).read_text())
        return {name: told[name] for name in names if name in told}
    read = pickled.Pickled()
    for directory in pickles:
        read.read_all(pathlib.Path(directory))
    return {name: read.told(name) for name in names if name in read.uses}


def quoted(names):
    return "[" + ", ".join(json.dumps(name) for name in names) + "]"


def wrapped(title, names):
    if not names:
        return
    line = f"# {title}:"
    for name in names:
        if len(line) + len(name) > 130:
            print(line)
            line = "#  "
        line += " " + name
    print(line)


def main(name, directory, uses, *pickles):
    census = committed.Committed(directory)
    lines = census.lines_of(name)
    if not lines:
        sys.exit(f"the census has no class {name}")
    line = next(iter(lines.values()))
    names = census.aliases(name)
    told = told_uses(names, uses, pickles)
    used = {use for one in told.values() for use in one["uses"]} - {"import"}
    args = sorted({args for one in told.values() for args in one["args"]})
    states = sorted({state for one in told.values() for state in one["states"]})
    reached = census.reached(name)
    marks = {word for method in AT_LOAD for word in reached.get(method, ()) if word.startswith("@")}
    methods = AT_LOAD + tuple(method for method in reached if method.endswith("=") and "@setattr" in marks)
    calls = sorted({word for method in methods for word in reached.get(method, ()) if not word.startswith("@")})
    attributes = set(census.names(name, "methods", "data"))
    keys = census.names(name, "keys")

    print("[[allow]]")
    print(f'pack = "{line.package}"')
    print("names = " + quoted(names))
    print("uses = " + quoted(use for use in ("call", "new", "build", "append", "setitem") if use in used))
    if args:
        print("args = [" + ", ".join(quoted(filter(None, one.split(", "))) for one in args) + "]")
    if states:
        own = "__setstate__" in census.names(name, "methods")
        default = {"dict": "attributes", "None": "None", "(None, dict)": "(None, slots)", "(dict, dict)": "(attributes, slots)"}
        print("state = " + json.dumps(" | ".join(state if own else default.get(state, state) for state in states)))
    if calls:
        print("calls = " + quoted(calls))
    print('reason = ""')
    releases = line.told_releases()
    if releases:
        print(f'versions = "{line.package} {releases[0]} to {releases[-1]}"')
    print()
    if not told:
        print("# No pickle that was looked at names it.")
    if any("c" in one.flags for one in lines.values()):
        print("# Written in C: " + ", ".join(one.name for one in lines.values() if "c" in one.flags))
    wrapped("Inherits from", [one.name for one in list(lines.values())[1:]])
    wrapped("Its own special methods", [name for name in census.names(name, "methods") if name.startswith("__")])
    wrapped("Keys", [key for key in keys if key not in attributes])
    wrapped("Keys that are attributes in some release, so that only plain data may stand there", [key for key in keys if key in attributes])
    wrapped("Slots", census.names(name, "slots"))
    for method, words in sorted(reached.items()):
        if not method.endswith("=") or "@setattr" in marks:
            wrapped(method, words)


if __name__ == "__main__":
    main(*sys.argv[1:])
