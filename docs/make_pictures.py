"""Draws the picture of a terminal that README.md shows: `python docs/make_pictures.py`."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent
CAPTURE = """\
Active Internet connections (servers and established)
Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name
tcp        0      0 0.0.0.0:443             0.0.0.0:*               LISTEN      977/nginx: master p
tcp        0     36 192.0.2.4:22            192.0.2.9:51000         ESTABLISHED 2271/sshd: joe [pri
tcp6       0      0 2001:db8:77:1::4:22     2001:db8:77:1::12:51000 ESTABLISHED 2304/sshd: ann@pts/
udp        0      0 0.0.0.0:68              0.0.0.0:*                           640/dhclient
"""
COLUMNS = "proto,local_address,local_port,foreign_address,foreign_port,state,pid,program"
CONVERT = ["netstat-parse", "convert", "--columns", COLUMNS, "--to", "table", "netstat.txt"]


def main() -> None:
    """Writes what a terminal shows of a capture and of its table."""
    argv = [sys.executable, "-m", "netstat_parse", *CONVERT[1:-1]]
    ran = subprocess.run(argv, input=CAPTURE, capture_output=True, text=True, check=True)
    console = Console(record=True, width=108, file=io.StringIO())
    for command, shown in (
        ("netstat -antup | tee netstat.txt", CAPTURE),
        ("netstat-parse convert netstat.txt --to table", ran.stdout),
    ):
        console.print(Text("$ ", "bold green") + Text(command, "bold"))
        console.print(Text(shown))
    console.save_svg(str(HERE / "pages" / "pictures" / "terminal.svg"), title="")


if __name__ == "__main__":
    main()
