"""Streams that no pickler writes, as (name, stream, options): the odd ones and the hostile ones.

What each of them means, or with what error it is refused, is not said here: a real Python says it.
Options are those of `graph.graphs`.
"""

import pickle
import pickletools
import struct

JAR = b"cdeli\nJar\n"
UINT8 = struct.Struct("<Q").pack


def hand():
    groups = (marks, memo, numbers, strings, text, containers, objects, names, frames, lengths, streams)
    for group in groups + (buffers, encodings, truncated, unknown):
        for name, stream, *options in group():
            yield "%s/%s" % (group.__name__, name), stream, options[0] if options else {}


def marks():
    yield "POP drops a mark", b"K\1(0."
    yield "POP drops an item above a mark", b"K\1(K\x020K\3t0."
    yield "POP twice", b"K\1(K\x0200."
    yield "POP of nothing", b"0."
    yield "POP_MARK", b"K\1(K\2K\x031."
    yield "POP_MARK nested", b"K\1(K\2(K\x0311."
    yield "POP_MARK without a mark", b"K\x011."
    yield "DUP", b"]K\1a2\x86."
    yield "DUP of nothing", b"2."
    yield "DUP of a mark", b"K\1(2."
    yield "STOP with items below", b"K\1K\2K\3."
    yield "STOP on nothing", b"."
    yield "STOP on a mark", b"K\1(."
    yield "STOP above an open mark", b"K\1(K\2."
    yield "empty stream", b""
    yield "TUPLE without a mark", b"K\1t."
    yield "TUPLE1 of nothing", b"\x85."
    yield "TUPLE1 of a mark", b"K\1(\x85."
    yield "TUPLE2 of one", b"K\1\x86."
    yield "TUPLE2 across a mark", b"K\1(K\2\x86."
    yield "TUPLE3 of two", b"K\1K\2\x87."
    yield "LIST without a mark", b"K\1l."
    yield "DICT without a mark", b"K\1K\2d."
    yield "FROZENSET without a mark", b"K\1\x91."
    yield "APPEND of nothing", b"]a."
    yield "APPEND across a mark", b"](K\1a."
    yield "APPEND to a mark", b"(K\1a."
    yield "APPENDS without a mark", b"]K\1e."
    yield "APPENDS to nothing", b"(K\1e."
    yield "APPENDS across marks", b"]((K\1ee."
    yield "APPENDS of nothing", b"](e."
    yield "SETITEM of nothing", b"}s."
    yield "SETITEM of one", b"}K\1s."
    yield "SETITEM across a mark", b"}(K\1K\2s."
    yield "SETITEMS without a mark", b"}K\1K\2u."
    yield "SETITEMS to nothing", b"(K\1K\2u."
    yield "SETITEMS of nothing", b"}(u."
    yield "ADDITEMS without a mark", b"\x8fK\1\x90."
    yield "ADDITEMS to nothing", b"(K\1\x90."
    yield "ADDITEMS of nothing", b"\x8f(\x90."
    yield "BUILD of nothing", b"]b."
    yield "BUILD across a mark", JAR + b")R(}b."
    yield "REDUCE of one", b")R."
    yield "REDUCE across a mark", JAR + b"()R."
    yield "NEWOBJ of one", b")\x81."
    yield "NEWOBJ_EX of two", JAR + b")\x92."
    yield "OBJ without a class", b"(o."
    yield "OBJ without a mark", JAR + b"o."
    yield "INST without a mark", b"ideli\nJar\n."
    yield "STACK_GLOBAL of one", b"\x8c\4deli\x93."
    yield "BINPERSID of nothing", b"Q."
    yield "BINPERSID of a mark", b"K\1(Q."
    yield "deep marks", b"(" * 50 + b"t" * 50 + b"."
    yield "marks never closed", b"K\1" + b"(" * 50 + b"1" * 50 + b"."


