"""Opcodes, as bytes that can be put together."""

import pickle
import struct

NONE, TRUE, FALSE = b"N", b"\x88", b"\x89"


def number(value):
    return pickle.dumps(value, 2)[2:-1]


def text(value):
    data = value.encode()
    return b"X" + struct.pack("<I", len(data)) + data


def data(value):
    return b"B" + struct.pack("<I", len(value)) + value


def row(*items):
    return b"(" + b"".join(items) + b"t"


def listed(*items):
    return b"](" + b"".join(items) + b"e"


def put(slot):
    return b"q" + bytes([slot])


def get(slot):
    return b"h" + bytes([slot])
