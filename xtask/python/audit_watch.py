"""Watches what a load does: events of the interpreter, calls of functions that are values, objects that shadow their class.

For `audit_oracle.py`.
"""

import _compat_pickle
import gc
import io
import pickle
import pickletools
import re
import sys
import tempfile

# Events that harm nothing, and that code of the standard library and of packages raises whenever it likes.
HARMLESS = {
    "sys._getframe": "how named tuples and warnings find the module that they are made in",
    "sys._getframemodulename": "as sys._getframe, since 3.12",
    "builtins.id": "a number for an object",
    "array.__new__": "an array of numbers, whose memory is measured",
    "sys.excepthook": "an error in C code of pandas, which Python prints",
    "sys.unraisablehook": "an error in the __del__ of a reader that could not open the file, which Python prints",
}
# Modules that are imported late by what is listed, and why.
LATE = {
    "_strptime": "datetime",
    "encodings": "decoding a Python 2 string, or bytes, by a standard encoding",
    "s3fs": "pandas before 1.2 asks whether the file that it opened is one of S3",
    "importlib": "zoneinfo and pytz look for the data of time zones in packages",
    "tzdata": "the data of time zones",
    "traceback": "an exception that is formatted",
    "zoneinfo": "time zones",
}
# Functions that stand for what the policy judges by itself, so that they are called though the report has them as names alone.
JUDGED = {
    "builtins.getattr",
    "copyreg._reconstructor",
    "copyreg.__newobj__",
    "copyreg.__newobj_ex__",
    "torch.storage._load_from_bytes",
    # dill's _create_array calls it, as a pattern of the policy says.
    "numpy.core.multiarray._reconstruct",
    "numpy._core.multiarray._reconstruct",
    # The function that makes generators calls it, as a pattern of the policy says.
    "numpy.random._pickle.__bit_generator_ctor",
    # So does functools.reduce, on types: how unions of types are pickled.
    "_operator.or_",
    "operator.or_",
}
# What is read of a function by whom wants more than to call it.
INSIDES = {"__self__", "__globals__", "__code__", "__builtins__", "__closure__"}
WALKED = 20000  # objects

events = []
recording = False
# What was there before any load, by identity.
known = frozenset()
# The path that is loaded, if it is one.
allowed_path = None
# Whether what was compiled last is the text of a distribution.
is_own_text = False
# Whether the reader extracts archives into a temporary folder, as torch.load does.
extracting = False
# The keys of states whose values have patterns in the policy, of the classes that the pickle names.
reviewed_keys = frozenset()
# The packages whose modules may be imported.
allowed_packages = frozenset()


def hook(event, args):
    global recording, is_own_text
    if not recording or event in HARMLESS:
        return
    recording = False
    try:
        if event == "pickle.find_class":
            events.append([event, "%s.%s" % args[:2]])
        elif event == "import" and is_allowed(args[0]):
            pass
        elif event == "open" and is_own_file(args[0]):
            pass
        elif event == "compile" and sys._getframe(1).f_code.co_name == "parse" and args[1] == "<unknown>":
            # ast.parse makes a tree, and no code: numpy reads headers so.
            pass
        elif event == "compile" and sys._getframe(1).f_code.co_filename.endswith(("/typing.py", "/annotationlib.py")):
            # Text for a type is compiled, and not run. The policy says how long it may be.
            pass
        elif event in ("compile", "exec") and sys._getframe(1).f_code.co_name == "_eval_repr":
            # dill evaluates the names of constants, of which the policy has a list.
            pass
        elif event == "compile" and is_of_distribution(args[0]) or event == "exec" and is_own_text:
            # A distribution makes its methods of a text that is scipy's own, but for names and numbers.
            is_own_text = event == "compile"
        elif event == "object.__getattr__" and args[1] == "f_code":
            # Of frames: how pandas finds the caller that it warns.
            pass
        elif extracting and (in_extraction() or event == "open" and is_temporary(args[0])):
            pass
        elif not in_allowed_import():
            events.append([event, " ".join(shown(arg) for arg in args)])
    finally:
        recording = True


def shown(arg):
    """Only of what is no hostile object."""
    return repr(arg)[:100] if type(arg) in (str, bytes, int, type(None)) else type(arg).__name__


def is_allowed(module):
    top = module.partition(".")[0]
    return top in allowed_packages or top in LATE


def is_own_file(path):
    """Whether it is the file itself, one that joblib put beside it, or one with time zones."""
    if not isinstance(path, str):
        return False
    return allowed_path is not None and path.startswith(allowed_path) or "/zoneinfo/" in path


def is_of_distribution(text):
    """Whether it is scipy's template with the names and defaults of arguments in it."""
    module = sys.modules.get("scipy.stats._distn_infrastructure")
    parts = re.split(r"%\(\w+\)s", getattr(module, "parse_arg_template", "-"))
    pattern = r"[\w., =]*".join(re.escape(part) for part in parts)
    return type(text) is bytes and re.fullmatch(pattern, text.decode("latin1")) is not None


def in_extraction():
    """Whether an archive is extracted, or its folder made or deleted."""
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename.endswith(("/tempfile.py", "/tarfile.py", "/shutil.py")):
            return True
        frame = frame.f_back
    return False


def is_temporary(path):
    return isinstance(path, str) and path.startswith(tempfile.gettempdir())


def in_allowed_import():
    """Whether an import that is allowed is under way: what the module does then, it does in every program that uses it."""
    frame, name = sys._getframe(2), None
    while frame is not None:
        code = frame.f_code
        if code.co_name == "_find_and_load" and code.co_filename.startswith("<frozen importlib"):
            name = frame.f_locals.get("name")
        frame = frame.f_back
    return name is not None and is_allowed(name)