def memo():
    yield "MEMOIZE counts the slots that are set", b"(]q\5K\7\x94h\5h\1t."
    yield "PUT overwrites", b"]q\0K\1a0h\0K\2a."
    yield "PUT on top of PUT", b"(K\1q\0K\2q\0h\0t."
    yield "MEMOIZE after PUT of the same slot", b"(Nq\1\x88\x94\x89\x94h\1h\2t."
    yield "MEMOIZE overwrites nothing", b"(K\1q\1K\2\x94h\1t."
    yield "PUT of everything", b"(Kap0\nK\2p1\ng0\ng1\nt."
    yield "PUT sparse", b"(]p70000\nr\xff\xff\0\0j\xff\xff\0\0g70000\nt."
    yield "PUT in hexadecimal", b"]p0x10\n."
    yield "PUT with zeros", b"(]p007\ng7\nt."
    yield "PUT with a plus", b"(]p+7\nh\7t."
    yield "PUT with blanks", b"(]p 7 \nh\7t."
    yield "PUT with an underscore", b"(]p1_0\nh\nt."
    yield "PUT of a negative slot", b"]p-1\n."
    yield "PUT of no number", b"]px\n."
    yield "PUT of an empty line", b"]p\n."
    yield "PUT of a float", b"]p1.0\n."
    yield "PUT on a mark", b"(p0\n."
    yield "PUT of nothing", b"p0\n."
    yield "BINPUT of nothing", b"q\0."
    yield "BINPUT on a mark", b"K\1(q\0."
    yield "LONG_BINPUT of nothing", b"r\0\0\0\0."
    yield "MEMOIZE of nothing", b"\x94."
    yield "MEMOIZE on a mark", b"K\1(\x94."
    yield "GET of an unset slot", b"g0\n."
    yield "BINGET of an unset slot", b"]q\0h\1."
    yield "LONG_BINGET of an unset slot", b"j\xff\xff\xff\xff."
    yield "GET of a huge slot", b"g99999999999999999999\n."
    yield "GET of a negative slot", b"]p0\ng-1\n."
    yield "GET of no number", b"]p0\ngx\n."
    yield "GET of an empty line", b"]p0\ng\n."
    yield "GET with a letter L", b"]p0\ng0L\n."
    yield "GET of scalars", b"(K\1q\0N\x94G?\xf0\0\0\0\0\0\0\x94\x88\x94h\0h\1h\2h\3t."
    yield "list changes after it is in a tuple", b"]\x94K\1a\x85h\0K\2a0."
    yield "dict changes after it is in a list", b"(}\x94lh\0K\1K\2s0."
    yield "tuple through its own list", b"]\x94h\0\x85\x94h\0h\1a0."
    yield "set changes after it is in a tuple", b"\x8f\x94\x85h\0(K\1K\2\x900."


