"""Writes the committed census out of what `collect.py` printed: `merge.py COLLECTED COMMITTED PACKAGES PICKLES…`, where PACKAGES
have commas between them, or are `all`. For Python 3.10 or later."""

import _compat_pickle
import json
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))

import pickled

# Modules of the standard library that hold no data that anybody pickles; a class of theirs is told only as a base of another.
NO_DATA = set(
    "encodings unittest importlib asyncio multiprocessing concurrent doctest smtplib wsgiref socketserver ctypes _ctypes pdb bdb cmd "
    "code codeop pydoc trace profile cProfile pstats imaplib poplib ftplib telnetlib nntplib smtpd asyncore asynchat ssl select "
    "selectors subprocess compiler hotshot bsddb anydbm dbm shelve _pyio threading _threading_local venv zipimport pickletools "
    "xmlrpc xmlrpclib SimpleXMLRPCServer DocXMLRPCServer BaseHTTPServer CGIHTTPServer SimpleHTTPServer SocketServer tokenize "
    "lib2to3 symtable modulefinder runpy gettext getopt sqlite3 curses mailbox mhlib rfc822 sgmllib htmllib formatter ihooks "
    "test plistlib rlcompleter tabnanny sched queue Queue nturl2path contextlib contextvars _contextvars parser "
    "zipfile tarfile bz2 lzma gzip tempfile cgi audiodev aifc wave sunau chunk cgitb user rexec Bastion imputil robotparser repr".split()
)
# Large packages, of whose classes only those are told that the policy lists, and their bases.
LISTED_ONLY = set(
    "PIL astropy attr cloudpickle dill gensim geopandas hmmlearn imblearn lifelines networkx nltk polars pydantic pydantic_core "
    "shapely statsmodels sympy xarray xgboost".split()
)
# Told of no class: nearly each has them, and they are no keys.
UNTOLD = set("__init__ __eq__ __hash__ __getstate__ __get__ __set__ __post_init__ _pybind11_conduit_v1_".split())

# Parts of packages that read, write, draw, compute, build and test: nobody pickles their objects.
NO_STATE = re.compile(
    r"(pandas\.(io|plotting|_testing|_config|compat|stats|formats|util\.testing|core\.computation|_libs\.(hashtable|lib|reduction|parsers|join|ops|json|window|groupby|writers|properties))"
    r"|scipy\.(io|_lib|misc|weave|optimize\._(shgo|shgo_lib|differentialevolution|dual_annealing|basinhopping|trustregion\w*|numdiff|slsqp\w*|differentiable_functions))"
    r"|numpy\.(distutils|f2py|ctypeslib|testing|lib\._?npyio)"
    r"|sklearn\.(externals|_build_utils|utils\._?(testing|arpack|sparsetools|_?mask\w*)|datasets)"
    r"|joblib\.(externals|test\w*|_parallel_backends|_dask|executor|pool|_memmapping_reducer|disk|parallel|_store_backends|memory)"
    r"|urllib\.(request|robotparser)|http\.(client|server)|xml\.(dom\.(expatbuilder|xmlbuilder|pulldom)|sax)|logging\.(handlers|config)"
    r"|email\.(_header_value_parser|feedparser|parser|generator)|distutils|xmllib|pyexpat|optparse|dis|tracemalloc|codecs"
    r"|pyarrow\.(_?(compute|dataset|parquet|flight|fs|orc|acero|s3fs|gcsfs|hdfs|azurefs|cuda|substrait|csv|json|feather)\w*|vendored|tests|interchange|pandas_compat|benchmark)"
    r"|torch\.(utils\.data\.(datapipes|graph\w*|_utils)|ao)"
    r"|(torch|lightgbm)\.(testing|onnx|_dynamo|_inductor|distributed|nn\.parallel|nn\.intrinsic|nn\.quantized|nn\.qat|dask))(\.|$)"
)


