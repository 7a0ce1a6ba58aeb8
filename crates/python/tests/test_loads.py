"""`load` and `loads`, beside what the fixtures have."""

import collections
import datetime
import gc
import io
import pickle
import subprocess
import sys
import tracemalloc

import halfsour
import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streams import same

OS_SYSTEM = b"cos\nsystem\n(S'id'\ntR."


class User:
    def __init__(self, **attributes):
        self.__dict__.update(attributes)


class Numbers(list):
    pass


class Pair(collections.namedtuple("Pair", "left right")):
    pass


def test_a_class_is_not_imported_but_described():
    user = User(name="Ada", friends=[])
    user.friends.append(user)
    loaded = halfsour.loads(pickle.dumps(user))
    assert type(loaded) is halfsour.Object
    assert loaded.class_name == f"{__name__}.User"
    assert (loaded.module, loaded.qualname) == (__name__, "User")
    assert loaded.attributes["name"] == "Ada"
    assert loaded.attributes["friends"][0] is loaded
    assert repr(loaded) == f"{__name__}.User(name='Ada', friends=[...])"
    assert loaded.form == "new"
    assert loaded.args == ()
    assert loaded.kwargs is None
    assert loaded.state == loaded.attributes


def test_items_and_arguments_of_objects():
    assert halfsour.loads(pickle.dumps(Numbers([1, 2]))).items == [1, 2]
    assert halfsour.loads(pickle.dumps(Pair(1, 2))).args == (1, 2)
    counts = collections.OrderedDict(a=1)
    assert halfsour.loads(pickle.dumps(counts)) == counts


def test_unknown_raise_names_the_class_and_the_place():
    with pytest.raises(halfsour.DecodeError, match="os.system is not on the list") as caught:
        halfsour.loads(OS_SYSTEM, unknown="raise")
    assert caught.value.offset is not None
    halfsour.loads(pickle.dumps([datetime.date(2024, 2, 29)]), unknown="raise")


def test_errors_are_those_of_pickle_and_say_where():
    with pytest.raises(pickle.UnpicklingError) as caught:
        halfsour.loads(b"\x80\x04]a.")
    assert isinstance(caught.value, halfsour.Error)
    assert isinstance(caught.value, ValueError)
    assert (caught.value.offset, caught.value.opcode) == (3, "APPEND")
    with pytest.raises(halfsour.LimitError):
        halfsour.loads(b"\x80\x04" + b"L" + b"9" * 200_000 + b"L\n.")
    with pytest.raises(TypeError):
        halfsour.loads("text")
    with pytest.raises(ValueError, match="unknown must be"):
        halfsour.loads(b"N.", unknown="import")


def test_the_cause_of_an_error_is_kept():
    with pytest.raises(halfsour.DecodeError) as caught:
        halfsour.loads(b"U\x01\xe9.")
    assert isinstance(caught.value.__cause__, UnicodeDecodeError)


@pytest.mark.parametrize("data", [bytearray(b"K\x01."), memoryview(b"K\x01."), memoryview(b"..1.K")[::-2]])
def test_any_buffer(data):
    try:
        expected = pickle.loads(bytes(data))
    except Exception:
        with pytest.raises(halfsour.Error):
            halfsour.loads(data)
    else:
        assert halfsour.loads(data) == expected


def test_load_leaves_the_file_behind_the_pickle():
    file = io.BytesIO(pickle.dumps([1]) + pickle.dumps([2]))
    assert [halfsour.load(file), halfsour.load(file)] == [[1], [2]]
    out = io.BytesIO()
    halfsour.dump([1], out)
    assert out.getvalue() == pickle.dumps([1])