def numbers():
    lines = ["0", "1", "00", "01", "010", "02", "001", "-1", "-01", "-0", "+5", " 5", "5 ", "\t5", "0x1F", "0X1f"]
    lines += ["-0x10", "0o17", "0b101", "017", "09", "1_000", "1__0", "_1", "1L", "", "x", "0x", "1.5", "1e5", "5\0", "\0"]
    lines += ["2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "-9223372036854775808"]
    lines += ["-9223372036854775809", "0xffffffffffffffff", "12345678901234567890123", "0x123456789abcdef0123", "1\r"]
    lines += ["01 ", " 01", "00L", "--1", "+-1", "1 2", "0_1", "0o", "010000000000000000000000", "0x_1f", "\u0661"]
    for line in lines:
        yield "INT %r" % line, b"I" + line.encode("utf-8") + b"\n."
        yield "LONG %r" % line, b"L" + line.encode("utf-8") + b"\n."
    for line in ("5LL", "L", "-L", "5l", "0x5L", "5L ", " 5L", "5\0L"):
        yield "LONG %r" % line, b"L" + line.encode("ascii") + b"\n."
    floats = ["1.5", "-0.0", "1", "1e5", "1E+5", ".5", "5.", "inf", "-inf", "Infinity", "nan", "-nan", "NaN", "1e400"]
    floats += ["-1e400", "1e-400", " 1.5", "1.5 ", "1_0.0", "0x1p3", "", "x", "1.5\0", "1.5L", "+1.5", "1e", "infinit"]
    floats += ["1.5\r", "1,5", "nan(1)", "4.9e-324", "0.1000000000000000055511151231257827", "\u0661"]
    for line in floats:
        yield "FLOAT %r" % line, b"F" + line.encode("utf-8") + b"\n."
    yield "BINFLOAT nan", b"G\x7f\xf8\0\0\0\0\0\0."
    yield "BINFLOAT nan with payload", b"G\x7f\xf0\0\0\0\0\0\1."
    yield "BININT negative", b"J\xff\xff\xff\xff."
    yield "BININT lowest", b"J\0\0\0\x80."
    yield "BININT2", b"M\xff\xff."
    for raw in (b"", b"\0", b"\x7f", b"\x80", b"\xff", b"\xff\0", b"\0\0\0", b"\xff" * 9, b"\0" * 7 + b"\x80"):
        yield "LONG1 %s" % raw.hex(), b"\x8a" + bytes([len(raw)]) + raw + b"."
        yield "LONG4 %s" % raw.hex(), b"\x8b" + struct.pack("<i", len(raw)) + raw + b"."
    yield "LONG4 of negative length", b"\x8b\xff\xff\xff\xff."
    yield "LONG1 too short", b"\x8a\5\1\2."


def strings():
    lines = [rb"'a'", rb'"a"', rb"''", rb'""', rb"'it\'s'", rb"'it's'", rb'''"'"''', rb"'a\\b'", rb"'\n\r\t\a\b\f\v'"]
    lines += [rb"'\x41\x4'", rb"'\x41'", rb"'\x'", rb"'\xg0'", rb"'\101\0\400\777\8'", rb"'\q'", rb"'\u0041'", rb"'\N{x}'"]
    lines += [b"'a", b"a'", b"a", b"", b"'", b'"', b"'a\"", b" 'a'", b"'a' ", b"'a'\r", b"'\\'", b"'\\\\'", b"'\xe9'"]
    lines += [b"'a'b'", b"u'a'", b"b'a'", b"'\0'", b"'\t'", b"'a\\"]
    for line in lines:
        yield "STRING %s" % line.decode("latin-1"), b"S" + line + b"\n."
    yield "BINSTRING", b"T\3\0\0\0a\xffb."
    yield "BINSTRING empty", b"T\0\0\0\0."
    yield "BINSTRING of negative length", b"T\xff\xff\xff\xff."
    yield "SHORT_BINSTRING", b"U\3a\0b."
    yield "SHORT_BINSTRING empty", b"U\0."
    yield "byte string as a key beside text", b"(U\1aK\1X\1\0\0\0aK\2C\1aK\3d."
    yield "text as a key beside byte string", b"(X\1\0\0\0aK\2U\1aK\1C\1aK\3d."
    yield "byte string not ASCII as a key beside text", b"(U\2\xc3\xa9K\1X\2\0\0\0\xc3\xa9K\2d."
    yield "byte strings as keys", b"(U\1aK\1T\1\0\0\0aK\2S'\\xff'\nK\3U\1\xffK\4d."


def text():
    lines = [rb"", rb"abc", rb"\u0041", rb"\U0001f952", rb"\\u0041", rb"\\\u0041", rb"\x41", rb"\n", rb"\\", b"\\", rb"a\q"]
    lines += [rb"\ud83e\udd52", rb"\ud83e", rb"\udd52", b"\xe9\xff", rb"\u12", rb"\u", rb"\uzzzz", rb"\U00110000", rb"\U0001"]
    lines += [b"a\rb", b"\0", rb"\u000a", b"'quoted'", b"\xc3\xa9", rb"\U0000d83e\U0000dd52"]
    for line in lines:
        yield "UNICODE %s" % line.decode("latin-1"), b"V" + line + b"\n."
    raws = [b"", b"a", b"\xc3\xa9", b"\xf0\x9f\xa5\x92", b"\xed\xa0\x80", b"\xed\xa0\xbe\xed\xb5\x92", b"\xff", b"\xc0\x80"]
    raws += [b"\xc3", b"\xf4\x90\x80\x80", b"\xe2\x82", b"a\xed\xbf\xbf", b"\xf8\x88\x80\x80\x80", b"\0", b"\xed\xa0", b"\x80"]
    for raw in raws:
        yield "BINUNICODE %s" % raw.hex(), b"X" + struct.pack("<I", len(raw)) + raw + b"."
        yield "SHORT_BINUNICODE %s" % raw.hex(), b"\x8c" + bytes([len(raw)]) + raw + b"."
        yield "BINUNICODE8 %s" % raw.hex(), b"\x8d" + UINT8(len(raw)) + raw + b"."
    yield "BINBYTES8", b"\x8e" + UINT8(2) + b"ab."
    yield "BYTEARRAY8", b"\x96" + UINT8(2) + b"ab."
    yield "BYTEARRAY8 twice the same", b"\x96" + UINT8(2) + b"ab\x94h\0\x86."


def containers():
    yield "equal keys of other types", b"(K\1NG?\xf0\0\0\0\0\0\0\x89\x88]d."
    yield "equal keys, bool first", b"(\x88NK\1K\5d."
    yield "later value wins in place", b"(K\1K\1K\2K\2K\1K\3d."
    yield "zeros as keys", b"(G\0\0\0\0\0\0\0\0K\1G\x80\0\0\0\0\0\0\0K\2K\0K\3d."
    yield "nan twice", b"(G\x7f\xf8\0\0\0\0\0\0K\1G\x7f\xf8\0\0\0\0\0\0K\2d."
    yield "nan once", b"(G\x7f\xf8\0\0\0\0\0\0q\0K\1h\0K\2d."
    yield "nan in tuples", b"G\x7f\xf8\0\0\0\0\0\0q\0(h\0\x85K\1h\0\x85K\2d."
    yield "text and bytes as keys", b"(X\1\0\0\0aK\1C\1aK\2d."
    yield "big ints and floats as keys", b"(GC\xe0\0\0\0\0\0\0K\1\x8a\x09\0\0\0\0\0\0\0\x80\0K\2d."
    yield "float near a big int as keys", b"(GC@\0\0\0\0\0\0K\1\x8a\7\0\0\0\0\0\0 K\2\x8a\7\1\0\0\0\0\0 K\3d."
    yield "tuples as keys", b"(K\1\x85N\x88\x85\x88G?\xf0\0\0\0\0\0\0\x85\x89d."
    yield "complex as a key", b"(cbuiltins\ncomplex\nG?\xf0\0\0\0\0\0\0G\0\0\0\0\0\0\0\0\x86RNK\1\x88d."
    yield "frozensets as keys", b"((K\1K\2\x91N(K\2K\1\x91\x88d."
    yield "names as keys", b"(" + JAR + b"K\1" + JAR + b"K\2d."
    yield "instances as keys", b"(" + JAR + b")RK\1" + JAR + b")RK\2d."
    yield "set of equals", b"\x8f(K\1\x88G?\xf0\0\0\0\0\0\0\x89K\0\x90."
    yield "frozenset of equals", b"(K\3K\1\x88K\3K\2\x91."
    yield "ADDITEMS twice", b"\x8f(K\3K\1\x90(K\1K\2\x90."
    keys = {"list": b"]", "dict": b"}", "set": b"\x8f", "bytearray": b"\x96" + UINT8(0), "tuple of list": b"]\x85"}
    keys["tuple of tuple of list"] = b"]\x85\x85"
    for name, key in keys.items():
        yield name + " as key", b"}" + key + b"Ns."
        yield name + " in set", b"\x8f(" + key + b"\x90."
        yield name + " in frozenset", b"(" + key + b"\x91."
        yield name + " in DICT", b"(" + key + b"Nd."
    yield "tuple that holds its list as key", b"]\x94h\0\x85\x94h\0h\1a0}h\1Ns."
    yield "DICT of an odd count", b"(K\1d."
    yield "SETITEMS of an odd count", b"}(K\1K\2K\3u."
    yield "LIST", b"(K\1K\2l."
    yield "DICT empty", b"(d."
    yield "APPEND on a dict", b"}K\1a."
    yield "APPEND on an int", b"K\1K\2a."
    yield "APPEND on None", b"NK\2a."
    yield "APPEND on a tuple", b")K\2a."
    yield "APPEND on a set", b"\x8fK\1a."
    yield "APPEND on a bytearray", b"\x96" + UINT8(1) + b"aK\x62a."
    yield "APPENDS on a bytearray", b"\x96" + UINT8(1) + b"a(K\x62K\x63e."
    yield "APPENDS of no byte on a bytearray", b"\x96" + UINT8(1) + b"a(Ne."
    yield "empty APPENDS on None", b"]N(e."
    yield "empty SETITEMS on None", b"N(u."
    yield "empty ADDITEMS on None", b"N(\x90."
    yield "SETITEM on a list", b"]K\1aK\0K\2s."
    yield "SETITEM on a list, out of range", b"]K\0K\2s."
    yield "SETITEM on a list, negative", b"]K\1aJ\xff\xff\xff\xffK\2s."
    yield "SETITEM on a list, by text", b"]K\1aX\1\0\0\0aK\2s."
    yield "SETITEM on a bytearray", b"\x96" + UINT8(1) + b"aK\0K\x62s."
    yield "SETITEM on None", b"NK\1K\2s."
    yield "SETITEM on a tuple", b"K\1\x85K\0K\2s."
    yield "SETITEM on a set", b"\x8fK\0K\2s."
    yield "ADDITEMS on a list", b"](K\1\x90."
    yield "ADDITEMS on a frozenset", b"(\x91(K\1\x90."
    yield "ADDITEMS on None", b"N(K\1\x90."
    yield "BUILD None on a list", b"]Nb."
    yield "BUILD on a list", b"]}b."
    yield "BUILD on an int", b"K\1}b."
    yield "BUILD on None", b"N}b."
    yield "BUILD on a dict", b"}}X\1\0\0\0aK\1sb."
    yield "BUILD of two Nones on a list", b"]NN\x86b."
    yield "BUILD of no slots on a list", b"]N}\x86b."
    yield "BUILD of slots on a list", b"]N}X\1\0\0\0aK\1s\x86b."
    yield "BUILD of slots that are no dict on a list", b"]N]\x86b."


def objects():
    yield "INST empty", b"(ideli\nJar\n."
    yield "INST with arguments", b"(K\1K\2ideli\nslice_up\n."
    yield "INST with state", b"(ideli\nJar\n}X\4\0\0\0daysK\3sb."
    yield "INST not ASCII", b"(i\xc3\xa9\nJar\n."
    yield "INST name not ASCII", b"(ideli\n\xc3\xa9\n."
    yield "OBJ empty", b"(" + JAR + b"o."
    yield "OBJ with arguments", b"(cdeli\nslice_up\nK\1K\2o."
    yield "OBJ of an instance", b"(" + JAR + b")RK\1o."
    yield "OBJ of an int", b"(K\1o."
    yield "REDUCE of a list", JAR + b"]R."
    yield "REDUCE of None", JAR + b"NR."
    yield "REDUCE of an int", b"K\1)R."
    yield "REDUCE of text", b"X\3\0\0\0Jar)R."
    yield "REDUCE of a call", b"cbuiltins\ngetattr\n" + JAR + b"X\4\0\0\0make\x86R)R."
    yield "REDUCE of an instance", JAR + b")\x81K\1\x85R."
    yield "REDUCE of a persistent id", b"K\1Q)R."
    yield "REDUCE with shared arguments", JAR + b"K\1\x85\x94R" + JAR + b"h\0R\x86."
    yield "NEWOBJ", JAR + b"K\1\x85\x81."
    yield "NEWOBJ of a call", JAR + b")R)\x81."
    yield "NEWOBJ of an int", b"K\1)\x81."
    yield "NEWOBJ with a list", JAR + b"]\x81."
    yield "NEWOBJ_EX", JAR + b"K\1\x85}X\1\0\0\0aK\2s\x92."
    yield "NEWOBJ_EX empty", JAR + b")}\x92."
    yield "NEWOBJ_EX with a list", JAR + b"]}\x92."
    yield "NEWOBJ_EX with None", JAR + b")N\x92."
    yield "NEWOBJ_EX of an int", b"K\1)}\x92."
    yield "BUILD many times", JAR + b")\x81}X\1\0\0\0aK\1sb}X\1\0\0\0bK\2sb."
    yield "BUILD on a call", JAR + b")R}b."
    yield "BUILD on a name", JAR + b"}X\1\0\0\0aK\1sb."
    yield "BUILD on a persistent id", b"K\1Q}b."
    yield "BUILD with None", JAR + b")\x81Nb."
    yield "BUILD with slots", JAR + b")\x81N}X\1\0\0\0aK\1s\x86b."
    yield "BUILD with dict and slots", JAR + b")\x81}X\1\0\0\0aK\1s}X\1\0\0\0bK\2s\x86b."
    yield "BUILD with text", JAR + b")\x81X\5\0\0\0stateb."
    yield "BUILD with a triple", JAR + b")\x81K\1K\2K\3\x87b."
    yield "BUILD with itself", JAR + b")\x81\x942b."
    yield "APPEND on an instance", JAR + b")\x81K\1a."
    yield "APPENDS on an instance twice", JAR + b")\x81(K\1K\2e(K\3e."
    yield "all steps on an instance", JAR + b")\x81K\1a}b(K\2K\3u(K\4\x90K\5a(K\6K\7u."
    yield "SETITEM on a call", JAR + b")RX\1\0\0\0aK\1s."
    yield "SETITEM on a call with a list as key", JAR + b")R]K\1s."
    yield "ADDITEMS on a call", JAR + b")R(K\1K\2\x90."
    yield "step on a name that is shared", JAR + b"\x94K\1ah\0\x86."
    yield "instance in itself", JAR + b")\x81\x94}X\1\0\0\0ah\0sb."
    yield "instance after it was shared", JAR + b")\x81\x94h\0\x86h\0}X\1\0\0\0aK\1sb0."
    yield "setter called on an instance", b"cdeli\nset_state\n" + JAR + b")\x81\x94}\x86Rh\0\x86."
    yield "setter called and dropped", JAR + b")\x81\x94cdeli\nset_state\nh\0}X\1\0\0\0aK\1s\x86R0."
    yield "setter called between steps", JAR + b")\x81\x94K\1acdeli\nset_state\nh\0K\5\x86R0K\2a."
    yield "extension code", b"\x80\2\x82\5\x83\1\2\x84\1\2\3\4\x87."
    yield "extension code 0", b"\x80\2\x82\0."
    yield "extension code 0 in two bytes", b"\x80\2\x83\0\0."
    yield "extension code negative", b"\x80\2\x84\xff\xff\xff\xff."
    yield "extension code called", b"\x80\2\x82\5)\x81."
    yield "PERSID", b"Pjar 1\n."
    yield "PERSID empty", b"P\n."
    yield "PERSID not ASCII", b"P\xe9\n."
    yield "BINPERSID of a list", b"]K\1aQ."
    yield "os.system", b"cos\nsystem\n(S'echo pickled'\ntR."
    calls = {
        "_codecs.encode": b"c_codecs\nencode\nX\2\0\0\0\xc3\xa9X\6\0\0\0latin1\x86R.",
        "_codecs.encode as latin-1": b"c_codecs\nencode\nX\2\0\0\0\xc3\xa9X\7\0\0\0latin-1\x86R.",
        "_codecs.encode beyond latin1": b"c_codecs\nencode\nX\3\0\0\0\xe2\x82\xacX\6\0\0\0latin1\x86R.",
        "_codecs.encode as UTF-8": b"c_codecs\nencode\nX\2\0\0\0\xc3\xa9X\5\0\0\0utf-8\x86R.",
        "_codecs.encode, named by bytes": b"c_codecs\nencode\nX\2\0\0\0\xc3\xa9C\6latin1\x86R.",
        "_codecs.encode of one": b"c_codecs\nencode\nX\2\0\0\0\xc3\xa9\x85R.",
        "bytes": b"c__builtin__\nbytes\n)R.",
        "bytes of bytes": b"c__builtin__\nbytes\nC\1a\x85R.",
        "bytes of a list": b"c__builtin__\nbytes\n]K\1a\x85R.",
        "bytearray": b"c__builtin__\nbytearray\n)R.",
        "bytearray of bytes": b"cbuiltins\nbytearray\nC\1a\x85R.",
        "bytearray of text": b"c__builtin__\nbytearray\nX\2\0\0\0\xc3\xa9X\7\0\0\0latin-1\x86R.",
        "bytearray of an int": b"c__builtin__\nbytearray\nK\5\x85R.",
        "set of a list": b"c__builtin__\nset\n](K\2K\1K\2e\x85R.",
        "set of a tuple": b"c__builtin__\nset\nK\1\x85\x85R.",
        "set of nothing": b"c__builtin__\nset\n)R.",
        "set of a list that changes": b"]\x94K\1ac__builtin__\nset\nh\0\x85Rh\0K\2a0.",
        "frozenset of a list": b"c__builtin__\nfrozenset\n](K\2K\1e\x85R.",
        "set, with ADDITEMS": b"c__builtin__\nset\n](K\2e\x85R(K\1\x90.",
        "complex": b"c__builtin__\ncomplex\nG?\xf0\0\0\0\0\0\0G@\0\0\0\0\0\0\0\x86R.",
        "complex of ints": b"c__builtin__\ncomplex\nK\1K\2\x86R.",
        "complex of one": b"c__builtin__\ncomplex\nG?\xf0\0\0\0\0\0\0\x85R.",
        "builtins above protocol 2": b"\x80\4\x8c\x0b__builtin__\x8c\3set\x93]K\1a\x85R.",
        "set by OBJ": b"(c__builtin__\nset\n]K\1ao.",
        "set by INST": b"(]K\1ai__builtin__\nset\n.",
        "set by NEWOBJ": b"c__builtin__\nset\n)\x81.",
    }
    for name, stream in calls.items():
        yield "call of " + name, stream


def names():
    yield "extension codes as keys", b"(\x82\1\x82\2\x82\1\x82\1\x85\x82\1\x85\x91."
    yield "GLOBAL", b"cos\nsystem\n."
    yield "GLOBAL in UTF-8", b"c\xc3\xa9\n\xe2\x82\xac\n."
    yield "GLOBAL not UTF-8", b"c\xff\nx\n."
    yield "GLOBAL name not UTF-8", b"cos\n\xff\n."
    yield "GLOBAL empty", b"c\n\n."
    yield "GLOBAL dotted", b"cos\npath.join\n."
    yield "GLOBAL dotted at 4", b"\x80\4cos\npath.join\n."
    yield "GLOBAL with blanks", b"c os \n system \r\n."
    yield "GLOBAL of one line", b"cos\n"
    yield "STACK_GLOBAL", b"\x8c\2os\x8c\6system\x93."
    yield "STACK_GLOBAL of an int", b"\x8c\2osK\1\x93."
    yield "STACK_GLOBAL of bytes", b"C\2os\x8c\6system\x93."
    yield "STACK_GLOBAL dotted", b"\x80\4\x8c\2os\x8c\x09path.join\x93."
    yield "STACK_GLOBAL from the memo", b"\x8c\2os\x94\x8c\6system\x940h\1h\0\x930h\0h\1\x93."
    yield "Python 2 name", b"c__builtin__\nxrange\n."
    yield "Python 2 name at 3", b"\x80\3c__builtin__\nxrange\n."
    yield "Python 2 name before and after PROTO", b"(c__builtin__\nxrange\n\x80\4c__builtin__\nxrange\nt."
    yield "Python 2 module", b"cConfigParser\nx\n."
    yield "Python 2 exception", b"cexceptions\nStandardError\n."
    yield "Python 2 name by INST", b"(i__builtin__\nunicode\n."
    yield "Python 2 name by STACK_GLOBAL", b"\x8c\x08copy_reg\x8c\x0e_reconstructor\x93."


def frames():
    yield "FRAME", b"\x80\4\x95" + UINT8(2) + b"K\1."
    yield "FRAME longer than the data", b"\x80\4\x95" + UINT8(100) + b"K\1."
    yield "FRAME of a huge length", b"\x80\4\x95" + UINT8(2**63) + b"K\1."
    yield "FRAME of the most that a length can say", b"\x80\4\x95" + UINT8(2**64 - 1) + b"K\1."
    yield "FRAME empty", b"\x80\4\x95" + UINT8(0) + b"K\1."
    yield "FRAME in a frame", b"\x80\4\x95" + UINT8(12) + b"\x95" + UINT8(2) + b"K\1."
    yield "opcode that crosses a frame's end", b"\x80\4\x95" + UINT8(2) + b"J\1\0\0\0."
    yield "FRAME at protocol 0", b"\x95" + UINT8(2) + b"K\1."
    yield "FRAME cut", b"\x80\4\x95\1\0\0."
    for protocol in (0, 1, 2, 5, 6, 255):
        yield "PROTO %d" % protocol, b"\x80" + bytes([protocol]) + b"N."
    yield "PROTO twice", b"\x80\2\x80\4N."
    yield "PROTO at the end", b"N\x80\3."


def lengths():
    for opcode in ("X", "T", "B"):
        for length in (5, 2**31 - 1, 2**31, 2**32 - 1):
            yield "%s of %d" % (opcode, length), opcode.encode() + struct.pack("<I", length) + b"abc."
    for opcode in (0x8D, 0x8E, 0x96):
        for length in (5, 2**31, 2**62, 2**63, 2**64 - 1):
            yield "%#x of %d" % (opcode, length), bytes([opcode]) + UINT8(length) + b"abc."
    for opcode in (b"U", b"C", b"\x8c", b"\x8a"):
        yield "%r of 255" % opcode, opcode + b"\xffabc."
    yield "LONG4 of 2^31 - 1", b"\x8b\xff\xff\xff\x7f\1."
    yield "line without an end", b"S'abc'"
    yield "INT without an end", b"I123."
    yield "GLOBAL without an end", b"cos"


def streams():
    yield "bytes after STOP", b"K\1.K"
    yield "two, memo fresh", b"]q\0.]K\1ah\0.", {"pickles": 2}
    yield "two, memo kept", b"]q\0.]h\0a.", {"pickles": 2, "keep_memo": True}
    yield "memo kept and changed", b"]q\0.h\0K\1a.h\0K\2a.", {"pickles": 3, "keep_memo": True}
    yield "stack is not kept", b"K\1K\2.0.", {"pickles": 2, "keep_memo": True}
    yield "protocol is not kept", b"\x80\4N.c__builtin__\nxrange\n.", {"pickles": 2, "keep_memo": True}
    yield "MEMOIZE goes on counting", b"]\x94.}\x94h\0h\1\x87.", {"pickles": 2, "keep_memo": True}


def buffers():
    two = [b"read-only", bytearray(b"writable")]
    yield "NEXT_BUFFER without buffers", b"\x80\5\x97."
    yield "NEXT_BUFFER too often", b"\x80\5\x97\x97\x97\x87.", {"buffers": two}
    yield "NEXT_BUFFER twice", b"\x80\5\x97\x97\x86.", {"buffers": two}
    yield "NEXT_BUFFER shared", b"\x80\5\x97\x94h\0\x86.", {"buffers": two}
    yield "NEXT_BUFFER at protocol 0", b"\x97.", {"buffers": two}
    yield "READONLY_BUFFER of bytes", b"\x97\x98.", {"buffers": two}
    yield "READONLY_BUFFER of a bytearray", b"\x97\x97\x98\x86.", {"buffers": two}
    yield "READONLY_BUFFER twice", b"\x97\x97\x98\x98\x86.", {"buffers": two}
    yield "READONLY_BUFFER of bytes in band", b"C\1a\x98."
    yield "READONLY_BUFFER of a bytearray in band", b"\x96" + UINT8(1) + b"a\x94\x98h\0\x86."
    yield "READONLY_BUFFER of a list", b"]\x98."
    yield "READONLY_BUFFER of text", b"X\1\0\0\0a\x98."
    yield "READONLY_BUFFER of nothing", b"\x98."
    yield "READONLY_BUFFER on a mark", b"C\1a(\x98."
    yield "steps done to buffers", b"\x97K\1aK\1K\2s\x97K\3bNb\x86.", {"buffers": two}
    yield "buffers as keys", b"(\x97N\x97Nd.", {"buffers": two}
    yield "buffer left over", b"N.", {"buffers": two}


def encodings():
    stream = b"(S'a'\nU\2\xc3\xa9T\0\0\0\0t."
    for encoding in ("ascii", "latin-1", "utf-8", "bytes"):
        yield "not ASCII as " + encoding, stream, {"encoding": encoding}
        yield "ASCII as " + encoding, b"(S'a'\nU\1bT\0\0\0\0t.", {"encoding": encoding}
    yield "not UTF-8 as utf-8", b"U\1\xff.", {"encoding": "utf-8"}
    yield "as key of text", b"(U\1aK\1X\1\0\0\0aK\2d.", {"encoding": "latin-1"}
    yield "as key of bytes", b"(U\1aK\1C\1aK\2d.", {"encoding": "bytes"}
    yield "Python 2 bytearray", b"c__builtin__\nbytearray\nX\1\0\0\0aS'latin-1'\n\x86R."
    yield "Python 2 bytearray of a byte string", b"c__builtin__\nbytearray\nU\2\xc3\xa9\x85R."
    yield "STACK_GLOBAL of an empty byte string", b"U\0X\1\0\0\0f\x93."
    yield "Python 2 datetime", b"cdatetime\ndate\nU\4\x07\xe8\x02\x1d\x85R."


def truncated():
    value = {"name": "half-sour", "days": [3, 2.5, None], "raw": b"\0", "big": 2**70, "set": {1}}
    for protocol in (0, 5):
        data = pickle.dumps(value, protocol)
        for size in range(len(data)):
            yield "protocol %d after %d" % (protocol, size), data[:size]


def unknown():
    for byte in range(256):
        if chr(byte) not in pickletools.code2op:
            yield "opcode %#04x" % byte, b"N" + bytes([byte]) + b"."
