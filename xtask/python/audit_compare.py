"""Prints how scanners of pickles judge the same files, as a table for each set of files.

    audit_compare.py FIXTURES WORK HALFSOUR FOLDER...   the fixtures' folder, one that it may fill, the command, and
                                                        folders of other files

Each scanner judges one file after the other, in a process of its own: what it says in it, and whether it fails or takes more than
ten seconds. Nothing is loaded.

Each has words of its own. What it says for sure is `dangerous`: halfsour's `dangerous`, fickling from "likely unsafe" on,
picklescan's "dangerous", modelscan's and hayward's "high" and "critical", modelaudit's "critical". Whatever else it says of a file is
`unknown`. That it fails, or says that it has not looked, is neither. Seconds are those of all processors together.
"""

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
from importlib.metadata import version

SECONDS = 10
# One file in so many is judged, since some scanners take long.
ONE_IN = 4
JUDGE = "--judge"
FIXTURES, WORK, HALFSOUR, *FOLDERS = sys.argv[1:]

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


def said(is_dangerous, is_unknown, is_error):
    return "dangerous" if is_dangerous else "unknown" if is_unknown else "error" if is_error else "clean"


def fickling(path):
    import zipfile

    from fickling import scan_file, scan_zip_archive
    from fickling.analysis import Severity

    is_zip = zipfile.is_zipfile(path)
    scans = list(scan_zip_archive(path, graceful=True).values() if is_zip else [scan_file(path, graceful=True)])
    worst = max((result.severity for scan in scans for result in scan.results), default=Severity.LIKELY_SAFE)
    return said(worst > Severity.SUSPICIOUS, worst > Severity.LIKELY_SAFE, any(scan.errors for scan in scans))


def picklescan(path):
    from picklescan.scanner import scan_file_path

    result = scan_file_path(path)
    return said(result.issues_count, result.suspicious_count, result.scan_err)


def modelscan(path):
    from modelscan.issues import IssueSeverity
    from modelscan.modelscan import ModelScan

    scan = ModelScan()
    scan.scan(path)
    severe = [issue.severity in (IssueSeverity.HIGH, IssueSeverity.CRITICAL) for issue in scan.issues.all_issues]
    return said(any(severe), severe, scan.errors or scan.skipped)


def modelaudit(path):
    from modelaudit.core import scan_file
    from modelaudit.scanner_results import IssueSeverity

    result = scan_file(path)
    severities = {issue.severity for issue in result.issues}
    return said(IssueSeverity.CRITICAL in severities, IssueSeverity.WARNING in severities, not result.success)


def hayward(path):
    from pathlib import Path

    from hayward import ModelFileScanner, Severity, is_coverage_gap

    findings = ModelFileScanner().scan_file(Path(path))
    severe = [it.severity in (Severity.HIGH, Severity.CRITICAL) for it in findings if not is_coverage_gap(it)]
    return said(any(severe), severe, findings)


TOOLS = {
    "fickling": fickling,
    "picklescan": picklescan,
    "modelscan": modelscan,
    "modelaudit": modelaudit,
    "hayward": hayward,
}


class Slow(BaseException):
    pass


def stop(*_):
    raise Slow


def judge(tool):
    """Runs in a process of its own: judges the files that are named on standard input."""
    scan = TOOLS[tool]
    signal.signal(signal.SIGALRM, stop)
    # Nobody is told what is judged here.
    os.environ["NO_ANALYTICS"] = "1"
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
    found = sorted(os.path.join(at, name) for at, _, names in os.walk(folder) for name in names)
    return [path for path in found if os.path.basename(path) != "index.json"]


def processor_time():
    """Seconds that finished children have used."""
    times = os.times()
    return times.children_user + times.children_system


def run(tool, paths):
    start = processor_time()
    command = [sys.executable, __file__, FIXTURES, WORK, HALFSOUR, JUDGE, tool]
    done = subprocess.run(command, input="\n".join(paths), stdout=subprocess.PIPE, text=True)
    answers = dict(map(json.loads, done.stdout.splitlines()))
    # What it had not said when it crashed, it failed to say.
    return [answers.get(path, "error") for path in paths], processor_time() - start


def halfsour(_, paths):
    """One call for each folder, by the profile of its name."""
    start = processor_time()
    answers = {}
    for folder in {os.path.dirname(path) for path in paths}:
        profile = os.path.basename(folder)
        command = [HALFSOUR, "audit", "--format", "json", "--profile", profile if profile in PROFILES.values() else "all"]
        done = subprocess.run([*command, *(path for path in paths if os.path.dirname(path) == folder)], stdout=subprocess.PIPE)
        answers.update((file["name"], file["verdict"]) for file in json.loads(done.stdout)["files"])
    return [{"incomplete": "error"}.get(answers[path], answers[path]) for path in paths], processor_time() - start


def percent(part, whole):
    return "%.1f %%" % (100 * part / whole)


def compare(title, folder):
    paths = files(folder)
    print("\n%d %s:\n" % (len(paths), title))
    print("| tool | dangerous | unknown | not read | clean | seconds of CPU |")
    print("|---|---|---|---|---|---|")
    for tool in ["halfsour audit", *TOOLS]:
        answers, seconds = (run if tool in TOOLS else halfsour)(tool, paths)
        name = "%s %s" % (tool, version(tool)) if tool in TOOLS else tool
        row = [percent(answers.count(word), len(paths)) for word in ("dangerous", "unknown", "error", "clean")]
        print("| %s |" % " | ".join([name, *row, "%.1f" % seconds]), flush=True)


def main():
    write_files()
    compare("attacks", os.path.join(WORK, "attacks"))
    for folder in FOLDERS:
        compare("files of %s" % os.path.basename(os.path.abspath(folder)), folder)
    # This takes an hour.
    compare("files that packages wrote", os.path.join(WORK, "benign"))


if FOLDERS[:1] == [JUDGE]:
    judge(FOLDERS[1])
else:
    main()
