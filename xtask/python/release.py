"""Prints the release of the Python that runs this."""

import sys

sys.stdout.write("%d.%d.%d" % sys.version_info[:3])
