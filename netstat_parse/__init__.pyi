"""The public names, for type checkers and editors; a test holds them to those of the package."""

from netstat_parse.analysis.changes import (
    Change as Change,
)
from netstat_parse.analysis.changes import (
    changes as changes,
)
from netstat_parse.analysis.lifetimes import (
    Lifetime as Lifetime,
)
from netstat_parse.analysis.lifetimes import (
    QueuesAndBytes as QueuesAndBytes,
)
from netstat_parse.analysis.lifetimes import (
    StateSpan as StateSpan,
)
from netstat_parse.analysis.lifetimes import (
    lifetimes as lifetimes,
)
from netstat_parse.analysis.pairs import (
    SocketEnd as SocketEnd,
)
from netstat_parse.analysis.pairs import (
    SocketPair as SocketPair,
)
from netstat_parse.analysis.pairs import (
    pairs as pairs,
)
from netstat_parse.analysis.summary import (
    summary as summary,
)
from netstat_parse.analysis.summary_models import (
    Count as Count,
)
from netstat_parse.analysis.summary_models import (
    ListeningSocket as ListeningSocket,
)
from netstat_parse.analysis.summary_models import (
    Moment as Moment,
)
from netstat_parse.analysis.summary_models import (
    StandingQueue as StandingQueue,
)
from netstat_parse.analysis.summary_models import (
    Summary as Summary,
)
from netstat_parse.analysis.where import (
    where as where,
)
from netstat_parse.errors import (
    CommandError as CommandError,
)
from netstat_parse.errors import (
    CommandFailedError as CommandFailedError,
)
from netstat_parse.errors import (
    CommandKilledError as CommandKilledError,
)
from netstat_parse.errors import (
    CommandNotFoundError as CommandNotFoundError,
)
from netstat_parse.errors import (
    CommandOutputError as CommandOutputError,
)
from netstat_parse.errors import (
    CommandTimeoutError as CommandTimeoutError,
)
from netstat_parse.errors import (
    InputError as InputError,
)
from netstat_parse.errors import (
    MissingExtraError as MissingExtraError,
)
from netstat_parse.errors import (
    NetstatError as NetstatError,
)
from netstat_parse.errors import (
    NotNetstatError as NotNetstatError,
)
from netstat_parse.errors import (
    OutputError as OutputError,
)
from netstat_parse.errors import (
    OutputTooLargeError as OutputTooLargeError,
)
from netstat_parse.errors import (
    ParseError as ParseError,
)
from netstat_parse.errors import (
    SeveralSnapshotsError as SeveralSnapshotsError,
)
from netstat_parse.errors import (
    TimestampFormatError as TimestampFormatError,
)
from netstat_parse.errors import (
    UnknownColumnError as UnknownColumnError,
)
from netstat_parse.errors import (
    UnknownDialectError as UnknownDialectError,
)
from netstat_parse.errors import (
    UnknownEncodingError as UnknownEncodingError,
)
from netstat_parse.errors import (
    WhereError as WhereError,
)
from netstat_parse.models import (
    AixConnection as AixConnection,
)
from netstat_parse.models import (
    BsdConnection as BsdConnection,
)
from netstat_parse.models import (
    Connection as Connection,
)
from netstat_parse.models import (
    Endpoint as Endpoint,
)
from netstat_parse.models import (
    FreebsdConnection as FreebsdConnection,
)
from netstat_parse.models import (
    Interface as Interface,
)
from netstat_parse.models import (
    LinuxConnection as LinuxConnection,
)
from netstat_parse.models import (
    ListenQueue as ListenQueue,
)
from netstat_parse.models import (
    MacosConnection as MacosConnection,
)
from netstat_parse.models import (
    MulticastGroup as MulticastGroup,
)
from netstat_parse.models import (
    OtherTable as OtherTable,
)
from netstat_parse.models import (
    Process as Process,
)
from netstat_parse.models import (
    Route as Route,
)
from netstat_parse.models import (
    Snapshot as Snapshot,
)
from netstat_parse.models import (
    SocketCounters as SocketCounters,
)
from netstat_parse.models import (
    SolarisConnection as SolarisConnection,
)
from netstat_parse.models import (
    Statistic as Statistic,
)
from netstat_parse.models import (
    TcpState as TcpState,
)
from netstat_parse.models import (
    Timer as Timer,
)
from netstat_parse.models import (
    UnixSocket as UnixSocket,
)
from netstat_parse.models import (
    UnparsedLine as UnparsedLine,
)
from netstat_parse.models import (
    WindowsConnection as WindowsConnection,
)
from netstat_parse.reading.account import (
    LineKind as LineKind,
)
from netstat_parse.runner import (
    run as run,
)
from netstat_parse.scans import (
    Scan as Scan,
)
from netstat_parse.scans import (
    scan as scan,
)
from netstat_parse.snapshots import (
    SnapshotReader as SnapshotReader,
)
from netstat_parse.snapshots import (
    iter_snapshots as iter_snapshots,
)
from netstat_parse.snapshots import (
    parse as parse,
)
from netstat_parse.snapshots import (
    read_log as read_log,
)
from netstat_parse.watcher import (
    watch as watch,
)
from netstat_parse.writing.text import (
    write_csv as write_csv,
)
from netstat_parse.writing.text import (
    write_json as write_json,
)
from netstat_parse.writing.text import (
    write_jsonl as write_jsonl,
)

__version__: str
__all__: list[str]
