"""Sockets as people write them: `10.0.0.5:40112`, `nginx (77)`, `A -> B`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from netstat_parse.analysis.pairs import SocketEnd, SocketPair
from netstat_parse.grammar.truncation import MARK
from netstat_parse.models import Connection, Endpoint, Process
from netstat_parse.writing.terminal import printable

BARS = "▁▂▃▄▅▆▇█"


def host_text(end: Endpoint | SocketEnd) -> str:
    """The host, whole where another row has it whole, else marked where it may have been cut."""
    if end.address is not None:
        return str(end.address)
    return end.host + MARK if end.truncated else end.host


def port_text(end: Endpoint | SocketEnd) -> str:
    """The port's number or name; empty if it is not known."""
    return str(end.port) if end.port is not None else end.service or ""


def address_text(end: Endpoint | SocketEnd) -> str:
    """`10.0.0.5:40112`, `[2001:db8::1]:443`, `*:*`."""
    host = host_text(end)
    if ":" in host:
        host = f"[{host}]"
    return printable(f"{host}:{port_text(end) or ('?' if end.truncated else '*')}")


def process_text(process: Process | None) -> str:
    """`nginx (77)`, `pid 77`; empty if there is none."""
    if process is None:
        return ""
    if not process.name:
        return f"pid {process.pid}"
    return printable(f"{process.name}{MARK * process.truncated} ({process.pid})")


def pid_text(process: Process | None) -> str:
    """The pid; empty if there is none."""
    return str(process.pid) if process is not None else ""


def program_text(process: Process | None) -> str:
    """The program's name; empty if there is none."""
    return (process.name or "") if process is not None else ""


def stamp_text(at: datetime | None) -> str:
    """The stamp in ISO 8601; empty if there is none."""
    return at.isoformat() if at is not None else ""


def connection_text(connection: Connection) -> str:
    """`tcp 10.0.0.5:40112 10.0.0.9:443`: what does not change in a row."""
    ends = address_text(connection.local), address_text(connection.foreign)
    return " ".join((printable(connection.proto), *ends))


def pair_text(pair: SocketPair) -> str:
    """`curl (812) 10.0.0.5:40112 -> 10.0.0.9:443 nginx (77)`; `<->` where no server is known."""
    left, right = in_order(pair)
    arrow = "->" if pair.server else "<->"
    parts = (process_text(left.process), address_text(left), arrow, address_text(right))
    transport = "" if pair.transport == "tcp" else pair.transport
    text = " ".join(filter(None, (transport, *parts, process_text(right.process))))
    return text + "  (inferred)" * pair.is_inferred


def in_order(pair: SocketPair) -> tuple[SocketEnd, SocketEnd]:
    """The client and the server; as they are where that isn't known."""
    if pair.server == "first":
        return pair.second, pair.first
    return pair.first, pair.second


def sparkline(numbers: Sequence[int], width: int = 40) -> str:
    """The numbers as bars, of which each is the highest of its share; 0 is a blank."""
    if not numbers:
        return ""
    width = min(width, len(numbers))
    shares = [
        max(numbers[i * len(numbers) // width : max((i + 1) * len(numbers) // width, 1)])
        for i in range(width)
    ]
    highest = max(shares)
    return "".join(
        BARS[(number * len(BARS) - 1) // highest] if number else " " for number in shares
    )
