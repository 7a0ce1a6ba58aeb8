"""What pickles name, and which keys the states of their objects have, without importing any of it. For Python 3.8 or later."""

import base64
import io
import json
import pickle


class Pickled:
    """Collects, from any number of pickles: names, with the ways each is used, and keys of states."""

    def __init__(self):
        self.uses = {}
        self.keys = {}
        self.args = {}
        self.states = {}

    def read(self, data):
        seen = self

        def use(name, what):
            seen.uses.setdefault(name, set()).add(what)

        class Stub:
            """An object, whatever it is an object of."""

            name = "?"

            def __new__(cls, *args, **keywords):
                if cls.name != "?":
                    use(cls.name, "new" if cls.is_new else "call")
                    seen.args.setdefault(cls.name, set()).add(kinds(args))
                made = super().__new__(cls)
                if cls.name.endswith((":_reconstructor", ":__newobj__", ":__newobj_ex__")) and args and isinstance(args[0], type):
                    use(args[0].name, "new")
                    made.name = args[0].name
                return made

            def __init__(self, *args, **keywords):
                pass

            is_new = False

            def __setstate__(self, state):
                use(self.name, "build")
                seen.states.setdefault(self.name, set()).add(kind(state))
                parts = state if isinstance(state, tuple) and len(state) == 2 else (state,)
                for part in parts:
                    if isinstance(part, dict):
                        keys = (key for key in part if isinstance(key, str) and key.isidentifier())
                        seen.keys.setdefault(self.name, set()).update(keys)

            def append(self, _):
                use(self.name, "append")

            add = append

            def extend(self, _):
                use(self.name, "append")

            update = extend

            def __setitem__(self, _key, _value):
                use(self.name, "setitem")

            def __hash__(self):
                return id(self)

        class Reader(pickle._Unpickler):
            def find_class(self, module, name):
                key = f"{module}:{name}"
                use(key, "import")
                return type("Stub", (Stub,), {"name": key})

            def persistent_load(self, _):
                return Stub()

            def load_newobj(self):
                args = self.stack.pop()
                cls = self.stack.pop()
                self.stack.append(self.made(cls, args))

            def load_newobj_ex(self):
                keywords = self.stack.pop()
                args = self.stack.pop()
                cls = self.stack.pop()
                self.stack.append(self.made(cls, (*args, *keywords.values()) if isinstance(keywords, dict) else args))

            def made(self, cls, args):
                if not (isinstance(cls, type) and issubclass(cls, Stub)):
                    return Stub()
                use(cls.name, "new")
                seen.args.setdefault(cls.name, set()).add(kinds(args))
                return object.__new__(cls)

            dispatch = dict(pickle._Unpickler.dispatch)
            dispatch[pickle.NEWOBJ[0]] = load_newobj
            dispatch[pickle.NEWOBJ_EX[0]] = load_newobj_ex

        try:
            Reader(io.BytesIO(data), encoding="latin1").load()
        except Exception:  # arrays between the opcodes, streams of several pickles: what came before is seen
            pass

    def read_all(self, place):
        """Reads a file of pickles, or all below a directory."""
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.is_file() and path.suffix in (".jsonl", ".pickle", ".pkl"):
                self.read_rows(path)

    def told(self, name):
        """How a name is used, as JSON can tell it."""
        return {
            "uses": sorted(self.uses[name]),
            "args": sorted(self.args.get(name, ())),
            "states": sorted(self.states.get(name, ())),
        }

    def read_rows(self, path):
        """Reads each base64 text in the rows of a file of JSON lines, or the file itself."""
        if path.suffix == ".jsonl":
            for line in path.open():
                for text in texts(json.loads(line)):
                    self.read_text(text)
        elif path.stat().st_size < 1 << 24:
            self.read(path.read_bytes())

    def read_text(self, text):
        try:
            self.read(base64.b64decode(text, validate=True))
        except ValueError:
            pass


def texts(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str):
                if key in ("pickle", "data", "pickled"):
                    yield inner
            else:
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)


def kind(value):
    if hasattr(type(value), "name") and type(value).__name__ == "Stub":
        return f"object of {value.name}"
    if isinstance(value, type):
        return f"is {getattr(value, 'name', value.__name__)}"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(kind, value)) + ")"
    return "None" if value is None else type(value).__name__


def kinds(args):
    try:
        return ", ".join(map(kind, args))
    except RecursionError:
        return "..."
