"""The tables of Python's codecs in which each byte is a character, as crates/files/src/codecs.rs reads them, and what they decode.

Run by hand, with a Python of 3.13: `python codecs_tables.py crates/files/src/codecs/tables.txt`. With `--missing`, prints the names of
the codecs that need more than a table. With `--multibyte`, writes the tables of those in which characters take several bytes
(crates/files/src/codecs/multibyte.xz), and with `--decoded`, what codecs make of bytes (crates/files/tests/decoded.jsonl).
"""

import codecs
import encodings
import encodings.aliases
import json
import lzma
import os
import random
import sys
import warnings
import zlib

# Those that Rust code reads.
OWN = {"ascii", "latin_1", "iso8859_1", "charmap", "utf_8", "utf_8_sig", "raw_unicode_escape"}
OWN |= {f"utf_{bits}{order}" for bits in (16, 32) for order in ("", "_le", "_be")}
ALIASES = {}
for alias, module in encodings.aliases.aliases.items():
    # Python looks for names in lower case, so that others are never found.
    if alias == alias.lower():
        ALIASES.setdefault(module, []).append(alias)


def modules():
    """All codecs for text, each with its names, and whether it is a table."""
    for file in sorted(os.listdir(os.path.dirname(encodings.__file__))):
        module = file.removesuffix(".py")
        if not file.endswith(".py") or module in OWN:
            continue
        try:
            if not codecs.lookup(module)._is_text_encoding:
                continue
        except LookupError:
            continue
        text = open(os.path.join(encodings.__path__[0], file)).read()
        yield module, " ".join([module, *sorted(ALIASES.get(module, []))]), "charmap_decode" in text


def character(module, byte):
    try:
        return bytes([byte]).decode(module)
    except UnicodeDecodeError:
        return "\ufffe"


def spelled(char):
    """Text that runs from right to left would be hard to read among the rest."""
    code = ord(char)
    is_plain = char.isprintable() and char not in " \\" and not 0x590 <= code < 0x700 and code < 0xFB1D
    return char if is_plain else f"\\{code:04x}"


# Those without a state, in an order in which similar ones follow each other.
MULTIBYTE = "gb2312 gbk gb18030 euc_kr cp949 johab big5 cp950 big5hkscs euc_jp euc_jisx0213 euc_jis_2004".split()
MULTIBYTE += "shift_jis cp932 shift_jisx0213 shift_jis_2004".split()
NONE = "\ufffe"
PAIR = "\uffff"


def entry(codec, sequence):
    """The characters of a sequence of bytes: one; or two behind a mark; or none, behind which stands how long the error is."""
    try:
        text = sequence.decode(codec)
    except UnicodeDecodeError:
        try:
            # With bytes behind it, nothing is missing.
            (sequence + b"AAAAAAAA").decode(codec)
        except UnicodeDecodeError as error:
            if (error.start, error.end) == (0, 2):
                return NONE + chr(2)
        return NONE + chr(1)
    return PAIR + text if len(text) == 2 else text


def sections(codec):
    """Prefixes, and what each byte behind them makes."""
    singles = [entry(codec, bytes([byte])) for byte in range(256)]
    yield b"", singles
    for lead in range(256):
        if singles[lead][0] == NONE:
            pairs = [entry(codec, bytes([lead, byte])) for byte in range(256)]
            if any(pair[0] != NONE for pair in pairs):
                yield bytes([lead]), pairs
            if codec.startswith("euc_j") and lead in (0x8E, 0x8F):
                for second in range(0x80, 256):
                    if pairs[second][0] == NONE:
                        triples = [entry(codec, bytes([lead, second, byte])) for byte in range(256)]
                        if any(triple[0] != NONE for triple in triples):
                            yield bytes([lead, second]), triples


def multibyte():
    """For each codec its names and a newline, sections of a length, a prefix and 256 entries, and a length that is 9."""
    names = {module: names for module, names, _ in modules()}
    for codec in MULTIBYTE:
        yield names[codec] + "\n"
        for prefix, entries in sections(codec):
            yield chr(len(prefix)) + prefix.decode("latin1") + "".join(entries)
        yield chr(9)


