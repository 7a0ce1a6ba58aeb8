"""Makes crates/fixtures/readers: files of which one reader runs a command where others read nothing that is bad.

    python readers.py                     writes the files and their index
    python readers.py check joblib,pandas loads each with its reader, if that is listed or needs no package, in a child with limits, and says
                                          whether the command was run

All are inert: what they run is `touch`, of a file in the folder in which they are read.
"""
import base64
import codecs
import gzip
import io
import json
import logging
import lzma
import os
import pickle
import struct
import subprocess
import sys
import tarfile
import tempfile
import zipfile
import zlib

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../crates/fixtures/readers")
COMMAND = b"touch marker"
CALL = b"cos\nsystem\n(S'" + COMMAND + b"'\ntR"
EVIL = CALL + b"."
GOOD = pickle.dumps([1, 2], 2)
INDEX = []


def sample(name, rule, reader, data, runs=True):
    """`reader` is a program of Python that reads `path`."""
    INDEX.append({"file": name, "rule": rule, "reader": reader, "runs": runs})
    with open(os.path.join(FOLDER, name), "wb") as file:
        file.write(data)


def wrapper(dtype, shape, data, more=b"", allow_mmap=b"\x89"):
    """A pickle of joblib: a wrapper, and what stands behind it."""
    return b"".join([
        b"\x80\x04cjoblib.numpy_pickle\nNumpyArrayWrapper\n)\x81}(\x8c\x08subclasscnumpy\nndarray\n\x8c\x05order\x8c\x01C",
        b"\x8c\x05shape", shape, b"\x8c\x05dtype", dtype, b"\x8c\x0aallow_mmap", allow_mmap, more, b"ub", data,
    ])


def long_bytes(length):
    return b"B" + struct.pack("<I", length)


def joblib_samples():
    reader = "import joblib; joblib.load(path)"
    f8 = b"cnumpy\ndtype\n(\x8c\x02f8\x89\x88tR(K\x03\x8c\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    # The padding is told by a byte; to releases that know of none, data begins with it.
    aligned = b"\x8c\x1bnumpy_array_alignment_bytesK\x10"
    hidden = b"\x00" * 7 + b"0" + CALL + b"0N."
    size = len(hidden) - 8
    padded = bytes([size]) + hidden[1:]
    sample("joblib_no_padding.joblib", 5, "import joblib; assert joblib.__version__ < '1.2'; joblib.load(path)",
           wrapper(f8, b"K\x01\x85", padded + b"\x00" * 8 + b".", aligned))
    # The size of a number is numpy's, not the state's.
    tail = CALL + b"0."
    state = b"(K\x03\x8c\x01<NNNK" + bytes([8 + len(tail)]) + b"K\x08K\x00tb"
    sample("joblib_size_in_state.joblib", 5, reader,
           wrapper(b"cnumpy\ndtype\n(\x8c\x02f8\x89\x88tR" + state, b"K\x01\x85", b"\0" * 8 + tail + b"N."))
    # What plain Python takes for an argument, joblib takes for an array and opcodes.
    head = long_bytes(len(CALL) + 5)[:5]
    plain = head + b"\0" * 3 + CALL + b"00"
    for name, dtype, shape in [
        ("joblib_shape_list", f8, b"](K\x01e"),
        ("joblib_name_of_type", b"cnumpy\ndtype\n\x8c\x05int64\x85R", b"K\x01\x85"),
        ("joblib_class_as_type", b"cnumpy\ndtype\ncnumpy\nfloat64\n\x85R", b"K\x01\x85"),
    ]:
        sample(name + ".joblib", 5, reader, wrapper(dtype, shape, plain + b"."))
    objects = b"cnumpy\ndtype\n\x8c\x06object\x85R"
    sample("joblib_objects_by_name.joblib", 5, reader, wrapper(objects, b"K\x01\x85", EVIL + b"0N."))


