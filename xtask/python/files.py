"""The files of the tests and READMEs, in the directory that is named. Each is made by one Python; runs on 2.7 and 3.6+."""

import base64
import bz2
import datetime
import gzip
import io
import os
import pickle
import shelve
import struct
import sys
import tarfile
import tempfile
import zipfile
import zlib

import deli


def people():
    """A list of records with what a person wants to see: dates, an instance, sharing."""
    address = deli.Jar(street=u"Orchard Street 85", city=u"New York")
    gus = {
        u"name": u"Gus \U0001f952",
        u"born": datetime.date(1958, 7, 14),
        u"favourites": [u"half-sour", u"full-sour"],
        u"address": address,
        u"friends": [],
    }
    rosa = {
        u"name": u"Rosa",
        u"born": datetime.date(1961, 2, 3),
        u"favourites": gus[u"favourites"],
        u"address": address,
        u"friends": [gus],
        u"last order": datetime.datetime(2024, 2, 29, 11, 30, tzinfo=datetime.timezone.utc),
        u"balance": -12.5,
        u"spears": {deli.Spear(12, u"half"), deli.Spear(9, u"full")},
    }
    gus[u"friends"].append(rosa)
    return [pickle.dumps([gus, rosa], 4)]


def python2():
    """Byte strings, text and an old-style class instance, as Python 2 wrote them."""
    jar = deli.Classic()
    jar.label, jar.days, jar.brine = "caf\xe9", 7, u"caf\xe9"
    return [pickle.dumps({"jar": jar, "numbers": [1, 2**40, 2**70, 0.1], u"text": u"\u20ac"}, 2)]


def stream():
    """Three pickles, one after the other."""
    return [pickle.dumps({u"day": day, u"sold": day * 3}, 5) for day in (1, 2, 3)]


def evil():
    """What a pickle should not do: it would run a command."""
    return [pickle.dumps(deli.Reduced((os.system, (u"echo you have been pickled",))), 0)]


# What the compressed ones hold is stream().


def gz():
    """Two members, and zeros behind them, as tapes leave them."""
    head, tail = halves()
    return [gzip.compress(head, mtime=0), gzip.compress(tail, mtime=0), bytes(7)]


def bz():
    return [bz2.compress(half) for half in halves()]


def xz():
    import lzma

    return [lzma.compress(half) for half in halves()]


def lzma_alone():
    import lzma

    return [lzma.compress(b"".join(stream()), format=lzma.FORMAT_ALONE)]


def halves():
    whole = b"".join(stream())
    return whole[:50], whole[50:]


def z():
    return [zlib.compress(b"".join(stream()))]


def b64():
    """On several lines."""
    return [base64.encodebytes(b"".join(stream()))]


def b64url():
    """As cookies have it: compressed, in the other alphabet and without padding."""
    return [base64.urlsafe_b64encode(zlib.compress(pickle.dumps("brine" * 9 + "\xbf\xfb\xef", 5))).rstrip(b"=")]


def zipped(*members):
    """A zip of (name, contents, compression)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, contents, compression in members:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            archive.writestr(info, contents, compression)
    return out.getvalue()


def zips():
    """Every method, and a member that is no pickle."""
    whole = b"".join(stream())
    methods = ("STORED", "DEFLATED", "BZIP2", "LZMA")
    members = [(name.lower() + ".pkl", whole, getattr(zipfile, "ZIP_" + name)) for name in methods]
    return [zipped(("README", b"Pickles.\n", zipfile.ZIP_STORED), *members)]


def unseekable():
    """A zip that was written to a pipe: sizes stand behind the data."""

    class Pipe(io.RawIOBase):
        data = b""

        def writable(self):
            return True

        def write(self, data):
            self.data += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:
        archive.writestr(zipfile.ZipInfo("stream.pkl", (1980, 1, 1, 0, 0, 0)), b"".join(stream()), zipfile.ZIP_DEFLATED)
    return [pipe.data]


def nested():
    """A tar of a pickle and of a zip of a pickle."""
    one, two, _ = stream()
    return [tarred(("one.pkl", one), ("two.zip", zipped(("2.pkl.bz2", bz2.compress(two), zipfile.ZIP_STORED))))]


def tarred(*members):
    """A tar of (name, contents)."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, contents in members:
            info = tarfile.TarInfo(name)
            info.size = len(contents)
            archive.addfile(info, io.BytesIO(contents))
    return out.getvalue()