def test_sharing_and_cycles():
    shared = [1]
    data = {"a": shared, "b": shared, 1: (shared,)}
    data["self"] = data
    loaded = halfsour.loads(pickle.dumps(data))
    assert same(loaded, data) is None
    tuple_in_list = ([],)
    tuple_in_list[0].append(tuple_in_list)
    loaded = halfsour.loads(pickle.dumps(tuple_in_list))
    assert loaded[0][0] is loaded
    frozen = User()
    frozen.all = frozenset([frozen])
    loaded = halfsour.loads(pickle.dumps(frozen))
    assert next(iter(loaded.attributes["all"])) is loaded
    queue = collections.deque()
    queue.append(queue)
    loaded = halfsour.loads(pickle.dumps(queue))
    assert loaded[0] is loaded


def test_what_is_needed_to_make_itself_is_refused():
    # OrderedDict([…]), whose argument holds the OrderedDict: only a stream that nobody writes has it.
    with pytest.raises(halfsour.DecodeError):
        halfsour.loads(b"ccollections\nOrderedDict\n(]p1\n(I1\nI2\nlatRp2\n0g1\n(I3\ng2\nla0g2\n.")


@pytest.mark.parametrize("opening, closing", [(b"]", b"a"), (b"", b"\x85"), (b"}K\x01", b"s")])
def test_deep_data(opening, closing):
    depth = 200_000
    data = b"\x80\x02" + opening * depth + b"N" + closing * depth + b"."
    loaded = halfsour.loads(data)
    assert type(loaded) in (list, tuple, dict)
    assert halfsour.loads(halfsour.dumps(loaded)) is not None


def test_deep_objects():
    # Each is the state of the next.
    depth = 50_000
    halfsour.loads(b"\x80\x02" + b"capp\nA\n)\x81" * depth + b"N" + b"b" * depth + b".")


def test_deep_and_wide_keys_are_refused():
    # Python hashes tuples by recursion, and each time that they occur.
    deep = b"\x80\x02}N" + b"\x85" * 200_000 + b"Ns."
    with pytest.raises(halfsour.DecodeError, match="nested deeper"):
        halfsour.loads(deep)
    wide = b"\x80\x04}N" + b"".join(b"\x94h%c\x86" % number for number in range(100)) + b"Ns."
    with pytest.raises(halfsour.LimitError):
        halfsour.loads(wide)
    assert halfsour.loads(b"\x80\x02}N" + b"\x85" * 900 + b"Ns.") == pickle.loads(b"\x80\x02}N" + b"\x85" * 900 + b"Ns.")


@pytest.mark.parametrize(
    "opening, closing",
    [
        (b"cbuiltins\nslice\n", b"NN\x87R"),
        (b"cfunctools\npartial\n(cfunctools\npartial\ntR(", b")}NtbN0"),
        (b"", b"Q"),
    ],
)
def test_deep_chains_are_dropped(opening, closing):
    depth = 50_000
    halfsour.loads(b"\x80\x02" + opening * depth + b"N" + closing * depth + b".")


def test_the_collector_is_as_it_was():
    for enabled in (True, False):
        (gc.enable if enabled else gc.disable)()
        for data in (pickle.dumps([1]), b"}]Ns."):
            try:
                halfsour.loads(data)
            except halfsour.Error:
                pass
            assert gc.isenabled() == enabled
    gc.enable()


def test_buffers_are_not_copied():
    array = numpy.arange(1000, dtype="<i4")
    buffers = []
    data = pickle.dumps({"a": array, "b": array}, protocol=5, buffer_callback=buffers.append)
    own = bytearray(buffers[0].raw())
    loaded = halfsour.loads(data, buffers=[own])
    assert loaded["a"] is loaded["b"]
    own[0] = 7
    assert loaded["a"][0] == 7
    with pytest.raises(halfsour.DecodeError, match="was not supplied"):
        halfsour.loads(data)
    ours = []
    assert halfsour.dumps({"a": array, "b": array}, protocol=5, buffer_callback=ours.append) == data
    assert [bytes(buffer) for buffer in ours] == [bytes(buffer) for buffer in buffers]


