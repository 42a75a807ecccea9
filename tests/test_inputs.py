"""Inputs: what a path stands for. Folders, archives, and what is neither."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import subprocess
import sys
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from commands import GOOD, LATER
from hypothesis import given, settings
from hypothesis import strategies as st

import netstat_parse as ns
from netstat_parse import InputError
from netstat_parse.reading import archives
from netstat_parse.reading.containers import find_container
from netstat_parse.reading.inputs import find_files, is_archive, open_inputs
from netstat_parse.reading.lines import CHUNK

MEMBERS = {"a.txt": GOOD.encode(), "logs/b.log.gz": gzip.compress(LATER.encode())}


def make_tar(members: dict[str, bytes], mode: str = "w", form: int = tarfile.PAX_FORMAT) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode, format=form) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def make_zip(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


def content_of(path: Path | str) -> dict[str, bytes | str]:
    """The name and the bytes of each input; or the error by which it fails."""
    found: dict[str, bytes | str] = {}
    for one in open_inputs(path):
        try:
            with one.open() as file:
                found[one.name] = file.read()
        except InputError as error:
            found[one.name] = str(error)
    return found


# Archives -----------------------------------------------------------------------------------------

ARCHIVES: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "tar": make_tar,
    "old tar": lambda members: make_tar(members, form=tarfile.USTAR_FORMAT),
    "gnu tar": lambda members: make_tar(members, form=tarfile.GNU_FORMAT),
    "tar.gz": lambda members: make_tar(members, "w:gz"),
    "tar.bz2": lambda members: make_tar(members, "w:bz2"),
    "tar.xz": lambda members: make_tar(members, "w:xz"),
    "zip": make_zip,
    "stored zip": lambda members: make_zip(members, zipfile.ZIP_STORED),
    "bzip2 zip": lambda members: make_zip(members, zipfile.ZIP_BZIP2),
    "lzma zip": lambda members: make_zip(members, zipfile.ZIP_LZMA),
}
each_archive = pytest.mark.parametrize("make", ARCHIVES.values(), ids=ARCHIVES)


@each_archive
def test_the_members_of_an_archive_come_one_after_another(
    make: Callable[[dict[str, bytes]], bytes], tmp_path: Path
) -> None:
    """Whatever the archive is called: its content tells."""
    path = tmp_path / "captures"
    path.write_bytes(make(MEMBERS | {".hidden": b"x", "__MACOSX/._a.txt": b"x"}))
    assert is_archive(str(path))
    snapshots = list(ns.read_log(path))
    assert [s.source for s in snapshots] == [f"{path}/a.txt", f"{path}/logs/b.log.gz"]
    assert snapshots == [*ns.iter_snapshots(GOOD), *ns.iter_snapshots(LATER)]


@each_archive
def test_an_archive_without_files_says_so(
    make: Callable[[dict[str, bytes]], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "empty"
    path.write_bytes(make({".hidden": b"x"}))
    assert content_of(path) == {str(path): f"{path}: there are no files in this archive"}


@each_archive
def test_a_cut_archive_says_so_behind_what_came_before(
    make: Callable[[dict[str, bytes]], bytes], tmp_path: Path
) -> None:
    data = make({"a.txt": GOOD.encode(), "b.txt": os.urandom(30_000)})
    path = tmp_path / "cut"
    path.write_bytes(data[:-20_000])
    found = content_of(path)
    # The list of a zip's members is at its end; a block of bzip2 is whole or nothing.
    if make in [ARCHIVES[name] for name in ("tar", "old tar", "gnu tar", "tar.gz", "tar.xz")]:
        assert found[f"{path}/a.txt"] == GOOD.encode()
    with pytest.raises(InputError, match=str(path)):
        list(ns.read_log(path))


def test_a_tar_with_a_damaged_header_is_not_taken_for_its_end(tmp_path: Path) -> None:
    data = bytearray(make_tar({"a.txt": GOOD.encode(), "b.txt": GOOD.encode()}))
    second = data.index(b"b.txt")
    data[second + 148 : second + 156] = b"0000000\0"
    path = tmp_path / "x.tar"
    path.write_bytes(data)
    found = content_of(path)
    assert found[f"{path}/a.txt"] == GOOD.encode()
    assert "damaged archive" in str(found[str(path)])


def test_only_regular_files_are_members(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as archive:
        for kind in (tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            info = tarfile.TarInfo(f"odd{kind!r}")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("../../good")
        info.size = len(GOOD)
        archive.addfile(info, io.BytesIO(GOOD.encode()))
    assert content_of(path) == {f"{path}/../../good": GOOD.encode()}


def test_a_tar_in_an_archive_is_read_and_a_zip_is_named(tmp_path: Path) -> None:
    inner = make_tar({"c.txt": GOOD.encode()}, "w:gz")
    path = tmp_path / "outer"
    for outer in (make_tar, make_zip):
        path.write_bytes(outer({"in.tgz": inner, "in.zip": make_zip(MEMBERS)}))
        found = content_of(path)
        assert found[f"{path}/in.tgz/c.txt"] == GOOD.encode()
        assert "an archive in an archive: unpack it" in str(found[f"{path}/in.zip"])
    nested = inner
    for _ in range(5):
        nested = make_tar({"deeper.tar": nested})
    path.write_bytes(nested)
    (failure,) = content_of(path).values()
    assert "an archive in an archive" in str(failure)


def test_an_encrypted_member_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    data = bytearray(make_zip({"secret.txt": b"x", "a.txt": GOOD.encode()}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the first member's flags
        data[data.index(mark) + offset] |= 1
    path = tmp_path / "x.zip"
    path.write_bytes(data)
    found = content_of(path)
    assert "secret.txt: it is encrypted" in str(found[f"{path}/secret.txt"])
    assert found[f"{path}/a.txt"] == GOOD.encode()


@pytest.mark.parametrize("make", [make_tar, make_zip])
def test_a_huge_member_takes_no_memory(
    make: Callable[[dict[str, bytes]], bytes], tmp_path: Path
) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(gzip.compress(make({"zeros": bytes(2**26)})) if make is make_tar else b"")
    if make is make_zip:
        path.write_bytes(make({"zeros": bytes(2**26)}))
    tracemalloc.start()
    with pytest.raises(ns.NotNetstatError):
        list(ns.read_log(path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2**23


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_header_without_end_takes_no_memory(tmp_path: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = kind, 2**33 - 1
    path = tmp_path / "bomb.tar.gz"
    path.write_bytes(gzip.compress(info.tobuf(tarfile.USTAR_FORMAT) + b"1 a=" + bytes(2**25)))
    tracemalloc.start()
    (failure,) = content_of(path).values()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "a header is too long" in str(failure)
    assert peak < 10 * archives.LONGEST_HEADER


def test_a_name_of_bytes_that_are_no_text_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    path.write_bytes(make_tar({"\udcff.txt": GOOD.encode()}, form=tarfile.GNU_FORMAT))
    (snapshot,) = ns.read_log(path)
    assert snapshot.source == f"{path}/\\udcff.txt"
    assert ns.Snapshot.model_validate_json(snapshot.model_dump_json()) == snapshot


@pytest.mark.slow
def test_a_tar_on_a_pipe_is_read_and_a_zip_is_named() -> None:
    code = "import sys, netstat_parse as ns; print([s.source for s in ns.read_log('-')])"
    for data, told in (
        (make_tar(MEMBERS), b"['-/a.txt', '-/logs/b.log.gz']"),
        (make_tar(MEMBERS, "w:gz"), b"['-/a.txt', '-/logs/b.log.gz']"),
        (make_tar(MEMBERS, "w:bz2"), b"['-/a.txt', '-/logs/b.log.gz']"),
        (make_zip(MEMBERS), b"save it to a file"),
    ):
        arguments = [sys.executable, "-c", code]
        result = subprocess.run(arguments, input=data, capture_output=True, check=False)
        assert told in result.stdout + result.stderr


# What is not read ---------------------------------------------------------------------------------

OTHERS = {
    "7z": (b"7z\xbc\xaf\x27\x1c\x00\x04", "7z"),
    "rar": (b"Rar!\x1a\x07\x01\x00", "RAR"),
    "xlsx": (make_zip({"[Content_Types].xml": b"", "xl/a.xml": b""}), "Office"),
    "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office"),
    "lz4": (b"\x04\x22\x4d\x18", "compressed by lz4, .*: decompress it first"),
    "Z": (b"\x1f\x9d\x90", "compress"),
    "pdf": (b"%PDF-1.7\n", "PDF"),
    "pcap": (b"\xd4\xc3\xb2\xa1", "packet capture"),
    "sqlite": (b"SQLite format 3\x00", "SQLite"),
    "parquet": (b"PAR1", "Parquet"),
    "elf": (b"\x7fELF", "program"),
    "7z in gzip": (gzip.compress(b"7z\xbc\xaf\x27\x1c\x00\x04"), "7z"),
}


@pytest.mark.parametrize(("data", "told"), OTHERS.values(), ids=OTHERS)
def test_what_is_not_read_is_named(data: bytes, told: str, tmp_path: Path) -> None:
    path = tmp_path / "capture.txt"
    path.write_bytes(data + bytes(600))
    with pytest.raises(InputError, match=told):
        list(ns.read_log(path))
    path.write_bytes(make_zip({"inner": data}) if told != "Office" else data)
    with pytest.raises(InputError, match=told):
        list(ns.read_log(path))


@pytest.mark.parametrize(
    "text",
    ["", "P", "PK", "BZh", GOOD, "0" * 600, " " * 600, GOOD.encode("utf-16").decode("latin")],
)
def test_text_is_no_archive(text: str) -> None:
    assert find_container(text.encode("latin")) is None


# Folders and patterns -----------------------------------------------------------------------------


def test_a_folder_stands_for_its_files(tmp_path: Path) -> None:
    for name, data in {
        "b/2.log": GOOD.encode(),
        "b/10.txt": lzma.compress(LATER.encode()),
        "a.bz2": bz2.compress(GOOD.encode()),
        ".git/x": b"?",
        "b/.swp": b"?",
        "c.tar": make_tar(MEMBERS),
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    names = ["a.bz2", "c.tar", "b/10.txt", "b/2.log"]
    assert find_files(tmp_path) == [str(tmp_path / name) for name in names]
    sources = [s.source for s in ns.read_log(tmp_path)]
    members = ["a.bz2", "c.tar/a.txt", "c.tar/logs/b.log.gz", "b/10.txt", "b/2.log"]
    assert sources == [str(tmp_path / name) for name in members]


def test_an_empty_folder_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no files in this folder"):
        list(ns.read_log(tmp_path))


def test_a_pattern_stands_for_what_matches(tmp_path: Path) -> None:
    for name in ("b.log", "a.log", "c.txt", "[x].log"):
        (tmp_path / name).write_text(GOOD)
    assert [os.path.basename(f) for f in find_files(tmp_path / "?.log")] == ["a.log", "b.log"]
    assert find_files(tmp_path / "[x].log") == [str(tmp_path / "[x].log")]
    with pytest.raises(InputError, match="No such file"):
        list(ns.read_log(tmp_path / "*.gz"))


def test_a_bad_file_among_good_ones_is_told_behind_the_rows(tmp_path: Path) -> None:
    for name, text in {"a": GOOD, "b": "hello\n", "c": LATER}.items():
        (tmp_path / name).write_text(text)
    snapshots: list[ns.Snapshot] = []
    with pytest.raises(InputError, match=r"1 of 3 files .*/b: line 1: no netstat output"):
        snapshots.extend(ns.read_log(tmp_path))
    assert [Path(s.source or "").name for s in snapshots] == ["a", "c"]


# Encodings ----------------------------------------------------------------------------------------

RUSSIAN = "Активные подключения"


@pytest.mark.parametrize("encoding", ["cp866", "koi8-r", "cp1251", "utf-16-be", "utf-8"])
def test_an_old_code_page_by_its_name(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "log"
    path.write_bytes((GOOD + RUSSIAN + "!\r\n").encode(encoding))
    (snapshot,) = ns.read_log(path, encoding=encoding)
    assert [line.text for line in snapshot.unparsed] == [RUSSIAN + "!"]


@pytest.mark.parametrize(
    ("encoding", "text"), [("gbk", "活动连接"), ("shift_jis", "アクティブ表な接続")]
)
def test_bytes_of_a_character_that_look_like_others(
    tmp_path: Path, encoding: str, text: str
) -> None:
    path = tmp_path / "log"
    line = f"{text * 40} x"
    count = 2 * CHUNK // len(line.encode(encoding))
    path.write_bytes((GOOD + f"{line}\n" * count).encode(encoding))
    (snapshot,) = ns.read_log(path, encoding=encoding)
    assert {line.text for line in snapshot.unparsed} == {line}


def test_a_byte_order_mark_goes_before_the_given_encoding(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"\xff\xfe" + GOOD.encode("utf-16-le"))
    assert list(ns.read_log(path, encoding="cp866")) == list(ns.iter_snapshots(GOOD))


@pytest.mark.parametrize("name", ["klingon", "hex", "base64", "idna", "undefined", "", "a\0b"])
def test_an_unknown_encoding_is_told_before_anything_is_read(name: str) -> None:
    with pytest.raises(ns.UnknownEncodingError, match="cp866") as caught:
        list(ns.read_log("no-such-file", encoding=name))
    assert caught.value.name == name


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(list(ARCHIVES)),
    st.lists(st.tuples(st.integers(0, 10_000), st.binary(min_size=1, max_size=8)), max_size=6),
    st.integers(0, 400),
)
def test_a_hostile_archive_raises_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, name: str, changes: list[tuple[int, bytes]], cut: int
) -> None:
    data = bytearray(ARCHIVES[name](MEMBERS))
    for place, piece in changes:
        place %= len(data)
        data[place : place + len(piece)] = piece
    path = tmp_path_factory.mktemp("hostile") / "archive"
    path.write_bytes(data[: len(data) - cut])
    with suppress(ns.NetstatError):
        list(ns.read_log(path))
