"""The records of the Internet table: what every netstat prints, and what only one does."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    NonNegativeFloat,
    NonNegativeInt,
    Tag,
)
from pydantic_core import CoreSchema

from netstat_parse.models.common import Endpoint, Extra, Family, Frozen, FrozenDict, Process


class TcpState(StrEnum):
    """The states of RFC 9293 (section 3.3.2), with underscores, for every dialect.

    UNKNOWN is netstat's own word for a state that it has no name for. States that are not TCP's
    (sctp's, Windows' BOUND) are UNKNOWN too; `Connection.extra["State"]` has the printed word.
    """

    CLOSED = "CLOSED"
    LISTEN = "LISTEN"
    SYN_SENT = "SYN_SENT"
    SYN_RECEIVED = "SYN_RECEIVED"
    ESTABLISHED = "ESTABLISHED"
    FIN_WAIT_1 = "FIN_WAIT_1"
    FIN_WAIT_2 = "FIN_WAIT_2"
    CLOSE_WAIT = "CLOSE_WAIT"
    CLOSING = "CLOSING"
    LAST_ACK = "LAST_ACK"
    TIME_WAIT = "TIME_WAIT"
    UNKNOWN = "UNKNOWN"


class Timer(Frozen):
    """A socket's timer (netstat -o): `keepalive (7187.61/0/0)`."""

    name: str
    """off, on, keepalive, timewait, probe, unkn-N; on1, on2 ... for udp and raw sockets."""
    expires: NonNegativeFloat
    """Seconds until it expires."""
    retransmits: NonNegativeInt
    probes: NonNegativeInt


class Connection(Frozen):
    """One row of the Internet table, as every dialect prints it."""

    dialect: str
    proto: str
    """As printed: tcp, tcp6, tcp46, udp, udpl6, raw, icm4 ..."""
    transport: str
    """tcp, udp, udplite, raw, sctp, icmp ..."""
    family: Family | None = None
    """None where neither the protocol nor an address tells."""
    recv_q: NonNegativeInt | None = None
    """Bytes; None where netstat prints no queues (Windows)."""
    send_q: NonNegativeInt | None = None
    """Bytes; None where netstat prints no queues (Windows)."""
    local: Endpoint
    foreign: Endpoint
    state: TcpState | None = None
    """None where netstat prints none."""
    process: Process | None = None
    extra: Extra = Field(default_factory=FrozenDict)
    """Cells of columns that no model field holds, by the column's title."""


class LinuxConnection(Connection):
    """A row of net-tools, busybox or toybox: the columns of -e, -Z and -o."""

    dialect: Literal["linux", "busybox", "toybox"]
    user: str | None = None
    """The owner's name; None where its number is printed (-n)."""
    uid: NonNegativeInt | None = None
    """The owner's number; None where its name is printed."""
    inode: NonNegativeInt | None = None
    security_context: str | None = None
    """The SELinux context; None where netstat prints `-`."""
    timer: Timer | None = None
    more_local: tuple[Endpoint, ...] = ()
    """The further local addresses of an sctp association."""
    more_foreign: tuple[Endpoint, ...] = ()
    """The further foreign addresses of an sctp association."""