ARRAYS = [
    numpy.arange(6.0).reshape(2, 3),
    numpy.arange(6, dtype=">i2").reshape(2, 3).T,
    numpy.array(["a", "bb"]),
    numpy.array([b"a", b"bb"]),
    numpy.array([True, False]),
    numpy.array([1 + 2j]),
    numpy.array("2020-01-01", dtype="M8[ns]"),
    numpy.array([None, "x", [1]], dtype=object),
    numpy.array([], dtype=float),
    numpy.zeros((0, 3)),
    numpy.array(5),
    numpy.zeros(2, dtype=[("a", "i4"), ("b", "f8", (2,))]),
    numpy.zeros(2, dtype=numpy.dtype({"names": ["x"], "formats": ["<i2"], "offsets": [3], "itemsize": 9})),
    numpy.float16([1.5]),
    numpy.longdouble([1.5]),
]


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype}{array.shape}")
def test_arrays(array, protocol):
    data = pickle.dumps(array, protocol)
    loaded, expected = halfsour.loads(data, unknown="raise"), pickle.loads(data)
    assert type(loaded) is numpy.ndarray
    assert loaded.dtype == expected.dtype
    assert loaded.shape == expected.shape
    assert loaded.tobytes() == expected.tobytes() or array.dtype == object
    assert repr(loaded.tolist()) == repr(expected.tolist())
    assert loaded.flags.writeable == expected.flags.writeable
    # From 3.13 on, the texts that numpy makes for the names of fields are shared in another way.
    if sys.version_info < (3, 13) or array.dtype.names is None:
        assert halfsour.dumps(array, protocol) == data
        assert halfsour.dumps(halfsour.loads(data, arrays="object"), protocol) == data


@pytest.mark.parametrize("scalar", [numpy.float32(1.5), numpy.int8(-1), numpy.datetime64("2020-01-01"), numpy.str_("é")])
def test_scalars_and_types(scalar):
    loaded = halfsour.loads(pickle.dumps(scalar), unknown="raise")
    assert type(loaded) is type(scalar)
    assert loaded == scalar
    assert halfsour.loads(pickle.dumps(scalar.dtype)) == scalar.dtype


def test_arrays_whose_objects_are_addresses_are_refused():
    array = pickle.dumps(numpy.zeros(1, dtype="<f8"), 2)
    hostile = array.replace(b"f8", b"O8")
    assert hostile != array
    loaded = halfsour.loads(hostile)
    assert not isinstance(loaded, numpy.ndarray)


def test_without_numpy_arrays_are_objects():
    script = """
import sys, halfsour
sys.modules["numpy"] = None
array = halfsour.loads(sys.stdin.buffer.read())
print(type(array).__name__, array.class_name)
"""
    data = pickle.dumps(numpy.arange(3), 4)
    run = subprocess.run([sys.executable, "-c", script], input=data, capture_output=True, check=True)
    assert run.stdout.split()[0] == b"Object"


def test_calls_that_copy_are_paid_for():
    # A Counter of one dict, made again and again.
    size, times = 5000, 5000
    counts = b"}(" + b"".join(b"J" + number.to_bytes(4, "little") + b"K\x01" for number in range(size)) + b"u"
    data = b"\x80\x02(ccollections\nCounter\nq\x01" + counts + b"\x85q\x02R" + b"h\x01h\x02R" * times + b"l."
    with pytest.raises(halfsour.LimitError, match="copied"):
        halfsour.loads(data)


