"""The records and snapshots that a parse gives: frozen pydantic models.

Equal values are equal and hash alike, and every model survives a trip through JSON unchanged.
"""

from netstat_parse.models.common import Endpoint, FrozenDict, Process
from netstat_parse.models.connections import (
    AixConnection,
    BsdConnection,
    Connection,
    FreebsdConnection,
    LinuxConnection,
    MacosConnection,
    SolarisConnection,
    TcpState,
    Timer,
    WindowsConnection,
    connection_class,
)
from netstat_parse.models.interfaces import Interface
from netstat_parse.models.listen_queues import ListenQueue
from netstat_parse.models.multicast_groups import MulticastGroup
from netstat_parse.models.other_tables import OtherTable
from netstat_parse.models.routes import Route
from netstat_parse.models.snapshot import Snapshot, UnparsedLine
from netstat_parse.models.statistics import Statistic
from netstat_parse.models.unix_sockets import SocketCounters, UnixSocket

__all__ = [
    "AixConnection",
    "BsdConnection",
    "Connection",
    "Endpoint",
    "FreebsdConnection",
    "FrozenDict",
    "Interface",
    "LinuxConnection",
    "ListenQueue",
    "MacosConnection",
    "MulticastGroup",
    "OtherTable",
    "Process",
    "Route",
    "Snapshot",
    "SocketCounters",
    "SolarisConnection",
    "Statistic",
    "TcpState",
    "Timer",
    "UnixSocket",
    "UnparsedLine",
    "WindowsConnection",
    "connection_class",
]
