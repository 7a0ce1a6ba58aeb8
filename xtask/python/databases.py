"""Databases and archives of the tests, with what real packages read from them, in the directory that is named.

Runs on several Pythons, each of which makes what its packages can: 2.7 (joblib 0.9.4 and, for `kinds08`, 0.8.4,
numpy), 3.6 (joblib 0.9.4, numpy), 3.11 (ZODB, diskcache, requests-cache, SQLAlchemy, Django, dbm.ndbm, dbm.gnu), 3.13 (dbm.sqlite3, dbm.dumb). What a package is missing for is
left out. Files carry times, so that no two runs are equal: they are committed, and this says how they came to be.
"""

from __future__ import print_function

import json
import os
import pickle
import sys
import zlib

OUT = sys.argv[1]
VALUES = {u"user:7": {"name": u"Gus", "n": [1, 2]}, u"\xe9": (u"half", 0.5), u"last": None}
EXPECTED = {}


def path(*names):
    return os.path.join(OUT, *names)


def shelf(db, close=True):
    """Keys and values, one of which is replaced by a longer one, and one deleted."""
    import shelve

    keys = shelve.Shelf(db)
    for key in ("gone", "user:7"):
        keys[key] = u"old"
    for key, value in sorted(VALUES.items()):
        keys[key if sys.version_info[0] > 2 else key.encode("utf-8")] = value
    del keys["gone"]
    if close:
        keys.close()
    return {key: repr(value) for key, value in VALUES.items()}


def dumb():
    import dbm.dumb

    EXPECTED["dumb.dat"] = shelf(dbm.dumb.open(path("dumb"), "n"))
    os.remove(path("dumb.bak"))


def dumb27():
    import dumbdbm

    EXPECTED["dumb27.dat"] = shelf(dumbdbm.open(path("dumb27"), "n"))
    os.remove(path("dumb27.bak"))


def dbm_sqlite():
    import dbm.sqlite3

    EXPECTED["shelf.sqlite3"] = shelf(dbm.sqlite3.open(path("shelf.sqlite3"), "n"))


def ndbm():
    import dbm.ndbm

    EXPECTED["ndbm.db"] = shelf(dbm.ndbm.open(path("ndbm"), "n"))


def gdbm():
    import dbm.gnu

    EXPECTED["shelf.gdbm"] = shelf(dbm.gnu.open(path("shelf.gdbm"), "n"))


def large_ndbm():
    """Values that need pages of their own, and keys enough for several buckets."""
    import dbm.ndbm
    import shelve

    values = {"k%d" % n: "x" * (n * 700) for n in range(12)}
    with shelve.Shelf(dbm.ndbm.open(path("large"), "n")) as db:
        db.update(values)
    EXPECTED["large.db"] = {key: repr(value) for key, value in values.items()}


def zodb():
    import persistent.mapping
    import transaction
    import ZODB
    import ZODB.FileStorage
    from BTrees.OOBTree import OOBTree

    storage = ZODB.FileStorage.FileStorage(path("Data.fs"), create=True)
    database = ZODB.DB(storage)
    connection = database.open()
    root = connection.root()
    root["jar"] = persistent.mapping.PersistentMapping({"cucumbers": 3})
    root["tree"] = OOBTree({"b": 2, "a": 1})
    transaction.get().note(u"first")
    transaction.get().setExtendedInfo("by", u"gus")
    transaction.commit()
    root["jar"]["cucumbers"] = 4
    transaction.commit()
    root["jar"]["cucumbers"] = 5
    transaction.commit()
    # The undo of the last transaction has no data of its own, but points back.
    database.undo(database.undoInfo(0, 1)[0]["id"])
    transaction.commit()
    connection.sync()
    EXPECTED["Data.fs"] = {"jar": dict(root["jar"]), "tree": list(root["tree"].items())}
    connection.exportFile(root["jar"]._p_oid, path("jar.zexp")).close()
    connection.close()
    database.close()
    for suffix in (".index", ".lock", ".tmp"):
        if os.path.exists(path("Data.fs" + suffix)):
            os.remove(path("Data.fs" + suffix))


