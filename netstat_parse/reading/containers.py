"""What a file is, when it is not text: known by its first bytes."""

from __future__ import annotations

_MAGIC = {
    b"PK\x03\x04": "zip",
    b"PK\x05\x06": "zip",
    b"PK\x07\x08": "a zip archive in several files",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"MSCF": "a cabinet file",
    b"!<arch>\n": "an ar archive or a Debian package",
    b"070701": "a cpio archive",
    b"070707": "a cpio archive",
    b"xar!": "a xar archive",
    b"\xed\xab\xee\xdb": "an RPM package",
    b"\x04\x22\x4d\x18": "compressed by lz4",
    b"LZIP": "compressed by lzip",
    b"\x89LZO\x00": "compressed by lzop",
    b"\x1f\x9d": "compressed by compress",
    b"\x1f\xa0": "compressed by compress",
    b"\x5d\x00\x00": "compressed by lzma, the format before xz",
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "a document of old Office programs (.xls, .doc)",
    b"%PDF-": "a PDF document",
    b"{\\rtf": "a document in rich text",
    b"SQLite format 3\x00": "an SQLite database",
    b"PAR1": "a Parquet file",
    b"ARROW1": "an Arrow file",
    b"FEA1": "a Feather file",
    b"\xd4\xc3\xb2\xa1": "a packet capture",
    b"\xa1\xb2\xc3\xd4": "a packet capture",
    b"\x4d\x3c\xb2\xa1": "a packet capture",
    b"\x0a\x0d\x0d\x0a": "a packet capture",
    b"\x7fELF": "a program",
    b"\x89PNG\r\n": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
}
"""How they begin. "zip" and "tar" are read; the others are words for an error."""

BLOCK = 512
_CHECKSUM = slice(148, 156)


def find_container(head: bytes) -> str | None:
    """What a file with these first bytes is; None if it may be text."""
    for magic, name in _MAGIC.items():
        if head.startswith(magic):
            return name
    return "tar" if _is_tar(head) else None


def _is_tar(head: bytes) -> bool:
    """True for the header of a tar archive: its checksum is right, its bytes as signed or not."""
    block = head[:BLOCK]
    digits = block[_CHECKSUM].strip(b" \x00")
    if len(block) < BLOCK or not block[0] or not digits or digits.strip(b"01234567"):
        return False
    others = block[:148] + b" " * 8 + block[156:]
    sums = sum(others), sum(byte - 256 if byte > 127 else byte for byte in others)
    return int(digits, 8) in sums
