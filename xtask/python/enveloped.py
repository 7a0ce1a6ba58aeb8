"""The files of the tests that caches, queues and messengers wrote, in the directory that is named.

Run by hand, with django, cachelib, dogpile.cache, celery and queuelib: `python enveloped.py crates/fixtures/files`.
"""

import base64
import datetime
import glob
import hashlib
import hmac
import json
import os
import pickle
import sys
import tempfile
import time
import types

HERE = sys.argv[1]
VALUE = {"user": 12, "cart": ["half", "full"], "seen": 1.5}

# What they write says when.
time.time = lambda: 1709164800.0


def put(name, contents):
    with open(os.path.join(HERE, name), "wb") as file:
        file.write(contents)


def only(pattern):
    (name,) = glob.glob(pattern, recursive=True)
    with open(name, "rb") as file:
        return file.read()


def django_cache(name, timeout):
    from django.core.cache.backends.filebased import FileBasedCache

    directory = tempfile.mkdtemp()
    FileBasedCache(directory, {}).set("key", VALUE, timeout=timeout)
    put(name, only(directory + "/*.djcache"))


class Serializer:
    @staticmethod
    def dumps(value):
        return pickle.dumps(value, 4)


def django():
    from django.conf import settings
    from django.core import signing

    settings.configure(SECRET_KEY="brine" * 10)
    django_cache("django.djcache", 3600)
    django_cache("forever.djcache", None)
    put("session.txt", signing.dumps(VALUE, serializer=Serializer).encode() + b"\n")
    long = {"cart": VALUE["cart"] * 20}
    put("session_compressed.txt", signing.dumps(long, serializer=Serializer, compress=True).encode())
    # `SessionBase.encode` of Django 2.2, with `PickleSerializer`.
    pickled = pickle.dumps(VALUE, 2)
    digest = hmac.new(hashlib.sha1(b"django.contrib.sessionsSessionStore" + b"brine" * 10).digest(), pickled, hashlib.sha1)
    put("session_hashed.txt", base64.b64encode(digest.hexdigest().encode() + b":" + pickled))


def cachelib():
    from cachelib import FileSystemCache
    from cachelib.serializers import RedisSerializer

    directory = tempfile.mkdtemp()
    cache = FileSystemCache(directory, threshold=0)
    cache.set("key", VALUE, timeout=3600)
    put("cachelib", only(cache._get_filename("key")))
    put("cachelib.redis", RedisSerializer().dumps(VALUE))


def dogpile():
    from dogpile.cache import make_region, register_backend
    from dogpile.cache.api import BytesBackend

    class Backend(BytesBackend):
        def __init__(self, arguments):
            pass

        def set_serialized(self, key, value):
            put("dogpile", value)

        get_serialized = delete = None

    sys.modules["deli_backend"] = types.SimpleNamespace(Backend=Backend)
    register_backend("deli", "deli_backend", "Backend")
    region = make_region(serializer=pickle.dumps, deserializer=pickle.loads)
    region.configure("deli").set("key", VALUE)


def celery():
    from celery import Celery

    directory = tempfile.mkdtemp()
    options = {"data_folder_in": directory, "data_folder_out": directory, "control_folder": directory + "/control"}
    app = Celery(broker="filesystem://", broker_transport_options=options, task_serializer="pickle")
    app.send_task("shop.order", ("order-17", 3), {"when": datetime.date(2024, 2, 29)}, task_id="5df15062", reply_to="deli")
    message = json.loads(only(directory + "/*.msg"))
    # The name of the machine, and numbers that are made anew each time.
    message["headers"]["origin"] = "gen1@deli"
    message["properties"]["delivery_tag"] = "1"
    put("celery.json", json.dumps(message).encode())


def queuelib():
    from queuelib import LifoDiskQueue

    name = os.path.join(tempfile.mkdtemp(), "queue")
    queue = LifoDiskQueue(name)
    for day in (1, 2, 3):
        queue.push(pickle.dumps({"day": day, "sold": day * 3}, 5))
    queue.close()
    put("queue.lifo", only(name))


for make in (django, cachelib, dogpile, celery, queuelib):
    make()