def test_memory_is_steady():
    samples = [
        pickle.dumps({"a": [1, 2.5, "x"], "b": datetime.date(2024, 1, 1)}),
        pickle.dumps(User(name="Ada", friends=[User()])),
        pickle.dumps(numpy.arange(3)),
        b"]",
        b"\x80\x04}]Ns.",
        OS_SYSTEM,
    ]

    def run(times):
        for _ in range(times):
            for sample in samples:
                try:
                    halfsour.dumps(halfsour.loads(sample))
                except halfsour.Error:
                    pass
        gc.collect()

    run(200)
    tracemalloc.start()
    try:
        run(100)
        before = tracemalloc.get_traced_memory()[0]
        run(2000)
        after = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert after - before < 20_000


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.dates()
    | st.datetimes(timezones=st.none() | st.just(datetime.timezone.utc))
    | st.timedeltas()
    | st.decimals(allow_nan=False)
    | st.fractions()
    | st.uuids()
    | st.complex_numbers(allow_nan=False)
)
KEYS = st.recursive(st.integers() | st.text() | st.uuids(), lambda keys: st.tuples(keys, keys) | st.frozensets(keys, max_size=3), max_leaves=4)
VALUES = st.recursive(
    SCALARS,
    lambda values: st.lists(values)
    | st.dictionaries(KEYS, values)
    | st.tuples(values, values)
    | st.sets(KEYS)
    | st.builds(collections.deque, st.lists(values))
    | st.builds(lambda **attributes: collections.OrderedDict(attributes), a=values, b=values),
    max_leaves=20,
)


@settings(deadline=None)
@given(VALUES, st.integers(0, 5))
def test_round_trips(value, protocol):
    data = pickle.dumps(value, protocol)
    loaded = halfsour.loads(data, unknown="raise")
    assert loaded == value
    assert same(loaded, pickle.loads(data)) is None
    assert halfsour.dumps(value, protocol) == data
    assert pickle.loads(halfsour.dumps(loaded, protocol)) == value


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_anything_is_loaded_or_an_error(data):
    for prefix in (b"", b"\x80\x04", b"(cdatetime\ndatetime\n"):
        try:
            halfsour.dumps(halfsour.loads(prefix + data))
        except halfsour.Error:
            pass


@pytest.mark.parametrize("protocol", range(6))
def test_objects_are_written_as_they_were(protocol):
    user = User(name="Ada", numbers=Numbers([1, 2]), pair=Pair(1, (2,)))
    user.self = user
    user.numbers.name = "n"
    data = pickle.dumps([user, user, User, User(name="Ada")], protocol)
    assert halfsour.dumps(halfsour.loads(data), protocol) == data
    again = pickle.loads(halfsour.dumps(halfsour.loads(data), protocol))
    assert again[0] is again[1]
    assert type(again[0].numbers) is Numbers


def test_objects_can_be_made_and_changed():
    user = halfsour.Object(__name__, "User", state={"name": "Ada"})
    user.state["age"] = 36
    assert vars(pickle.loads(halfsour.dumps(user))) == {"name": "Ada", "age": 36}
    assert halfsour.Global("a", "B") == halfsour.Global("a", "B")
    assert len({halfsour.Global("a", "B"), halfsour.Global("a", "B")}) == 1
    assert pickle.loads(halfsour.dumps(halfsour.Global("collections", "deque"))) is collections.deque


def set_state(obj, state):
    obj.__dict__.update(state)


class BySetter:
    def __reduce__(self):
        return BySetter, (), {"a": 1}, None, None, set_state


@pytest.mark.parametrize("protocol", range(6))
def test_state_setters_and_long_ints_are_written_as_they_were(protocol):
    for value in (BySetter(), -(2**2039), 2**2039, -(2**63), -(2**63) - 1, 2**10_000):
        data = pickle.dumps(value, protocol)
        assert halfsour.dumps(halfsour.loads(data), protocol) == data


def test_persistent_ids():
    class Pickler(pickle.Pickler):
        def persistent_id(self, obj):
            return ("weights", 1) if obj is Ellipsis else None

    out = io.BytesIO()
    Pickler(out, 4).dump([...])
    [outside] = halfsour.loads(out.getvalue())
    assert outside.pid == ("weights", 1)
    assert halfsour.dumps([outside], 4) == out.getvalue()


def test_what_cannot_be_written():
    with pytest.raises(pickle.PicklingError) as caught:
        halfsour.dumps(lambda: None)
    assert isinstance(caught.value, halfsour.EncodeError)
    with pytest.raises(TypeError):
        halfsour.dumps(sys.stdout)
    with pytest.raises(ValueError, match="protocol"):
        halfsour.dumps(1, 6)
