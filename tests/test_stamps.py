"""What is taken for a time stamp, and what must not be."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import warnings
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netstat_parse.reading import stamp_formats
from netstat_parse.reading.stamps import Stamp, at_start, shown_by_watch, whole_line

NOON = datetime(2026, 11, 22, 12, 22, 41)
NOON_UTC = NOON.replace(tzinfo=UTC)
ROW = (
    "tcp        0      0 10.0.0.1:22             10.0.0.2:51234          ESTABLISHED 12/sshd: root "
)


def at(hours: float, moment: datetime = NOON) -> datetime:
    return moment.replace(tzinfo=timezone(timedelta(hours=hours)))


def ambiguous(zone: str) -> str:
    return f"time zone {zone} is ambiguous"


# Whole lines -------------------------------------------------------------------------------------

AWARE = {
    # coreutils date, C locale, and date -u
    "Sun Nov 22 12:22:41 UTC 2026": NOON_UTC,
    "Sun Nov 22 12:22:41 GMT 2026": NOON_UTC,
    "Sun Nov  1 02:03:04 UTC 2026": datetime(2026, 11, 1, 2, 3, 4, tzinfo=UTC),
    "Sun Nov 22 12:22:41 +03 2026": at(3),
    "Sun Nov 22 12:22:41 -0330 2026": at(-3.5),
    "Sun Nov 22 12:22:41 +0545 2026": at(5.75),
    "Sun Nov 22 12:22:41 -00 2026": NOON_UTC,
    # en_US, en_GB, full names
    "Sun Nov 22 12:22:41 PM UTC 2026": NOON_UTC,
    "Sun Nov 22 12:22:41 AM UTC 2026": NOON_UTC.replace(hour=0),
    "Sun Nov 22 01:22:41 PM UTC 2026": NOON_UTC.replace(hour=13),
    "Sun 22 Nov 2026 12:22:41 PM UTC": NOON_UTC,
    "Sun 22 Nov 2026 11:22:41 PM UTC": NOON_UTC.replace(hour=23),
    "Sun 22 Nov 12:22:41 GMT 2026": NOON_UTC,
    "Sunday, 22 November 2026 12:22:41 UTC": NOON_UTC,
    # date -R
    "Sun, 22 Nov 2026 12:22:41 +0000": NOON_UTC,
    "Sun, 22 Nov 2026 12:22:41 -0800": at(-8),
    "Sun, 22 Nov 2026 12:22:41 +0100 (CET)": at(1),
    "22 Nov 2026 12:22:41 +0100": at(1),
    # ISO 8601 and its relatives
    "2026-11-22T12:22:41Z": NOON_UTC,
    "2026-11-22t12:22:41z": NOON_UTC,
    "2026-11-22T12:22:41+01": at(1),
    "2026-11-22T12:22:41+0100": at(1),
    "2026-11-22T12:22:41+01:00": at(1),
    "2026-11-22T12:22:41-00:00": NOON_UTC,
    "2026-11-22 12:22:41 +0530": at(5.5),
    "2026-11-22 12:22:41 UTC": NOON_UTC,
    "Sun 2026-11-22 12:22:41 UTC": NOON_UTC,
    "2026-11-22 12:22:41.123456789+01:00": at(1, NOON.replace(microsecond=123456)),
    "2026-11-22T12:22:41,123456789+01:00": at(1, NOON.replace(microsecond=123456)),
    "2026-11-22T12:22:41.5Z": NOON_UTC.replace(microsecond=500000),
    "2026-11-22T12:22+01:00": at(1, NOON.replace(second=0)),
    "20261122T122241Z": NOON_UTC,
    # epoch
    "1795350161": NOON_UTC,
    "1795350161.25": NOON_UTC.replace(microsecond=250000),
    "1795350161.123456789": NOON_UTC.replace(microsecond=123456),
    "1795350161007": NOON_UTC.replace(microsecond=7000),
    "0946684800": datetime(2000, 1, 1, tzinfo=UTC),
    "4102444799": datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC),
}

NAIVE = {
    "Sun Nov 22 12:22:41 2026": NOON,
    "Sun, Nov 22, 2026 12:22:41 PM": NOON,
    "Sunday, November 22, 2026 12:22:41 PM": NOON,
    "Sun 22 Nov 2026 12:22:41": NOON,
    "Nov 22 2026 12:22:41": NOON,
    "22-Nov-2026 12:22:41": NOON,
    "22/Nov/2026:12:22:41": NOON,
    "2026-11-22T12:22:41": NOON,
    "2026-11-22 12:22:41": NOON,
    "2026-11-22 12:22:41.000001": NOON.replace(microsecond=1),
    "2026-11-22 12:22": NOON.replace(second=0),
    "2026/11/22 12:22:41": NOON,
    "20261122T122241": NOON,
    # date +%Y%m%d-%H%M%S and the like, as scripts name their files
    "20261122-122241": NOON,
    "20261122_122241": NOON,
    "20261122122241": NOON,
    "20261122 12:22:41": NOON,
    "2026-11-22-12-22-41": NOON,
    "2026-11-22_12-22-41": NOON,
    "22.11.2026 12:22:41": NOON,
    "Thu Jan  1 00:00:41 1970": datetime(1970, 1, 1, 0, 0, 41),
    "2024-02-29 00:00:00": datetime(2024, 2, 29),
    # Windows, where one order of day and month is left
    "11/22/2026 12:22:41": NOON,
    "22/11/2026 12:22": NOON.replace(second=0),
    "Sun 11/22/2026 12:22:41.15": NOON.replace(microsecond=150000),
    "Sun 11/22/2026  12:22 PM": NOON.replace(second=0),
    "Sat 10/01/2026 12:00:00": datetime(2026, 1, 10, 12),
    "Thu 10/01/2026 12:00:00": datetime(2026, 10, 1, 12),
    "05/05/2026  1:02:03": datetime(2026, 5, 5, 1, 2, 3),
}


@pytest.mark.parametrize(("line", "moment"), AWARE.items())
def test_aware(line: str, moment: datetime) -> None:
    stamp = whole_line(line)
    assert stamp == Stamp(line, moment)
    assert stamp.at is not None
    assert stamp.at.utcoffset() == moment.utcoffset()


@pytest.mark.parametrize(("line", "moment"), NAIVE.items())
def test_naive(line: str, moment: datetime) -> None:
    stamp = whole_line(line)
    assert stamp == Stamp(line, moment)
    assert stamp.at is not None
    assert stamp.at.tzinfo is None


@pytest.mark.parametrize("around", ["{}\n", "{}\r\n", "  {}", "\t{} \t", "    {}   \r\n"])
def test_blanks_around(around: str) -> None:
    stamp = Stamp("Sun Nov 22 12:22:41 UTC 2026", NOON_UTC)
    assert whole_line(around.format(stamp.text)) == stamp


@pytest.mark.parametrize(
    "around",
    [
        "=== {} ===",
        "--- {} ---",
        "===={}====",
        "=" * 80 + " {} " + "=" * 80,
        "# {}",
        "## {}",
        "*** {} ***",
        "[{}]",
        "<{}>",
        "({})",
        '"{}"',
        "----- [{}] -----",
        "Timestamp: {}",
        "timestamp={}",
        "Date: {}",
        "DATE: {}",
        "TIME: {}",
        "time {}",
        "Current time: {}",
        "Captured at {}",
        "Snapshot: {}",
        "# Date: {} #",
        "[Time: {}]",
        "{}:",
        "{}.",
        "> {}",
        "+++ {} +++",
        "// {}",
        "@{}",
        "%% {}",
        "TS={}",
        "==== Run at {} ====",
        "Started: {}",
        "Collected: {}",
        "netstat {}",
        "=== netstat -npt at {} ===",
    ],
)
@pytest.mark.parametrize(
    "stamp",
    [
        Stamp("2026-11-22 12:22:41", NOON),
        Stamp("Sun Nov 22 12:22:41 UTC 2026", NOON_UTC),
        Stamp("2026-11-22T12:22:41+01:00", at(1)),
        Stamp("1795350161", NOON_UTC),
    ],
)
def test_decoration(around: str, stamp: Stamp) -> None:
    assert whole_line(around.format(stamp.text)) == stamp


@pytest.mark.parametrize(
    ("line", "text", "moment", "problem"),
    [
        (
            "zzz ***Fri Jan 10 12:00:00 CST 2025",
            "Fri Jan 10 12:00:00 CST 2025",
            datetime(2025, 1, 10, 12),
            ambiguous("CST"),
        ),
        (
            "zzz ***Fri Jan 10 12:00:00 CST 2026",
            "Fri Jan 10 12:00:00 CST 2026",
            datetime(2026, 1, 10, 12),
            "time zone CST is ambiguous; 2026-01-10 is a Sat, not a Fri",
        ),
        (
            "zzz *** Sun Nov 22 12:22:41 UTC 2026",
            "Sun Nov 22 12:22:41 UTC 2026",
            NOON_UTC,
            None,
        ),
        (
            "zzz***Sun Nov 22 12:22:41 UTC 2026 Sample interval: 30 secs",
            "Sun Nov 22 12:22:41 UTC 2026",
            NOON_UTC,
            None,
        ),
        ("zzz ***2026-11-22 12:22:41", "2026-11-22 12:22:41", NOON, None),
        (
            "zzz <01/10/2026 12:00:00> Count:0",
            "01/10/2026 12:00:00",
            datetime(2026, 1, 10, 12),
            None,
        ),
        (
            "zzz <01/10/2026 12:00:00> subcount: 3\r\n",
            "01/10/2026 12:00:00",
            datetime(2026, 1, 10, 12),
            None,
        ),
        ("zzz <11/22/2026 12:22:41>", "11/22/2026 12:22:41", NOON, None),
        ("zzz <2026-11-22 12:22:41> Count:1", "2026-11-22 12:22:41", NOON, None),
    ],
)
def test_watchers(line: str, text: str, moment: datetime, problem: str | None) -> None:
    assert whole_line(line) == Stamp(text, moment, problem)


@pytest.mark.parametrize("front", [False, True])
def test_each_format_reads_its_example(front: bool) -> None:
    formats = stamp_formats.formats(front)
    for place, form in enumerate(formats):
        fitting = [other.pattern.fullmatch(form.example) is not None for other in formats]
        assert fitting.index(True) == place, form.example
        stamp = stamp_formats.read_stamp(form.example, front=front)
        assert stamp is not None
        assert not stamp.invalid
        assert stamp == form.build(form.example, fitting_groups(form))


def fitting_groups(form: stamp_formats.StampFormat) -> dict[str, str | None]:
    found = form.pattern.fullmatch(form.example)
    assert found is not None
    return found.groupdict()


@pytest.mark.parametrize(
    ("line", "stamp"),
    [
        (
            "Every 2.0s: netstat -an    Sun Nov 22 12:22:41 2026",
            Stamp("Sun Nov 22 12:22:41 2026", NOON),
        ),
        (
            "Every 0,5s: netstat -an    web1: Sun Nov 22 12:22:41 2026",
            Stamp("Sun Nov 22 12:22:41 2026", NOON),
        ),
        (
            "Every 2.0s: netstat -an                 web1: 2026-11-22 12:22:41",
            Stamp("2026-11-22 12:22:41", NOON),
        ),
        ("Every 2.0s: netstat -an    Sun Feb 30 12:22:41 2026", None),
        ("Every 2.0s: netstat -an", None),
        ("Every 2.0s: netstat -an    Sun", None),
        ("Every day: netstat -an    Sun Nov 22 12:22:41 2026", None),
        ("Every 2.0s: " + "x" * 500 + "    Sun Nov 22 12:22:41 2026", None),
    ],
)
def test_the_head_line_of_watch(line: str, stamp: Stamp | None) -> None:
    assert shown_by_watch(line) == stamp


@pytest.mark.parametrize("zone", ["CST", "EST", "CET", "CEST", "IST", "PST", "BST", "ChST", "XYZ"])
def test_abbreviations_are_ambiguous(zone: str) -> None:
    for line in (f"Sun Nov 22 12:22:41 {zone} 2026", f"Sun 22 Nov 2026 12:22:41 PM {zone}"):
        assert whole_line(line) == Stamp(line, NOON, ambiguous(zone))


def test_iso_with_an_abbreviation() -> None:
    line = "2026-11-22 12:22:41 CET"
    assert whole_line(line) == Stamp(line, NOON, ambiguous("CET"))
    assert at_start(f"{line} {ROW}") == (Stamp(line, NOON, ambiguous("CET")), len(line) + 1)


def test_a_wrong_weekday_keeps_the_time() -> None:
    line = "Mon Nov 22 12:22:41 UTC 2026"
    assert whole_line(line) == Stamp(line, NOON_UTC, "2026-11-22 is a Sun, not a Mon")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Nov 22 12:22:41", "no year in the stamp"),
        ("Nov  2 12:22:41", "no year in the stamp"),
        ("Sun Nov 22 12:22:41", "no year in the stamp"),
        ("Feb 29 12:22:41", "no year in the stamp"),
        ("12:22:41", "no date in the stamp"),
        ("01/10/2026 12:00:00", "day and month are in an unknown order"),
        # A weekday that fits neither order decides nothing.
        ("Mon 01/10/2026 12:00:00", "day and month are in an unknown order"),
    ],
)
def test_stamps_without_a_time(line: str, problem: str) -> None:
    assert whole_line(line) == Stamp(line, None, problem)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("Mon Feb 30 12:00:00 UTC 2026", "Feb has no day 30"),
        ("2026-02-29 12:00:00", "Feb has no day 29"),
        ("2026-11-00 12:00:00", "Nov has no day 0"),
        ("2026-13-01T12:00:00Z", "there is no month 13"),
        ("2026-00-01T12:00:00Z", "there is no month 0"),
        ("0000-01-01 00:00:00", "year 0000 is out of range"),
        ("2026-11-22 25:61:00", "there is no hour 25"),
        ("2026-11-22 24:00:00", "there is no hour 24"),
        ("2026-11-22 12:61:00", "there is no minute 61"),
        ("2026-11-22 12:22:61", "there is no second 61"),
        ("2016-12-31T23:59:60Z", "there is no second 60: leap seconds cannot be represented"),
        ("2026-11-22T12:22:41+99:00", "there is no time zone offset +99:00"),
        ("2026-11-22T12:22:41+0160", "there is no time zone offset +0160"),
        ("Sun Nov 22 13:22:41 PM UTC 2026", "there is no hour 13 PM"),
        ("Sun Nov 22 00:22:41 am UTC 2026", "there is no hour 0 AM"),
        ("Nov 31 12:00:00", "Nov has no day 31"),
        ("Nov 22 12:99:00", "there is no minute 99"),
        ("11/31/2026 12:00:00", "there is no month 31"),
        ("31.02.2026 12:00:00", "Feb has no day 31"),
    ],
)
def test_invalid(line: str, problem: str) -> None:
    stamp = Stamp(line, None, problem, invalid=True)
    assert whole_line(line) == stamp
    assert whole_line(f"=== {line} ===") == stamp
    assert at_start(f"{line} {ROW}") == (stamp, len(line) + 1)


def test_invalid_watchers() -> None:
    assert whole_line("zzz <13/10/2026 12:00:00> Count:0") == Stamp(
        "13/10/2026 12:00:00", None, "there is no month 13", invalid=True
    )
    assert whole_line("zzz ***Fri Feb 30 12:00:00 CST 2026") == Stamp(
        "Fri Feb 30 12:00:00 CST 2026", None, "Feb has no day 30", invalid=True
    )


# Stamps in front ---------------------------------------------------------------------------------

FRONT = {
    "2026-11-22 12:22:41 -": ("2026-11-22 12:22:41", NOON, None),
    "20261122-122241": ("20261122-122241", NOON, None),
    "20261122 12:22:41": ("20261122 12:22:41", NOON, None),
    # moreutils ts
    "Nov 22 12:22:41": ("Nov 22 12:22:41", None, "no year in the stamp"),
    "Nov  2 12:22:41": ("Nov  2 12:22:41", None, "no year in the stamp"),
    "Nov 22 12:22:41.123456": ("Nov 22 12:22:41.123456", None, "no year in the stamp"),
    "00:00:01": ("00:00:01", None, "relative stamp, no date"),
    "00:00:01.000123": ("00:00:01.000123", None, "relative stamp, no date"),
    "2026-11-22 12:22:41": ("2026-11-22 12:22:41", NOON, None),
    "[2026-11-22 12:22:41]": ("2026-11-22 12:22:41", NOON, None),
    "2026-11-22T12:22:41Z": ("2026-11-22T12:22:41Z", NOON_UTC, None),
    "[2026-11-22T12:22:41.5+01:00]": (
        "2026-11-22T12:22:41.5+01:00",
        at(1, NOON.replace(microsecond=500000)),
        None,
    ),
    "2026-11-22 12:22:41 +0100": ("2026-11-22 12:22:41 +0100", at(1), None),
    "2026-11-22 12:22:41:": ("2026-11-22 12:22:41", NOON, None),
    "1795350161": ("1795350161", NOON_UTC, None),
    "[1795350161]": ("1795350161", NOON_UTC, None),
    "1795350161.250000": ("1795350161.250000", NOON_UTC.replace(microsecond=250000), None),
    "Sun Nov 22 12:22:41 UTC 2026": ("Sun Nov 22 12:22:41 UTC 2026", NOON_UTC, None),
    "Sun Nov 22 12:22:41 IST 2026": ("Sun Nov 22 12:22:41 IST 2026", NOON, ambiguous("IST")),
    "[Sun Nov 22 12:22:41 2026]": ("Sun Nov 22 12:22:41 2026", NOON, None),
    "Sun, 22 Nov 2026 12:22:41 +0000": ("Sun, 22 Nov 2026 12:22:41 +0000", NOON_UTC, None),
    "  Nov 22 12:22:41": ("Nov 22 12:22:41", None, "no year in the stamp"),
    "Sun, 22 Nov 2026 12:22:41 +0100 (CET)": ("Sun, 22 Nov 2026 12:22:41 +0100 (CET)", at(1), None),
    # RFC 3164, with and without a priority, and rsyslog's newer form of it
    "Nov 22 12:22:41 web1 netstat[123]:": ("Nov 22 12:22:41", None, "no year in the stamp"),
    "Nov 22 12:22:41 web1 user:": ("Nov 22 12:22:41", None, "no year in the stamp"),
    "Nov 22 12:22:41 10.0.0.7 user:": ("Nov 22 12:22:41", None, "no year in the stamp"),
    "Nov 22 12:22:41 fe80::1 user:": ("Nov 22 12:22:41", None, "no year in the stamp"),
    "Nov 22 12:22:41 web1 /usr/bin/netstat[9]:": ("Nov 22 12:22:41", None, "no year in the stamp"),
    "<13>Nov 22 12:22:41 web1 netstat[123]:": ("Nov 22 12:22:41", None, "no year in the stamp"),
    "<13>Nov 22 12:22:41": ("Nov 22 12:22:41", None, "no year in the stamp"),
    "Nov 22 2026 12:22:41 web1 netstat:": ("Nov 22 2026 12:22:41", NOON, None),
    "2026-11-22T12:22:41.123456+01:00 web1 netstat[123]:": (
        "2026-11-22T12:22:41.123456+01:00",
        at(1, NOON.replace(microsecond=123456)),
        None,
    ),
    # RFC 5424
    "<13>1 2026-11-22T12:22:41Z web1 netstat - - -": ("2026-11-22T12:22:41Z", NOON_UTC, None),
    "1 2026-11-22T12:22:41Z web1 netstat 12 ID1 -": ("2026-11-22T12:22:41Z", NOON_UTC, None),
    r'<13>1 2026-11-22T12:22:41Z web1 netstat - - [a@1 k="[x\] y"][b]': (
        "2026-11-22T12:22:41Z",
        NOON_UTC,
        None,
    ),
    "<13>1 - web1 netstat - - -": ("-", None, "no time in the stamp"),
}

RESTS = [
    ROW,
    "   " + ROW,
    "\t" + ROW,
    "Active Internet connections (w/o servers)",
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State      ",
    "tcp4       0      0  10.0.0.1.22            10.0.0.2.51234         ESTABLISHED",
    "tcp4 0 0 10.0.0.1.22 10.0.0.2.51234 ESTABLISHED Antigravity IDE :2086",
    "tcp6       01023440 :::22                   :::*                    LISTEN",
    "udp        0      0 0.0.0.0:68              0.0.0.0:*                           -",
    "(Not all processes could be identified, non-owned process info",
    "netstat: no support for `AF INET (sctp)' on this system.",
    "tcp 0 0 10.0.0.1:22 10.0.0.2:5 ESTABLISHED 1/foo: bar\r\n",
    "",
]


@pytest.mark.parametrize("rest", RESTS)
@pytest.mark.parametrize(("front", "expected"), FRONT.items())
def test_in_front(front: str, expected: tuple[str, datetime | None, str | None], rest: str) -> None:
    for blank in " \t":
        found = at_start(front + blank + rest)
        assert found is not None
        assert found[0] == Stamp(*expected)
        assert (front + blank + rest)[found[1] :] == rest


@pytest.mark.parametrize(
    "rest",
    [
        ROW,
        "tcp        0      0 10.0.0.1:22 ",
        "tcp4 0 0 10.0.0.1.22 10.0.0.2.22 ESTABLISHED foo: bar",
        "udp  0  0 0.0.0.0:68  0.0.0.0:*  9/sshd: x",
        "Active Internet connections (w/o servers)",
        "Proto Recv-Q Send-Q Local Address",
        "root@host:~# netstat: x",
        "[sudo] password for root: ",
        "netstat: invalid option -- 'y'",
        "warning, got bogus tcp line.",
        "web1  netstat: two blanks",
        "web1 netstat tcp: no tag",
        "web1: netstat: no host",
    ],
)
def test_no_tag_to_skip(rest: str) -> None:
    assert at_start(f"Nov 22 12:22:41 {rest}") == (
        Stamp("Nov 22 12:22:41", None, "no year in the stamp"),
        16,
    )


def test_a_tag_without_a_message() -> None:
    for end in ("", "\n"):
        line = "Nov 22 12:22:41 web1 netstat[12]:" + end
        found = at_start(line)
        assert found is not None
        assert line[found[1] :] == end


def test_the_mark_of_an_rfc5424_message() -> None:
    line = "<13>1 2026-11-22T12:22:41Z web1 netstat - - - \ufeff" + ROW
    found = at_start(line)
    assert found is not None
    assert line[found[1] :] == ROW


@pytest.mark.parametrize(
    "line",
    [
        *AWARE,
        *NAIVE,
        "Sun Nov 22 12:22:41 CST 2026",
        "Sun Feb 30 12:22:41 UTC 2026",
        "Nov 22 12:22:41",
        "zzz ***Fri Jan 10 12:00:00 CST 2026",
        "zzz <01/10/2026 12:00:00> Count:0",
    ],
)
def test_a_whole_line_has_no_stamp_in_front(line: str) -> None:
    assert at_start(line) is None
    assert at_start(line + "\n") is None


# What is no stamp --------------------------------------------------------------------------------

NO_STAMPS = [
    "",
    " ",
    "\n",
    "-",
    "===",
    "# ",
    "[]",
    "zzz",
    "zzz ***",
    "zzz <",
    "zzz <> Count:0",
    "zzz 2026",
    "Date:",
    "Time: ",
    "Nov",
    "Nov 22",
    "Sun Nov 22 2026",
    "2026-11-22",
    "=== 2026-11-22 ===",
    "Date: 2026-11-22",
    "2026/11-22 12:22:41",
    "2026-11-22T",
    "2026-11-22 12",
    "2026-11-22 12:22:41.1234567890",
    "2026-11-22 12:22:4",
    "\uff12\uff10\uff12\uff16-11-22 12:22:41",
    "\u0662\u0660\u0662\u0666-11-22 12:22:41",
    "11:22:33:44:55:66",
    "946684799",
    "0946684799",
    "4102444800",
    "123456789",
    "179535016",
    "17953501611",
    "179535016112345",
    "12345.678",
    "[12345.678] tcp: out of order",
    "So 22. Nov 12:22:41 CET 2026",
    "\x1b[0m2026-11-22 12:22:41\x1b[0m",
    "\x1b[01;32mroot@host\x1b[00m:~# date",
    "root@host:~# netstat -npt",
    "[root@host ~]# netstat -npt",
    "$ date",
    "+ date",
    "PS C:\\> netstat -ano",
    "C:\\Users\\me>netstat -n 5",
    "[sudo] password for root: ",
    "```",
    "^C",
    ROW,
    "Active Internet connections (w/o servers)",
    "Active Internet connections (including servers)",
    "Active UNIX domain sockets (servers and established)",
    "Active LOCAL (UNIX) domain sockets",
    "Active Multipath Internet connections",
    "Active Connections",
    "Aktive Internetverbindungen (ohne Server)",
    "Current listen queue sizes (qlen/incqlen/maxqlen)",
    "Registered kernel control modules",
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State       Timer",
    "Proto RefCnt Flags       Type       State         I-Node   PID/Program name     Path",
    "Socket           Flowhash Proto Recv-Q Send-Q  Local Address          (state)",
    "(Not all processes could be identified, non-owned process info",
    " will not be shown, you would have to be root to see it all.)",
    '(No info could be read for "-p": geteuid()=1000 but you should be root.)',
    "tcp6       01023440 [::]:22                 [::]:*                  LISTEN",
    "udp6       0      0 fe80::1:546             :::*                                -",
    "raw        0      0 0.0.0.0:1               0.0.0.0:*               7           -",
    "sctp       0      0 10.0.0.1:2905           10.0.0.2:2905           ESTABLISHED",
    "                    10.0.0.3                10.0.0.4",
    "unix  2      [ ACC ]     STREAM     LISTENING     12345    1/init     /run/systemd/private",
    "tcp46      0      0  *.22                   *.*                    LISTEN",
    "udp4       0      0  *.*                    *.*                                ",
    "8f3a12bc9d001122 12345678 tcp4       0      0  10.0.0.1.22    10.0.0.2.5 ESTABLISHED",
    "1795350161bcdef0 12345678 tcp4       0      0  10.0.0.1.22    10.0.0.2.5 ESTABLISHED",
    "12345678 tcp4       0      0  10.0.0.1.22    10.0.0.2.5 ESTABLISHED",
    "  TCP    0.0.0.0:135            0.0.0.0:0              LISTENING       1000",
    "    123 packets received",
    "    1795350161 segments received",
    " 12:22:41 up 10 days,  3 users,  load average: 0.00, 0.01, 0.05",
    "Tcp:",
    "timewait (12.50/0/0)",
    "Sun",
    "May the 4th",
    "March 12:22:41",
    "now",
]


@pytest.mark.parametrize("line", NO_STAMPS)
def test_no_stamp(line: str) -> None:
    assert whole_line(line) is None
    assert at_start(line) is None


@pytest.mark.parametrize("rest", RESTS[:-1])
def test_text_behind_a_stamp_is_no_whole_line(rest: str) -> None:
    for front in FRONT:
        assert whole_line(f"{front} {rest}") is None


@pytest.mark.parametrize(
    "line",
    [
        "Sun, 22 Nov 2026 12:22:41 -0600. And text",
        "2026-11-22 12:22:41 -06:00, and text",
        "1795350161tcp 0 0",
        "0000000001 tcp",
        "2026-11-22 tcp",
        "2026-11-22 12:22:41tcp",
        "Nov 22 12:22:41tcp",
        "00:00:01:02 tcp",
        "1 - a b c d - tcp",
        "1 2026-11-22T12:22:41Z tcp",
        "<13>tcp 0 0",
        "<1300>Nov 22 12:22:41 tcp",
        "[2026-11-22 12:22:41 tcp",
        "=== 2026-11-22 12:22:41 tcp",
    ],
)
def test_no_stamp_in_front(line: str) -> None:
    assert at_start(line) is None


def test_words_of_a_row_are_no_time_zone() -> None:
    for word in ("TCP", "UDP", "Proto", "Active"):
        for text, moment in (("2026-11-22 12:22:41", NOON), ("Nov 22 2026 12:22:41", NOON)):
            assert at_start(f"{text} {word} 1 2") == (Stamp(text, moment), len(text) + 1)


# Formats of the user -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("%d/%m/%Y %H:%M:%S", "10/01/2026 12:00:00", datetime(2026, 1, 10, 12)),
        ("%Y%m%d-%H%M%S", "20261122-122241", NOON),
        ("[%d.%m.%y %H:%M:%S]", "[22.11.26 12:22:41]", NOON),
        ("%d/%b/%Y:%H:%M:%S %z", "22/Nov/2026:12:22:41 +0100", at(1)),
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2026-11-22T12:22:41.000007Z", NOON_UTC.replace(microsecond=7)),
        ("%H:%M:%S %d %B %Y", "12:22:41 22 November 2026", NOON),
        ("at %H:%M:%S on %Y-%m-%d", "at 12:22:41 on 2026-11-22", NOON),
        ("%c", "Sun Nov 22 12:22:41 2026", NOON),
        ("%F %T", "2026-11-22 12:22:41", NOON),
        ("%e. %h %Y %R", "22. Nov 2026 12:22", NOON.replace(second=0)),
        ("%Y-%m-%d", "2026-11-22", datetime(2026, 11, 22)),
        ("%Y.%j", "2026.326", datetime(2026, 11, 22)),
        ("%Y年%m月%d日 %H:%M:%S", "2026年11月22日 12:22:41", NOON),
        ("%Y-%m-%d %H:%M:%S %Z", "2026-11-22 12:22:41 UTC", NOON_UTC),
    ],
)
def test_formats(form: str, text: str, expected: datetime) -> None:
    stamp = whole_line(f" {text}\n", ["%Q", form])
    assert stamp == Stamp(text, expected)
    assert stamp.at is not None
    assert stamp.at.utcoffset() == expected.utcoffset()
    assert whole_line(f"=== {text} ===", [form]) == stamp
    line = f"{text}  {ROW}"
    assert at_start(line, ["%Q", form]) == (stamp, len(text) + 1)
    line = f"{text} web1 netstat[1]: {ROW}"
    assert at_start(line, [form]) == (stamp, line.index(ROW))
    assert whole_line(ROW, [form]) is None
    assert at_start(ROW, [form]) is None


def test_a_format_comes_before_the_known_ones() -> None:
    text = "2026-01-10 12:00:00"
    assert whole_line(text, ["%Y-%d-%m %H:%M:%S"]) == Stamp(text, datetime(2026, 10, 1, 12))
    found = at_start(f"{text} {ROW}", ["%Y-%d-%m %H:%M:%S"])
    assert found == (Stamp(text, datetime(2026, 10, 1, 12)), 20)


def test_the_known_ones_still_work() -> None:
    forms = ["%d/%m/%Y", "nonsense %", "%Q", "", "%Y %Y"]
    assert whole_line("1795350161", forms) == Stamp("1795350161", NOON_UTC)
    found = at_start(f"Nov 22 12:22:41 {ROW}", forms)
    assert found == (Stamp("Nov 22 12:22:41", None, "no year in the stamp"), 16)


@pytest.mark.parametrize("text", ["22.11. 12:22:41", "29.02. 12:22:41"])
def test_a_format_without_a_year(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stamp = Stamp(text, None, "no year in the stamp")
        assert whole_line(text, ["%d.%m. %H:%M:%S"]) == stamp
        assert at_start(f"{text} {ROW}", ["%d.%m. %H:%M:%S"]) == (stamp, len(text) + 1)


def test_a_format_with_a_zone_name() -> None:
    text = "22.11.2026 12:22 CST"
    form = "%d.%m.%Y %H:%M %Z"
    stamp = Stamp(text, NOON.replace(second=0), ambiguous("CST"))
    assert whole_line(text, [form]) == stamp
    assert at_start(f"{text} {ROW}", [form]) == (stamp, len(text) + 1)


def test_an_invalid_time_in_a_format() -> None:
    text = "30|02|2026 12:00"
    stamp = whole_line(text, ["%d|%m|%Y %H:%M"])
    assert stamp is not None
    assert (stamp.text, stamp.at, stamp.invalid) == (text, None, True)
    assert stamp.problem is not None
    assert "day" in stamp.problem
    assert whole_line(text, ["%d|%m|%Y %H:%M", "%M|%H|%Y %d:%m"]) == stamp
    valid = whole_line(text, ["%d|%m|%Y %H:%M", "%M|%H|%Y %d:%S"])
    assert valid == Stamp(text, datetime(2026, 1, 12, 2, 30, 0))


@pytest.mark.parametrize(
    "text", ["\u0662\u0662/11/2026 12:00", "1|1|2026 out of range", "x" * 5000, "x " * 99]
)
def test_what_a_format_does_not_read(text: str) -> None:
    forms = ["%d/%m/%Y %H:%M", "%d|%m|%Y %H", "%c", "%x %X"]
    assert whole_line(text, forms) is None
    assert at_start(text + " tcp", forms) is None


def test_twelve_words_are_the_limit() -> None:
    words = " ".join("abcdefghijk")
    assert at_start(f"{words} 2026 x", [f"{words} %Y"]) is not None
    assert at_start(f"{words} l 2026 x", [f"{words} l %Y"]) is None


# Robustness --------------------------------------------------------------------------------------

_PIECES = st.sampled_from(
    [*FRONT, *AWARE, *NAIVE, *RESTS, *NO_STAMPS, "zzz ***", "<13>1 ", " ", "Date: ", "[", "]", "%"]
)
_DAMAGED = st.lists(st.one_of(_PIECES, st.text(max_size=5)), max_size=6).map("".join)
_SHAPED = st.text(alphabet="0123456789:-/.+TZ []<>JanFebSuUTC,", max_size=40)
_FORMS = st.lists(st.text(alphabet="%YmdHMSzZcxpybaj :-/x{(", max_size=12), max_size=3)


@given(line=st.one_of(_DAMAGED, _SHAPED, st.text()), forms=_FORMS)
def test_nothing_is_raised(line: str, forms: list[str]) -> None:
    whole = whole_line(line, forms)
    found = at_start(line, forms)
    for stamp in (whole, found[0] if found else None):
        if stamp:
            assert stamp.text in line
            assert isinstance(hash(stamp), int)
            assert not (stamp.invalid and stamp.at)
            assert stamp.at or stamp.problem
    if found:
        assert 0 < found[1] <= len(line)


@given(
    moment=st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)),
    minutes=st.integers(-14 * 60, 14 * 60),
)
def test_what_is_written_is_read(moment: datetime, minutes: int) -> None:
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    whole_second = aware.replace(microsecond=0)
    iso = whole_line(aware.isoformat())
    assert iso == Stamp(aware.isoformat(), aware)
    assert iso.at is not None
    assert iso.at.utcoffset() == aware.utcoffset()
    for form in (
        "%a, %d %b %Y %H:%M:%S %z",
        "%a %b %e %H:%M:%S %z %Y",
        "%a %b %e %I:%M:%S %p %z %Y",
        "%A, %B %d, %Y %I:%M:%S %p %z",
    ):
        text = whole_second.strftime(form)
        assert whole_line(text) == Stamp(text, whole_second)
        found = at_start(f"{text} {ROW}")
        assert found == (Stamp(text, whole_second), len(text) + 1)


@pytest.mark.parametrize(
    "unit",
    [
        " ",
        "\t",
        "=",
        "[",
        "<",
        "1",
        "1:",
        "Nov ",
        "2026-11-22 12:22:41 ",
        "zzz *",
        "a:",
        "[a]",
        '["',
    ],
)
@pytest.mark.parametrize(
    "front", ["", "Nov 22 12:22:41 ", "<13>1 2026-11-22T12:22:41Z a b c d [", "zzz ***", "zzz <"]
)
def test_the_work_is_linear(front: str, unit: str) -> None:
    line = front + unit * (65536 // len(unit))
    forms = ("%Y-%m-%d %H:%M:%S", "%c")
    before = time.process_time()
    for _ in range(5):
        whole_line(line, forms)
        at_start(line, forms)
    assert time.process_time() - before < 0.5


def test_the_usual_miss_is_cheap() -> None:
    """A row costs little more than a function call and one failing match."""
    cached = stamp_formats._read_and_remember.cache_info().misses
    for line in (ROW, "Proto Recv-Q", "Active Internet connections", ""):
        assert whole_line(line) is None
        assert at_start(line) is None
    assert stamp_formats._read_and_remember.cache_info().misses == cached


def test_the_import_is_cheap() -> None:
    code = (
        "import sys, netstat_parse.reading.stamps;"
        "print(sorted({'zoneinfo', 'email', '_strptime', 'locale', 'calendar'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
    )
    assert done.stdout.strip() == "[]"
