"""Files on other machines: real servers of S3, Google's storage, sftp and the web, on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from commands import BROKEN, GOOD, GOOD_CSV, Command
from remote_servers import (
    BUCKET,
    PASSWORD,
    USER,
    gcs_server,
    http_server,
    s3_server,
    sftp_server,
)
from test_inputs import MEMBERS, make_tar, make_zip

import netstat_parse as ns
from netstat_parse.errors import InputError, OutputError
from netstat_parse.reading.inputs import find_files
from netstat_parse.reading.sources import open_input
from netstat_parse.reading.urls import is_remote
from netstat_parse.writing.whole_files import binary, open_output

BIG = "".join(f"{number}\n" for number in range(2_500_000))
"""Two parts of an upload and a bit."""


class Store:
    """A place on a server, of which the password is not to be seen."""

    def __init__(self, url: str, shown: str = "") -> None:
        self.url = url
        self.shown = shown or url

    def make_folder(self, name: str) -> None:
        """A store of objects has none."""
        if self.url.startswith("ssh"):
            Path(self.url[self.url.index("/", 6) :], name).mkdir()

    def write(self, name: str, text: str) -> None:
        with open_output(f"{self.url}/{name}") as file:
            file.write(text)

    def read(self, name: str) -> str:
        with open_input(f"{self.url}/{name}") as file:
            return file.read().decode()

    def names(self) -> list[str]:
        return [file.removeprefix(f"{self.url}/") for file in find_files(self.url)]


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Store]]:
    """Makes an empty place on each kind of server."""
    home = tmp_path_factory.mktemp("home")
    numbers = iter(range(1000))
    with pytest.MonkeyPatch.context() as patch, ExitStack() as stack:
        patch.setenv("HOME", str(home))
        patch.setenv("AWS_ACCESS_KEY_ID", "x")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "y")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("AWS_ENDPOINT_URL", stack.enter_context(s3_server()))
        patch.setenv("STORAGE_EMULATOR_HOST", stack.enter_context(gcs_server()))
        patch.setenv("GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT", "false")
        import boto3

        boto3.client("s3").create_bucket(Bucket=BUCKET)
        address = stack.enter_context(sftp_server(home))

        def make(kind: str) -> Store:
            folder = f"place{next(numbers)}"
            if kind != "ssh":
                return Store(f"{kind}://{BUCKET}/{folder}")
            (home / folder).mkdir()
            path = f"{address}{home / folder}"
            return Store(f"ssh://{USER}:{PASSWORD}@{path}", f"ssh://{USER}@{path}")

        yield make


@pytest.fixture(params=["s3", "gs", "ssh"])
def store(request: pytest.FixtureRequest, places: Callable[[str], Store]) -> Store:
    return places(request.param)


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", GOOD, BIG], ids=["empty", "small", "large"])
def test_what_is_written_is_read(store: Store, text: str) -> None:
    store.write("a.log", "old")
    store.write("a.log", text)
    assert store.read("a.log") == text
    assert store.names() == ["a.log"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["s3", "gs", "ssh"])
@pytest.mark.parametrize("old", [None, "old\n"])
def test_an_exception_leaves_the_old_file(
    places: Callable[[str], Store], kind: str, old: str | None
) -> None:
    store = places(kind)
    store.write("other", "other\n")
    if old is not None:
        store.write("a.csv", old)
    # The emulator of Google's can't end an upload of several parts.
    for text in (GOOD,) if kind == "gs" else (GOOD, BIG):
        with pytest.raises(ZeroDivisionError):
            write_and_fail(store, text)
        assert store.names() == (["other"] if old is None else ["a.csv", "other"])
        assert old is None or store.read("a.csv") == old


def write_and_fail(store: Store, text: str) -> None:
    with open_output(f"{store.url}/a.csv") as file:
        file.write(text)
        raise ZeroDivisionError


@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.05, 0.4, 0.8, 1.2, 1.6])
def test_a_kill_leaves_the_old_file_or_the_new(store: Store, delay: float) -> None:
    store.write("a.csv", "old\n")
    code = (
        "import sys; from netstat_parse.writing.whole_files import open_output\n"
        "text = ''.join(f'{number}\\n' for number in range(2_500_000))\n"
        "with open_output(sys.argv[1]) as file:\n"
        "    file.write(text[:9_000_000]); print('begun', flush=True); file.write(text[9_000_000:])"
    )
    argv = [sys.executable, "-c", code, f"{store.url}/a.csv"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
    assert store.read("a.csv") in ("old\n", BIG)


@pytest.mark.slow
def test_the_command_reads_and_writes(store: Store, command: Command) -> None:
    store.make_folder("logs")
    store.write("logs/one.log.gz", GOOD)
    store.write("logs/two.log", BROKEN)
    store.write("logs/.hidden", "what is this")
    result = command(
        "convert", f"{store.url}/logs", "-o", f"{store.url}/out.csv", "--columns", "source,proto"
    )
    assert result.status == 1
    rows = GOOD_CSV.count("\n") - 1
    written = store.read("out.csv").splitlines()
    assert written[0] == "source,proto"
    sources = [row.rpartition(",")[0] for row in written[1:]]
    names = [f"{store.shown}/logs/one.log.gz", f"{store.shown}/logs/two.log"]
    assert sources == [name for name in names for _ in range(rows)]
    assert f"{store.shown}/logs/two.log: line" in result.err
    assert PASSWORD not in result.err
    pattern = command("convert", f"{store.url}/logs/o*.gz")
    assert pattern.out == GOOD_CSV
    nothing = command("convert", f"{store.url}/logs/x*.gz", f"{store.url}/none", "-")
    assert nothing.status == 2
    assert f"{store.shown}/none: no such file there" in nothing.err
    assert "x*.gz: no such file there" in nothing.err


@pytest.mark.slow
def test_archives_and_parts_of_large_files(store: Store, command: Command, tmp_path: Path) -> None:
    for name, data in (("tar", make_tar(MEMBERS, "w:gz")), ("zip", make_zip(MEMBERS))):
        with open_output(f"{store.url}/{name}") as file:
            binary(file).write(data)
        sources = [snapshot.source for snapshot in ns.read_log(f"{store.url}/{name}")]
        assert sources == [f"{store.shown}/{name}/{member}" for member in MEMBERS]
    log = "".join(f"Thu Jan  1 00:00:{n % 60:02} UTC 1970\n{GOOD}" for n in range(40_000))
    store.write("big.log", log)
    (tmp_path / "big.log").write_text(log)
    expected = command("convert", "big.log")
    assert command("convert", f"{store.url}/big.log", "--jobs", "2").out == expected.out


def test_the_web(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text(GOOD)
    (tmp_path / "a.tar.gz").write_bytes(make_tar(MEMBERS, "w:gz"))
    with http_server(tmp_path) as url:
        (snapshot,) = ns.read_log(f"{url}/a.log?x=*")
        assert snapshot.connections == ns.parse(GOOD).connections
        assert snapshot.source == f"{url}/a.log?x=*"
        assert len(list(ns.read_log(f"{url}/a.tar.gz"))) == 2
        with pytest.raises(InputError, match="none: no such file there"):
            list(ns.read_log(f"{url}/none"))
        with pytest.raises(InputError, match="denied: the server says 403 Forbidden"):
            list(ns.read_log(f"{url}/denied"))
    with pytest.raises(InputError, match="Connect call failed"):
        list(ns.read_log(f"{url}/a.log"))
    with pytest.raises(OutputError, match="can be read, not written"), open_output(f"{url}/b"):
        pass


def test_a_server_is_trusted_as_ssh_trusts_it(places: Callable[[str], Store]) -> None:
    store = places("ssh")
    store.write("a.log", GOOD)
    other_name = f"{store.url}/a.log".replace("127.0.0.1", "localhost")
    with pytest.raises(InputError, match="known_hosts: connect once by ssh"):
        list(ns.read_log(other_name))
    wrong = f"{store.url}/a.log".replace(PASSWORD, "wrong")
    with pytest.raises(InputError, match="Authentication failed") as caught:
        list(ns.read_log(wrong))
    assert "wrong" not in str(caught.value)


def test_what_may_not_be_written_or_read(
    places: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("s3", "ssh"):
        url = places(kind).url.replace(BUCKET, "nothere") + "/a/b/c.csv"
        with pytest.raises(OutputError, match="no such file there"), open_output(url) as file:
            file.write("text")


@pytest.mark.parametrize(
    ("package", "url"),
    [
        ("fsspec", "s3://b/k"),
        ("s3fs", "s3://b/k"),
        ("gcsfs", "gs://b/k"),
        ("paramiko", "ssh://h/p"),
    ],
)
def test_what_to_install_is_said(package: str, url: str, tmp_path: Path) -> None:
    code = f"import sys; sys.modules[{package!r}] = None; from netstat_parse.command import main; "
    told = f"{url}: {url[: url.index(':')]}:// needs: pip install 'netstat_parse[remote]'"
    (tmp_path / "a").write_text(GOOD)
    for arguments in (["convert", url], ["convert", str(tmp_path / "a"), "-o", url]):
        argv = [sys.executable, "-c", f"{code} sys.exit(main({arguments!r}))"]
        result = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert (result.returncode, told in result.stderr) == (2, True), result.stderr


@pytest.mark.parametrize(
    ("name", "expected"),
    [("s3://a/b", True), ("HTTPS://a", True), ("C://a", False), ("a/b://c", False), ("-", False)],
)
def test_what_a_url_is(name: str, expected: bool) -> None:
    assert is_remote(name) is expected


def test_a_file_that_grows_is_here(command: Command) -> None:
    result = command("run", "--every", "1s", "--count", "1", "-o", "s3://bucket/a.csv", "cat")
    assert result.status == 2
    assert "a file that grows is on this machine" in result.err
    assert not os.path.exists("s3:")
