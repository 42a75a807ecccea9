"""The netstats that are known: one file or folder for each, named here.

Each holds a DIALECT, which lists its tables and says all about itself. Adding one touches its own
files, its fixtures, and this line.
"""

NAMES = (
    "linux",
    "toybox",
    "busybox",
    "freebsd",
    "openbsd",
    "macos",
    "netbsd",
    "dragonfly",
    "solaris",
    "aix",
    "hpux",
    "windows",
)
"""In the order in which they are asked: of tables that claim a header equally, the first has it."""