def modules_of_python_2(packages):
    """What modules of these packages are called in Python 2. A pickle of a high protocol has those names as they are: there are no such modules."""
    return {old.partition(".")[0] for old, new in _compat_pickle.IMPORT_MAPPING.items() if new.partition(".")[0] in packages}


def renamed(names):
    """These names, and what pandas.read_pickle makes of them."""
    compat = sys.modules.get("pandas.compat.pickle_compat")
    moved = getattr(compat, "_class_locations_map", {})
    return names | {"%s.%s" % new for old, new in moved.items() if "%s.%s" % old in names}


def spellings(name):
    """A name, and what it is in Python 3 if it is of Python 2."""
    yield name
    module, _, last = name.rpartition(".")
    yield "%s.%s" % _compat_pickle.NAME_MAPPING.get((module, last), (module, last))
    yield "%s.%s" % (_compat_pickle.IMPORT_MAPPING.get(module, module), last)


class Value:
    """Stands for a function that the report has as a value: nobody may call it."""

    __slots__ = ("_real", "_name")

    def __init__(self, real, name):
        self._real = real
        self._name = name

    def __call__(self, *args, **keywords):
        if recording:
            note("called", self._name)
        return self._real(*args, **keywords)

    def __getattr__(self, name):
        if recording and name in INSIDES:
            note("looked into", self._name)
        return getattr(self._real, name)


def note(*event):
    events.append(list(event))


class Marking(pickle.Unpickler):
    """The C unpickler, which gives a `Value` for each function that is only a value."""

    values = frozenset()

    def find_class(self, module, name):
        found = super().find_class(module, name)
        is_value = any(it in self.values for it in spellings("%s.%s" % (module, name)))
        return Value(found, name) if is_value and callable(found) and not isinstance(found, type) else found

    def persistent_load(self, pid):
        return pid


class Watching(pickle._Unpickler):
    """The unpickler in Python, which keeps what BUILD was done to."""

    dispatch = dict(pickle._Unpickler.dispatch)

    def __init__(self, *args, **keywords):
        super().__init__(*args, **keywords)
        self.built = []

    def load_build(self):
        self.built.append(self.stack[-2])
        super().load_build()

    dispatch[pickle.BUILD[0]] = load_build


def readers(pickled, marked_values, all_encodings):
    """How a pickle is read: what it is called, whether it is slow, and the load, which gives what it made."""
    yield "C, bytes", False, lambda: [pickle.loads(pickled)]
    yield "C, file", False, lambda: [pickle.load(io.BufferedReader(io.BytesIO(pickled)))]
    yield "Python", True, lambda: watched(pickled)

    def marked():
        unpickler = Marking(io.BytesIO(pickled))
        unpickler.values = marked_values
        return [unpickler.load()]

    yield "C, marked", False, marked
    if all_encodings:
        yield "latin1", False, lambda: [pickle.loads(pickled, encoding="latin1")]
        yield "bytes", False, lambda: [pickle.loads(pickled, encoding="bytes")]
        yield "ignore", False, lambda: [pickle.loads(pickled, errors="ignore")]


def watched(pickled):
    unpickler = Watching(io.BytesIO(pickled))
    try:
        loaded = unpickler.load()
    except Exception:
        look(unpickler.built)
        raise
    return [loaded, *unpickler.built]


def one_after_the_other(pickled):
    """What a program makes that reads pickle after pickle, and resolves persistent ids, whatever some of them are."""
    loaded, start = [], 0
    for _ in range(20):
        try:
            *_, (_, _, end) = pickletools.genops(pickled[start:])
        except ValueError:
            break
        try:
            loaded.append(Marking(io.BytesIO(pickled[start:])).load())
        except Exception:
            pass
        start += end + 1
    return loaded


def look(root):
    """Notes what is reached from here and has a key that shadows what its class calls."""
    global recording
    before, recording = recording, False
    open_, seen = [root], set()
    while open_ and len(seen) < WALKED:
        it = open_.pop()
        if id(it) in seen or id(it) in known or isinstance(it, (str, bytes, int, float, type, type(sys))):
            continue
        seen.add(id(it))
        try:
            attributes = object.__getattribute__(it, "__dict__")
        except Exception:
            attributes = None
        if type(attributes) is dict:
            for key, value in attributes.items():
                if callable(value) and isinstance(key, str) and is_shadow(it, str.__str__(key), value):
                    note("shadow", "%s.%s.%s" % (type(it).__module__, type(it).__qualname__, key))
        open_.extend(gc.get_referents(it))
    recording = before


def is_shadow(it, key, value):
    # Parsers of configurations keep partials of methods of their own.
    value = getattr(value, "func", value)
    if getattr(value, "__self__", None) is it or "<locals>" in str(getattr(value, "__qualname__", "")):
        # No pickle can name it: the class itself made it.
        return False
    if type(it).__module__.startswith("sortedcontainers.") and any(getattr(value, "__self__", 0) is vars(it).get(own) for own in ("_set", "_list")):
        # A sorted set has methods of the set and the list that it keeps.
        return False
    if key in reviewed_keys or key == "_baseclass" and isinstance(value, type):
        # What stands there the policy of the audit says; numpy itself keeps of which class the data of a masked array is.
        return False
    if key.startswith("__") and key.endswith("__"):
        # Generic types of typing keep the class that they are made of.
        return not (key == "__origin__" and type(it).__module__ == "typing")
    for base in type(it).__mro__:
        if key in vars(base):
            shadowed = vars(base)[key]
            kind = type(shadowed)
            # A property, and the like, stays in force.
            if hasattr(kind, "__set__"):
                return False
            return shadowed is not value and (callable(shadowed) or hasattr(kind, "__get__"))
    return False
