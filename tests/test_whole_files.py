"""What is written is there whole, or the old file is, and an error says why."""

from __future__ import annotations

import array
import bz2
import contextlib
import errno
import fcntl
import gzip
import io
import lzma
import os
import random
import signal
import stat
import subprocess
import sys
import tempfile
import termios
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streams import ROWS, TEXT, ZSTD, alarm, heavy_imports, python, read_file

from netstat_parse.errors import NetstatError, OutputError
from netstat_parse.writing.whole_files import open_output

SUFFIX = {".gz": gzip.decompress, ".bz2": bz2.decompress, ".xz": lzma.decompress}
if ZSTD is not None:
    SUFFIX[".zst"] = ZSTD.decompress


@pytest.fixture
def deadline() -> Iterator[None]:
    with alarm():
        yield


# Output to a file


def leftovers(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if path.name.startswith(".")]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextlib.contextmanager
def umask(bits: int) -> Iterator[None]:
    before = os.umask(bits)
    try:
        yield
    finally:
        os.umask(before)


def test_a_file_is_written_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    text = "proto,é,€\r\n" + "x\n" * 300_000
    with open_output(path) as file:
        file.write(text)
        assert not path.exists()
    assert path.read_bytes() == text.encode()
    assert leftovers(tmp_path) == []
    with open_output(str(path)) as file:
        print("new", file=file)
        file.flush()
        assert path.read_bytes() == text.encode()
        (temporary,) = leftovers(tmp_path)
        assert temporary.endswith(".tmp")
    assert path.read_bytes() == b"new\n"
    assert leftovers(tmp_path) == []


def test_a_name_in_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with open_output("out") as file:
        file.write("here\n")
    assert (tmp_path / "out").read_text() == "here\n"


def test_a_closed_file_is_no_error(tmp_path: Path) -> None:
    with open_output(tmp_path / "out") as file, file:
        file.write("text\n")
    assert (tmp_path / "out").read_text() == "text\n"


def test_text_that_utf8_has_no_bytes_for(tmp_path: Path) -> None:
    with open_output(tmp_path / "out") as file:
        file.write("caf\udce9.log\n")
    assert (tmp_path / "out").read_bytes() == b"caf\\udce9.log\n"


class BrokenError(Exception):
    pass


def write_and_raise(path: str | Path, text: str, error: type[BaseException]) -> None:
    with open_output(path) as file:
        file.write(text)
        raise error


