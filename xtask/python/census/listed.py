"""Prints the names that a policy lists, one a line: `listed.py FILE_OR_DIRECTORY`. For Python 3.11 or later."""

import pathlib
import sys
import tomllib

names = set()
place = pathlib.Path(sys.argv[1])
for path in sorted(place.glob("*.toml")) if place.is_dir() else [place]:
    policy = tomllib.loads(path.read_text())
    for entry in policy.get("allow", []):
        names.update(entry["names"])
    for listed in policy.get("sets", {}).values():
        names.update(listed)
print("\n".join(sorted(names)))
