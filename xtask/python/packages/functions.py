"""Prints functions that cloudpickle and dill pickle by value, and what Python says of them: an object with

    function    names of attributes, to values; of __closure__ what the cells hold
    code        names of the attributes of the code, to values
    arguments   the names of the arguments, with stars
    pythons     the Pythons that make code of as many parts
"""

import sys

from values import encoded, row, describes

VERSION = sys.version_info[:2]


class Told(object):
    def __init__(self, told):
        self.told = told


@describes(Told)
def _(x):
    return x.told


SOURCE = """
G = 7


def outer(n):
    k = {"three": 3}

    def inner(a, b=2, *args, **kw):
        "adds"
        return a + b + n + len(k) + len(args) + G

    return inner


def plain(x, y):
    return x * y


named = lambda q: q + 1
"""

# The name of the file lies in the pickles.
exec(compile(SOURCE, "app.py", "exec"))


def tell(function, arguments):
    code = function.__code__
    names = "co_argcount co_nlocals co_stacksize co_flags co_names co_varnames co_filename co_name co_firstlineno co_freevars co_cellvars"
    told = {name: getattr(code, name) for name in names.split()}
    if VERSION >= (3, 11):
        told["co_qualname"] = code.co_qualname
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    parts = {"__name__": function.__name__, "__closure__": cells or None}
    if function.__defaults__:
        parts["__defaults__"] = function.__defaults__
    pythons = "2" if VERSION < (3,) else "3.0 to 3.7" if VERSION < (3, 8) else "3.8 to 3.10" if VERSION < (3, 11) else "3.11 and later"
    return Told({"function": parts, "code": told, "arguments": arguments, "pythons": pythons})


for module in ("cloudpickle", "dill"):
    try:
        pickler = __import__(module)
    except ImportError:
        continue
    samples = [
        ("plain", plain, ["x", "y"]),
        ("lambda", named, ["q"]),
        ("closure", outer(4), ["a", "b", "*args", "**kw"]),
    ]
    for name, function, arguments in samples:
        for protocol in [2] if VERSION < (3,) else [2, 4]:
            data = pickler.dumps(function, protocol)
            # cloudpickle 3 hides the names of files.
            row(module + " " + name, tell(pickler.loads(data), arguments), protocol=protocol, pickle=encoded(data))
