"""Prints pickles of objects of the standard library that hold data only: a row of JSON each, with `name` and `pickle` in base64. Runs on
Python 2.7 and 3.6+; what a Python does not have, or cannot pickle, is left out. Nothing in it is the program's own.
"""

from __future__ import print_function

import base64
import collections
import importlib
import io
import json
import pickle
import sys

PYTHON3 = sys.version_info[0] >= 3


def raised(code):
    try:
        exec(code, {})
    except Exception as error:
        return error
    raise ValueError(code)


def after_next(iterator):
    next(iterator)
    return iterator


def log_record():
    import logging

    record = logging.LogRecord("name", 20, "/path.py", 3, "message %s", (1,), None)
    record.request = {"a": 1}
    # What is different each time.
    record.__dict__.update(created=1.5, msecs=500.0, relativeCreated=1.0, thread=1, process=1)
    return record


def mail():
    from email.mime.multipart import MIMEMultipart
    from email.mime.text import MIMEText

    message = MIMEMultipart()
    message.attach(MIMEText("hello"))
    message["From"] = "a@b"
    return message


def mail_with_headers():
    import datetime
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"] = "A <a@b.c>"
    message["To"] = 'c@d.e, "X Y" <x@y.z>'
    message["Date"] = datetime.datetime(2020, 1, 2, 3)
    message.set_content("x")
    return [message, message["to"], message["date"]]


def headers():
    import http.client

    return http.client.parse_headers(io.BytesIO(b"Content-Type: text/html\r\nX: y\r\n\r\n"))


def cookie():
    try:
        from http.cookies import SimpleCookie
    except ImportError:
        from Cookie import SimpleCookie
    cookies = SimpleCookie()
    cookies["a"] = "b"
    cookies["a"]["path"] = "/"
    return cookies


def settings():
    import configparser

    parser = configparser.ConfigParser()
    parser.read_string(u"[a]\nb = 1\nc = %(b)s\n")
    return parser


def notes():
    error = ValueError("x")
    error.add_note("n")
    error.extra = 1
    return error


def contexts():
    import decimal

    if PYTHON3:
        return [decimal.getcontext(), decimal.Context(prec=5)]
    # One signal in a dict: the order of more is that of the addresses of their classes.
    return [decimal.Context(prec=5, traps={it: 1}, flags={it: 0}) for it in decimal._signals]


def value(expression):
    """The value, with the modules imported that it names."""
    names = dict(globals())
    for word in expression.replace("(", " ").replace("[", " ").replace(",", " ").split():
        parts = word.split(".")
        for end in range(1, len(parts)):
            module = ".".join(parts[:end])
            if parts[0] in ("collections", "io", "sys") and end == 1:
                continue
            try:
                importlib.import_module(module)
            except (ImportError, ValueError):
                break
            names[parts[0]] = sys.modules[parts[0]]
    return eval(expression, names)