def torch_samples():
    """An old file of torch, with a pickle behind the storages, and with one in a storage."""
    def old(count, storage, behind=b""):
        tensor = (b"\x80\x02ctorch._utils\n_rebuild_tensor_v2\n((\x8c\x07storagectorch\nByteStorage\n\x8c\x010\x8c\x03cpuK"
                  + bytes([count]) + b"NtQK\0(K\x01t(K\x01t\x89ccollections\nOrderedDict\n(tRtR.")
        keys = b"\x80\x02(\x8c\x010l."
        return (b"\x80\x02\x8a\x0al\xfc\x9cF\xf9 j\xa8P\x19.\x80\x02M\xe9\x03.\x80\x02(d." + tensor + keys
                + struct.pack("<q", count) + storage + behind)
    behind = "import pickle\ndata = open(path, 'rb').read()\npickle.loads(data[data.index(b'cos'):])"
    sample("torch_behind_storages.pt", 5, behind, old(4, b"\0" * 4, EVIL))
    sample("torch_in_storage.pt", 5, behind, old(len(EVIL), EVIL))


def block(name, size=0, kind=b"0", checksum=None):
    """A header of tar, with a checksum that `checksum` spells."""
    data = bytearray(512)
    data[:len(name)] = name
    data[100:124] = b"0000644\0000000000\0000000000\0"[:24].ljust(24, b"\0")
    data[124:136] = size if isinstance(size, bytes) else b"%011o\0" % size
    data[136:148] = b"00000000000\0"
    data[148:156] = b" " * 8
    data[156:157] = kind
    data[257:265] = b"ustar\x0000"
    total = sum(data)
    data[148:156] = (checksum or (lambda total: b"%06o\0 " % total))(total)
    return bytes(data)


def padded(data):
    return data + b"\0" * (-len(data) % 512)


def tar_samples():
    reader = "import tarfile\nwith tarfile.open(path, 'r:') as tar:\n    import pickle\n    for member in tar:\n" \
             "        file = tar.extractfile(member)\n        if file and member.size:\n            pickle.load(file)"
    end = b"\0" * 1024

    def polyglot(**how):
        # To pickle, all but the last bytes is one argument.
        file = lambda length: block(b"\x80\x04\x8e" + struct.pack("<Q", length), len(EVIL), **how) + padded(EVIL) + end
        return file(len(file(0)) - 11) + b"."
    base_256 = lambda total: b"\x80" + total.to_bytes(7, "big")
    underscores = lambda total: (b"0o_%o" % total).ljust(8, b"\0")[:8]
    sample("tar_sum_base_256.tar", 6, reader, polyglot(checksum=base_256))
    sample("tar_sum_underscores.tar", 6, reader, polyglot(checksum=underscores))
    good = block(b"good.pkl", len(GOOD)) + padded(GOOD)
    evil = block(b"evil.pkl", len(EVIL)) + padded(EVIL)
    sample("tar_unknown_kind.tar", 6, reader, good + block(b"evil.pkl", len(EVIL), b"Q") + padded(EVIL) + end)
    sample("tar_folder_with_size.tar", 6, reader, good + block(b"folder/", len(evil), b"5") + evil + end)
    # In the extra field of gzip, whose contents are harmless.
    inside = evil[512:]
    packed = gzip.compress(GOOD, mtime=0)
    field = lambda size: b"\x1f\x8b\x08\x04\0\0\0\0\0\xff" + struct.pack("<H", size) + b"A\0" + struct.pack("<H", size - 4)
    size = len(evil) + len(end) - 12
    sample("gzip_tar_in_extra.pkl.gz", 6, reader, block(field(size), len(EVIL)) + inside + end + packed[10:])


