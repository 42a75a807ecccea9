"""Parquet and Arrow files: rows are typed, compressed and written in a thread of their own.

Both libraries do that without holding Python's lock, so whoever reads the captures need not wait.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from queue import Queue
from threading import Thread
from typing import BinaryIO

from netstat_parse.writing.arrow import Overflow, Rows, RowTyper
from netstat_parse.writing.arrow_backends import get_backend
from netstat_parse.writing.arrow_columns import Column

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from _typeshed import ReadableBuffer

    from netstat_parse.writing.whole_files import ByteWriter

WAITING = 2
"""So many times the rows that are written at once may wait for it."""


class ArrowFile:
    """Writes rows as Parquet, or as an Arrow file; a context manager.

    Raises what writing to `file` raises, but maybe only with later rows, or at the end. The file is
    whole when the block ends without an exception.
    """

    def __init__(
        self,
        file: ByteWriter,
        form: str,
        columns: Sequence[Column],
        on_overflow: Callable[[Overflow], None] = lambda overflow: None,
    ) -> None:
        self._file = _Output(file)
        self._form = form
        self._on_overflow = on_overflow
        self._overflows: deque[Overflow] = deque()
        self._typer = RowTyper(columns, get_backend(), self._overflows.append)
        self._queue: Queue[Rows | None] = Queue(WAITING)
        self._has_ended = False
        self._failure: BaseException | None = None
        self._thread: Thread | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self._start()
        else:
            self._file.is_given_up = True
        if self._thread is not None:
            self._queue.put(None)
            self._thread.join()
        if error is None:
            self._tell()

    def write_rows(self, rows: Rows) -> None:
        """Takes the next rows."""
        self._start()  # not before there are rows: by then all processes were begun
        self._queue.put(rows)
        self._tell()

    def _start(self) -> None:
        if self._thread is None:
            self._thread = Thread(target=self._write, name="netstat-parse-arrow", daemon=True)
            self._thread.start()

    def _tell(self) -> None:
        """Tell of what the thread has met."""
        with suppress(IndexError):
            while True:
                self._on_overflow(self._overflows.popleft())
        if self._failure is not None:
            raise self._failure

    # In the thread

    def _write(self) -> None:
        backend, schema = self._typer.backend, self._typer.schema
        write = backend.write_parquet if self._form == "parquet" else backend.write_ipc
        batches = self._typer.batches(self._taken())
        try:
            write(self._file, schema, batches)
        except BaseException as error:
            # The libraries raise errors of their own where the file has raised one.
            self._failure = self._file.failure or error
            for _ in self._taken():
                pass  # so that nobody waits for room

    def _taken(self) -> Iterator[Rows]:
        """The rows that are given, up to None."""
        while not self._has_ended:
            rows = self._queue.get()
            if rows is None:
                self._has_ended = True
            else:
                yield rows


class _Output(io.RawIOBase, BinaryIO):
    """What the libraries write to; it counts the bytes and keeps what was raised."""

    def __init__(self, file: ByteWriter) -> None:
        self.failure: BaseException | None = None
        self.is_given_up = False
        """Nothing more is written: with its end, whoever reads a pipe would take it for whole."""
        self._file = file
        self._size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        view = memoryview(data).cast("B")
        try:
            if not self.is_given_up:
                self._file.write(bytes(view))
        except BaseException as error:
            self.failure = error
            raise
        self._size += len(view)
        return len(view)

    def tell(self) -> int:
        return self._size
