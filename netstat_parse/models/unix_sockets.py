"""The records of the tables of UNIX domain sockets."""

from __future__ import annotations

from pydantic import Field, NonNegativeInt

from netstat_parse.models.common import Extra, Frozen, FrozenDict, Process


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
    extra: Extra = Field(default_factory=FrozenDict)
    """Cells of columns that no model field holds, by the column's title."""
