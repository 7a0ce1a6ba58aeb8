"""Looking at files without loading them."""

import datetime
import gzip
import io
import pickle
import zipfile

import halfsour
import numpy
import pytest


class User:
    def __init__(self, name, friends=()):
        self.name, self.friends = name, list(friends)


ADA = User("Ada")
DATA = {
    "users": [ADA, User("Bob", [ADA])],
    "born": datetime.date(1815, 12, 10),
    "w": numpy.arange(6.0).reshape(2, 3),
    "a key": 1,
    3: (1, 2),
}


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "data.pkl.gz"
    path.write_bytes(gzip.compress(pickle.dumps(DATA, 4)))
    return halfsour.open(path)


def test_files(file, tmp_path):
    assert file.name.endswith("data.pkl.gz")
    assert file.format == "pickle"
    assert file.layers == ["gzip"]
    assert file.members == []
    assert "data.pkl.gz" in repr(file)
    assert halfsour.open(pickle.dumps(1)).root.value() == 1
    assert halfsour.open(io.BytesIO(pickle.dumps(1))).root.value() == 1
    assert halfsour.open(bytearray(pickle.dumps(1))).root.value() == 1
    with pytest.raises(FileNotFoundError):
        halfsour.open(tmp_path / "none.pkl")
    with pytest.raises(halfsour.DecodeError):
        halfsour.open(b"neither").root  # noqa: B018


def test_members_of_archives(tmp_path):
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.pkl", pickle.dumps("a"))
        archive.writestr("b.pkl", pickle.dumps("b"))
    assert halfsour.open(path).members == ["a.pkl", "b.pkl"]
    assert halfsour.open(path, member="b.pkl").root.value() == "b"
    with pytest.raises(halfsour.DecodeError):
        halfsour.open(path).root  # noqa: B018


def test_several_pickles():
    two = halfsour.open(pickle.dumps(1) + pickle.dumps([2]))
    assert [root.value() for root in two.roots] == [1, [2]]


def test_nodes(file):
    root = file.root
    assert (root.kind, root.class_name, root.path) == ("dict", "dict", "")
    assert len(root) == len(DATA)
    assert [key.value() for key in root] == list(DATA)
    user = root["users"][1]
    assert user.path == "['users'][1]"
    assert user.class_name == f"{__name__}.User"
    assert [(name.value(), value.path) for name, value in user.items()] == [
        ("name", "['users'][1].name"),
        ("friends", "['users'][1].friends"),
    ]
    assert root.get("users[1].name").value() == "Bob"
    assert root.get("users[-1].friends[0].name").value() == "Ada"
    assert file.get("['a key']").value() == 1
    assert root.get("[3][1]").value() == 2
    assert root.get("users[0]").is_shared
    assert not root.get("users[1]").is_shared
    assert isinstance(root.get("users[0]").offset, int)
    assert root.get("born").value() == DATA["born"]
    assert root.get("born").class_name == "datetime.date"
    assert (root.get("w").value() == DATA["w"]).all()
    assert root.get("w[1, 2]") == 5.0
    assert [member.path for member in root.get("users")] == ["users[0]", "users[1]"]
    assert "dict" in repr(root)
    for key, error in (("none", KeyError), (99, IndexError), (1.5, TypeError)):
        with pytest.raises(error):
            root["users"][key]
    with pytest.raises(KeyError):
        root.get("users[9]")
    with pytest.raises(ValueError):
        root.get("users[")


def test_json(file):
    assert halfsour.to_json(pickle.dumps({"a": [1, None]})) == '{"a":[1,null]}'
    assert file.root.get("users[0]").to_json() == f'{{"@class":"{__name__}.User","name":"Ada","friends":[]}}'
    data = pickle.dumps({"a": (1, b"x"), 2: User("Ada")}, 4)
    assert halfsour.from_json(halfsour.to_json(data, lossless=True)) == data
    assert pickle.loads(halfsour.from_json('{"a": [1.5]}')) == {"a": [1.5]}
    with pytest.raises(halfsour.Error):
        halfsour.from_json("{")
    cycle = []
    cycle.append(cycle)
    with pytest.raises(halfsour.Error):
        halfsour.to_json(pickle.dumps(cycle))


def test_facts(file):
    info = file.info()
    assert info["parts"][0]["pickles"][0]["protocol"] == 4
    assert file.sizes()["bytes"] > 0
    [hit] = file.find("Bob")
    assert hit["path"] == "users[1].name"
    assert file.find("^B.b$", regex=True) == [hit]
    other = halfsour.open(pickle.dumps({**DATA, "a key": 2}, 4))
    difference = file.diff(other)
    assert (difference["same"], difference["total"]) == (False, 1)
    assert file.diff(file)["same"]
    assert "STACK_GLOBAL" in file.dis()


def test_rewriting():
    data = pickle.dumps(DATA, 2)
    file = halfsour.open(data)
    assert file.rewrite() == data
    assert len(file.rewrite(optimize=True)) < len(data)
    assert pickle.loads(file.rewrite(protocol=4))["born"] == DATA["born"]
