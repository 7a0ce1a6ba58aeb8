"""The state of the program that no load may change: attributes of classes and modules, registries, settings.

For `audit_oracle.py`.
"""

import builtins
import copyreg
import operator
import os
import pickle
import signal
import sys
import threading
import types
import warnings

# What a use of modules and classes changes, and what for.
LATE = {
    "__warningregistry__": "warnings that were shown",
    "__annotations__": "made when they are asked for",
    "__annotations_cache__": "made when they are asked for",
    "__abstractmethods__": "made when they are asked for",
    "_abc_impl": "made when isinstance asks",
    "__doc__": "made when it is asked for",
    "modules": "sys.modules, which is looked at by itself",
    "path_importer_cache": "the folders that modules were looked for in",
    "_cache": "the patterns that re has compiled",
    "_cache2": "the same",
    "_value2member_map_": "an enum's combinations of flags",
    "_member_map_": "the same",
    "last_exc": "an error that C code of pandas has printed",
    "last_traceback": "the same",
    "last_type": "the same",
    "last_value": "the same",
    "_parse_cache": "the URLs that urllib has taken apart: readers ask whether a path is one",
    "_constructor_postprocessor_mapping": "modules of sympy that are imported late add themselves",
    "_count": "how many dummies sympy has made",
    "_netmask_cache": "the masks that ipaddress has parsed",
    "_offset_map": "the offsets that pandas keeps by their names",
    "_cache_dtypes": "the dtypes that pandas keeps by their names",
    "_all_timezones_lower_to_standard": "pytz's names of time zones",
    "_tzinfo_cache": "time zones that pytz has read",
    "all_timezones_set": "pytz's names of time zones",
    "_all_timezones_unchecked": "the same",
}


class State:
    """The attributes of these classes and modules, and what else is kept."""

    def __init__(self, objects):
        modules = {sys.modules[name.partition(":")[0]] for name in objects if name.partition(":")[0] in sys.modules}
        modules.update((builtins, copyreg, os, pickle, signal, sys, types, warnings))
        classes = {base for it in objects.values() if isinstance(it, type) for base in it.__mro__}
        self.watched = modules | classes
        self.again()

    def again(self):
        """Notes all once more: a fork changes settings, and gives modules new locks."""
        self.kept = [(it, dict(vars(it))) for it in self.watched]
        self.containers = [
            (it, name, value, contents(value))
            for it, attributes in self.kept
            for name, value in attributes.items()
            if type(value) in (dict, list, set) and name not in LATE
        ]
        self.modules = dict(sys.modules)
        self.settings = settings()

    def changes(self):
        """What is not as it was."""
        found = []
        for it, before in self.kept:
            now = vars(it)
            if len(now) == len(before) and all(map(operator.is_, now.values(), before.values())):
                continue
            for name in {**before, **now}:
                if before.get(name) is not now.get(name) and not is_late(name, now.get(name)):
                    found.append("%s.%s" % (it.__name__, name))
        for it, name, value, before in self.containers:
            if vars(it).get(name) is value and contents(value) != before:
                found.append("the contents of %s.%s" % (it.__name__, name))
        found.extend("sys.modules of " + name for name, it in self.modules.items() if sys.modules.get(name) is not it)
        found.extend(name for name, value in settings().items() if value != self.settings[name])
        return found


def is_late(name, value):
    return name in LATE or isinstance(value, types.ModuleType) and sys.modules.get(value.__name__) is value


def contents(value):
    """The members, by identity. Whether one was changed itself is not seen."""
    if type(value) is dict:
        return [(id(key), id(it)) for key, it in value.items()]
    return [id(it) for it in value]


def context(decimal):
    """All but the flags, which each calculation may set."""
    now = decimal.getcontext()
    return now.prec, now.rounding, now.Emin, now.Emax, now.capitals, now.clamp, dict(now.traps)


def settings():
    said = {
        "the environment": dict(os.environ),
        "the working directory": os.getcwd(),
        "the limit of recursion": sys.getrecursionlimit(),
        "the number of threads": threading.active_count(),
    }
    if sys.platform != "emscripten":
        said["the handlers of signals"] = [signal.getsignal(number) for number in range(1, 30)]
        said["the open files"] = sorted(os.listdir("/proc/self/fd"))
    for module, name, function in [
        ("decimal", "the context of decimal", context),
        ("random", "the state of random", lambda it: it.getstate()),
        ("numpy", "numpy's handling of errors", lambda it: it.geterr()),
        ("numpy", "numpy's options of printing", lambda it: repr(it.get_printoptions())),
        ("numpy", "the state of numpy.random", lambda it: it.random.get_state()[1].tolist()),
        ("torch", "torch's default dtype", lambda it: it.get_default_dtype()),
    ]:
        if module in sys.modules:
            said[name] = function(sys.modules[module])
    return said
