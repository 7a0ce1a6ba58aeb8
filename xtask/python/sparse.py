"""Tar archives with a sparse file, which GNU tar writes, in the directory that is named: a pickle between two holes, and one without.

Run by hand: `python sparse.py crates/fixtures/files`.
"""

import os
import pickle
import subprocess
import sys
import tempfile

HERE = os.path.abspath(sys.argv[1])
PAX = ["--format=pax", "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime"]
FORMATS = {
    "gnu": ["--format=gnu"],
    **{f"pax{version}": [*PAX, f"--sparse-version={version}"] for version in ("0.0", "0.1", "1.0")},
}
# Nothing of the machine, nor of the time.
SAME = ["--mtime=@0", "--owner=root:0", "--group=root:0", "--mode=644", "--blocking-factor=1", "--hole-detection=raw", "--hard-dereference"]

with tempfile.TemporaryDirectory() as directory:
    with open(os.path.join(directory, "holes.pkl"), "wb") as file:
        file.write(pickle.dumps("a pickle", 4))
        # So many pieces that GNU's header needs another one.
        for piece in range(1, 6):
            file.seek(piece * 8192)
            file.write(pickle.dumps(piece, 4))
        file.truncate(8 * 8192)
    with open(os.path.join(directory, "one.pkl"), "wb") as file:
        file.write(pickle.dumps("one", 4))
    for name, options in FORMATS.items():
        archive = os.path.join(HERE, f"sparse.{name}.tar")
        command = ["tar", "--create", "--sparse", *SAME]
        # The sparse one is also the last.
        subprocess.run([*command, *options, "-f", archive, "holes.pkl", "one.pkl", "holes.pkl"], cwd=directory, check=True)
