"""Writes services.txt: the names of ports, from the system's /etc/services.

`python -m netstat_parse.analysis.make_services [FILE]`. Debian's file (netbase) is made of the
registry of IANA (RFC 6335). What is kept are facts: number, protocol, name, aliases.
"""

from __future__ import annotations

import sys
from pathlib import Path

HEADER = """\
# Ports and their names, as the registry of IANA has them: number, protocol, name, aliases.
# Made by `python -m netstat_parse.analysis.make_services` from /etc/services.
"""
PROTOCOLS = ("tcp", "udp", "sctp")


def make_text(services: str) -> str:
    """The text of services.txt, made of that of /etc/services."""
    lines = {}
    for line in services.splitlines():
        words = line.partition("#")[0].split()
        if len(words) < 2:
            continue
        name, port, *aliases = words
        number, _, protocol = port.partition("/")
        if protocol in PROTOCOLS:
            lines[" ".join((number, protocol, name, *aliases))] = (int(number), protocol)
    return HEADER + "".join(f"{line}\n" for line in sorted(lines, key=lambda line: lines[line]))


def main(source: str = "/etc/services") -> None:
    """Writes the file beside this one."""
    text = make_text(Path(source).read_text(encoding="utf-8"))
    Path(__file__).with_name("services.txt").write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(*sys.argv[1:2])
