"""Makes pickles for the example `edit`, and checks what it made of them.

`edit.py make FILE` writes a line for each protocol: the pickle in base64. `edit.py check FILE` loads such lines.
"""

import base64
import io
import pickle
import sys


class User(object):
    pass


class Shelf(dict):
    pass


class Jar(object):
    """An object that is kept elsewhere."""


class Pickler(getattr(pickle, "_Pickler", pickle.Pickler)):
    def persistent_id(self, obj):
        return "jar-%d" % obj.number if isinstance(obj, Jar) else None


def data(protocol):
    user, jar, other = User(), Jar(), Jar()
    user.name = "Ada"
    user.me = user
    jar.number, other.number = 1, 2
    ring = ["old", user]
    ring.append(ring)
    shelf = (Shelf if protocol >= 2 else dict)(a=ring, b=user, c=ring)
    return {"users": [user, user], "ring": ring, "shelf": shelf, "jars": [jar, jar, other], "old": [user.name, ring]}


def make(file):
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        out = io.BytesIO()
        Pickler(out, protocol).dump(data(protocol))
        file.write(base64.b64encode(out.getvalue()).decode() + "\n")


def check(file):
    count = 0
    for line in file:
        unpickler = getattr(pickle, "_Unpickler", pickle.Unpickler)(io.BytesIO(base64.b64decode(line)))
        asked = []
        unpickler.persistent_load = lambda pid: asked.append(pid) or Jar()
        loaded = unpickler.load()
        user, ring, shelf, jars = loaded["users"][0], loaded["ring"], loaded["shelf"], loaded["jars"]
        assert loaded["users"][1] is user and user.me is user
        assert sorted(vars(user)) == ["age", "me", "name"]
        assert user.name == "Grace" and user.age == 36
        assert loaded["old"][0] == "Ada" and loaded["old"][1] is ring
        assert ring[0] == "new" and ring[1] is user and ring[2] is ring and len(ring) == 3
        assert sorted(shelf) == ["a", "c", "d"]
        assert shelf["a"] is ring and shelf["c"] is user and shelf["d"] is shelf
        assert jars[0] == ["half-sour"] and jars[1] is jars[0] and isinstance(jars[2], Jar)
        assert asked == ["jar-2"], asked
        count += 1
    print("%d edited graphs are as they should be" % count)


if __name__ == "__main__":
    if sys.argv[1] == "make":
        with open(sys.argv[2], "w") as target:
            make(target)
    else:
        with open(sys.argv[2]) as source:
            check(source)
