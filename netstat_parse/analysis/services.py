"""The names of ports, which are the same on every system: those of the registry of IANA.

`services.txt` has them, and `make_services.py` makes it. The system's own /etc/services is not
asked, as a capture may be of another system.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files


def find_ports(name: str) -> frozenset[int]:
    """The numbers that a name, or an alias, stands for: one as a rule; none if it is not known."""
    return _tables()[0].get(name, frozenset())


def find_name(port: int, transport: str) -> str | None:
    """The name of a port of tcp, udp or sctp."""
    return _tables()[1].get((port, transport))


def list_services() -> list[tuple[int, str, str]]:
    """Each port, transport and name or alias that is known."""
    found = []
    for line in _lines():
        number, transport, *names = line.split()
        found += [(int(number), transport, name) for name in names]
    return found


def _lines() -> list[str]:
    text = files(__package__).joinpath("services.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("#")]


@cache
def _tables() -> tuple[dict[str, frozenset[int]], dict[tuple[int, str], str]]:
    """Name -> numbers; (number, transport) -> name."""
    ports: dict[str, frozenset[int]] = {}
    name_of: dict[tuple[int, str], str] = {}
    for line in _lines():
        number, transport, *names = line.split()
        for name in names:
            ports[name] = ports.get(name, frozenset()) | {int(number)}
        name_of.setdefault((int(number), transport), names[0])
    return ports, name_of
