"""A guard over every load of a pickle in this process, for libraries that call `pickle` themselves.

`install` adds an audit hook of Python for the event `pickle.find_class`, which `pickle.load`, `pandas.read_pickle`, `joblib.load`,
caches and queues raise once for each name that they look up. A name that the policy does not list is refused there.

What it cannot do: it sees names, not what a listed class or function is called with, so `checked.loads` is stricter, and functions that
reach everything by their arguments are refused by name, as is what opens a file. A listed class may still be called so that it takes much
time or memory. An `Unpickler` whose class has a `find_class` of its own does not raise the event.
Code that already runs in the process can get around it. It cannot be taken out again.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from halfsour._audit import policy_of
from halfsour._errors import Refused

if TYPE_CHECKING:
    from halfsour._audit import AnyPolicy, Names

__all__ = ["install"]

# With arguments that nobody sees, these reach anything, or open files. As the policy spells them: Python 2 has other names for them.
_REACHING = {"builtins:getattr", "builtins:map", "builtins:filter"}
_REACHING_CLASSES = {"memmap"}
_REACHING_MODULES = {"operator", "_operator", "functools", "_functools", "dill", "cloudpickle"}


def _reaches(name: str) -> bool:
    module, _, qualname = name.partition(":")
    return name in _REACHING or qualname in _REACHING_CLASSES or module.partition(".")[0] in _REACHING_MODULES


def install(policy: AnyPolicy = None, *, allow: Names = ()) -> None:
    """Refuses, from now on and in all of this process, to load a pickle that names what the policy does not list.

    `policy` and `allow` are those of `halfsour.audit`. Who loads gets a `halfsour.Refused`.
    """
    judge = policy_of(policy, allow)
    # Of those that are refused, there may be any number.
    passed: set[tuple[Any, ...]] = set()

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event != "pickle.find_class" or args in passed:
            return
        name = judge.spelled(*args)
        if name is None or _reaches(name):
            raise Refused(f"the pickle names {'.'.join(args)}, which the policy does not list")
        passed.add(args)

    sys.addaudithook(hook)