class Merged:
    """A class in all releases."""

    def __init__(self):
        self.releases, self.bases = set(), []
        self.keys, self.methods, self.data, self.slots = set(), set(), set(), set()
        self.reached = {}
        self.flags = set()

    def add(self, told):
        self.bases = told["bases"] + [base for base in self.bases if base not in told["bases"]]
        for name in ("keys", "methods", "data", "slots"):
            getattr(self, name).update(told[name])
        for root, names in told["reached"].items():
            self.reached.setdefault(root, set()).update(names)
        if told["c"]:
            self.flags.add("c")
        if told.get("kind") == "exception":
            self.flags.add("x")
        if told.get("kind") == "metaclass":
            self.flags.add("m")


def renamed(name):
    """A name of Python 2 as Python 3 knows it."""
    module, _, qualified = name.partition(":")
    pair = _compat_pickle.NAME_MAPPING.get((module, qualified))
    return ":".join(pair) if pair else f"{_compat_pickle.IMPORT_MAPPING.get(module, module)}:{qualified}"


def as_python_3(run):
    classes = {}
    for name, told in run["classes"].items():
        told["bases"] = [renamed(base) for base in told["bases"]]
        # Of two names that are one in Python 3, the one that has it already is told.
        if renamed(name) not in run["classes"] or renamed(name) == name:
            classes[renamed(name)] = told
    run["classes"] = classes
    run["aliases"] = {name: renamed(other) for name, other in run["aliases"].items() if renamed(other) != name}


def order(release):
    return [int(part) if part.isdigit() else -1 for part in re.split(r"[.+a-z]+", release)]


def package_of(name, packages):
    top = name.split(":")[0].split(".")[0]
    return top if top in packages else "stdlib"


def shortened(base, name):
    """A name as a line tells it: without the module, or the package, that it shares with the class of the line."""
    module, _, qualified = base.partition(":")
    of = name.split(":")[0]
    if module == of:
        return ":" + qualified
    top = of.split(".")[0]
    return base[len(top) :] if module.startswith(top + ".") else base


