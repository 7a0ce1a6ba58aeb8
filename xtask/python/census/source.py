"""What the source of classes says: keys that methods set on `self`, and what they call. For Python 2.7 and 3.6 or later."""

import ast
import functools
import os
import types

FUNCTIONS = tuple(getattr(ast, name) for name in ("FunctionDef", "AsyncFunctionDef") if hasattr(ast, name))


class Source(object):
    """The functions and classes of a file."""

    def __init__(self, path):
        self.functions = {}
        self.classes = {}
        try:
            with open(path, "rb") as file:
                tree = ast.parse(file.read())
        except (OSError, IOError, SyntaxError, ValueError):
            return
        self.index(tree, "")

    def index(self, node, prefix):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.ClassDef):
                self.classes.setdefault(prefix + child.name, []).append(child)
                self.index(child, prefix + child.name + ".")
            elif isinstance(child, FUNCTIONS):
                lines = [child.lineno] + [decorator.lineno for decorator in child.decorator_list]
                for line in lines:
                    self.functions[line, child.name] = child
                self.index(child, prefix + child.name + ".<locals>.")
            else:
                self.index(child, prefix)


SOURCES = {}


def source(path):
    path = path or ""
    if path.endswith((".pyc", ".pyo")):
        path = path[:-1]
    if not path.endswith(".py") or not os.path.exists(path):
        path = ""
    if path not in SOURCES:
        SOURCES[path] = Source(path)
    return SOURCES[path]


def unwrapped(value):
    """Yields the functions that a value in the dict of a class is made of, each with what it does: gets, sets, deletes or is called."""
    if isinstance(value, property):
        parts = [("", value.fget), ("=", value.fset), ("~", value.fdel)]
    elif isinstance(value, (classmethod, staticmethod)):
        parts = [("", value.__func__)]
    else:
        parts = [("", value)]
    for mark, part in parts:
        for _ in range(10):
            if isinstance(part, types.FunctionType):
                yield mark, part
            inner = None
            for name in ("__wrapped__", "func", "fget", "function", "__func__"):
                try:
                    inner = getattr(part, name, None)
                except Exception:
                    inner = None
                if inner is not None and inner is not part:
                    break
                inner = None
            if inner is None or isinstance(part, type):
                break
            part = inner


