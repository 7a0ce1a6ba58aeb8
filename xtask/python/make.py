"""Pickles the samples with the Python that runs this, 2.7 or 3.6+.

Prints one JSON object a line: name, protocol, producer, pickle (base64) and, where the reader has to know
it, how to load it: `buffers`, `pickles` (how many there are), `keep_memo`.
"""

import base64
import io
import json
import os
import pickle
import pickletools
import sys
import warnings

import deli
from samples import PYTHON3, samples

REFUSED = (pickle.PicklingError, TypeError, RuntimeError)  # what a Python says that cannot pickle this
if PYTHON3:
    import copyreg
    import _pickle

    PICKLERS = [("C pickler", _pickle.Pickler), ("Python pickler", pickle._Pickler)]
else:
    import copy_reg as copyreg
    import cPickle

    PICKLERS = [("cPickle", cPickle.Pickler), ("pickle", pickle.Pickler)]
    REFUSED += (cPickle.PicklingError,)

if hasattr(sys, "set_int_max_str_digits"):
    sys.set_int_max_str_digits(0)
warnings.simplefilter("ignore")
BIG = 16000  # longer pickles are kept at protocol 5 only


def row(name, protocol, producer, data, **options):
    record = dict(name=name, protocol=protocol, producer=producer, pickle=base64.b64encode(data).decode("ascii"))
    record.update(options)
    sys.stdout.write(json.dumps(record, sort_keys=True) + "\n")


def dumps(pickler, protocol, *values, **settings):
    """What one Pickler writes for these values, one after the other."""
    file = io.BytesIO()
    pickler = pickler(file, protocol)
    for name, value in settings.items():
        setattr(pickler, name, value)
    for value in values:
        pickler.dump(value)
    return file.getvalue()


def each():
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        for producer, pickler in PICKLERS:
            yield protocol, producer, pickler


def plain():
    for name, value in samples():
        for protocol, producer, pickler in each():
            try:
                data = dumps(pickler, protocol, value)
            except REFUSED:
                continue
            if len(data) <= BIG or protocol == 5:
                row(name, protocol, producer, data)


def optimized_and_fast():
    """Samples with sharing as `pickletools.optimize` and `Pickler.fast` leave them."""
    for name, value in samples():
        group = name.split("/")[0]
        for protocol, producer, pickler in each():
            if group in ("sharing", "cycles", "instances") and producer == PICKLERS[0][0]:
                try:
                    row(name, protocol, "optimize", pickletools.optimize(dumps(pickler, protocol, value)))
                    if group == "sharing" and name != "sharing/tower":  # a million lists without the memo
                        row(name, protocol, "fast " + producer, dumps(pickler, protocol, value, fast=True))
                except REFUSED + (ValueError, UnicodeError):
                    continue  # pickletools is stricter than the machine, for Python 2's strings


def persistent():
    """Persistent ids: lines of text at protocol 0, any object above."""
    jar = deli.Jar(days=1)
    for name, pid in (("text", "jar-1"), ("number", 7), ("tuple", (u"storage", u"cpu", 3))):
        for protocol, producer, pickler in each():
            if protocol or name == "text":
                data = dumps(with_ids(pickler, pid), protocol, [jar, jar])
                row("persistent/" + name, protocol, producer, data)


def with_ids(pickler, pid):
    """A pickler that calls every jar `pid`."""

    def persistent_id(obj):
        return pid if isinstance(obj, deli.Jar) else None

    def make(file, protocol):
        made = type("WithIds", (pickler,), {})(file, protocol) if PYTHON3 else pickler(file, protocol)
        made.persistent_id = persistent_id
        return made

    return make


def extensions():
    """Extension codes of one, two and four bytes."""
    for code in (1, 255, 256, 65535, 65536, 2**31 - 1):
        copyreg.add_extension("deli", "Jar", code)
        for protocol, producer, pickler in each():
            if protocol >= 2:
                row("extension/%d" % code, protocol, producer, dumps(pickler, protocol, [deli.Jar, deli.Jar(days=1)]))
        copyreg.remove_extension("deli", "Jar", code)
        copyreg.clear_extension_cache()


def buffers():
    """Protocol 5 with buffers in band and out of band."""
    if pickle.HIGHEST_PROTOCOL < 5:
        return
    for name, raw in (("writable", bytearray(b"brine")), ("read-only", b"brine")):
        buffer = pickle.PickleBuffer(raw)
        for producer, pickler in PICKLERS:
            row("buffers/%s in band" % name, 5, producer, dumps(pickler, 5, [buffer, buffer]))
            for what, value in (("twice", [buffer, buffer]), ("object", deli.BigBytes(raw))):
                taken = []
                file = io.BytesIO()
                pickler(file, 5, buffer_callback=taken.append).dump(value)
                given = [supplied(buffer) for buffer in taken]
                row("buffers/%s %s" % (name, what), 5, producer, file.getvalue(), buffers=given)


def supplied(buffer):
    view = buffer.raw()
    return {"readonly": view.readonly, "base64": base64.b64encode(view).decode("ascii")}


def streams():
    """Several pickles in a row: by several picklers, or by one that goes on with its memo."""
    shared = [u"shared"]
    values = [{u"first": shared}, [shared, 7], u"last"]
    for protocol, producer, pickler in each():
        fresh = b"".join(dumps(pickler, protocol, value) for value in values)
        row("streams/fresh memo", protocol, producer, fresh, pickles=len(values))
        kept = dumps(pickler, protocol, *values)
        row("streams/kept memo", protocol, producer, kept, pickles=len(values), keep_memo=True)


def python2():
    """What only Python 2 has."""
    if PYTHON3:
        return
    word = "dill"
    values = [
        ("byte strings", ["", "a", "half-sour", "it's \"quoted\"", "\\ \n\r\t\0", "".join(map(chr, range(256)))]),
        ("byte string of 255", "x" * 255),
        ("byte string of 256", "x" * 256),
        ("both kinds of text", ["a", u"a", {"a": u"a"}]),
        ("same byte string", [word, word, {word: word}]),
        ("long", [long(0), long(5), long(-1), long(2**40), sys.maxint, sys.maxint + 1, -sys.maxint - 2]),  # noqa
        ("xrange", xrange(5)),  # noqa
        ("names", [xrange, unicode, long, basestring, raw_input, reduce, intern, unichr]),  # noqa
    ]
    for module, name in (("StringIO", "StringIO"), ("Queue", "Empty"), ("urllib2", "URLError"), ("UserDict", "UserDict")):
        values.append(("moved " + name, getattr(__import__(module), name)))
    for name, value in values:
        for protocol, producer, pickler in each():
            row("python 2/" + name, protocol, producer, dumps(pickler, protocol, value))


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0" and PYTHON3:
        sys.exit("set PYTHONHASHSEED=0: the order of sets of text depends on it")
    for group in (plain, optimized_and_fast, persistent, extensions, buffers, streams, python2):
        group()
