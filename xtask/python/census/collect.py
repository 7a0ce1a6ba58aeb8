"""Prints the census of packages that are installed here, as JSON: `collect.py [--no-objects] PACKAGE... [--listed PACKAGE...] < NAMES`.
For Python 2.7 and 3.6 or later.

Each line of the input is a name, `module:Qualified`, that is looked up besides all classes that the packages define; of packages after
--listed, such names are all that is looked at, with what those classes inherit from.
Objects of the classes are made, to see their states, unless that breaks the process: then --no-objects.
"""

from __future__ import print_function

import importlib
import inspect
import json
import os
import pkgutil
import re
import signal
import sys
import types
import warnings

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import source

# What loading may run, of an object that a pickle made: itself, or by the opcodes that append and set items, hash and compare.
ROOTS = (
    "__setstate__ __new__ __init__ __post_init__ __del__ __getattr__ __getattribute__ __setattr__ __setitem__ __array_finalize__"
).split()
# The special methods that are told; others with two underscores on each side are no keys in any class.
SPECIAL = set(ROOTS) | set("__reduce__ __reduce_ex__ __getstate__ __call__ __get__ __set__ __missing__ __eq__ __hash__".split())

# Those of which it is told that they have no source.
UNSEEN = ("__setstate__", "__del__", "__getattr__", "__setattr__")

SKIPPED = set(
    "tests test testing conftest setup idlelib turtledemo lib2to3 antigravity this __main__ distutils ensurepip tkinter turtle "
    "pip setuptools pkg_resources _pytest f2py pydoc_data msilib curses benchmarks doc docs examples msvccompiler "
    "_aix_support _osx_support _pyrepl lib-tk lib-dynload webbrowser".split()
)
IS_TYPE = (type, getattr(types, "ClassType", type))
IS_NAME = re.compile("[A-Za-z_][A-Za-z_0-9]*$")
# Classes whose objects do more than to be.
NOT_MADE = re.compile("distutils|f2py|testing|Parallel|Repository|Server|Client|Process|Thread|Pool|Executor|Download|Connection|Session|Worker|Manager$|Backend|Plot|Figure|Tk|App|File")
HEAP, IMMUTABLE = 1 << 9, 1 << 8


def quiet(seconds, function, *args):
    """The result of a call that may fail or hang; `None` then."""

    def stop(*_):
        raise RuntimeError("it takes too long")

    if not hasattr(signal, "alarm"):
        seconds = 0
    before = seconds and signal.signal(signal.SIGALRM, stop)
    if seconds:
        signal.alarm(seconds)
    try:
        return function(*args)
    except KeyboardInterrupt:
        raise
    except BaseException:
        return None
    finally:
        if seconds:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, before)


def import_all(name):
    module = quiet(120, importlib.import_module, name)
    # Modules of Cython may have a path that is none.
    if not os.path.basename(getattr(module, "__file__", None) or "").startswith("__init__."):
        return
    for found in quiet(60, list, pkgutil.iter_modules(getattr(module, "__path__", ()))) or ():
        inner = found[1]
        if inner not in SKIPPED and not inner.startswith("test_"):
            import_all(name + "." + inner)


def standard():
    """The modules of the standard library."""
    library = os.path.dirname(os.__file__)
    names = set(sys.builtin_module_names)
    for directory in (library, os.path.join(library, "lib-dynload")):
        names.update(found[1] for found in pkgutil.iter_modules([directory]))
    return sorted(name for name in names if name not in SKIPPED and not name.startswith(("_test", "_xx", "xx", "_ctypes_test")))


def qualname(cls):
    return getattr(cls, "__qualname__", cls.__name__)


def name_of(cls):
    module = getattr(cls, "__module__", None)
    return "%s:%s" % (module if isinstance(module, str) else "builtins", qualname(cls))


def lookup(module, qualified):
    value = sys.modules.get(module) or quiet(120, importlib.import_module, module)
    for part in qualified.split("."):
        value = getattr(value, part)
    return value


def bases_of(cls):
    """What a class inherits from, without `object`, and without what `six.with_metaclass` puts between."""
    for base in cls.__bases__:
        if base.__name__ in ("NewBase", "temporary_class") and not is_found(base):
            for inner in bases_of(base):
                yield inner
        elif base is not object:
            yield base


def is_found(cls):
    """Whether a pickle can name the class."""
    module, _, qualified = name_of(cls).partition(":")
    return "<" not in qualified and quiet(20, lookup, module, qualified) is cls