class Census:
    def __init__(self, directory):
        self.classes, self.aliases, self.releases = {}, {}, {}
        self.functions = {}
        self.defined = {}  # package and release -> names
        runs = [json.loads(path.read_text()) for path in sorted(directory.glob("*.json")) if path.name != "uses.json"]
        self.packages = {package for run in runs for package in run["versions"]}
        # The newest last, so that its bases come first.
        runs.sort(key=lambda run: sorted((package, order(version)) for package, version in run["versions"].items()))
        for run in runs:
            if any(name.startswith("__builtin__:") for name in run["classes"]):
                as_python_3(run)
            for package, version in run["versions"].items():
                self.releases.setdefault(package, set()).add(version)
            for name, told in run["classes"].items():
                package = package_of(name, self.packages)
                merged = self.classes.setdefault(name, Merged())
                merged.add(told)
                self.mark(name, package, run, merged.releases)
                self.defined.setdefault((package, run["versions"].get(package)), set()).add(name)
            for name, other in run["aliases"].items():
                self.aliases.setdefault(name, set()).add(other)
            for name in run["functions"]:
                self.mark(name, package_of(name, self.packages), run, self.functions.setdefault(name, set()))

    def mark(self, _name, package, run, releases):
        if package in run["versions"]:
            releases.add(run["versions"][package])

    def join_moved(self):
        """Makes one class of those that only moved from module to module; the others are aliases of the newest name."""
        same = {}
        for name in self.classes:
            module, _, qualified = name.partition(":")
            same.setdefault((module.split(".")[0], qualified), []).append(name)
        for (_, _), names in same.items():
            names.sort(key=lambda name: max(map(order, self.classes[name].releases), default=[]))
            if len(names) < 2 or names[0].split(":")[0].split(".")[0] not in self.packages:
                continue
            overlap = any(self.classes[a].releases & self.classes[b].releases for i, a in enumerate(names) for b in names[:i])
            if not overlap:
                for old in names[:-1]:
                    self.alias(old, names[-1])
        for name, others in self.aliases.items():
            others = [other for other in map(self.canonical, others) if other in self.classes]
            if name in self.classes or not others:
                continue
            if len(set(others)) == 1:
                self.alias(name, others[0])
            else:
                merged = self.classes[name] = Merged()
                merged.bases = sorted(set(others))
                for other in others:
                    merged.releases |= self.classes[other].releases

    moved = {}

    def canonical(self, name):
        while name in self.moved:
            name = self.moved[name]
        return name

    def alias(self, old, new):
        if old in self.classes:
            gone, kept = self.classes.pop(old), self.classes[new]
            kept.bases += [base for base in gone.bases if base not in kept.bases]
            for part in ("keys", "methods", "data", "slots", "flags", "releases"):
                getattr(kept, part).update(getattr(gone, part))
            for root, names in gone.reached.items():
                kept.reached.setdefault(root, set()).update(names)
        self.moved[old] = new

    def above(self, name, seen=None):
        """All bases of a class, itself not."""
        seen = set() if seen is None else seen
        merged = self.classes.get(name)
        for base in merged.bases if merged else ():
            base = self.canonical(base)
            if base not in seen and base != name:
                seen.add(base)
                self.above(base, seen)
        return seen

    def inherited(self, name, root, seen=()):
        """What the first base that tells of a root tells, as the reader of the census looks it up."""
        merged = self.classes.get(name)
        for base in merged.bases if merged else ():
            base = self.canonical(base)
            other = self.classes.get(base)
            if other is None or base in seen:
                continue
            if root in other.reached:
                return other.reached[root]
            found = self.inherited(base, root, (*seen, name))
            if found is not None:
                return found
        return None

    def keep(self, listed):
        """The names to be told: data, what the policy lists, what is pickled, and the bases of those."""
        kept = set()
        for name, merged in self.classes.items():
            top = name.split(":")[0].split(".")[0]
            is_data = top not in NO_DATA and not top.startswith("_") and not NO_STATE.match(name.split(":")[0])
            # What is private is pickled only as a part, and then a fixture should have it.
            is_data = is_data and not name.split(":")[1].startswith("_") and "m" not in merged.flags
            package = package_of(name, self.packages)
            is_data = is_data and (self.wanted == self.packages or package not in LISTED_ONLY)
            is_wanted = package in self.wanted
            if is_wanted and (name in listed or is_data):
                kept.add(name)
                kept |= self.above(name)
        return kept

    def lines(self, listed, read):
        for old, new in list(self.moved.items()):
            self.moved[old] = self.canonical(new)
        self.names = {}
        for name in {*self.classes, *self.moved}:
            self.names.setdefault(self.canonical(name), []).append(name)
        for name, keys in read.keys.items():
            name = self.canonical(name)
            if name in self.classes:
                self.classes[name].keys |= keys
        kept = self.keep({self.canonical(name) for name in listed} | {self.canonical(name) for name in read.uses})
        result = {}
        for name in kept & set(self.classes):
            merged = self.classes[name]
            above = [self.classes[base] for base in self.above(name) if base in self.classes]
            fields = [self.flags(name, merged, read), self.ranges(name, merged.releases)]
            fields.append(" ".join(shortened(base, name) for base in self.direct(name, merged)))
            for part in ("keys", "methods", "data", "slots"):
                inherited = set().union(*(getattr(other, part) for other in above))
                fields.append(" ".join(sorted(getattr(merged, part) - inherited - UNTOLD)))
            uses = {use for other in self.names.get(name, ()) for use in read.uses.get(other, ())}
            fields.append(";".join(self.told_reached(name, merged, uses)))
            result[name] = fields
        for old, new in self.moved.items():
            if new in kept:
                result[old] = ["p" if old in read.uses else "", "", ">" + shortened(new, old)]
        for name, releases in self.functions.items():
            if name not in result:
                result[name] = ["fp" if name in read.uses else "f", self.ranges(name, releases)]
        for name in read.uses:
            top = name.split(":")[0].split(".")[0]
            if name not in result and (top in self.packages or top in sys.stdlib_module_names):
                result[name] = ["fp"]
        return result

    def flags(self, name, merged, read):
        return "".join(sorted(merged.flags)) + ("p" if name in read.uses else "")

    def direct(self, name, merged):
        """What the class inherits from, but not what one of those inherits from, too."""
        bases = [base for base in dict.fromkeys(map(self.canonical, merged.bases)) if base != name and base in self.classes]
        return [base for base in bases if not any(base in self.above(other) and other not in self.above(base) for other in bases)]

    def told_reached(self, name, merged, uses):
        above = (self.classes[base].reached for base in self.above(name) if base in self.classes)
        for root in sorted(set(merged.reached).union(*above)):
            if root == "__post_init__" or root == "__init__" and "call" not in uses or root == "__setitem__" and "setitem" not in uses:
                continue
            names = merged.reached.get(root, set())
            if (self.inherited(name, root) or set()) != names:
                yield root + ":" + " ".join(sorted(names))

    def ranges(self, name, releases):
        every = sorted(self.releases.get(package_of(name, self.packages), ()), key=order)
        if set(every) == releases:
            return "*"
        numbers = [index for index, release in enumerate(every) if release in releases]
        parts = []
        for number in numbers:
            if parts and parts[-1][1] == number - 1:
                parts[-1][1] = number
            else:
                parts.append([number, number])
        return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)