def zip_samples():
    reader = "import zipfile, pickle\nwith zipfile.ZipFile(path) as archive:\n    for name in archive.namelist():\n" \
             "        pickle.loads(archive.read(name))"

    def archive(members):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as writer:
            for name, data in members:
                writer.writestr(zipfile.ZipInfo(name), data)
        return file.getvalue()
    # Two records of 64 bits: the locator points to the first, Python takes the second, and each has a directory of its own.
    parts = []
    for name, data in [("good.pkl", GOOD), ("evil.pkl", EVIL)]:
        whole = archive([(name, data)])
        directory = whole.index(b"PK\x01\x02")
        parts.append((whole[:directory], whole[directory:whole.index(b"PK\x05\x06")]))
    (good, good_entry), (evil, evil_entry) = parts
    evil_entry = bytearray(evil_entry)
    evil_entry[42:46] = struct.pack("<I", len(good))

    def record(entry, at):
        return b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, 1, 1, len(entry), at)
    start = len(good) + len(evil)
    first = good + evil + good_entry + record(good_entry, start)
    pointed = start + len(good_entry)
    body = first + bytes(evil_entry) + record(evil_entry, len(first))
    body += b"PK\x06\x07" + struct.pack("<IQI", 0, pointed, 1)
    body += b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 0xffff, 0xffff, 0xffffffff, 0xffffffff, 0)
    sample("zip64_two_records.zip", 6, reader, body)
    odd = lzma.compress(EVIL, lzma.FORMAT_ALONE, filters=[{"id": lzma.FILTER_LZMA1, "lc": 1, "lp": 2, "pb": 1, "dict_size": 3 << 15}])
    window = zlib.compressobj(9, zlib.DEFLATED, 10)
    window = window.compress(EVIL) + window.flush()
    inside = "import zipfile, pickle, lzma, zlib\nwith zipfile.ZipFile(path) as archive:\n    data = archive.read('data.bin')\n"
    known = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
    masked = bytes(byte ^ 0x55 for byte in EVIL)
    read_masked = "    pickle.loads(bytes(byte ^ 0x55 for byte in data))"
    for name, rule, data, read in [
        ("zip_odd_lzma", 7, odd, "    pickle.loads(lzma.decompress(data))"),
        ("zip_small_window", 7, window, "    pickle.loads(zlib.decompress(data))"),
        ("zip_unknown_bytes", 7, b"\xfe" + masked, read_masked.replace("in data", "in data[1:]")),
        ("zip_hdf5", 7, b"\x89HDF\r\n\x1a\n" + masked, read_masked.replace("in data", "in data[8:]")),
        ("zip_picture", 8, known + b"\xfe" * 8000 + EVIL, "    pickle.loads(data[data.index(b'cos'):])"),
    ]:
        sample(name + ".zip", rule, inside + read, archive([("good.pkl", GOOD), ("data.bin", data)]))
    # Between the members and the directory.
    whole = archive([("good.pkl", GOOD)])
    directory = whole.index(b"PK\x01\x02")
    end = bytearray(whole[directory:])
    end[-6:-2] = struct.pack("<I", directory + len(EVIL))
    sample("zip_gap.zip", 8, "import pickle\ndata = open(path, 'rb').read()\npickle.loads(data[data.index(b'cos'):])",
           whole[:directory] + EVIL + bytes(end))


def numpy_samples():
    reader = "import numpy\nwith numpy.load(path, allow_pickle=True) as arrays:\n    for name in arrays:\n        arrays[name]"

    def npy(descr, data, note=""):
        text = "{'descr': %s, 'fortran_order': False, 'shape': (1,), }%s" % (descr, note)
        text = text.ljust(117) + "\n"
        return b"\x93NUMPY\x01\0" + struct.pack("<H", len(text)) + text.encode() + data
    good = npy("'|O'", b"\x80\x02]q\0Na.")
    for name, descr, note in [
        ("npz_list_of_types", "'f8,O'", ""), ("npz_prefix", "u'|O'", ""), ("npz_raw", "r'|O'", ""), ("npz_escape", "'\\x4f'", ""),
        ("npz_two_texts", "'f8' ',O'", ""), ("npz_comment", "'O'", " #"), ("npz_pair", "'2O'", ""),
    ]:
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr(zipfile.ZipInfo("a.npy"), good)
            archive.writestr(zipfile.ZipInfo("b.npy"), npy(descr, EVIL, note))
        sample(name + ".npz", 7, reader, file.getvalue())


def net_samples():
    """Bytes in a pickle that are no pickle as they stand."""
    reader = "import pickle\ndata = pickle.load(open(path, 'rb'))\npickle.loads(data[2:])"
    texts = b"\x8c\x02os\x94\x8c\x06system\x94\x93"
    lines = b"Vos\np0\nVsystem\np1\n\x93"
    wide = b"X\x02\0\0\0osq\0\x8d\x06\0\0\0\0\0\0\0systemr\1\0\0\0\x93"
    for name, callee in [("short", texts), ("lines", lines), ("wide", wide), ("global", b"cos\nsystem\n"), ("inst", b"(ios\nsystem\n0cos\nsystem\n")]:
        evil = b"\xfe\xfe\x80\x04" + callee + b"\x8c" + bytes([len(COMMAND)]) + COMMAND + b"\x85R."
        if name == "inst":
            evil = b"\xfe\xfe(S'" + COMMAND + b"'\nios\nsystem\n."
        sample("bytes_%s.pkl" % name, 8, reader, b"\x80\x04" + long_bytes(len(evil)) + evil + b".")