class MacosConnection(Connection):
    """A row of macOS: the columns of -A, -b, -d and -v."""

    dialect: Literal["macos"]
    socket: NonNegativeInt | None = None
    """The address of the protocol control block (-A, `Socket`)."""
    flow_hash: NonNegativeInt | None = None
    """The hash of the connection's addresses (-A, `Flowhash`)."""
    rx_bytes: NonNegativeInt | None = None
    """Bytes received (`rxbytes`)."""
    tx_bytes: NonNegativeInt | None = None
    """Bytes sent (`txbytes`)."""
    rx_packets: NonNegativeInt | None = None
    """Packets received (-vv)."""
    tx_packets: NonNegativeInt | None = None
    """Packets sent (-vv)."""
    rx_drop_bytes: NonNegativeInt | None = None
    """Bytes dropped because the receive buffer was full (-d, `rxdrops`)."""
    rx_drop_packets: NonNegativeInt | None = None
    """Packets dropped because the receive buffer was full (-d -vv)."""
    recv_hiwat: NonNegativeInt | None = None
    """The receive buffer's high-water mark, in bytes (`rhiwat`)."""
    send_hiwat: NonNegativeInt | None = None
    """The send buffer's high-water mark, in bytes (`shiwat`)."""
    effective_process: Process | None = None
    """The process on whose behalf the socket is used (`epid`, `eprocess:epid`)."""
    socket_state: NonNegativeInt | None = None
    """The socket's state bits (the column `state`, not TCP's `(state)`)."""
    socket_options: NonNegativeInt | None = None
    """The socket's options as bits (SO_REUSEADDR ...)."""
    generation: NonNegativeInt | None = None
    """The socket's generation count (`gencnt`)."""
    flags: NonNegativeInt | None = None
    """The socket's flags as bits."""
    flags1: NonNegativeInt | None = None
    """More of the socket's flags as bits."""
    use_count: int | None = None
    """References to the socket (`usecnt`)."""
    retain_count: int | None = None
    """References that keep the socket alive (`rtncnt`)."""
    filters: NonNegativeInt | None = None
    """The filters attached to the socket, as bits (`fltrs`)."""


class FreebsdConnection(Connection):
    """A row of FreeBSD: the columns of -A, -T, -x, -R, -c, -C and -P, and of sctp's own table."""

    dialect: Literal["freebsd"]
    control_block: NonNegativeInt | None = None
    """The address of the protocol control block (-A, `Tcpcb` or `Socket`)."""
    retransmits: NonNegativeInt | None = None
    """Packets sent again (-T, `Rexmit`)."""
    out_of_order: NonNegativeInt | None = None
    """Packets received out of order (-T, `OOORcv`)."""
    zero_windows: NonNegativeInt | None = None
    """Zero windows announced (-T, `0-win`)."""
    recv_mbufs: NonNegativeInt | None = None
    """Mbufs in the receive buffer (-x, `R-MBUF`)."""
    send_mbufs: NonNegativeInt | None = None
    """Mbufs in the send buffer (-x, `S-MBUF`)."""
    recv_clusters: NonNegativeInt | None = None
    """Clusters in the receive buffer (-x, `R-CLUS`)."""
    send_clusters: NonNegativeInt | None = None
    """Clusters in the send buffer (-x, `S-CLUS`)."""
    recv_hiwat: NonNegativeInt | None = None
    """The receive buffer's high-water mark, in bytes (-x, `R-HIWA`)."""
    send_hiwat: NonNegativeInt | None = None
    """The send buffer's high-water mark, in bytes (-x, `S-HIWA`)."""
    recv_lowat: NonNegativeInt | None = None
    """The receive buffer's low-water mark, in bytes (-x, `R-LOWA`)."""
    send_lowat: NonNegativeInt | None = None
    """The send buffer's low-water mark, in bytes (-x, `S-LOWA`)."""
    recv_mbuf_bytes: NonNegativeInt | None = None
    """Bytes of mbufs that the receive buffer uses (-x, `R-BCNT`)."""
    send_mbuf_bytes: NonNegativeInt | None = None
    """Bytes of mbufs that the send buffer uses (-x, `S-BCNT`)."""
    recv_mbuf_limit: NonNegativeInt | None = None
    """Bytes of mbufs that the receive buffer may use (-x, `R-BMAX`)."""
    send_mbuf_limit: NonNegativeInt | None = None
    """Bytes of mbufs that the send buffer may use (-x, `S-BMAX`)."""
    retransmit_timer: float | None = None
    """Seconds until the retransmit timer expires; 0 if it is off (-x, `rexmt`)."""
    persist_timer: float | None = None
    """Seconds until the persist timer expires (-x, `persist`)."""
    keepalive_timer: float | None = None
    """Seconds until the keepalive timer expires (-x, `keep`)."""
    time_wait_timer: float | None = None
    """Seconds until the timer of TIME_WAIT and FIN_WAIT_2 expires (-x, `2msl`)."""
    delayed_ack_timer: float | None = None
    """Seconds until a delayed ACK is sent (-x, `delack`)."""
    idle_time: float | None = None
    """Seconds since a segment was received (-x, `rcvtime`)."""
    flow_id: NonNegativeInt | None = None
    """The hash that the network card gave the connection (-R, `flowid`)."""
    flow_type: NonNegativeInt | None = None
    """The kind of that hash (-R, `ftype`)."""
    stack: str | None = None
    """The TCP stack (-c, `Stack`): freebsd, rack, bbr."""
    congestion_control: str | None = None
    """The congestion control algorithm (-C, `CC`)."""
    congestion_window: NonNegativeInt | None = None
    """Bytes (-C, `cwin`)."""
    slow_start_threshold: NonNegativeInt | None = None
    """Bytes (-C, `ssthresh`)."""
    segment_size: NonNegativeInt | None = None
    """The longest segment, in bytes (-C, `MSS`)."""
    ecn: str | None = None
    """Explicit congestion notification: ecn, ace, off, n/a (-C, `ECN`)."""
    log_id: str | None = None
    """The connection's name in the TCP log; None where netstat prints `-` (-P, `Log ID`)."""
    socket_type: str | None = None
    """1to1 or 1toN (sctp, `Type`)."""
    more_local: tuple[Endpoint, ...] = ()
    """The further local addresses of an sctp association or endpoint."""
    more_foreign: tuple[Endpoint, ...] = ()
    """The further foreign addresses of an sctp association."""


