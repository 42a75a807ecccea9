"""OpenBSD's sockets: what netstat cuts there without a mark."""

from __future__ import annotations

import pytest

import netstat_parse as ns

BANNER = "Active Internet connections"
HEADER = "Proto   Recv-Q Send-Q  Local Address          Foreign Address        TCP-State"


def read(local: str, foreign: str = "192.0.2.9.51000") -> ns.Snapshot:
    row = f"{'tcp':<7.7} {0:6} {0:6}  {local:<22.22} {foreign:<22.22} ESTABLISHED"
    (snapshot,) = ns.iter_snapshots([BANNER, HEADER, row])
    return snapshot


@pytest.mark.parametrize(
    ("printed", "host", "service", "truncated"),
    [
        ("192.0.2.4.ssh", "192.0.2.4", "ssh", False),
        ("192.0.2.4.netbios-", "192.0.2.4", "netbios-", True),
        ("192.0.2.4.netbios", "192.0.2.4", "netbios", False),
        ("host-of-16-chars.ssh", "host-of-16-chars", "ssh", True),
        ("host-of-15-char.ssh", "host-of-15-char", "ssh", False),
        ("192.168.122.255.netbio", "192.168.122.255", "netbio", True),
    ],
)
def test_what_fills_its_field_may_have_been_cut(
    printed: str, host: str, service: str, truncated: bool
) -> None:
    """A host has 16 characters, a service 8, and both together 22 (inet.c, inetprint)."""
    (connection,) = read(printed).connections
    local = connection.local
    assert (local.host, local.service, local.truncated) == (host, service, truncated)
    assert connection.dialect == "openbsd"


def test_a_service_is_no_longer_than_its_field() -> None:
    snapshot = read("192.0.2.4.netbios-x")
    assert (snapshot.connections, len(snapshot.unparsed)) == ((), 1)
