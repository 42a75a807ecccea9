"""net-tools in other languages: the real program, run in each locale that can be generated here.

What it prints in another locale must give the same connections as what it prints in English. The
tables in `linux_locales.py` are held against the catalogues that are installed.
"""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import product
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("net-tools runs on Linux", allow_module_level=True)

from sockets import Stage, datagram_sockets, here, in_namespace, kinds, may_have_namespace

import netstat_parse as ns
from netstat_parse.dialects.linux.locales import ENGLISH, LANGUAGES, Language, in_charset
from netstat_parse.dialects.linux.routes import HEADERS, OTHER_IPV6_HEADER

pytestmark = pytest.mark.usefixtures("netstat")

LOCALES = {
    "cs": "cs_CZ",
    "de": "de_DE",
    "et": "et_EE",
    "fr": "fr_FR",
    "ja": "ja_JP",
    "pt_BR": "pt_BR",
    "sv": "sv_SE",
    "fa": "fa_IR",
    "es": "es_ES",
}
"""The last ones have no catalogue, but a decimal point of their own."""
OLD_CHARSETS = {
    "cs": "ISO-8859-2",
    "de": "ISO-8859-1",
    "et": "ISO-8859-15",
    "fr": "ISO-8859-1",
    "ja": "EUC-JP",
    "pt_BR": "ISO-8859-1",
}
"""What these languages' locales were written in before UTF-8."""


SOURCES = Path("/usr/share/i18n/locales")