HANDLERS = ["strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass"]


def decoded(codec, handler, sequence):
    """The text as UTF-8, in hexadecimal digits, or where the error begins."""
    try:
        return sequence.decode(codec, handler).encode("utf-8", "surrogatepass").hex()
    except UnicodeDecodeError as error:
        return error.start


def samples(codec):
    """Texts of the codec, cut and changed, and bytes of any kind."""
    random.seed(codec)
    texts = ["a\u00e9\u20ac", "\u65e5\u672c\u8a9e", "\ud55c\uae00", "\u4e2d\u6587\u5b57", "x+-y", "\U0001f952z", "\u0416\u03b1"]
    # Escapes that Python warns of.
    warnings.simplefilter("ignore")
    for text in texts:
        whole = text.encode(codec, "ignore")
        yield whole
        yield whole[:-1]
        if whole:
            changed = bytearray(whole)
            changed[random.randrange(len(whole))] ^= random.choice([1, 0x20, 0x80])
            yield bytes(changed)
    for _ in range(8):
        yield bytes(random.choice([random.randrange(256), random.randrange(0x80, 0x100)]) for _ in range(random.randrange(1, 7)))
    if codec in ("unicode_escape", "raw_unicode_escape"):
        for text in r"\n \x41 \x4 \u20ac \u20 \U0001f952 \U00110000 \U0001 \N{BULLET} \N{no} \N{ \q \ \101 \777 \08 a\\b \' \ud800".split():
            yield text.encode()
        yield b"a\\\nb\xe9"
    if codec == "utf_7":
        for text in "+AGE- +AGE +AG +2D3YAA- +2D0- +2D0A +A -+ +- +* +AGE* +/w a+AOk.b +AOkA6Q-+ ~ + +AGEB ++".split():
            yield text.encode()


def python_codecs():
    """Those that are compared."""
    tables = [module for module, _, is_table in modules() if is_table and module in ("cp1251", "cp037", "koi8_r", "cp1252")]
    return sorted({*OWN, *tables, *MULTIBYTE, "utf_7", "unicode_escape"} - {"charmap", "iso8859_1"})


def all_pairs(codec):
    """A checksum of what all pairs of bytes become, between two letters and at the end."""
    crc = 0
    for lead in range(0x80, 256):
        for byte in range(256):
            for end in (b"A", b""):
                text = (b"A" + bytes([lead, byte]) + end).decode(codec, "replace")
                crc = zlib.crc32(text.encode("utf-8", "surrogatepass"), crc)
    return crc


def all_decoded():
    for codec in python_codecs():
        for sequence in dict.fromkeys(samples(codec)):
            results = {}
            for handler in HANDLERS:
                results.setdefault(json.dumps(decoded(codec, handler, sequence)), []).append(handler)
            for result, handlers in results.items():
                yield json.dumps([codec, handlers, sequence.hex(), json.loads(result)])
    for codec in MULTIBYTE:
        yield json.dumps([codec, all_pairs(codec)])


if sys.argv[1] == "--missing":
    print(" ".join(names for module, names, is_table in modules() if not is_table and module not in MULTIBYTE))
elif sys.argv[1] == "--multibyte":
    with open(sys.argv[2], "wb") as out:
        out.write(lzma.compress("".join(multibyte()).encode("utf-8"), preset=9 | lzma.PRESET_EXTREME))
elif sys.argv[1] == "--decoded":
    with open(sys.argv[2], "w", encoding="utf-8", newline="\n") as out:
        out.writelines(line + "\n" for line in all_decoded())
else:
    with open(sys.argv[1], "w", encoding="utf-8", newline="\n") as out:
        for module, names, is_table in modules():
            if is_table:
                chars = [character(module, byte) for byte in range(256)]
                is_ascii = all(ord(char) == byte for byte, char in enumerate(chars[:128]))
                out.write(names + "\t" + "".join(map(spelled, chars[128 if is_ascii else 0 :])) + "\n")