class SolarisConnection(Connection):
    """A row of Solaris or illumos: its windows, the columns of -u and -v, of sctp, and of udp in
    11.4."""

    dialect: Literal["solaris"]
    swind: NonNegativeInt | None = None
    """The window that the other end has announced, in bytes (`Swind`)."""
    rwind: NonNegativeInt | None = None
    """The window announced to the other end, in bytes (`Rwind`)."""
    snext: NonNegativeInt | None = None
    """The sequence number of the next byte to be sent (-v, `Snext`)."""
    suna: NonNegativeInt | None = None
    """The oldest sequence number that was sent and is not acknowledged (-v, `Suna`)."""
    rnext: NonNegativeInt | None = None
    """The sequence number of the next byte expected from the other end (-v, `Rnext`)."""
    rack: NonNegativeInt | None = None
    """The sequence number that was acknowledged last (-v, `Rack`)."""
    rto: NonNegativeInt | None = None
    """The retransmission timeout (-v, `Rto`)."""
    mss: NonNegativeInt | None = None
    """The maximum segment size, in bytes (-v, `Mss`)."""
    multilevel_port: str | None = None
    """`P` for a private multilevel port, `S` for a shared one, as printed (-R)."""
    user: str | None = None
    """The owner's name (-u); None where its number is printed."""
    user_truncated: bool = False
    """netstat may have cut the owner's name, of which it prints 8 characters."""
    uid: NonNegativeInt | None = None
    """The owner's number (-u); None where its name is printed."""
    interface: str | None = None
    """The interface that the socket is bound to (IPv6, `If`); None where it may have been cut."""
    send_buffer: NonNegativeInt | None = None
    """Bytes (udp, `Send Buf`)."""
    tx_overflows: NonNegativeInt | None = None
    """Packets that had no room in the send buffer (udp, `TxOverflows`)."""
    recv_buffer: NonNegativeInt | None = None
    """Bytes (udp, `Recv Buf`)."""
    rx_overflows: NonNegativeInt | None = None
    """Packets that had no room in the receive buffer (udp, `RxOverflows`)."""
    in_streams: NonNegativeInt | None = None
    """Streams of the association that come in (sctp, `StrsI/O`)."""
    out_streams: NonNegativeInt | None = None
    """Streams of the association that go out (sctp, `StrsI/O`)."""
    more_local: tuple[Endpoint, ...] = ()
    """The further local addresses of an association (sctp, -v)."""
    more_foreign: tuple[Endpoint, ...] = ()
    """Its further foreign addresses (sctp, -v)."""
    inactive_foreign: tuple[Endpoint, ...] = ()
    """Those of them that can't be reached now."""


class AixConnection(Connection):
    """A row of AIX, with -A."""

    dialect: Literal["aix"]
    control_block: NonNegativeInt | None = None
    """The address of the protocol control block (-A, `PCB/ADDR`)."""