def diskcache():
    import diskcache

    with diskcache.Cache(path("diskcache"), disk_min_file_size=1 << 10) as cache:
        cache["small"] = {"n": 1}
        cache[("a", 1)] = [1, 2]
        cache["large"] = list(range(2000))
        cache["text"] = u"text"


def requests_cache():
    import requests
    import requests_cache.backends.sqlite as backend
    from requests_cache.models import CachedResponse

    cache = backend.SQLiteCache(path("http.sqlite"))
    cache.responses["key"] = CachedResponse(url="http://deli.example/", status_code=200, content=b"half-sour")
    cache.close()


def sqlalchemy():
    import sqlalchemy as sa

    engine = sa.create_engine("sqlite:///" + path("celery.sqlite"))
    metadata = sa.MetaData()
    table = sa.Table(
        "celery_taskmeta", metadata,
        sa.Column("id", sa.Integer, primary_key=True), sa.Column("task_id", sa.String(155)), sa.Column("result", sa.PickleType),
    )
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), [{"task_id": "a", "result": {"sold": 3}}, {"task_id": "b", "result": [1]}])
    EXPECTED["celery.sqlite"] = {"celery_taskmeta.result[1]": "{'sold': 3}", "celery_taskmeta.result[2]": "[1]"}


def django():
    from django.conf import settings

    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": path("django.sqlite")}},
        CACHES={"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_table"}},
        USE_TZ=True,
    )
    import django

    django.setup()
    from django.core.cache import cache
    from django.core.management import call_command

    call_command("createcachetable")
    cache.set("key", {"sold": 3}, None)


def odd():
    """What schemas may have: a key of several columns without rowid, columns that are called rowid, generated ones, UTF-16, a log."""
    import sqlite3

    if os.path.exists(path("odd.sqlite")):
        return
    db = sqlite3.connect(path("odd.sqlite"))
    db.executescript(
        """PRAGMA encoding = 'UTF-16'; PRAGMA page_size = 512;
        CREATE TABLE pairs (a TEXT, b INTEGER, v BLOB, PRIMARY KEY (b, a)) WITHOUT ROWID;
        CREATE TABLE "odd ""name" (rowid TEXT, twice BLOB AS (v || v), v BLOB);
        CREATE VIEW seen AS SELECT v FROM pairs;"""
    )
    db.execute("INSERT INTO pairs VALUES ('x', 2, ?), (?, 1, ?)", (pickle.dumps("two", 2), u"\xe9", pickle.dumps("one" * 2000, 2)))
    db.execute("""INSERT INTO "odd ""name" VALUES ('r', ?), (NULL, x'00')""", (pickle.dumps([3], 4),))
    db.commit()
    db.close()
    EXPECTED["odd.sqlite"] = {"pairs.v[2, x]": "'two'", u"pairs.v[1, \xe9]": repr("one" * 2000), 'odd "name.v[1]': "[3]"}

    import shutil

    db = sqlite3.connect(path("log.tmp"))
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("CREATE TABLE t (v BLOB)")
    db.execute("INSERT INTO t VALUES (?)", (pickle.dumps("old", 2),))
    db.commit()
    db.execute("PRAGMA wal_checkpoint")
    db.execute("UPDATE t SET v = ?", (pickle.dumps("new" * 2000, 2),))
    db.commit()
    for suffix in ("", "-wal"):
        shutil.copy(path("log.tmp" + suffix), path("log.sqlite" + suffix))
    db.close()
    os.remove(path("log.tmp"))
    EXPECTED["log.sqlite"] = {"t.v[1]": repr("new" * 2000)}


