"""`python -m netstat_parse` is the command `netstat-parse`."""

import sys

from netstat_parse.cli import main

if __name__ == "__main__":
    sys.exit(main())
