"""Answers what one version of netstat_parse makes of captures: the other end of fuzz.against.

It is a process that imports nothing of this tree but the version that PYTHONPATH names. On its
standard input come requests, on its standard output go answers. Either is a JSON object behind its
length, which is four bytes; behind a request comes the capture, behind its length too.
"""

from __future__ import annotations

import io
import json
import os
import struct
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import redirect_stderr
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO

import netstat_parse

LENGTH = struct.Struct(">I")
CAPTURE, OUTPUT = Path("capture.txt"), Path("output")
Answer = dict[str, Any]


def answer(capture: bytes, request: Answer, main: Callable[[list[str]], int]) -> Answer:
    """What comes out of all the ways of reading that the request asks for."""
    text = capture.decode("utf-8", "replace")
    options = request["options"]
    by_iter = _collect(lambda: netstat_parse.iter_snapshots(text, **options))
    by_parse = _collect(lambda: [netstat_parse.parse(text, **options)])
    found: Answer = {
        "iter_snapshots": by_iter,
        "parse": "the same" if by_parse == by_iter else by_parse,
    }
    if request["piece"] is not None:
        in_pieces = _collect(lambda: _read_in_pieces(text, request["piece"], options))
        found["SnapshotReader"] = "the same" if in_pieces == by_iter else in_pieces
    if request["commands"]:
        CAPTURE.write_bytes(capture)
    for arguments in request["commands"]:
        found[" ".join(["convert", *arguments])] = _run(main, arguments)
    return found


def _read_in_pieces(
    text: str, piece: int, options: dict[str, Any]
) -> Iterable[netstat_parse.Snapshot]:
    reader = netstat_parse.SnapshotReader(**options)
    lines = text.splitlines(keepends=True) if "\r" not in text else io.StringIO(text).readlines()
    for start in range(0, len(lines), piece):
        yield from reader.feed_lines(lines[start : start + piece])
    yield from reader.close()


def _collect(read: Callable[[], Iterable[netstat_parse.Snapshot]]) -> Answer:
    """The snapshots up to the first error, and the error."""
    snapshots: list[Any] = []
    error = None
    try:
        for snapshot in read():
            snapshots.append(json.loads(snapshot.model_dump_json()))
    except Exception as raised:
        error = _describe(raised)
    return {"error": error, "snapshots": snapshots}


def _run(main: Callable[[list[str]], int], arguments: list[str]) -> Answer:
    """The command `convert`, on the capture as a file."""
    OUTPUT.unlink(missing_ok=True)
    status: object = None
    error = None
    with redirect_stderr(io.StringIO()) as told:
        try:
            status = main(["convert", *arguments, str(CAPTURE), "-o", str(OUTPUT)])
        except SystemExit as ended:
            status = str(ended.code)
        except Exception as raised:
            error = _describe(raised)
    output = OUTPUT.read_bytes().decode("utf-8", "replace") if OUTPUT.exists() else None
    return {"error": error, "status": status, "stderr": told.getvalue(), "output": output}


def _describe(error: Exception) -> Answer:
    """An error; of one that is no NetstatError also where in the package it came from."""
    described = {"type": type(error).__name__, "text": str(error)}
    if not isinstance(error, netstat_parse.NetstatError):
        frames = traceback.extract_tb(error.__traceback__)
        inside = [frame for frame in frames if "netstat_parse" in frame.filename] or frames
        described["place"] = f"{Path(inside[-1].filename).name}, {inside[-1].name}"
        described["traceback"] = "".join(traceback.format_exception(error)[-12:])
    return described


def _read(file: BinaryIO) -> bytes | None:
    """What stands behind its length; None at the end of the file."""
    length = file.read(LENGTH.size)
    return file.read(*LENGTH.unpack(length)) if length else None


def main() -> None:
    """Answers requests until there are no more."""
    command = import_module(sys.argv[1])
    # What the package prints must not get among the answers.
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with TemporaryDirectory(prefix="netstat-against-") as folder:
        os.chdir(folder)
        while (request := _read(sys.stdin.buffer)) is not None:
            found = answer(_read(sys.stdin.buffer) or b"", json.loads(request), command.main)
            data = json.dumps(found).encode()
            answers.write(LENGTH.pack(len(data)) + data)
            answers.flush()
        os.chdir("/")


if __name__ == "__main__":
    main()