HOLDERS = u"""
struct_time: time.gmtime(5)
stat_result: os.stat_result(range(10))
terminal size: os.terminal_size((80, 24))
log record: log_record()
formatter: logging.Formatter("%(message)s")
namespace: argparse.Namespace(a=1, b=[2])
options: optparse.Values({"a": 1})
mail: mail()
mail with headers: mail_with_headers()
header: email.header.Header("x", "utf-8")
policies: [email.policy.default, email.policy.compat32]
headers: headers()
cookie: cookie()
settings: settings()
element: xml.etree.ElementTree.fromstring('<a b="c">t<d/>u</a>')
name with namespace: xml.etree.ElementTree.QName("a", "b")
document: xml.dom.minidom.parseString('<a b="c">t</a>')
document with a document type: (lambda it: [it, it.documentElement.attributes])(xml.dom.minidom.parseString('<!DOCTYPE a [<!ELEMENT a (b)?><!ATTLIST a c ID #IMPLIED><!NOTATION n PUBLIC "x"><!ENTITY e SYSTEM "u" NDATA n>]><a c="1">t</a>'))
template: string.Template("$a b")
wrapper: textwrap.TextWrapper(width=30)
dialect: csv.excel()
calendar: calendar.TextCalendar()
differ: difflib.Differ()
match: difflib.SequenceMatcher(None, "abc", "abd").get_matching_blocks()
addresses: [urllib.parse.urlparse("http://a/b"), urllib.parse.urlsplit(b"http://a/b"), urllib.parse.urldefrag("a#b")]
addresses of Python 2: [urlparse.urlparse("http://a/b"), urlparse.urlsplit(u"http://a/b")]
request: urllib.request.Request("http://a/")
status: [http.HTTPStatus(404)]
address families: [socket.AF_INET, socket.SOCK_STREAM]
signals: [signal.SIGTERM, signal.SIG_DFL]
flags of ssl: [ssl.CERT_NONE, ssl.OP_NO_COMPRESSION]
flags of re: [re.compile("a", re.I | re.M), re.compile(b"[a-z]+", re.S)]
exits: [SystemExit(), SystemExit(3), SystemExit("bye")]
failed command: subprocess.CalledProcessError(1, ["a", "b"], b"o")
completed command: subprocess.CompletedProcess(["a"], 0, b"", b"")
unicode errors: [UnicodeDecodeError("utf-8", b"\\xff", 0, 1, "r"), UnicodeEncodeError("ascii", u"\\xff", 0, 1, "r")]
errors of the system: [OSError(2, "m"), OSError(2, "m", "f"), OSError("x"), IOError(2, "a", "b"), OSError()]
syntax errors: [SyntaxError("x"), SyntaxError("m", ("f", 1, 2, "t"))]
import error: raised("import nonono")
name error: raised("nonono")
attribute error: raised("[].nonono")
group: ExceptionGroup("m", [ValueError(1), ExceptionGroup("n", [KeyError("k")])])
notes: notes()
error of json: raised("import json; json.loads('{')")
error of re: raised("import re; re.compile('(')")
error of settings: configparser.NoOptionError("a", "b")
error of zlib: raised("import zlib; zlib.decompress(b'x')")
error of xml: raised("import xml.etree.ElementTree as e; e.fromstring('<')")
count: [itertools.count(1, 2), itertools.count()]
cycle: after_next(itertools.cycle([1, 2]))
repeat: itertools.repeat(1, 3)
chain: after_next(itertools.chain([1, 2], [2]))
islice: after_next(itertools.islice([1, 2, 3], 0, 3, 2))
product: after_next(itertools.product([1, 2], [3]))
combinations: after_next(itertools.combinations([1, 2, 3], 2))
permutations: after_next(itertools.permutations([1, 2, 3], 2))
groups: after_next(itertools.groupby([1, 1, 2]))
compressed: itertools.compress([1, 2], [0, 1])
zip_longest: itertools.zip_longest([1], [2, 3], fillvalue=0)
sums: after_next(itertools.accumulate([1, 2]))
tee: after_next(itertools.tee([1, 2, 3])[0])
iterators: [iter([1]), iter((1,)), iter("ab"), iter({1}), reversed([1, 2]), enumerate([1]), zip([1], [2]), iter(range(3))]
mapped: [map(str, [1]), filter(None, [1, 0])]
long range: range(10**9) if PYTHON3 else 0
signature: inspect.signature(json.dumps)
parameter: inspect.Parameter("x", inspect.Parameter.KEYWORD_ONLY, default=3, annotation=int)
normal distribution: statistics.NormalDist(1, 2)
random: random.Random(7)
union: [int | str, int | None]
aliases: [list[int], dict[str, list[int]]]
typing: [typing.Optional[int], typing.List[int], typing.Dict[str, int], typing.Tuple[int, ...], typing.Any, typing.List]
abstract classes: [collections.abc.Mapping, collections.abc.Iterable] if PYTHON3 else 0
tree of syntax: ast.parse("def f(a, b=1):\\n    return a + b\\nx = [1, 'a', None, f(*b)]")
missing: dataclasses.MISSING
factories: collections.defaultdict(functools.partial(collections.defaultdict, int), {1: collections.defaultdict(int, {1: 2})})
getters: [operator.itemgetter(1, 2), operator.attrgetter("a.b")] if PYTHON3 else 0
contexts: contexts()
digits: decimal.Decimal("1.5").as_tuple()
week: datetime.date(2020, 1, 2).isocalendar()
frames: traceback.FrameSummary("f.py", 1, "g", lookup_line=False, line="x")
tokens: list(tokenize.generate_tokens(io.StringIO(u"a = 1\\n").readline))
instructions: list(dis.get_instructions(compile("a + 1", "f", "eval")))[:2]
member of an archive: [zipfile.ZipInfo("a", (2020, 1, 2, 3, 4, 5)), tarfile.TarInfo("a")]
encoder: json.JSONEncoder()
sets of Python 2: [sets.Set([1])]
bytes in memory: [io.BytesIO(b"abc"), io.StringIO(u"abc")]
text of Python 2: StringIO.StringIO("abc")
sorter: graphlib.TopologicalSorter({1: [2]})
"""


def main():
    seen = set()
    for row in HOLDERS.strip().splitlines():
        name, expression = row.split(u": ", 1)
        for protocol in (0, 2) if not PYTHON3 else (2, 4):
            try:
                data = pickle.dumps(value(expression), protocol)
                # Python 2 pickles iterators by protocol 2 without what they go over.
                pickle.loads(data)
            except Exception as error:
                print("%s: %r" % (name, error), file=sys.stderr)
                continue
            if data not in seen:
                seen.add(data)
                row = collections.OrderedDict([("name", name), ("pickle", base64.b64encode(data).decode())])
                print(json.dumps(row, separators=(",", ":")))


if __name__ == "__main__":
    main()
