"""Writes the archives in this folder, with py7zr 1.x: the same files, packed in each of the ways that are read."""

import pickle
from pathlib import Path

import py7zr
from py7zr import FILTER_BZIP2, FILTER_COPY, FILTER_DEFLATE, FILTER_DELTA, FILTER_LZMA, FILTER_LZMA2, FILTER_X86, FILTER_ZSTD

LZMA2 = {"id": FILTER_LZMA2, "preset": 3}
WAYS = {
    "default": None,
    "bcj": [{"id": FILTER_X86}, LZMA2],
    "bzip2": [{"id": FILTER_BZIP2}],
    "copy": [{"id": FILTER_COPY}],
    "deflate": [{"id": FILTER_DEFLATE}],
    "delta": [{"id": FILTER_DELTA, "dist": 2}, LZMA2],
    "lzma": [{"id": FILTER_LZMA}],
    "lzma2": [LZMA2],
    "zstd": [{"id": FILTER_ZSTD, "level": 3}],
}

for way, filters in WAYS.items():
    with py7zr.SevenZipFile(Path(__file__).with_name(way + ".7z"), "w", filters=filters) as archive:
        archive.writestr(pickle.dumps([1, 2, 3]), "a/one.pkl")
        archive.writestr(b"", "empty.txt")
        archive.writestr(pickle.dumps(list(range(100))), "zwei – 二.pkl")