@pytest.mark.parametrize("suffix", ["", *SUFFIX])
@pytest.mark.parametrize(
    "error", [BrokenError, KeyboardInterrupt, SystemExit, BrokenPipeError, FileNotFoundError]
)
@pytest.mark.parametrize("size", [0, 1, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_an_exception_leaves_the_old_file(
    suffix: str, error: type[BaseException], size: int, tmp_path: Path
) -> None:
    old = tmp_path / f"old{suffix}"
    old.write_bytes(b"as it was")
    for path in (old, tmp_path / f"new{suffix}"):
        with pytest.raises(error):
            write_and_raise(path, "x\n" * size, error)
    assert old.read_bytes() == b"as it was"
    assert [path.name for path in tmp_path.iterdir()] == [old.name]


def test_an_interrupt_while_writing(tmp_path: Path) -> None:
    code = """if True:
        import signal, sys
        from netstat_parse.writing.whole_files import open_output
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may ignore it
        with open_output(sys.argv[1]) as file:
            print("ready", flush=True)
            while True:
                file.write("row\\n" * 1000)
    """
    path = tmp_path / "out"
    path.write_bytes(b"as it was")
    child = python(code, str(path), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    assert child.stdout.readline() == b"ready\n"
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate()
    assert child.returncode != 0
    assert errors.rstrip().endswith(b"KeyboardInterrupt")
    assert path.read_bytes() == b"as it was"
    assert leftovers(tmp_path) == []


def test_a_kill_leaves_the_old_file_or_the_new(tmp_path: Path) -> None:
    code = """if True:
        import itertools, sys
        from netstat_parse.writing.whole_files import open_output
        for number in itertools.count():
            with open_output(sys.argv[1]) as file:
                file.write(f"begin {number}\\n")
                for _ in range(20):
                    file.write("row\\n" * 10_000)
                file.write(f"end {number}\\n")
            print(number, flush=True)
    """
    path = tmp_path / "out"
    chosen = random.Random(9)
    for _ in range(12):
        child = python(code, str(path), stdout=subprocess.PIPE)
        with child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"0\n"
            time.sleep(chosen.random() / 20)
            child.kill()
        found = path.read_text().splitlines()
        assert found[0].split()[0] == "begin"
        assert found[-1] == found[0].replace("begin", "end")
        assert found[1:-1] == ["row"] * 200_000
        assert all(name.endswith(".tmp") for name in leftovers(tmp_path))


def test_a_kill_in_the_middle(tmp_path: Path) -> None:
    code = """if True:
        import sys, time
        from netstat_parse.writing.whole_files import open_output
        with open_output(sys.argv[1]) as file:
            file.write("row\\n" * 1000)
            file.flush()
            print("ready", flush=True)
            time.sleep(600)
    """
    path = tmp_path / "out"
    path.write_bytes(b"as it was")
    with python(code, str(path), stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        child.kill()
    assert path.read_bytes() == b"as it was"
    (stale,) = leftovers(tmp_path)
    assert stale.endswith(".tmp")
    # What was left behind is in nobody's way.
    with open_output(path) as file:
        file.write("new\n")
    assert path.read_bytes() == b"new\n"


@pytest.mark.parametrize("bits", [0o022, 0o027, 0o077, 0])
def test_permissions(bits: int, tmp_path: Path) -> None:
    with umask(bits):
        new = tmp_path / "new"
        with open_output(new) as file:
            file.write("new\n")
        assert mode(new) == 0o666 & ~bits
        for kept in (0o600, 0o640, 0o664, 0o777):
            new.chmod(kept)
            with open_output(new) as file:
                file.write("again\n")
                (temporary,) = leftovers(tmp_path)
                assert mode(tmp_path / temporary) == kept
            assert mode(new) == kept
    assert new.read_text() == "again\n"


@pytest.mark.parametrize("target", ["target", "folder/target"])
@pytest.mark.parametrize("exists", [True, False])
def test_a_symbolic_link_stays(target: str, exists: bool, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    link, other = tmp_path / "link", tmp_path / "other"
    other.symlink_to(target)
    link.symlink_to("other")
    if exists:
        (tmp_path / target).write_text("old\n")
        (tmp_path / target).chmod(0o640)
    with open_output(link) as file:
        file.write("new\n")
    assert os.readlink(link) == "other"
    assert os.readlink(other) == target
    assert not (tmp_path / target).is_symlink()
    assert (tmp_path / target).read_text() == "new\n"
    if exists:
        assert mode(tmp_path / target) == 0o640
    assert leftovers(tmp_path) == leftovers(tmp_path / "folder") == []


@pytest.mark.parametrize("suffix", list(SUFFIX))
def test_a_name_that_compresses(suffix: str, tmp_path: Path) -> None:
    found = []
    for name in ("one", "two"):
        path = tmp_path / f"{name}.csv{suffix}"
        with open_output(path) as file:
            file.write(TEXT.decode())
        found.append(path.read_bytes())
        assert len(found[-1]) < len(TEXT) / 2
        assert SUFFIX[suffix](found[-1]) == TEXT
        found_batches = read_file(path)
        assert [line for batch in found_batches for line in batch.lines] == ROWS
        assert all(batch.terminated for batch in found_batches)
    assert found[0] == found[1]


def test_a_compressed_file_says_nothing_of_when_it_was_made(tmp_path: Path) -> None:
    path = tmp_path / "out.gz"
    with open_output(path) as file:
        file.write("text\n")
    assert path.read_bytes()[3:8] == bytes(5)  # no name, and no time


# Output that fails


@pytest.fixture
def ordinary_user() -> Iterator[Path]:
    """A directory, and no more rights than anybody has in it."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        before = os.geteuid()
        if before == 0:
            os.seteuid(65_534)
        else:
            os.chmod(name, 0o555)
        try:
            yield Path(name)
        finally:
            os.seteuid(before)
            os.chmod(name, 0o755)


def test_a_directory_that_may_not_be_written(ordinary_user: Path) -> None:
    path = ordinary_user / "out"
    with pytest.raises(OutputError, match=f"out: {os.strerror(errno.EACCES)}"), open_output(path):
        pytest.fail("the block was entered")


def test_a_file_that_may_not_be_written() -> None:
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o777)
        path = Path(name) / "out"
        path.write_text("old\n")
        path.chmod(0o444)
        before = os.geteuid()
        if before == 0:
            os.seteuid(65_534)
        try:
            with pytest.raises(OutputError, match="denied"), open_output(path):
                pytest.fail("the block was entered")
        finally:
            os.seteuid(before)
        assert path.read_text() == "old\n"
        assert leftovers(Path(name)) == []


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing/out", "there is no directory"),
        ("dangling", "there is no directory"),
        ("folder", os.strerror(errno.EISDIR)),
        ("folder/", os.strerror(errno.EISDIR)),
        ("missing/", os.strerror(errno.ENOENT)),
        ("file/out", os.strerror(errno.ENOTDIR)),
        ("circle", os.strerror(errno.ELOOP)),
        ("a\0b", "null"),
        ("x" * 1000, os.strerror(errno.ENAMETOOLONG)),
    ],
)
def test_output_that_cannot_be_opened(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("old\n")
    (tmp_path / "circle").symlink_to("circle")
    (tmp_path / "dangling").symlink_to("missing/target")
    before = sorted(tmp_path.iterdir())
    path = f"{tmp_path}/{name}"
    with pytest.raises(OutputError) as caught, open_output(path):
        pytest.fail("the block was entered")
    assert isinstance(caught.value, NetstatError)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("size", [1, 3_000_000])
def test_a_full_device(size: int) -> None:
    with pytest.raises(OutputError) as caught, open_output("/dev/full") as file:
        file.write("x\n" * size)
    assert str(caught.value) == f"/dev/full: {os.strerror(errno.ENOSPC)}"


def test_a_full_device_while_another_error_passes() -> None:
    with pytest.raises(BrokenError):
        write_and_raise("/dev/full", "x\n", BrokenError)


@pytest.mark.parametrize("suffix", ["", *SUFFIX])
def test_a_file_that_may_not_grow_leaves_the_old_one(suffix: str, tmp_path: Path) -> None:
    # The limit stands in for a full disk: the system refuses to write in the same way.
    code = """if True:
        import random, resource, sys
        from netstat_parse.errors import OutputError
        from netstat_parse.writing.whole_files import open_output
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        chosen = random.Random(1)
        try:
            with open_output(sys.argv[1]) as file:
                for _ in range(200_000):
                    file.write(f"{chosen.random()}\\n")
        except OutputError as error:
            print(error)
    """
    path = tmp_path / f"out{suffix}"
    path.write_bytes(b"as it was")
    child = python(code, str(path), stdout=subprocess.PIPE)
    output, _ = child.communicate()
    assert child.returncode == 0
    assert output.decode() == f"{path}: {os.strerror(errno.EFBIG)}\n"
    assert path.read_bytes() == b"as it was"
    assert leftovers(tmp_path) == []


def test_a_broken_pipe_stays_what_it_is() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        for size in (1, 3_000_000):
            with pytest.raises(BrokenPipeError), open_output(f"/dev/fd/{writing}") as file:
                file.write("x\n" * size)
    finally:
        os.close(writing)


# Output to what is no regular file


def test_a_device_is_written_and_stays() -> None:
    before = os.stat("/dev/null")
    with open_output("/dev/null") as file:
        file.write("x\n" * 1000)
    after = os.stat("/dev/null")
    assert stat.S_ISCHR(after.st_mode)
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)


@pytest.mark.parametrize("linked", [False, True])
def test_a_fifo_is_written_and_stays(linked: bool, tmp_path: Path, deadline: None) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    name = tmp_path / "link"
    name.symlink_to("fifo")
    got: list[bytes] = []
    thread = threading.Thread(target=lambda: got.append(path.read_bytes()))
    thread.start()
    with open_output(name if linked else path) as file:
        file.write("one\ntwo\n")
    thread.join()
    assert got == [b"one\ntwo\n"]
    assert path.is_fifo()


def test_a_pipe_gets_the_whole_lines_before_an_exception() -> None:
    reading, writing = os.pipe()
    with pytest.raises(KeyboardInterrupt):
        write_and_raise(f"/dev/fd/{writing}", "one\ntwo\n", KeyboardInterrupt)
    os.close(writing)
    with open(reading, "rb") as reader:
        assert reader.read() == b"one\ntwo\n"


# Standard output

TO_STANDARD_OUTPUT = """if True:
    import sys
    from netstat_parse.writing.whole_files import open_output
    name = None if sys.argv[1] == "None" else sys.argv[1]
    print("before")
    with open_output(name) as file:
        file.write("é €\\n" + "x\\r\\n" * int(sys.argv[2]))
    print("after")
"""


@pytest.mark.parametrize("name", ["None", "-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"])
@pytest.mark.parametrize("to_file", [True, False])
def test_standard_output(name: str, to_file: bool, tmp_path: Path) -> None:
    expected = ("header\nbefore\né €\n" + "x\r\n" * 100_000 + "after\n").encode()
    path = tmp_path / "redirected"
    if to_file:
        with open(path, "wb") as file:
            file.write(b"header\n")
            file.flush()
            number = file.fileno()
            with python(TO_STANDARD_OUTPUT, name, "100000", stdout=number) as child:
                pass
        output = path.read_bytes()
    else:
        child = python(TO_STANDARD_OUTPUT, name, "100000", stdout=subprocess.PIPE)
        output = b"header\n" + child.communicate()[0]
    assert child.returncode == 0
    assert output == expected
    assert leftovers(tmp_path) == []


def test_standard_output_that_is_full() -> None:
    code = """if True:
        import sys
        from netstat_parse.errors import OutputError
        from netstat_parse.writing.whole_files import open_output
        try:
            with open_output(None) as file:
                file.write("x\\n" * int(sys.argv[1]))
        except OutputError as error:
            print(error, file=sys.stderr, flush=True)
            sys.exit(7)
    """
    for size in ("1", "1000000"):
        with open("/dev/full", "wb") as full:
            child = python(code, size, stdout=full, stderr=subprocess.PIPE)
            _, errors = child.communicate()
        assert child.returncode == 7
        assert errors.decode() == f"standard output: {os.strerror(errno.ENOSPC)}\n"


def test_standard_output_that_nobody_reads() -> None:
    code = """if True:
        import sys
        from netstat_parse.writing.whole_files import open_output
        try:
            with open_output("-") as file:
                while True:
                    file.write("row\\n")
        except BrokenPipeError:
            sys.exit(7)
    """
    with python(code, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline() == b"row\n"
        child.stdout.close()
        assert child.stderr.read() == b""
    assert child.returncode == 7


def test_an_interrupt_while_nobody_reads() -> None:
    code = """if True:
        import signal
        from netstat_parse.writing.whole_files import open_output
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell may ignore it
        with open_output(None) as file:
            for number in range(1_000_000):
                file.write(f"row {number}\\n")
    """
    with python(code, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        waiting = array.array("i", [0])
        while waiting[0] < 65_536:  # the pipe is full: the program waits
            time.sleep(0.01)
            fcntl.ioctl(child.stdout, termios.FIONREAD, waiting)
        child.send_signal(signal.SIGINT)
        # It ends without anybody reading, and tells nothing twice to those who read later.
        child.wait(60)
        output = child.stdout.read().decode()
        errors = child.stderr.read()
    assert errors.rstrip().endswith(b"KeyboardInterrupt")
    expected = "".join(f"row {number}\n" for number in range(20_000))
    assert len(output) >= 65_536
    assert expected.startswith(output)


@pytest.mark.parametrize("name", [None, "/dev/stdout"])
def test_standard_output_that_another_program_made_non_blocking(name: str | None) -> None:
    code = "import os; os.set_blocking(1, False)\n" + TO_STANDARD_OUTPUT
    with python(code, str(name), "500000", stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        output = bytearray()
        while piece := os.read(child.stdout.fileno(), 65_536):
            output += piece
            time.sleep(0.001)
    assert child.returncode == 0
    assert output == ("before\né €\n" + "x\r\n" * 500_000 + "after\n").encode()


def test_standard_output_that_takes_only_text() -> None:
    with contextlib.redirect_stdout(io.StringIO()) as stand_in, open_output(None) as file:
        file.write("é\n")
    assert stand_in.getvalue() == "é\n"


def test_no_standard_output(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    with pytest.raises(OutputError, match="standard output"), open_output(None):
        pytest.fail("the block was entered")


def test_the_import_is_cheap() -> None:
    assert heavy_imports("netstat_parse.writing.whole_files") == set()
