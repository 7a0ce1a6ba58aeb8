"""Reads the committed census. For Python 3.8 or later."""

import pathlib

FIELDS = ("flags", "releases", "bases", "keys", "methods", "data", "slots", "reached")


class Line:
    def __init__(self, package, every, name, fields):
        self.package, self.every, self.name = package, every, name
        for field, text in zip(FIELDS, fields + [""] * len(FIELDS)):
            setattr(self, field, text)

    def named(self, name):
        """A name as this line tells it, in full."""
        module, _, qualified = name.partition(":")
        of = self.name.split(":")[0]
        if not module:
            return f"{of}:{qualified}"
        return of.split(".")[0] + name if module.startswith(".") else name

    def told_releases(self):
        if self.releases == "*":
            return self.every
        told = []
        for part in filter(None, self.releases.split(",")):
            first, _, last = part.partition("-")
            told += self.every[int(first) : int(last or first) + 1]
        return told


class Committed:
    def __init__(self, directory):
        self.lines = {}
        for path in sorted(pathlib.Path(directory).glob("*.txt")):
            every, module = [], ""
            for line in path.read_text().splitlines():
                if line.startswith("# "):
                    every = line[2:].split(" ")
                elif line.startswith("@"):
                    module = line[1:]
                else:
                    qualified, *fields = line.split("\t")
                    name = f"{module}:{qualified}"
                    self.lines[name] = Line(path.stem, every, name, fields)

    def canonical(self, name):
        line = self.lines.get(name)
        if line is not None and line.bases.startswith(">"):
            return line.named(line.bases[1:])
        return name

    def lines_of(self, name, seen=None):
        """The line of a class, and those of what it inherits from, the nearest first."""
        seen = {} if seen is None else seen
        line = self.lines.get(self.canonical(name))
        if line is None or line.name in seen:
            return seen
        seen[line.name] = line
        for base in line.bases.split():
            self.lines_of(line.named(base), seen)
        return seen

    def aliases(self, name):
        """All names of a class."""
        wanted = self.canonical(name)
        return sorted(other for other in self.lines if self.canonical(other) == wanted)

    def names(self, name, *fields):
        return sorted({word for line in self.lines_of(name).values() for field in fields for word in getattr(line, field).split()})

    def reached(self, name):
        found = {}
        for line in self.lines_of(name).values():
            for told in filter(None, line.reached.split(";")):
                method, _, names = told.partition(":")
                found.setdefault(method, names.split())
        return found