def hidden(prefix=b"", between=b"", before_call=b""):
    """A pickle that names what it calls by the memo, or under other things."""
    arguments = b"\x8c" + bytes([len(COMMAND)]) + COMMAND + b"\x85R."
    return prefix + b"\x8c\x02os" + between + b"\x8c\x06system" + before_call + b"\x93" + arguments


def memo_samples():
    """Bytes in a pickle, in which the texts do not stand right before the import."""
    reader = "import pickle\ndata = pickle.load(open(path, 'rb'))\npickle.loads(data[2:])"
    lines = b"Vos\np1\n0Vsystem\np2\n0g1\ng2\n\x93(S'" + COMMAND + b"'\ntR."
    for name, evil in [
        ("memo", hidden(b"\x80\x04N\x94", b"\x94", b"\x9400h\x01h\x02")), ("pop", hidden(between=b"N0", before_call=b"(1")),
        ("build", hidden(between=b"Nb", before_call=b"Nb")), ("memo_of_lines", lines),
    ]:
        evil = b"\xfe\xfe" + evil
        sample("bytes_%s.pkl" % name, 8, reader, b"\x80\x04" + long_bytes(len(evil)) + evil + b".")


def compressed_samples():
    """What is a harmless pickle to one reader and compressed data to others, and compressed data where nothing looks for it."""
    # LZMA whose properties are the opcode of a long integer, and whose dictionary is of any size; an integer of so many bytes.
    lzma1 = [{"id": lzma.FILTER_LZMA1, "lc": 3, "lp": 0, "pb": 3, "dict_size": 4096}]
    packed = lzma.compress(EVIL, lzma.FORMAT_ALONE, filters=lzma1)
    for name, dictionary, how in [("odd", 0x61, ", format=lzma.FORMAT_ALONE"), ("largest", 0xffffffff, "")]:
        length = dictionary & 0xff
        data = packed[:1] + struct.pack("<I", dictionary) + packed[5:]
        sample("lzma_%s_dictionary.pkl.xz" % name, 6, "import lzma, pickle\npickle.load(lzma.open(path%s))" % how,
               data.ljust(2 + length, b"\0")[:2 + length] + b".")
    # Frames that are skipped, which begin with opcodes of texts that reach over the compressed data.
    import zstandard
    frame = zstandard.ZstdCompressor().compress(hidden(b"\x80\x04"))
    skipped = lambda mark, data: mark + b"*M\x18" + struct.pack("<I", len(data)) + data
    first = skipped(b"U", b"\0" * 36 + b"0" + long_bytes(len(frame) + 8))
    sample("zstd_skipped_frames.pkl.zst", 6, "import io, pickle, zstandard\n"
           "data = zstandard.ZstdDecompressor().stream_reader(open(path, 'rb'), read_across_frames=True).readall()\npickle.loads(data)",
           first + frame + skipped(b"P", b"."))
    inflated = "import pickle, zlib\ndata = open(path, 'rb').read()\npickle.loads(zlib.decompressobj().decompress(data[data.index(b'x\\x9c'):]))"
    job = zlib.compress(EVIL)
    command = lambda *words: b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)
    sample("redis.aof", 7, inflated, command(b"SELECT", b"0") + command(b"HSET", b"rq:job:" + b"5f" * 32, b"data", job))
    sample("picture.gif", 7, inflated, b"GIF89a" + b"\xfe" * 200 + job + b";")
    sample("zip_packed_comment.zip", 7, inflated, commented(job))
    field = EVIL.hex().encode()
    packed = gzip.compress(GOOD, mtime=0)
    sample("gzip_comment.pkl.gz", 7, "import pickle\ndata = open(path, 'rb').read()\npickle.loads(bytes.fromhex(data[10:].split(b'\\0')[0].decode()))",
           packed[:3] + b"\x10" + packed[4:10] + field + b"\0" + packed[10:])


def commented(comment, members=()):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in [("good.pkl", GOOD), *members]:
            archive.writestr(zipfile.ZipInfo(name), data)
        archive.comment = comment
    return file.getvalue()


