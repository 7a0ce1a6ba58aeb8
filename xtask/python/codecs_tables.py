"""The tables of Python's codecs in which each byte is a character, as crates/files/src/codecs.rs reads them, and what they decode.

Run by hand, with a Python of 3.13: `python codecs_tables.py crates/files/src/codecs/tables.txt`. With `--missing`, prints the names of
the codecs that need more than a table.
"""

import codecs
import encodings
import encodings.aliases
import os
import sys

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


if sys.argv[1] == "--missing":
    print(" ".join(names for _, names, is_table in modules() if not is_table))
else:
    with open(sys.argv[1], "w", encoding="utf-8", newline="\n") as out:
        for module, names, is_table in modules():
            if is_table:
                chars = [character(module, byte) for byte in range(256)]
                is_ascii = all(ord(char) == byte for byte, char in enumerate(chars[:128]))
                out.write(names + "\t" + "".join(map(spelled, chars[128 if is_ascii else 0 :])) + "\n")
