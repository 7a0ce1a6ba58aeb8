"""Sends pickles over loopback to the example `receive`, and prints what it sent.

The arguments are what sends (`logging`, `connection` or `dump`) and the port. Of `connection`, each object has to come back.
"""

import logging
import logging.handlers
import multiprocessing.connection
import pickle
import socket
import struct
import sys

OBJECTS = [
    None,
    [1, -1.5, 2**70, True],
    {"text": "caf\xe9", "bytes": b"\x00\xff", "nested": {"a": (1, (2, 3), [])}},
    "longer than what is sent together with its length " * 1000,
    list(range(100000)),
]


class Handler(logging.handlers.SocketHandler):
    """The handler, which prints what it sends as its receiver would see it."""

    def makePickle(self, record):
        message = logging.handlers.SocketHandler.makePickle(self, record)
        print(repr(pickle.loads(message[4:])))
        return message


def send_logging(port):
    handler = Handler("127.0.0.1", port)
    logger = logging.getLogger("pickles")
    logger.addHandler(handler)
    logger.propagate = False
    logger.error("no %s in %.1f litres", "cucumbers", 2.5)
    logger.warning("brine: %s", {"salt": 0.035}, extra={"jar": (1, "half-sour")})
    try:
        1 // 0
    except ZeroDivisionError:
        logger.exception("caf\xe9")
    # The handler does not complain if nobody listens.
    assert handler.sock is not None
    handler.close()


def send_connection(port):
    with multiprocessing.connection.Client(("127.0.0.1", port)) as connection:
        for sent in OBJECTS:
            connection.send(sent)
            print(repr(sent))
            assert connection.recv() == sent
        # As messages of 2 GiB are sent, and with what is short, too.
        pickled = pickle.dumps(OBJECTS, pickle.HIGHEST_PROTOCOL)
        connection._send(struct.pack("!i", -1) + struct.pack("!Q", len(pickled)) + pickled)
        print(repr(OBJECTS))
        assert connection.recv() == OBJECTS


def send_dump(port):
    with socket.create_connection(("127.0.0.1", port)) as connection, connection.makefile("wb", 1000) as file:
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            for sent in OBJECTS:
                pickle.dump(sent, file, protocol)
                print(repr(sent))


{"logging": send_logging, "connection": send_connection, "dump": send_dump}[sys.argv[1]](int(sys.argv[2]))
