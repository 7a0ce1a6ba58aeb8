"""The command: `halfsour`, or `python -m halfsour`."""

import signal
import sys

from halfsour._halfsour import command


def main() -> None:
    # Python only notes that it was interrupted, and would act on that when the command has ended.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(command(["halfsour", *sys.argv[1:]]))


if __name__ == "__main__":
    main()
