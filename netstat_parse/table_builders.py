"""The cells of routes, interfaces and listen queues -> records.

What is common to all kinds is in `build.py`; here is what these add: networks, endpoints, and which
fields netstat may have cut.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from netstat_parse.build import RecordBuilder, name_forms
from netstat_parse.endpoints import Columns, Shared, endpoint_keys, make_endpoints, parse_address
from netstat_parse.grammar.layout import Cells, Layout
from netstat_parse.grammar.truncation import Truncation
from netstat_parse.schema import EXCEEDS, FILLS

Network = IPv4Network | IPv6Network


class TruncatableBuilder(RecordBuilder):
    """Makes records that name their fields of which netstat may have cut the text."""

    def make_fields(
        self, columns: Columns, truncation: Truncation, marked: Mapping[int, Cells]
    ) -> list[dict[str, Any]]:
        """The fields of each record, `truncated` among them."""
        cut: list[list[str]] = [[] for _ in next(iter(columns.values()))]
        whole, named = dict(columns), name_forms(self.layout, marked)
        for cell in self.layout.kind.cells:
            if not cell.truncatable:
                continue
            texts = list(columns[cell.name])
            for i, forms in named.items():
                filling = forms.get(cell.name + FILLS)
                texts[i] = filling or forms.get(cell.name + EXCEEDS) or texts[i]
                if filling and truncation is Truncation.POSSIBLE:
                    cut[i].append(cell.name)
            whole[cell.name] = tuple(texts)
        all_fields = super().make_fields(whole, truncation, marked)
        for fields, names in zip(all_fields, cut, strict=True):
            fields["truncated"] = tuple(names)
            self.finish(fields)
        return all_fields

    def finish(self, fields: dict[str, Any]) -> None:
        """Set the fields that follow from others."""


# Routes -------------------------------------------------------------------------------------------


class RouteBuilder(TruncatableBuilder):
    """Makes Routes: their networks, and their gateways' addresses."""

    def finish(self, fields: dict[str, Any]) -> None:
        """Set the family, the network and the gateway's address."""
        cut = fields["truncated"]
        if fields["gateway"] is not None and "gateway" not in cut:
            # net-tools prints `[::]` for the address that has no name.
            fields["gateway_address"] = parse_address(fields["gateway"].strip("[]"))
        if "destination" not in cut:
            fields["network"] = find_network(
                fields["destination"], fields["mask"], fields["flags"] or "", fields["family"]
            )
        if fields["family"] is None:
            known = fields["network"] or fields["gateway_address"]
            fields["family"] = f"ipv{known.version}" if known is not None else None


_SHORT = re.compile(r"(\d{1,3}(?:\.\d{1,3}){0,3})(?:/(\d{1,2}|(?:\d{1,3}\.){3}\d{1,3}))?")
_CLASSES = ((128, 1), (192, 2), (224, 3))
"""The first byte of a network is below this -> how many bytes of its address name the network
(RFC 791, section 3.2)."""


def find_network(
    destination: str, mask: str | None, flags: str, family: str | None
) -> Network | None:
    """The addresses that a route is for; None if its texts do not tell.

    The BSDs leave out the last bytes that are zero: `10/24` is 10.0.0.0/24, and `192.168.1`, which
    has the mask of its class, 192.168.1.0/24 (netname in FreeBSD's usr.bin/netstat/route.c).
    """
    if destination.partition("/")[0] == "default":
        if family not in ("ipv4", "ipv6"):
            return None
        return ip_network("0.0.0.0/0" if family == "ipv4" else "::/0")
    address, _, length = destination.partition("/")
    address = address.partition("%")[0].strip("[]")
    if ":" in address:
        return _make_network(address, length or ("128" if "H" in flags else ""))
    short = _SHORT.fullmatch(destination)
    if short is None:
        return None
    octets = address.split(".")
    if mask is not None:
        return _make_network(address, mask)
    if not length and len(octets) == 4:
        length = "32" if "H" in flags else ""
    elif not length:
        length = str(8 * _bytes_of_class(int(octets[0])))
        if length != str(8 * len(octets)):
            return None
    return _make_network(".".join((octets + ["0"] * 3)[:4]), length)


def _bytes_of_class(first: int) -> int:
    return next((count for limit, count in _CLASSES if first < limit), 0)


def _make_network(address: str, mask: str) -> Network | None:
    try:
        return ip_network(f"{address}/{mask}") if mask else None
    except ValueError:
        return None


# Interfaces ---------------------------------------------------------------------------------------


class InterfaceBuilder(TruncatableBuilder):
    """Makes Interfaces: whether they are down."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        wholes = "".join(pattern.whole for pattern in layout.patterns)
        self._shows_star = "(?P<is_down>" in wholes and "(?P<flags>" not in wholes

    def finish(self, fields: dict[str, Any]) -> None:
        """Set whether it is down, where the flags tell."""
        flags = fields["flags"]
        if fields["is_down"] is not None:
            return
        if flags is not None:
            fields["is_down"] = "U" not in flags
        elif self._shows_star and "name" not in fields["truncated"]:
            fields["is_down"] = False


# Listen queues ------------------------------------------------------------------------------------


class ListenQueueBuilder(RecordBuilder):
    """Makes ListenQueues, with their endpoints."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout)
        self._endpoints = Shared(make_endpoints)
        self.shared.append(self._endpoints)

    def make_fields(
        self, columns: Columns, truncation: Truncation, marked: Mapping[int, Cells]
    ) -> list[dict[str, Any]]:
        """The fields of each record."""
        all_fields = super().make_fields(columns, truncation, marked)
        forms = name_forms(self.layout, marked)
        local = self._endpoints.get(endpoint_keys(columns, "local", truncation, forms))
        for fields, endpoint in zip(all_fields, local, strict=True):
            fields["local"] = endpoint
        return all_fields
