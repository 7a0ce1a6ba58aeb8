"""Prints how scanners of pickles judge the same files, as a table.

    audit_compare.py FIXTURES WORK HALFSOUR     the fixtures' folder, one that it may fill, and the command

Each scanner judges one file after the other, in a process of its own: what it says in it, and whether it fails or takes more than
ten seconds. Nothing is loaded.
"""

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib.metadata import version

SECONDS = 10
# One file in so many is judged, since some scanners take long.
ONE_IN = 4
FIXTURES, WORK, HALFSOUR = sys.argv[1:4]

# The scripts whose files are judged, and the profile that is about them.
PROFILES = {
    "standard": "pandas",
    "arrays": "numpy",
    "frames": "pandas",
    "dumps": "joblib",
    "models": "sklearn",
    "tensors": "torch",
}
# The fixtures' own modules do what a stranger's would, and no profile is about the other packages: they are not counted.
APART = (b"deli", b"shop", b"__torch__", b"pyarrow", b"ml_dtypes")


def fickling(path):
    import zipfile

    from fickling import scan_file, scan_zip_archive
    from fickling.analysis import Severity

    is_zip = zipfile.is_zipfile(path)
    scans = scan_zip_archive(path, graceful=True).values() if is_zip else [scan_file(path, graceful=True)]
    if any(result.severity > Severity.LIKELY_SAFE for scan in scans for result in scan.results):
        return "flagged"
    return "error" if any(scan.errors for scan in scans) else "clean"


def picklescan(path, strict=False):
    from picklescan.scanner import scan_file_path

    result = scan_file_path(path, strict=strict)
    # What is suspicious does not change its exit status, save when it is strict.
    if result.issues_count or strict and result.suspicious_count:
        return "flagged"
    return "error" if result.scan_err else "clean"


def picklescan_strict(path):
    return picklescan(path, strict=True)


def modelscan(path):
    from modelscan.modelscan import ModelScan

    scan = ModelScan()
    scan.scan(path)
    if scan.issues.all_issues:
        return "flagged"
    return "error" if scan.errors or scan.skipped else "clean"


def modelaudit(path):
    from modelaudit_picklescan import SafetyVerdict, scan_file

    # Its call graph reads the sources that are installed, for seconds a file.
    verdict = scan_file(path, enrich_call_graph=False).verdict
    if verdict in (SafetyVerdict.MALICIOUS, SafetyVerdict.SUSPICIOUS):
        return "flagged"
    return "clean" if verdict == SafetyVerdict.CLEAN else "error"


TOOLS = {
    "fickling": fickling,
    "picklescan": picklescan,
    "picklescan --strict": picklescan_strict,
    "modelscan": modelscan,
    "modelaudit-picklescan": modelaudit,
}


class Slow(BaseException):
    pass


def stop(*_):
    raise Slow


def judge(tool):
    """Runs in a process of its own: judges the files that are named on standard input."""
    scan = TOOLS[tool]
    signal.signal(signal.SIGALRM, stop)
    answers = os.fdopen(os.dup(1), "w")
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    for path in sys.stdin.read().splitlines():
        signal.alarm(SECONDS)
        try:
            said = scan(path)
        except (Exception, Slow, SystemExit):
            said = "error"
        signal.alarm(0)
        print(json.dumps([path, said]), file=answers, flush=True)


def write_files():
    """The attacks, and of each script the different files that packages wrote."""
    shutil.rmtree(WORK, ignore_errors=True)
    attacks = os.path.join(FIXTURES, "attacks")
    shutil.copytree(attacks, os.path.join(WORK, "attacks"), ignore=shutil.ignore_patterns("index.json"))
    packages = os.path.join(FIXTURES, "packages")
    for script, profile in PROFILES.items():
        streams = set()
        for environment in sorted(os.listdir(packages)):
            rows = os.path.join(packages, environment, script + ".jsonl")
            if os.path.exists(rows):
                with open(rows) as lines:
                    streams.update(stream["pickle"] for line in lines for stream in json.loads(line)["streams"])
        folder = os.path.join(WORK, "benign", profile)
        os.makedirs(folder, exist_ok=True)
        for number, stream in enumerate(sorted(streams)[::ONE_IN]):
            stream = base64.b64decode(stream)
            if not any(name in stream for name in APART):
                ending = "pt" if profile == "torch" else "pkl"
                with open(os.path.join(folder, "%s-%d.%s" % (script, number, ending)), "wb") as file:
                    file.write(stream)


def files(folder):
    return sorted(os.path.join(at, name) for at, _, names in os.walk(folder) for name in names)


def run(tool, paths):
    start = time.perf_counter()
    command = [sys.executable, __file__, *sys.argv[1:4], tool]
    done = subprocess.run(command, input="\n".join(paths), stdout=subprocess.PIPE, text=True)
    said = dict(map(json.loads, done.stdout.splitlines()))
    # What it had not said when it crashed, it failed to say.
    return [said.get(path, "error") for path in paths], time.perf_counter() - start


def halfsour(_, paths):
    """One call for each folder, by the profile of its name."""
    start = time.perf_counter()
    said = {}
    for folder in {os.path.dirname(path) for path in paths}:
        profile = os.path.basename(folder)
        command = [HALFSOUR, "audit", "--format", "json", "--profile", "all" if profile == "attacks" else profile]
        done = subprocess.run([*command, *(path for path in paths if os.path.dirname(path) == folder)], stdout=subprocess.PIPE)
        said.update((file["name"], file["verdict"]) for file in json.loads(done.stdout)["files"])
    answers = [{"unknown": "flagged", "dangerous": "flagged", "incomplete": "error"}.get(said[path], said[path]) for path in paths]
    return answers, time.perf_counter() - start


def percent(part, whole):
    return "%.1f %%" % (100 * part / whole)


def main():
    write_files()
    attacks = files(os.path.join(WORK, "attacks"))
    benign = files(os.path.join(WORK, "benign"))
    print("%d attacks, %d benign files\n" % (len(attacks), len(benign)))
    print("| tool | attacks flagged | never clean | benign wrongly flagged | benign clean | seconds |")
    print("|---|---|---|---|---|---|")
    for tool in ["halfsour audit", *TOOLS]:
        judges = run if tool in TOOLS else halfsour
        (bad, one), (good, two) = judges(tool, attacks), judges(tool, benign)
        name = "%s %s" % (tool, version(tool.split()[0])) if tool in TOOLS else tool
        row = [name, percent(bad.count("flagged"), len(bad)), percent(len(bad) - bad.count("clean"), len(bad))]
        row += [percent(good.count("flagged"), len(good)), percent(good.count("clean"), len(good)), "%.1f" % (one + two)]
        print("| %s |" % " | ".join(row), flush=True)


if len(sys.argv) > 4:
    judge(sys.argv[4])
else:
    main()
