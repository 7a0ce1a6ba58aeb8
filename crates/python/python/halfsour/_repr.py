"""The `repr` of objects of classes that were not imported."""

import reprlib

from halfsour._halfsour import Object


@reprlib.recursive_repr()
def object_repr(obj: Object) -> str:
    parts = [repr(arg) for arg in obj.args] if isinstance(obj.args, tuple) else [f"*{obj.args!r}"]
    if obj.kwargs:
        parts += [f"{name}={value!r}" for name, value in obj.kwargs.items()]
    attributes = obj.attributes
    parts += [f"{name}={value!r}" for name, value in attributes.items()]
    if obj.state is not None and not attributes:
        parts.append(f"state={obj.state!r}")
    if obj.items:
        parts.append(f"items={obj.items!r}")
    return f"{obj.class_name}({', '.join(parts)})"