def body_functions(node, prefix=""):
    """The functions in the body of a class, also those below an `if` or `try`."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, FUNCTIONS):
            yield child
        elif not isinstance(child, (ast.ClassDef, ast.expr)):
            for function in body_functions(child):
                yield function


def mark_of(node):
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Attribute) and decorator.attr in ("setter", "deleter"):
            return "=" if decorator.attr == "setter" else "~"
    return ""


def methods(cls, module_file, qualname):
    """Returns the syntax trees of the methods in the class itself: those that its source has, and those that were put into it."""
    found = {}
    for node in source(module_file).classes.get(qualname, ()):
        for function in body_functions(node):
            found.setdefault(function.name + mark_of(function), []).append(function)
    for name, value in list(vars(cls).items()):
        for mark, function in unwrapped(value):
            code = function.__code__
            node = source(code.co_filename).functions.get((code.co_firstlineno, code.co_name))
            if node is not None and node not in found.get(name + mark, ()):
                found.setdefault(name + mark, []).append(node)
    return found


def parameters(function):
    args = function.args
    every = list(getattr(args, "posonlyargs", ())) + list(args.args) + list(getattr(args, "kwonlyargs", ()))
    names = [getattr(arg, "arg", getattr(arg, "id", None)) for arg in every]
    for arg in (args.vararg, args.kwarg):
        if arg is not None:
            names.append(getattr(arg, "arg", arg))
    return names


def text_of(node):
    value = getattr(node, "value", None) if type(node).__name__ == "Constant" else getattr(node, "s", None)
    return value if isinstance(value, str) else None


def is_named(node, name):
    return isinstance(node, ast.Name) and node.id == name


def subscript(node):
    index = node.slice
    return text_of(getattr(index, "value", index)) if type(index).__name__ == "Index" else text_of(index)


class Said(object):
    """What one function says: `keys` that it sets, names that it `calls` or `reads`, `marks`, and whether it goes `up`."""

    def __init__(self, function):
        names = parameters(function)
        self.owner = names[0] if names else None
        self.keys, self.calls, self.reads, self.up, self.marks = set(), set(), set(), set(), set()
        self.dicts = set()
        self.given = set(name for name in names[1:] if name)
        self.function = function
        nodes = list(ast.walk(function))
        # What is taken out of what is given is given, too.
        for _ in range(2):
            for node in nodes:
                if isinstance(node, ast.Assign) and self.is_given(node.value):
                    self.take(node.targets)
                elif isinstance(node, ast.For) and self.is_given(node.iter):
                    self.take([node.target])
                elif isinstance(node, ast.comprehension) and self.is_given(node.iter):
                    self.take([node.target])
        for node in nodes:
            self.look(node)

    def take(self, targets):
        for target in targets:
            for node in ast.walk(target):
                if isinstance(node, ast.Name):
                    self.given.add(node.id)

    def is_given(self, node):
        return any(isinstance(part, ast.Name) and part.id in self.given for part in ast.walk(node))

    def look(self, node):
        owner = self.owner
        if isinstance(node, ast.Attribute) and is_named(node.value, owner):
            if isinstance(node.ctx, ast.Store):
                self.keys.add(node.attr)
            elif isinstance(node.ctx, ast.Load):
                self.reads.add(node.attr)
        elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
            key = subscript(node)
            if key is not None:
                if isinstance(node.value, ast.Attribute) and node.value.attr == "__dict__":
                    self.keys.add(key)
                else:
                    self.dicts.add(key)
        elif isinstance(node, ast.Dict):
            self.dicts.update(key for key in map(text_of, filter(None, node.keys)) if key is not None)
        elif isinstance(node, (ast.For, ast.comprehension)) and self.is_given(node.iter):
            self.marks.add("@loop")
        elif isinstance(node, ast.While):
            self.marks.add("@loop")
        elif isinstance(node, ast.Call):
            self.look_at_call(node)

    def look_at_call(self, node):
        owner, callee = self.owner, node.func
        if isinstance(callee, ast.Attribute):
            if is_named(callee.value, owner):
                self.calls.add(callee.attr)
            elif isinstance(callee.value, ast.Call) and is_named(callee.value.func, "super"):
                self.up.add(callee.attr)
            elif any(is_named(arg, owner) for arg in node.args[:1]) and callee.attr == self.function.name:
                self.up.add(callee.attr)
            if callee.attr == "update" and isinstance(callee.value, ast.Attribute) and callee.value.attr == "__dict__":
                self.marks.add("@update")
                self.keys.update(keyword.arg for keyword in node.keywords if keyword.arg)
            if callee.attr == "__setattr__" and len(node.args) >= 2:
                self.set_attribute(node.args[-2])
        if isinstance(callee, ast.Subscript) and self.is_given(callee):
            self.marks.add("@call")
        if isinstance(callee, ast.Name):
            if callee.id in self.given:
                self.marks.add("@call")
            if callee.id == "dict":
                self.dicts.update(keyword.arg for keyword in node.keywords if keyword.arg)
            if callee.id in ("setattr", "getattr", "hasattr") and node.args and is_named(node.args[0], owner):
                name = text_of(node.args[1]) if len(node.args) > 1 else None
                if callee.id == "setattr":
                    self.set_attribute(node.args[1])
                elif callee.id == "getattr" and name is not None:
                    self.calls.add(name)
                elif callee.id == "getattr":
                    self.marks.add("@getattr")
                return
        if any(is_named(arg, owner) for arg in node.args) and not (isinstance(callee, ast.Name) and callee.id == "super"):
            self.marks.add("@self")

    def set_attribute(self, name):
        text = text_of(name)
        if text is not None:
            self.keys.add(text)
        else:
            self.marks.add("@setattr")


SAID = {}


def said(function):
    if function not in SAID:
        SAID[function] = Said(function)
    return SAID[function]


def mangled(key, name):
    if key.startswith("__") and not key.endswith("__"):
        return "_" + name.lstrip("_") + key
    return key
