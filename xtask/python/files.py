"""The files that READMEs show, in the directory that is named. Each is made by one Python; runs on 2.7 and 3.6+."""

import datetime
import os
import pickle
import sys

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


FILES = {(3, 11): {"people.pkl": people}, (2, 7): {"python2.pkl": python2}, (3, 13): {"stream.pkl": stream, "evil.pkl": evil}}

if __name__ == "__main__":
    for name, make in FILES.get(sys.version_info[:2], {}).items():
        with open(os.path.join(sys.argv[1], name), "wb") as file:
            file.write(b"".join(make()))