@pytest.fixture(scope="session")
def locale_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the generated locales, for LOCPATH: nothing outside of it is changed."""
    directory = tmp_path_factory.mktemp("locales")
    wanted = [(locale, "UTF-8") for locale in LOCALES.values()]
    wanted += [(LOCALES[language], charset) for language, charset in OLD_CHARSETS.items()]
    making = {}
    for locale, charset in wanted:
        if not (SOURCES / locale).exists():
            pytest.fail(f"no locale {locale}, so nothing was tested: apt install locales")
        made = str(directory / f"{locale}.{charset}")
        making[locale, charset] = subprocess.Popen(
            ["localedef", "-i", source_of(locale, directory), "-f", charset, made],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
    for names, process in making.items():
        _, said = process.communicate()
        if process.returncode > 1:  # 1: it warned
            pytest.fail(f"no locale {names}: {said}")
    return directory


def source_of(locale: str, directory: Path) -> str:
    """The locale's definition, less the order of its words.

    netstat sorts nothing, and to compile that order takes longer than all the rest.
    """
    text = (SOURCES / locale).read_text("utf-8", "surrogateescape")
    order = re.compile(r"^LC_COLLATE$.*?^END LC_COLLATE$", re.DOTALL | re.MULTILINE)
    none = 'LC_COLLATE\ncopy "POSIX"\nEND LC_COLLATE'
    path = directory / f"{locale}.source"
    path.write_text(order.sub(none, text), "utf-8", "surrogateescape")
    return str(path)


def printed(options: str, locale: str, locale_path: Path) -> str:
    run = subprocess.run(
        ["netstat", options],
        capture_output=True,
        check=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": locale, "LOCPATH": str(locale_path)},
    )
    return run.stdout.decode("utf-8", "backslashreplace")


def without_clock(snapshot: ns.Snapshot) -> list[dict[str, object]]:
    """The connections, less what the clock changes and what is said in words."""
    rows = []
    for connection in snapshot.connections:
        row = connection.model_dump(mode="json")
        row["extra"] = {}
        if row["timer"] is not None:
            row["timer"]["expires"] = bool(row["timer"]["expires"])
        rows.append(row)
    return rows


def somewhere(body: Callable[[], None]) -> None:
    (in_namespace if may_have_namespace() else here)(body)


@contextmanager
def sockets_open() -> Iterator[None]:
    with ExitStack() as stack:
        for kind in kinds():
            stack.enter_context(Stage(kind))
        stack.enter_context(datagram_sockets())
        yield


OPTIONS = (
    "-nt",
    "-ant",
    "-antu",
    "-antuw",
    "-antup",
    "-antuwe",
    "-antuwo",
    "-antuwepo",
    "-antuweW",
)


@pytest.mark.slow
def test_the_same_connections_in_every_language(locale_path: Path) -> None:
    locales = {language: f"{locale}.UTF-8" for language, locale in LOCALES.items()}

    def body() -> None:
        with sockets_open():
            for options in OPTIONS:
                check(options, locales, locale_path)

    somewhere(body)


@pytest.mark.slow
def test_the_same_connections_in_every_old_charset(locale_path: Path) -> None:
    locales = {
        language: f"{LOCALES[language]}.{charset}" for language, charset in OLD_CHARSETS.items()
    }

    def body() -> None:
        with sockets_open():
            for options in ("-nt", "-antuwepo", "-antux"):
                check(options, locales, locale_path)

    somewhere(body)


def check(options: str, locales: Mapping[str, str], locale_path: Path) -> None:
    """Of these languages, each in its locale, printed between two outputs in English."""
    before = without_clock(ns.parse(printed(options, "C", locale_path)))
    for language, locale in locales.items():
        for _ in range(20):  # A timer that runs out meanwhile makes them differ once.
            text = printed(options, locale, locale_path)
            english = printed(options, "C", locale_path)
            found, expected = ns.parse(text), without_clock(ns.parse(english))
            is_at_rest, before = before == expected == without_clock(found), expected
            if is_at_rest:
                break
        assert len(expected) > 10
        assert found.dialect == "linux"
        assert without_clock(found) == expected, (language, options)
        assert ns.parse(text, dialect="linux") == found
        stripped = ns.parse("\n".join(line.rstrip() for line in text.split("\n")))
        assert [c.local for c in stripped.connections] == [c.local for c in found.connections]
        if language not in ("sv", "fa", "es") and catalogue(language):
            assert text != english, f"{language} is not printed"


def tables_set_up() -> None:
    """Routes and interfaces of all kinds, in the namespace that we are in."""
    commands = (
        "link set lo up",
        "link add veth0 type veth peer name veth1",
        "link set veth0 up",
        "addr add 192.0.2.10/24 dev veth0",
        "route add default via 192.0.2.254 dev veth0 metric 100",
        "route add 203.0.113.0/24 via 192.0.2.253 dev veth0 window 5000",
        "route add unreachable 10.0.0.0/8",
        "route add blackhole 192.168.0.0/16",
        "addr add 2001:db8::1/64 dev veth0 nodad",
        "route add blackhole 2001:db8:fffe::/48 metric 4294967295",
    )
    subprocess.run(["ip", "-batch", "-"], input="\n".join(commands), text=True, check=True)


@pytest.mark.slow
@pytest.mark.parametrize("charset", ["UTF-8", "old"])
def test_the_same_other_tables_in_every_language(locale_path: Path, charset: str) -> None:
    """The names of statistics are translated; all else is the same."""
    if not may_have_namespace():
        pytest.skip("no network namespace is permitted here")
    charsets = dict.fromkeys(OLD_CHARSETS, "UTF-8") if charset == "UTF-8" else OLD_CHARSETS

    def records(options: str, locale: str) -> list[tuple[object, ...]]:
        snapshot = ns.parse(printed(options, locale, locale_path))
        assert snapshot.unparsed == ()
        return [
            *((r.network, r.gateway_address, r.flags, r.metric, r.window) for r in snapshot.routes),
            *((r.interface, r.truncated, r.mss, r.irtt) for r in snapshot.routes),
            *((i.name, i.mtu, i.is_down, i.flags) for i in snapshot.interfaces),
            # The French heading of a histogram has no colon, so it is a line without a number.
            *((s.section, s.value) for s in snapshot.statistics if s.value is not None),
        ]

    def body() -> None:
        tables_set_up()
        for options in ("-rn", "-rne", "-rnee", "-rn6", "-i", "-ia", "-s", "-st", "-su"):
            for language, charset in charsets.items():
                for _ in range(20):  # A counter that changes meanwhile makes them differ once.
                    english = records(options, "C")
                    found = records(options, f"{LOCALES[language]}.{charset}")
                    if found == english:
                        break
                assert found == english, (language, options)
                assert len(english) >= 2

    in_namespace(body)


# The catalogues -----------------------------------------------------------------------------------


def catalogue(code: str) -> dict[str, str]:
    """The translations that Debian's net-tools installs; none if this language is not there.

    Python's gettext can't read them: some are in other charsets than they say.
    """
    path = Path(f"/usr/share/locale/{code}/LC_MESSAGES/net-tools.mo")
    if not path.exists():
        return {}
    data = path.read_bytes()
    (magic,) = struct.unpack_from("<I", data)
    order = "<" if magic == 0x950412DE else ">"
    count, originals, translations = struct.unpack_from(f"{order}3I", data, 8)

    def strings(table: int) -> list[bytes]:
        places = (struct.unpack_from(f"{order}2I", data, table + 8 * i) for i in range(count))
        return [data[start : start + length] for length, start in places]

    found = dict(zip(strings(originals), strings(translations), strict=True))
    head = found.get(b"", b"").decode("ascii", "replace")
    charset = re.search(r"charset=(\S+)", head)
    encoding = charset[1] if charset else "utf-8"
    return {k.decode("ascii"): v.decode(encoding) for k, v in found.items() if k}


TRANSLATED = [language for language in LANGUAGES if language.code in OLD_CHARSETS]


@pytest.mark.parametrize("language", TRANSLATED, ids=lambda language: language.code)
def test_the_table_is_the_catalogue(language: Language) -> None:
    words = catalogue(language.code)
    if not words:
        pytest.skip(f"net-tools is installed without its catalogue of {language.code}")

    def said(english: str) -> str:
        return words.get(english, english)

    banner = said("Active Internet connections ")
    for mode in ("(servers and established)", "(only servers)", "(w/o servers)"):
        assert f"{banner}{said(mode)}" in language.banners
    states = (
        "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2", "TIME_WAIT", "CLOSE",
        "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING", "UNKNOWN",
    )  # fmt: skip
    translated = {said(state): state for state in states if said(state) != state}
    assert language.states == translated
    timers = {
        said(f"{timer} ({seconds}/%ld/%d)").split(" (")[0]: timer
        for timer, seconds in (
            ("off", "0.00"),
            ("on", "%2.2f"),
            ("keepalive", "%2.2f"),
            ("timewait", "%2.2f"),
            ("unkn-%d", "%2.2f"),
            ("on%d", "%2.2f"),
        )
    }
    assert language.timers == {name: timer for name, timer in timers.items() if name != timer}
    header = "\nProto Recv-Q Send-Q Local Address           Foreign Address         State      "
    titles = [language.titles.get(title, title) for title in ENGLISH_TITLES]
    assert " ".join(said(header).split()) == " ".join(titles)
    owner = [language.titles.get("User", "User"), language.titles.get("Inode", "Inode")]
    expected = owner[:1] if language.code == "pt_BR" else owner
    assert said(" User       Inode     ").split() == expected
    assert said(" Timer").split() == [language.titles.get("Timer", "Timer")]
    assert said("Active UNIX domain sockets ").startswith(language.unix_banner)
    assert said("IPv4 Group Memberships\n").rstrip() == language.group_banner
    assert said("Interface       RefCnt Group\n").split() == [
        language.group_titles.get(title, title) for title in ("Interface", "RefCnt", "Group")
    ]
    for note in NOTES:
        for line in said(note).splitlines() if note in words else ():
            assert line.strip().startswith(language.notes), line


ENGLISH_TITLES = ("Proto", "Recv-Q", "Send-Q", "Local Address", "Foreign Address", "State")
NOTES = (
    '(No info could be read for "-p": geteuid()=%d but you should be root.)\n',
    "(Not all processes could be identified, non-owned process info\n"
    " will not be shown, you would have to be root to see it all.)\n",
    "warning, got bogus tcp line.\n",
    "warning, got bogus udp line.\n",
    "warning, got bogus raw line.\n",
)


@pytest.mark.parametrize("language", TRANSLATED, ids=lambda language: language.code)
def test_warnings_are_notes(language: Language) -> None:
    header = "Proto Recv-Q Send-Q Local Address           Foreign Address         State      "
    lines = [note + " ..." for note in language.notes]
    snapshot = ns.parse("\n".join([*lines, ENGLISH.banners[0], header, ""]))
    assert snapshot.notes == tuple(lines)


# Every state --------------------------------------------------------------------------------------


OLD = tuple(map(in_charset, LANGUAGES[1:]))
WAYS = [
    *(pytest.param(language, id=language.code) for language in LANGUAGES),
    *(pytest.param(language, id=f"{language.code}-{language.charset}") for language in OLD),
]


@pytest.mark.parametrize("language", WAYS)
def test_every_state_and_timer(language: Language) -> None:
    """Padded by bytes, as printf pads; a long state pushes the rest to the right."""

    def title(english: str) -> str:
        return language.titles.get(english, english)

    header = (
        f"Proto {title('Recv-Q')} {title('Send-Q')} {title('Local Address'):23} "
        f"{title('Foreign Address'):23} {title('State'):11} {title('User'):10} "
    )
    if language.code != "pt_BR":
        header += f"{title('Inode'):10} "
    header += f"PID/Program name     {title('Timer')}"
    english = ("ESTABLISHED", "LAST_ACK", "LISTEN", "CLOSE", "TIME_WAIT")
    states = {state: state for state in english} | dict(language.states)
    timers = {timer: timer for timer in ("off", "on", "probe", "on%d")} | dict(language.timers)
    ways = list(product(states.items(), timers.items()))
    rows, plain_rows = [], []
    for (state, meant), (timer, _) in ways:
        cell = state + " " * (11 - len(state.encode()))
        printed_timer = timer.replace("%d", "2")
        row = (
            "tcp6       0      0 fd00::1:22              fd00::2:40000           "
            f"{cell} 1000       4711       812/a: LISTEN (x)    {printed_timer} (1,25/3/4)"
        )
        rows.append(row)
        plain_rows.append(row.replace(state, meant, 1).replace(printed_timer, "on"))
    found = ns.parse("\n".join([language.banners[0], header, *rows, ""])).connections
    plain = [ENGLISH.banners[0], ENGLISH_HEADER, *plain_rows, ""]
    in_english = ns.parse("\n".join(plain)).connections
    for c, expected, (_, (_, timer_meant)) in zip(found, in_english, ways, strict=True):
        assert isinstance(c, ns.LinuxConnection)
        assert c.state == expected.state
        assert (c.process, c.uid, c.inode) == (
            ns.Process(pid=812, name="a: LISTEN (x)"),
            1000,
            4711,
        )
        assert c.timer == ns.Timer(
            name=timer_meant.replace("%d", "2"), expires=1.25, retransmits=3, probes=4
        )


def test_portuguese_datagram_timers_have_two_numbers() -> None:
    header = (
        "Proto Recv-Q Send-Q Endereço Local          Endereço Remoto         Estado      "
        "Temporizador"
    )
    row = "udp        0      0 10.0.0.1:53             0.0.0.0:*                           "
    for text, name in (("ligado 1 (2,34/0)", "on1"), ("desconh.-4 (2,34/0)", "unkn-4")):
        (c,) = ns.parse(
            f"Conexões Internet Ativas (sem os servidores)\n{header}\n{row}{text}\n"
        ).connections
        assert isinstance(c, ns.LinuxConnection)
        assert c.timer == ns.Timer(name=name, expires=2.34, retransmits=0, probes=0)


ENGLISH_HEADER = (
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State       "
    "User       Inode      PID/Program name     Timer"
)


# Statistics ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", TRANSLATED, ids=lambda language: language.code)
def test_names_of_statistics_are_the_same_whatever_the_numbers(language: Language) -> None:
    """Every sentence of the catalogue, in English and translated, with numbers of all lengths."""
    sentences = [
        text.strip()
        for both in catalogue(language.code).items()
        if re.fullmatch(r" *([^%\n]* )?%l?l?u( [^%\n]*)?", both[0])
        for text in both
    ]
    numbers = (0, 1, 2, 987, 2**64 - 1, -1)
    for sentence in sentences:
        texts = [re.sub("%l?l?[ud]", str(n), sentence) for n in numbers]
        found = ns.parse("Ip:\n" + "".join(f"    {text}\n" for text in texts)).statistics
        assert [s.value for s in found] == list(numbers), sentence
        assert len({s.name for s in found}) == 1, sentence
        assert [s.text for s in found] == texts


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_a_setting_told_in_a_word_has_one_name(language: Language) -> None:
    for setting in language.settings:
        lines = "".join(f"    {setting % word}\n" for word in ("on", "vypnuto", "other"))
        assert [(s.name, s.value) for s in ns.parse("Tcp:\n" + lines).statistics] == [
            (setting % "#", None)
        ] * 3


@pytest.mark.parametrize("language", TRANSLATED, ids=lambda language: language.code)
def test_the_banners_and_titles_of_routes_are_the_catalogues(language: Language) -> None:
    words = catalogue(language.code)
    if not words:
        pytest.skip(f"net-tools is installed without its catalogue of {language.code}")

    def said(english: str) -> str:
        return words.get(english + "\n", english)

    assert said("Kernel IP routing table").strip() == language.route_banner
    assert said("Kernel Interface table").strip() == language.interface_banner
    if said("Kernel IPv6 routing table") != "Kernel IPv6 routing table":
        assert said("Kernel IPv6 routing table").strip() == language.ipv6_route_banner
    for header in (*HEADERS, OTHER_IPV6_HEADER):
        titles = " ".join(header.split()).replace("Next Hop", "Next~Hop").split(" ")
        english = tuple(title.replace("~", " ") for title in titles)
        known = " ".join(language.route_titles.get(english, english))
        assert known.split() == said(header).split()
    none = words.get("     - no statistics available -", "     - no statistics available -")
    assert language.no_statistics == none.strip()