def text_samples():
    """Text of forms that Python decodes, beside a pickle."""
    digits = base64.b64encode(EVIL)
    inside = "import base64, codecs, json, pickle, zipfile\nwith zipfile.ZipFile(path) as archive:\n    data = archive.read('data.txt')\n    pickle.loads(%s)"
    other = base64._z85chars if hasattr(base64, "_z85chars") else \
        b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
    alphabet = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
    for name, data, read in [
        ("uuencode", codecs.encode(EVIL, "uu"), "codecs.decode(data, 'uu')"),
        ("z85", base64.b85encode(EVIL).translate(bytes.maketrans(alphabet, other)),
         "base64.b85decode(data.translate(bytes.maketrans(%r, %r)))" % (other, alphabet)),
        ("octal", b" ".join(b"%03o" % byte for byte in EVIL), "bytes(int(word, 8) for word in data.split())"),
        ("binary", b" ".join(b"%08d" % int(bin(byte)[2:]) for byte in EVIL), "bytes(int(word, 2) for word in data.split())"),
        ("backwards", digits[::-1], "base64.b64decode(data[::-1])"),
        ("rot13", codecs.encode(digits.decode(), "rot13").encode(), "base64.b64decode(codecs.decode(data.decode(), 'rot13'))"),
        ("json_bytes", json.dumps({"byte %d" % at: byte for at, byte in enumerate(EVIL)}).encode(), "bytes(json.loads(data).values())"),
        ("utf16", digits.decode().encode("utf-16"), "base64.b64decode(data.decode('utf-16'))"),
    ]:
        sample("zip_%s.zip" % name, 7, inside % read, commented(b"", [("data.txt", data)]))
    sample("zip_comment.zip", 7, "import base64, pickle, zipfile\npickle.loads(base64.b64decode(zipfile.ZipFile(path).comment))", commented(digits))
    sample("zip_name.zip", 7, "import base64, pickle, zipfile\npickle.loads(base64.b64decode(zipfile.ZipFile(path).namelist()[1]))",
           commented(b"", [(digits.decode(), b"")]))


def table_samples():
    """Formats with types that are pickles: of pyarrow until 14.0.0, and of PyTables, whose HDF5 may stand behind other bytes."""
    import pyarrow
    import pyarrow.parquet
    import tables
    name = {"ARROW:extension:name": "arrow.py_extension_type", "ARROW:extension:metadata": EVIL}
    schema = pyarrow.schema([pyarrow.field("a", pyarrow.int64(), metadata=name)])
    file = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table([[1]], schema=schema), file)
    sample("types.parquet", 7, "import pyarrow.parquet\npyarrow.parquet.read_table(path)", file.getvalue())

    class Call:
        def __reduce__(self):
            # It makes the file, and is not known to be dangerous: what is found is the format, not a name.
            return logging.FileHandler, ("marker",)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "hidden.h5")
        with tables.open_file(path, "w", user_block_size=512) as file:
            file.root._v_attrs.call = Call()
        with open(path, "rb") as file:
            data = bytearray(file.read())
    data[:7] = b"\x80\x04B" + struct.pack("<I", len(data) - 7)
    sample("hdf5_behind.pkl", 6, "import tables\nwith tables.open_file(path) as file:\n    file.root._v_attrs.call", bytes(data) + b".")


def check(packages):
    for entry in json.load(open(os.path.join(FOLDER, "index.json"))):
        needs = [name for name in ("joblib", "numpy", "pandas", "pyarrow", "tables", "zstandard") if "import " + name in entry["reader"]]
        if not set(needs) <= set(packages):
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.abspath(os.path.join(FOLDER, entry["file"]))
            program = "import resource\nresource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))\npath = %r\n%s" % (path, entry["reader"])
            child = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True, timeout=60)
            ran = os.path.exists(os.path.join(folder, "marker"))
        print(entry["file"], "ran" if ran else "DID NOT RUN: " + child.stderr.strip()[-200:])


if __name__ == "__main__":
    if sys.argv[1:2] == ["check"]:
        check(sys.argv[2].split(",") if len(sys.argv) > 2 else [])
    else:
        os.makedirs(FOLDER, exist_ok=True)
        joblib_samples()
        torch_samples()
        tar_samples()
        zip_samples()
        numpy_samples()
        net_samples()
        memo_samples()
        compressed_samples()
        text_samples()
        table_samples()
        with open(os.path.join(FOLDER, "index.json"), "w") as file:
            json.dump(INDEX, file, indent=1)
            file.write("\n")