def doubts():
    """A harmless pickle, beside values that may be one in another form, and others that are plainly data."""
    import base64
    import sqlite3
    import zlib

    if os.path.exists(path("doubts.sqlite")):
        return
    evil = b"cos\nsystem\n(S'id'\ntR."
    db = sqlite3.connect(path("doubts.sqlite"))
    db.executescript(
        """PRAGMA page_size = 512;
        CREATE TABLE plain (n REAL, v);
        CREATE TABLE doubtful (v);
        CREATE TABLE made (a TEXT, b AS (replace(a, 'x', 'y')), c AS (json_extract(a, '$.n')));
        CREATE VIEW seen AS SELECT v FROM plain WHERE n > 1;
        CREATE VIEW joined AS SELECT a || a FROM made;"""
    )
    plain = [pickle.dumps([1, 2]), "dill, 3.50", '{"n": "brine"}', "3f2504e0-4f89-11d3-9a0c-0305e82c3301", 3, None, b"", b"\x89PNG\r\n\x1a\n\0\0\0"]
    db.executemany("INSERT INTO plain VALUES (1.5, ?)", [(value,) for value in plain])
    doubtful = [b"\1" + evil, b"\xff\xfe\xfd\xfc\xfb\xfa\xf9", base64.b85encode(evil).decode(), "x" + evil.decode(), zlib.compress(evil)[2:-4]]
    db.executemany("INSERT INTO doubtful VALUES (?)", [(value,) for value in doubtful])
    db.commit()
    db.close()


def journal():
    """A database as a program left it that was killed while it wrote: some pages are new, and the journal has the old ones."""
    import shutil
    import sqlite3

    db = sqlite3.connect(path("journal.tmp"), isolation_level=None)
    db.execute("PRAGMA page_size = 512")
    db.execute("CREATE TABLE t (k INTEGER PRIMARY KEY, v BLOB)")
    for n in range(8):
        db.execute("INSERT INTO t VALUES (?, ?)", (n, pickle.dumps("old" * 100 + str(n), 2)))
    db.execute("PRAGMA cache_size = 1")
    db.execute("PRAGMA cache_spill = 1")
    db.execute("BEGIN")
    db.execute("UPDATE t SET v = ?", (pickle.dumps("new" * 300, 2),))
    for suffix in ("", "-journal"):
        shutil.copy(path("journal.tmp" + suffix), path("journal.sqlite" + suffix))
    db.execute("ROLLBACK")
    EXPECTED["journal.sqlite"] = {"t.v[%d]" % n: repr("old" * 100 + str(n)) for n in range(8)}
    db.close()
    os.remove(path("journal.tmp"))


def joblib():
    import joblib
    import numpy

    name = "joblib%d%d" % sys.version_info[:2]
    data = {
        "floats": numpy.arange(6.0).reshape(2, 3),
        "ints": numpy.asfortranarray(numpy.arange(4, dtype=">i2").reshape(2, 2)),
        "text": numpy.array([u"a", u"\xe9"]),
        "matrix": numpy.matrix([[1, 2]]),
        "fields": numpy.zeros(2, [("a", "i4")]),
        "n": 3,
    }
    joblib.dump(data, path(name + ".pkl"))
    joblib.dump(data, path(name + ".z"), compress=3)
    EXPECTED[name] = {key: getattr(value, "tolist", lambda: value)() for key, value in data.items() if key != "fields"}