def is_c(cls):
    if not isinstance(cls, type):
        return False
    flags = cls.__flags__
    if not flags & HEAP or sys.version_info > (3, 9) and flags & IMMUTABLE:
        return True
    own = vars(cls)
    is_python = "__dict__" in own or "__weakref__" in own or "__slots__" in own or "__firstlineno__" in own
    return not is_python and not any(isinstance(value, types.FunctionType) for value in own.values()) and not in_source(cls)


def file_of(cls):
    return getattr(sys.modules.get(getattr(cls, "__module__", None)), "__file__", None)


def in_source(cls):
    return qualname(cls) in source.source(file_of(cls)).classes


def is_special(name):
    return name.startswith("__") and name.endswith("__")


def own_attributes(cls):
    """The methods (and all else that can be called, or is a descriptor that a key hides), and the descriptors that no key hides."""
    called, data, slots = set(), set(), set()
    for name, value in list(vars(cls).items()):
        if not isinstance(name, str) or name.startswith("__") and name not in SPECIAL:
            continue
        kind = type(value)
        if isinstance(value, types.MemberDescriptorType):
            (data if is_c(cls) else slots).add(name)
        elif hasattr(kind, "__set__") or hasattr(kind, "__delete__"):
            data.add(name)
        elif hasattr(kind, "__get__") or callable(value):
            called.add(name)
    if isinstance(vars(cls).get("__getattribute__"), type(object.__getattribute__)):
        called.discard("__getattribute__")
    return called, data, slots


def own_keys(cls, methods, mro):
    keys = set()
    for name, functions in methods.items():
        for function in functions:
            said = source.said(function)
            is_class = any(getattr(part, "id", "") in ("classmethod", "staticmethod") for part in function.decorator_list)
            if not is_class and name != "__init_subclass__":
                keys |= said.keys
            if name in ("__getstate__", "__reduce__", "__reduce_ex__"):
                keys |= said.dicts
    for fields in ("__dataclass_fields__", "model_fields", "__fields__"):
        told = vars(cls).get(fields)
        if isinstance(told, dict):
            keys.update(key for key in told if isinstance(key, str))
    for attribute in vars(cls).get("__attrs_attrs__", ()):
        keys.add(getattr(attribute, "name", ""))
    if any("get_params" in vars(base) for base in mro) and "__init__" in methods:
        for function in methods["__init__"]:
            keys.update(source.parameters(function)[1:])
    return sorted(source.mangled(key, cls.__name__) for key in keys if IS_NAME.match(key or ""))


def made_keys(cls):
    """Keys in the state of an object, for a class that takes no arguments, or small ints."""
    keys = set()
    for arguments in ((), (2,), (2, 2), (2, 2, 2)):
        reduced = quiet(2, lambda: cls(*arguments).__reduce_ex__(2))
        if not isinstance(reduced, tuple):
            continue
        state = reduced[2] if len(reduced) > 2 else None
        parts = state if isinstance(state, tuple) and len(state) == 2 else (state,)
        for part in parts:
            if isinstance(part, dict):
                keys.update(key for key in part if isinstance(key, str) and IS_NAME.match(key))
        break
    return keys


