"""The records of the tables of UNIX domain sockets."""

from __future__ import annotations

from pydantic import Field, NonNegativeInt

from netstat_parse.models.common import Extra, Frozen, FrozenDict, Process


class SocketCounters(Frozen):
    """What `netstat -v` of macOS 26 prints of a UNIX domain socket."""

    rx_bytes: NonNegativeInt | None = None
    """Bytes received (`rxbytes`)."""
    tx_bytes: NonNegativeInt | None = None
    """Bytes sent (`txbytes`)."""
    recv_hiwat: NonNegativeInt | None = None
    """The receive buffer's high-water mark, in bytes (`rhiwat`)."""
    send_hiwat: NonNegativeInt | None = None
    """The send buffer's high-water mark, in bytes (`shiwat`)."""
    socket_state: NonNegativeInt | None = None
    """The socket's state bits (`state`)."""
    socket_options: NonNegativeInt | None = None
    """The socket's options as bits (`options`)."""
    generation: NonNegativeInt | None = None
    """The socket's generation count (`gencnt`)."""
    socket_flags: NonNegativeInt | None = None
    """The socket's flags as bits (`flags`)."""
    flags1: NonNegativeInt | None = None
    """More of the socket's flags as bits."""
    use_count: int | None = None
    """References to the socket (`usecnt`)."""
    retain_count: int | None = None
    """References that keep the socket alive (`rtncnt`)."""
    filters: NonNegativeInt | None = None
    """The filters attached to the socket, as bits (`fltrs`)."""


class UnixSocket(Frozen):
    """One row of the table of UNIX domain sockets."""

    dialect: str
    type: str
    """STREAM, DGRAM, SEQPACKET ... as printed."""
    state: str | None = None
    """LISTENING, CONNECTED ... as printed; None where netstat prints none."""
    path: str | None = None
    """As printed: a path, an abstract name that starts with `@`, or None for an unnamed socket."""
    process: Process | None = None
    refcount: NonNegativeInt | None = None
    """References to it (Linux: RefCnt)."""
    flags: tuple[str, ...] = ()
    """What Linux prints between brackets: ACC, W, N."""
    inode: NonNegativeInt | None = None
    """The socket's inode (Linux: I-Node); the bound file's vnode (BSD: Inode)."""
    socket: NonNegativeInt | None = None
    """The address of the protocol control block (BSD)."""
    recv_q: NonNegativeInt | None = None
    """Bytes (BSD)."""
    send_q: NonNegativeInt | None = None
    """Bytes (BSD)."""
    connected_to: NonNegativeInt | None = None
    """The address of the other end's control block (BSD: Conn)."""
    references: NonNegativeInt | None = None
    """The address of the first that refers to it (BSD: Refs)."""
    next_reference: NonNegativeInt | None = None
    """The address of the next in the list that it is in (BSD: Nextref)."""
    truncated: tuple[str, ...] = ()
    """The names of the fields whose text may be cut: `path`, where the input ends inside it."""
    remote_path: str | None = None
    """The path of the other end, or what stands for it (Solaris: Remote Addr)."""
    control_block: NonNegativeInt | None = None
    """The address of the protocol control block, where `socket` is that of the socket (AIX)."""
    counters: SocketCounters | None = None
    """What -v tells (macOS)."""
    extra: Extra = Field(default_factory=FrozenDict)
    """Cells of columns that no model field holds, by the column's title."""