def document(path, census, files):
    """Writes the table of counts."""
    rows = []
    for package, lines in sorted(files.items()):
        every = sorted(census.releases[package], key=order)
        aliases = sum(len(fields) > 2 and fields[2].startswith(">") for fields in lines.values())
        functions = sum(fields[0].startswith("f") for fields in lines.values())
        pickled = sum("p" in fields[0] for fields in lines.values())
        told = every[0] if len(every) == 1 else f"{every[0]} to {every[-1]}"
        rows.append(f"| {package} | {len(every)} | {told} | {len(lines) - aliases - functions} | {aliases} | {pickled} |\n")
    head = "| package | releases | | classes | other names of them | pickled by fixtures |\n|---|---|---|---|---|---|\n"
    if not path.exists():
        return
    text = path.read_text()
    before, rest = text.split("<!-- counts -->\n")
    after = rest.split("<!-- end of the counts -->")[1]
    path.write_text(f"{before}<!-- counts -->\n{head}{''.join(rows)}<!-- end of the counts -->{after}")


def main(collected, committed, packages, *pickles):
    census = Census(pathlib.Path(collected))
    census.wanted = census.packages if packages == "all" else set(packages.split(","))
    census.join_moved()
    read = pickled.Pickled()
    for place in pickles:
        read.read_all(pathlib.Path(place))
    listed = set(sys.stdin.read().split())
    files = {package: {} for package in census.releases}
    for name, fields in census.lines(listed, read).items():
        files[package_of(name, census.packages)][name] = fields
    directory = pathlib.Path(committed)
    directory.mkdir(exist_ok=True)
    files = {package: files[package] for package in files if package in census.wanted}
    for package, lines in files.items():
        releases = " ".join(sorted(census.releases[package], key=order))
        text, last = [f"# {releases}\n"], None
        for name, fields in sorted(lines.items(), key=lambda line: line[0].split(":")):
            module, _, qualified = name.partition(":")
            if module != last:
                text.append(f"@{module}\n")
            last = module
            text.append("\t".join([qualified, *fields]).rstrip("\t") + "\n")
        (directory / f"{package}.txt").write_text("".join(text))
    told = {name: read.told(name) for name in read.uses}
    (pathlib.Path(collected) / "uses.json").write_text(json.dumps(told, indent=1, sort_keys=True))
    document(directory.parent / "CENSUS.md", census, files)
    size = sum(path.stat().st_size for path in directory.glob("*.txt"))
    print(f"census: {sum(map(len, files.values()))} names of {len(files)} packages, {size} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