class BsdConnection(Connection):
    """A row of OpenBSD, NetBSD, DragonFly or HP-UX: the columns of -A, -B, -P and -V."""

    dialect: Literal["openbsd", "netbsd", "dragonfly", "hpux"]
    control_block: NonNegativeInt | None = None
    """The address of the protocol control block (-A, `PCB` or `Socket`)."""
    protocol: NonNegativeInt | None = None
    """The number of the protocol of a raw socket (OpenBSD, `IP-Proto`)."""
    recv_window: NonNegativeInt | None = None
    """The window announced to the other end, in bytes (OpenBSD, -B, `Recv-W`)."""
    send_window: NonNegativeInt | None = None
    """The window that the other end has announced, in bytes (OpenBSD, -B, `Send-W`); on DragonFly
    what may be sent at once (-P, `TxWin`), None if there is no limit."""
    congestion_window: NonNegativeInt | None = None
    """Bytes (OpenBSD, -B, `Cgst-W`)."""
    unacknowledged: NonNegativeInt | None = None
    """Bytes that were sent and not yet acknowledged (DragonFly, -P, `Unacked`)."""
    round_trip_time: float | None = None
    """Milliseconds (DragonFly, -P, `RTT/ms`)."""
    expires: float | None = None
    """Milliseconds until a connection in TIME_WAIT is forgotten (NetBSD, -V, `Expires`)."""


class WindowsConnection(Connection):
    """A row of Windows: the columns of -t and -y, and the lines that -b puts below it."""

    dialect: Literal["windows"]
    component: str | None = None
    """What the program used to make the socket (-b): a service's name; on Windows XP files, one a
    line."""
    executable: str | None = None
    """The program's file (-b), where netstat prints no pid; with -o it is the process's name."""
    offload_state: str | None = None
    """InHost, Offloading, Offloaded or Uploading (-t)."""
    template: str | None = None
    """The connection's template of TCP settings (-y)."""


_CONNECTION_CLASSES: Mapping[str, type[Connection]] = {
    name: cls
    for cls in (
        LinuxConnection,
        MacosConnection,
        FreebsdConnection,
        SolarisConnection,
        AixConnection,
        BsdConnection,
        WindowsConnection,
    )
    for name in cls.model_fields["dialect"].annotation.__args__  # type: ignore[union-attr]
}


def connection_class(dialect: str) -> type[Connection]:
    """The class of a dialect's connections."""
    return _CONNECTION_CLASSES.get(dialect, Connection)


def _connection_tag(value: Any) -> str:
    if isinstance(value, Connection):
        return type(value).__name__
    dialect = value.get("dialect") if isinstance(value, Mapping) else None
    return connection_class(dialect).__name__ if isinstance(dialect, str) else ""


class _ByDialect:
    """Says in a JSON Schema by which property the classes of connections are told apart."""

    @staticmethod
    def __get_pydantic_json_schema__(schema: CoreSchema, handler: GetJsonSchemaHandler) -> Any:
        described = handler(schema)
        *own, other = described["oneOf"]
        mapping: dict[str, str] = {}
        for reference in own:
            of_class = handler.resolve_ref_schema(reference)["properties"]["dialect"]
            names = of_class.get("enum") or [of_class["const"]]
            mapping |= dict.fromkeys(names, reference["$ref"])
        no_other = {"properties": {"dialect": {"not": {"enum": list(mapping)}}}}
        described["oneOf"] = [*own, {"allOf": [other, no_other]}]
        described["discriminator"] = {"propertyName": "dialect", "mapping": mapping}
        return described


AnyConnection = Annotated[
    Annotated[LinuxConnection, Tag("LinuxConnection")]
    | Annotated[MacosConnection, Tag("MacosConnection")]
    | Annotated[FreebsdConnection, Tag("FreebsdConnection")]
    | Annotated[SolarisConnection, Tag("SolarisConnection")]
    | Annotated[AixConnection, Tag("AixConnection")]
    | Annotated[BsdConnection, Tag("BsdConnection")]
    | Annotated[WindowsConnection, Tag("WindowsConnection")]
    | Annotated[Connection, Tag("Connection")],
    Discriminator(_connection_tag),
    _ByDialect,
]