class Census(object):
    def __init__(self, packages):
        self.packages = packages  # in which objects are made
        self.classes = {}
        self.methods = {}

    def own_methods(self, cls):
        if cls not in self.methods:
            self.methods[cls] = quiet(60, source.methods, cls, file_of(cls), qualname(cls)) or {}
        return self.methods[cls]

    def add(self, cls):
        name = name_of(cls)
        if name in self.classes or cls is object:
            return
        mro = inspect.getmro(cls)
        called, data, slots = own_attributes(cls)
        told = {"bases": [name_of(base) for base in bases_of(cls)]}
        told["methods"], told["data"], told["slots"] = sorted(called), sorted(data), sorted(slots)
        told["c"] = is_c(cls)
        told["keys"] = own_keys(cls, self.own_methods(cls), mro)
        told["reached"] = self.reached(mro)
        if issubclass(cls, BaseException):
            told["kind"] = "exception"
        elif issubclass(cls, type):
            told["kind"] = "metaclass"
        told["found"] = is_found(cls)
        is_own = told["found"] and "kind" not in told and name.split(":")[0].split(".")[0] in self.packages
        # C breaks where it is given what it does not expect.
        if is_own and not any(is_c(base) for base in mro if base is not object) and not NOT_MADE.search(name):
            told["keys"] = sorted(made_keys(cls).union(told["keys"]))
        self.classes[name] = told
        for base in bases_of(cls):
            self.add(base)

    def reached(self, mro):
        """What each root calls on `self`, at any depth, and the marks of what it does with what it is given."""
        mro = [base for base in mro if base is not object]
        roots = [root for root in ROOTS if any(root in vars(base) for base in mro)]
        setters = {name for base in mro for name in self.own_methods(base) if name.endswith("=")}
        result = {}
        for root in roots + sorted(setters):
            reached = set()
            open_, seen = [(root, 0)], set()
            while open_:
                name, start = open_.pop()
                if (name, start) in seen:
                    continue
                seen.add((name, start))
                for index in range(start, len(mro)):
                    base = mro[index]
                    if name.rstrip("=~") not in vars(base):
                        continue
                    functions = self.own_methods(base).get(name, ())
                    if not functions and name == root and root in UNSEEN:
                        reached.add("@unseen")
                    for function in functions:
                        said = source.said(function)
                        reached |= said.marks
                        for callee in said.calls:
                            callee = source.mangled(callee, base.__name__)
                            reached.add(callee)
                            open_.append((callee, 0))
                        open_.extend((read, 0) for read in said.reads if self.is_property(mro, read))
                        open_.extend((up, index + 1) for up in said.up)
                        for key in said.keys:
                            if key + "=" in setters:
                                open_.append((key + "=", 0))
                    break
            reached.discard(root)
            if reached:
                result[root] = sorted(reached)
        return result

    def is_property(self, mro, name):
        return any(isinstance(vars(base).get(name), property) for base in mro)


def main(packages):
    names = sys.stdin.read().split()
    makes = packages[0] != "--no-objects"
    packages = packages[not makes :]
    listed = packages[packages.index("--listed") + 1 :] if "--listed" in packages else []
    packages = packages[: len(packages) - len(listed) - bool(listed)]
    warnings.simplefilter("ignore")
    # What packages print is no part of the output.
    out, sys.stdout = sys.stdout, open(os.devnull, "w")
    tops = set()  # the packages, and parts of packages
    for package in packages:
        modules = standard() if package == "stdlib" else [package]
        tops.update(modules)
        for module in modules:
            import_all(module)
    distributed = {package.split(".")[0] for package in packages + listed} - {"stdlib"}
    census, aliases = Census(distributed if makes else ()), {}
    for name, module in sorted(list(sys.modules.items())):
        if module is None or not is_under(name, tops):
            continue
        for value in list(quiet(10, lambda module=module: list(vars(module).values())) or ()):
            if isinstance(value, IS_TYPE):
                add_with_inner(census, value, tops, set())
    functions = []
    for name in names:
        if not is_under(name.split(":")[0], tops.union(listed)):
            continue
        module, _, qualified = name.partition(":")
        value = quiet(120, lookup, module, qualified)
        if isinstance(value, IS_TYPE):
            quiet(120, census.add, value)
            if name_of(value) != name:
                aliases[name] = name_of(value)
        elif value is not None:
            functions.append(name)
    versions = {"stdlib": "%d.%d" % sys.version_info[:2]} if "stdlib" in packages else {}
    for package in distributed:
        version = version_of(package)
        if version:
            versions[package] = str(version).split("+")[0]
    json.dump({"classes": census.classes, "aliases": aliases, "functions": sorted(functions), "versions": versions}, out, sort_keys=True)
    out.flush()
    # Threads of packages may not end.
    if sys.platform != "emscripten":
        os._exit(0)


def version_of(package):
    """The release of a package: what it says itself, or else what pip says of it."""
    module = sys.modules.get(package)
    version = module and quiet(20, getattr, module, "__version__", None)
    if module and not version and sys.version_info >= (3, 8):
        from importlib import metadata

        version = quiet(20, metadata.version, {"attr": "attrs", "PIL": "pillow"}.get(package, package))
    return version


def is_under(module, tops):
    parts = module.split(".")
    return any(".".join(parts[:length]) in tops for length in range(1, len(parts) + 1))


def add_with_inner(census, cls, tops, seen):
    if cls in seen or not is_under(str(getattr(cls, "__module__", "")), tops):
        return
    seen.add(cls)
    census.add(cls)
    for value in list(vars(cls).values()):
        if isinstance(value, IS_TYPE) and qualname(value).startswith(qualname(cls) + "."):
            add_with_inner(census, value, tops, seen)


if __name__ == "__main__":
    main(sys.argv[1:])