def models():
    """A tar of what torch wrote, new and old, one of them in a zip."""
    old, new = (committed(name) for name in ("legacy.pt", "torch.pt"))
    return [tarred(("old.pt", old), ("new.zip", zipped(("new.pt", new, zipfile.ZIP_DEFLATED))), ("one.pkl", stream()[0]))]


def committed(name):
    """A file that was made by hand before."""
    with open(os.path.join(sys.argv[1], name), "rb") as file:
        return file.read()


def frames():
    """As multiprocessing.Connection sends them; the last one as if it were large."""
    one, two, three = stream()
    return [struct.pack("!i", len(one)), one, struct.pack("!i", len(two)), two, struct.pack("!iQ", -1, len(three)), three]


def shelf():
    """The values of a shelve in dbm.dumb."""
    import dbm.dumb

    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "shelf")
        with shelve.Shelf(dbm.dumb.open(path)) as db:
            for day in stream():
                value = pickle.loads(day)
                db[str(value["day"])] = value
        with open(path + ".dat", "rb") as file:
            return [file.read()]


def rows():
    """Records that do not compress well."""
    return [{"id": number, "name": "%x" % pow(7, number, 2**61 - 1)} for number in range(150)]


def decompressors():
    """For each file that is cut off: the whole file, and what decompresses as much as there is of it."""
    import lzma

    whole = pickle.dumps(rows(), 4)
    deflated = zlib.compressobj(wbits=-15)
    deflated = deflated.compress(whole) + deflated.flush()
    archive = zipped(("rows.pkl", whole, zipfile.ZIP_DEFLATED))
    return {
        "cut.pkl.gz": (gzip.compress(whole, mtime=0), lambda cut: zlib.decompressobj(wbits=31).decompress(cut)),
        "cut.pkl.z": (zlib.compress(whole), lambda cut: zlib.decompressobj().decompress(cut)),
        "cut.pkl.xz": (lzma.compress(whole), lambda cut: lzma.LZMADecompressor().decompress(cut)),
        "cut.pkl.lzma": (
            lzma.compress(whole, format=lzma.FORMAT_ALONE),
            lambda cut: lzma.LZMADecompressor().decompress(cut),
        ),
        "cut.zip": (archive, lambda cut: zlib.decompressobj(wbits=-15).decompress(cut[archive.index(deflated) :])),
    }


def cut(whole):
    return whole[: len(whole) * 2 // 3]


def cut_file(name):
    return [cut(decompressors()[name][0])]


def cut_lengths():
    """How many bytes Python gets out of each file that is cut off."""
    import json

    lengths = {name: len(decompress(cut(whole))) for name, (whole, decompress) in decompressors().items()}
    return [json.dumps(lengths, indent=1).encode(), b"\n"]


FILES = {
    (3, 11): {"people.pkl": people},
    (2, 7): {"python2.pkl": python2},
    (3, 13): {
        "stream.pkl": stream,
        "evil.pkl": evil,
        "stream.pkl.gz": gz,
        "stream.pkl.bz2": bz,
        "stream.pkl.xz": xz,
        "stream.pkl.lzma": lzma_alone,
        "stream.pkl.z": z,
        "stream.b64": b64,
        "cookie": b64url,
        "methods.zip": zips,
        "pipe.zip": unseekable,
        "nested.tar": nested,
        "models.tar": models,
        "frames.bin": frames,
        "shelf.dat": shelf,
        "rows.pkl": lambda: [pickle.dumps(rows(), 4)],
        "cut.json": cut_lengths,
        "cut.pkl.gz": lambda: cut_file("cut.pkl.gz"),
        "cut.pkl.z": lambda: cut_file("cut.pkl.z"),
        "cut.pkl.xz": lambda: cut_file("cut.pkl.xz"),
        "cut.pkl.lzma": lambda: cut_file("cut.pkl.lzma"),
        "cut.zip": lambda: cut_file("cut.zip"),
    },
}

if __name__ == "__main__":
    for name, make in FILES.get(sys.version_info[:2], {}).items():
        with open(os.path.join(sys.argv[1], name), "wb") as file:
            file.write(b"".join(make()))
