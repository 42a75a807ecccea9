"""The words of each translation of netstat.exe, and what is left of them in the wrong code page.

Source: the message table of netstat.exe (Windows Server 2003) and captures of Windows 7 to 11.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Language:
    """The words of one translation of netstat.exe."""

    banner: str
    local: str
    foreign: str
    state: str
    states: Mapping[str, str] = field(default_factory=dict)
    """The states' own words, besides the English ones."""
    route_banners: tuple[str, ...] = ()
    """What stands above the active routes."""
    persistent_routes: str = ""
    """The banner of the routes that are set again at each start."""
    no_routes: str = ""
    """What stands in place of the rows where there are none."""
    interface_list: str = ""
    """The banner of the interfaces above the routes."""
    other_banners: tuple[str, ...] = ()
    """How the banners of the tables start that are not read."""
    owner_unknown: str = ""
    """What -b prints below a row whose program is not known, less its full stop."""
    proto: str = "Proto"
    """The first title. Where it is another word, titles are known in Unicode only."""

    def spellings(self, title: str) -> tuple[str, ...]:
        """How a title may stand in a capture."""
        return spellings(title) if self.proto == "Proto" else (title,)


LANGUAGES = (
    Language(
        "Active Connections",
        "Local Address",
        "Foreign Address",
        "State",
        other_banners=("Active NetworkDirect Connections",),
        route_banners=("Route Table", "IPv4 Route Table", "IPv6 Route Table", "Active Routes:"),
        persistent_routes="Persistent Routes:",
        no_routes="None",
        interface_list="Interface List",
        owner_unknown="Can not obtain ownership information",
    ),
    Language(
        "Aktive Verbindungen",
        "Lokale Adresse",
        "Remoteadresse",
        "Status",
        {
            "GESCHLOSSEN": "CLOSED",
            "ABHÖREN": "LISTEN",
            "SYN_GESENDET": "SYN_SENT",
            "SYN_EMPFANGEN": "SYN_RECEIVED",
            "HERGESTELLT": "ESTABLISHED",
            "FIN_WARTEN_1": "FIN_WAIT_1",
            "FIN_WARTEN_2": "FIN_WAIT_2",
            "SCHLIESSEN_WARTEN": "CLOSE_WAIT",
            "SCHLIESSEND": "CLOSING",
            "LETZTES_ACK": "LAST_ACK",
            "WARTEND": "TIME_WAIT",
        },
        route_banners=("IPv4-Routentabelle", "IPv6-Routentabelle", "Aktive Routen:"),
        persistent_routes="Ständige Routen:",
        no_routes="Keine",
        interface_list="Schnittstellenliste",
        owner_unknown="Es konnten keine Besitzerinformationen abgerufen werden",
    ),
    Language(
        "Connexions actives",
        "Adresse locale",
        "Adresse distante",
        "État",
        {"À L'ÉCOUTE": "LISTEN", "ÉTABLI": "ESTABLISHED"},
        route_banners=("IPv4 Table de routage", "IPv6 Table de routage", "Itinéraires actifs :"),
        persistent_routes="Itinéraires persistants :",
        no_routes="Aucun",
        interface_list="Liste d'Interfaces",
        owner_unknown="Impossible d'obtenir les informations de propriétaire",
    ),
    Language(
        "Conexiones activas",
        "Dirección local",
        "Dirección remota",
        "Estado",
        {"ESCUCHANDO": "LISTEN"},
        route_banners=(
            "IPv4 Tabla de enrutamiento",
            "IPv6 Tabla de enrutamiento",
            "Rutas activas:",
        ),
        persistent_routes="Rutas persistentes:",
        no_routes="Ninguno",
        interface_list="ILista de interfaces",
        owner_unknown="No se puede obtener información de propiedad",
    ),
    Language(
        "Connessioni attive",
        "Indirizzo locale",
        "Indirizzo esterno",
        "Stato",
        {"IN ASCOLTO": "LISTEN"},
        owner_unknown="Impossibile ottenere informazioni sulla proprietà",
    ),
    Language("Conexões ativas", "Endereço local", "Endereço externo", "Estado"),
    # Captures of these have the English states (Windows 7 to 11).
    Language(
        "Активные подключения",
        "Локальный адрес",
        "Внешний адрес",
        "Состояние",
        proto="Имя",
    ),
    Language("活动连接", "本地地址", "外部地址", "状态", proto="协议"),
    Language("使用中連線", "本機位址", "外部位址", "狀態", proto="協定"),
    Language(
        "アクティブな接続",
        "ローカル アドレス",
        "外部アドレス",
        "状態",
        proto="プロトコル",
    ),
    Language("활성 연결", "로컬 주소", "외부 주소", "상태", proto="프로토콜"),
)


def spellings(text: str) -> tuple[str, ...]:
    """The text, and what is left of it after a trip through the wrong code page.

    The console writes code page 850 or 437, other programs 1252 or UTF-8, and whoever saved or
    read it may have taken one for another.
    """
    if text.isascii():
        return (text,)
    letters = unicodedata.normalize("NFD", text)
    found = [text, letters, "".join(letter for letter in letters if letter.isascii())]
    for written in ("utf-8", "cp850", "cp1252"):
        raw = text.encode(written)
        found += [
            raw.decode(read, errors)
            for read in ("utf-8", "cp850", "cp437", "cp1252", "latin-1", "ascii")
            for errors in ("replace", "backslashreplace")
        ]
    found.append(text.encode("ascii", "replace").decode())
    return tuple(dict.fromkeys(found))


def all_spellings(texts: Iterable[str]) -> tuple[str, ...]:
    """The spellings of all these texts."""
    return tuple(spelled for text in texts for spelled in spellings(text))


def any_spelling(text: str) -> str:
    """The pattern of a text in which letters beyond ASCII, and apostrophes, may be any others."""
    return "".join(
        re.escape(char) if char.isascii() and char != "'" else r"\S{1,8}?" for char in text
    )