def joblib_kinds():
    """Arrays with fields, times and objects. Releases up to 0.8.4 write objects into files of their own, later ones into the pickle."""
    import joblib
    import numpy

    shared = [u"dill"]
    fields = numpy.zeros(2, [("a", "<i4"), ("b", ">f8", (2,)), (("title", "c"), [("d", "S2"), ("e", "U1")]), ("f", "?")])
    fields["b"] = [[1, 2], [3, 4.5]]
    fields["c"]["d"] = b"xy"
    padded = numpy.zeros(2, {"names": ["a", "b"], "formats": ["i1", "<i8"], "offsets": [0, 8], "itemsize": 16})
    padded["b"] = [7, -7]
    data = {
        "fields": fields,
        "padded": padded,
        "times": numpy.array(["2024-02-29T12:00", "NaT"], "M8[ns]"),
        "spans": numpy.array([[1, -90]], "m8[25m]"),
        "objects": numpy.array([shared, None, u"salt", shared], object),
        "shared": shared,
    }
    name = "kinds" + "".join(joblib.__version__.split(".")[:2])
    joblib.dump(data, path(name + ".pkl"))
    if name == "kinds09":
        joblib.dump(data, path(name + ".z"), compress=3, cache_size=0)
        arrays = {key: value for key, value in data.items() if key not in ("objects", "shared")}
        EXPECTED["kinds"] = {key: [str(value.dtype), value.tobytes().hex()] for key, value in arrays.items()}


def renpy():
    """By hand, after the sources of Ren'Py."""
    import struct

    slots = [zlib.compress(pickle.dumps(({"version": 1}, [u"say", slot]), 2)) for slot in (1, 2)]
    head = b"RENPY RPC2" + b"".join(
        struct.pack("III", slot, 10 + 36 + sum(map(len, slots[: slot - 1])), len(slots[slot - 1])) for slot in (1, 2)
    ) + struct.pack("III", 0, 0, 0)
    with open(path("script.rpyc"), "wb") as file:
        file.write(head + b"".join(slots) + b"0123456789abcdef")
    saved = [pickle.dumps({"page": page}, 2) for page in (1, 2)]
    for name, key in (("two", None), ("three", 0xDEADBEEF), ("three2", 0x42424242)):
        mask = key or 0
        line = {"two": "RPA-2.0 %016x\n", "three": "RPA-3.0 %016x %08x\n", "three2": "RPA-3.2 %016x 1111 %08x\n"}[name]
        args = (0,) if key is None else (0, key)
        start = len(line % args)
        second = start + len(saved[0])
        # A member may have its beginning in the index.
        index = {
            u"a/one.pkl": [(start ^ mask, len(saved[0]) ^ mask, b"")],
            u"two.pkl": [(second ^ mask, len(saved[1]) ^ mask, saved[1][:4])],
            u"note.txt": [(start ^ mask, 2 ^ mask)],
        }
        end = second + len(saved[1]) - 4
        with open(path(name + ".rpa"), "wb") as file:
            file.write((line % ((end,) + args[1:])).encode("ascii"))
            file.write(saved[0] + saved[1][4:])
            file.write(zlib.compress(pickle.dumps(index, 2)))


def two_with_one_memo():
    """A pickler that is used twice, at protocols 2 and 4."""
    import io

    for protocol in (2, 4):
        file = io.BytesIO()
        pickler = pickle.Pickler(file, protocol)
        brine = [u"salt", u"dill"]
        pickler.dump({u"brine": brine})
        pickler.dump([brine, brine, u"more"])
        with open(path("memo.p%d.pkl" % protocol), "wb") as out:
            out.write(file.getvalue())


MAKERS = {
    (2, 7): [dumb27, joblib, joblib_kinds],
    (3, 6): [joblib, joblib_kinds],
    (3, 11): [ndbm, large_ndbm, gdbm, zodb, diskcache, requests_cache, sqlalchemy, django, odd, doubts, journal],
    (3, 13): [dumb, dbm_sqlite, renpy, two_with_one_memo],
}

if __name__ == "__main__":
    for maker in MAKERS.get(sys.version_info[:2], []):
        try:
            maker()
        except ImportError as error:
            print("left out:", maker.__name__, error)
    known = {}
    if os.path.exists(path("expected.json")):
        with open(path("expected.json")) as file:
            known = json.load(file)
    known.update(EXPECTED)
    with open(path("expected.json"), "w") as file:
        json.dump(known, file, indent=1, sort_keys=True)
        file.write("\n")
