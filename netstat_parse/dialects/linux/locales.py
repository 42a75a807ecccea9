"""What net-tools prints in other languages than English: one Language for each.

Source: the catalogues that Debian's net-tools 2.10 installs (/usr/share/locale/*/net-tools.mo), and
po/sv.po of the sources of 2025. What a Language does not name is printed in English. `%d` stands
for a number. The titles `Proto` and `PID/Program name` and all of sctp are English everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Language:
    """The words of one language. The keys of all titles, and other values, are in English."""

    code: str
    banner: str
    modes: tuple[str, ...]
    """What stands in the banner's brackets: servers and established, only servers, w/o servers."""
    unix_banner: str
    """The banner of the table of UNIX domain sockets, up to its brackets."""
    titles: Mapping[str, str] = field(default_factory=dict)
    """English title -> title, in the table of connections."""
    states: Mapping[str, str] = field(default_factory=dict)
    """State -> English state."""
    timers: Mapping[str, str] = field(default_factory=dict)
    """Timer -> English timer."""
    unix_titles: Mapping[str, str] = field(default_factory=dict)
    """English title -> title, in the table of UNIX domain sockets."""
    group_banner: str = "IPv4 Group Memberships"
    """The banner of multicast groups, without the `IPv6/` that may stand before it."""
    group_titles: Mapping[str, str] = field(default_factory=dict)
    """English title -> title, in the table of multicast groups."""
    other_banners: tuple[str, ...] = ()
    """How the banners of tables start that are not read."""
    notes: tuple[str, ...] = ()
    """How the lines of its warnings start."""
    charset: str = "ascii"
    """What its locales were written in before UTF-8."""

    @property
    def banners(self) -> tuple[str, ...]:
        """The lines above the table of connections."""
        return tuple(f"{self.banner} ({mode})" for mode in dict.fromkeys(self.modes))

    @property
    def unix_banners(self) -> tuple[str, ...]:
        """The lines above the table of UNIX domain sockets."""
        # The French catalogue lacks the blank.
        banner = self.unix_banner + ("" if self.code == "fr" else " ")
        return tuple(f"{banner}({mode})" for mode in dict.fromkeys(self.modes))

    @property
    def group_banners(self) -> tuple[str, ...]:
        """The lines above the table of multicast groups, with IPv6 built in and without."""
        return f"IPv6/{self.group_banner}", self.group_banner

    def title(self, english: str) -> str:
        """What this language calls a column of the table of connections."""
        return self.titles.get(english, english)


ENGLISH = Language(
    code="en",
    banner="Active Internet connections",
    modes=("w/o servers", "servers and established", "only servers"),
    unix_banner="Active UNIX domain sockets",
    other_banners=(
        "Active IPX sockets",
        "Active AX.25 sockets",
        "Active X.25 sockets",
        "Active NET/ROM sockets",
        "Active ROSE sockets",
        "Active Bluetooth connections",
        "Active Bluetooth servers",
        "Kernel IP routing cache",
        "Kernel IPv6 routing cache",
        "Kernel IPv6 Neighbour Cache",
        "IP masquerading entries",
    ),
)

CZECH = Language(
    code="cs",
    charset="iso8859-2",
    banner="Aktivní Internetová spojení",
    modes=("w/o servery", "servery a navázaná spojení", "pouze servery"),
    titles={
        "Recv-Q": "Přích-F",
        "Send-Q": "Odch-F",
        "Local Address": "Místní Adresa",
        "Foreign Address": "Vzdálená Adresa",
        "State": "Stav",
        "User": "Uživatel",
        "Inode": "I-uzel",
        "Timer": "Časovač",
    },
    states={
        "SPOJENO": "ESTABLISHED",
        "ZAVŘEN": "CLOSE",
        "POSLEDNÍ ACK": "LAST_ACK",
        "NASLOUCHÁ": "LISTEN",
        "ZAVÍRÁ": "CLOSING",
        "NEZNÁM": "UNKNOWN",
    },
    timers={"vyp": "off", "zapnut": "on", "zap%d": "on%d", "nezn-%d": "unkn-%d"},
    unix_banner="Aktivní sokety domény UNIX",
    unix_titles={
        "RefCnt": "Čítač",
        "Flags": "Příznaky",
        "Type": "Typ",
        "State": "Stav",
        "I-Node": "I-Uzel",
        "Path": "Cesta",
    },
    group_banner="Členství v IPv4 skupinách",
    group_titles={"Interface": "Rozhraní", "RefCnt": "Čítač", "Group": "Skupina"},
    other_banners=(
        "Aktivní IPX sokety",
        "Aktivní AX.25 sokety",
        "Aktivní X.25 sokety",
        "Aktivní NET/ROM sokety",
        "Tabulka rozhraní v jádru",
        "Směrovací tabulka v jádru pro IP",
        "Směrovací cache v jádru pro IP",
        "IP maskovací položky",
    ),
    notes=(
        "(Pro „-p“ nelze získat žádné informace:",
        "byl superuživatelem)",
        "(Všechny procesy nemohly být identifikovány.",
        "pouze o procesech, jichž jste vlastníkem.",
        "byste být superuživatelem.)",
        "varování, ",
    ),
)

GERMAN = Language(
    code="de",
    charset="latin-1",
    banner="Aktive Internetverbindungen",
    modes=("ohne Server", "Server und stehende Verbindungen", "Nur Server"),
    titles={"User": "Benutzer"},
    states={"VERBUNDEN": "ESTABLISHED", "UNBEKANNT": "UNKNOWN"},
    timers={"aus": "off", "ein": "on", "ein%d": "on%d"},
    unix_banner="Aktive Sockets in der UNIX-Domäne",
    unix_titles={"Path": "Pfad"},
    group_banner="IPv4-Gruppenmitgliedschaften",
    group_titles={"Interface": "Schnittstelle", "RefCnt": "RefZäh", "Group": "Grupp"},
    other_banners=(
        "Aktive IPX Sockets",
        "Aktive AX.25 Sockets",
        "Aktive NET/ROM Sockets",
        "Kernel-Schnittstellentabelle",
        "Kernel-IP-Routentabelle",
        "Kernel-IPv6-Routentabelle",
        "Kernel-IP-Routencache",
        "IP-Maskierungseinträge",
    ),
    notes=(
        '(Für "-p": geteuid()=',
        "(Es konnten nicht alle Prozesse identifiziert werden;",
        "nicht-eigene Prozesse werden nicht angezeigt;",
        "Warnung, fehlerhaf",
    ),
)

ESTONIAN = Language(
    code="et",
    charset="latin-1",
    banner="Aktiivsed internetiühendused",
    modes=("ilma serveriteta", "serverid ja ühendatud", "ainult serverid"),
    titles={
        "Recv-Q": "VvJrk",
        "Send-Q": "SaatJrk",
        "Local Address": "Kohalik aadress",
        "Foreign Address": "Väline aadress",
        "State": "Olek",
        "User": "Kasutaja",
        "Inode": "I-kirje",
        "Timer": "Taimer",
    },
    states={"TUNDMATU": "UNKNOWN"},
    timers={"eikäi": "off", "käib": "on", "käib-%d": "on%d", "eitea-%d": "unkn-%d"},
    unix_banner="Aktiivsed UNIX domeeni soklid",
    unix_titles={"Path": "Tee"},
    group_banner="IPv4 grupikuuluvused",
    group_titles={"Interface": "Liides", "RefCnt": "Mitu", "Group": "Grupp"},
    other_banners=(
        "Aktiivsed IPX soklid",
        "Aktiivsed AX.25 soklid",
        "Aktiivsed X.25 soklid",
        "Aktiivsed NET/ROM soklid",
        "Tuuma liideste tabel",
        "Tuuma IP ruutingutabel",
        "Tuuma IPv6 ruutingutabel",
        "Tuuma IP ruutingu puhver",
        "IP maskeerimise kirjed",
    ),
    notes=(
        '("-p" jaoks ei saanud infot lugeda:',
        "(Mõnesid protsesse ei saanud identifitseerida,",
        "info lugemiseks peab olema root)",
        "Hoiatus - sain imeliku ",
    ),
)

FRENCH = Language(
    code="fr",
    charset="latin-1",
    banner="Connexions Internet actives",
    modes=("sans serveurs", "serveurs et établies", "seulement serveurs"),
    titles={
        "Local Address": "Adresse locale",
        "Foreign Address": "Adresse distante",
        "State": "Etat",
        "User": "Utilisatr",
    },
    states={"INCONNU": "UNKNOWN"},
    unix_banner="Sockets du domaine UNIX actives",
    unix_titles={"Path": "Chemin"},
    other_banners=(
        "Sockets IPX actives",
        "Sockets AX.25 actives",
        "sockets NET/ROM actives",
        "Table d'interfaces noyau",
        "Table de routage IP du noyau",
        "Table de routage IPv6 du noyau",
        "cache de routage IP du noyau",
        "Entrées IP Masquerade",
    ),
    notes=(
        '(Pas d\'infos lues pour "-p":',
        "(Tous les processus ne peuvent être identifiés,",
        "non possédés ne seront pas affichées,",
        "attention, ligne ",
    ),
)

JAPANESE = Language(
    code="ja",
    charset="euc_jp",
    banner="稼働中のインターネット接続",
    modes=("w/oサーバ", "サーバと確立", "サーバのみ"),
    titles={
        "Recv-Q": "受信-Q",
        "Send-Q": "送信-Q",
        "Local Address": "内部アドレス",
        "Foreign Address": "外部アドレス",
        "State": "状態",
        "User": "ユーザ",
        "Inode": "Iノード",
        "Timer": "タイマ",
    },
    states={"不明": "UNKNOWN"},
    timers={
        "オフ": "off",
        "オン": "on",
        "キープアライブ": "keepalive",
        "時間待ち": "timewait",
        "オン%d": "on%d",
        "不明-%d": "unkn-%d",
    },
    unix_banner="稼働中のUNIXドメインソケット",
    unix_titles={"Path": "パス"},
    group_banner="IPv4グループメンバシップ",
    group_titles={"Interface": "インタフェース", "RefCnt": "参照Cnt", "Group": "グループ"},
    other_banners=(
        "稼働中のIPXソケット",
        "稼働中のAX.25ソケット",
        "稼働中のX.25ソケット",
        "稼働中のNET/ROMソケット",
        "カーネルインタフェーステーブル",
        "カーネルIP経路テーブル",
        "カーネルIPv6 経路テーブル",
        "カーネルIP経路キャッシュ",
        "IPマスカレード エントリ",
    ),
    notes=(
        '("-p"の情報を読み込めませんでした:',
        "(一部のプロセスが識別されますが,",
        "表示されません。それら全てを見るには",
        "警告, 偽の",
    ),
)

PORTUGUESE = Language(
    code="pt_BR",
    charset="latin-1",
    banner="Conexões Internet Ativas",
    modes=("sem os servidores", "servidores e estabelecidas"),
    titles={
        "Local Address": "Endereço Local",
        "Foreign Address": "Endereço Remoto",
        "State": "Estado",
        # There is no title for the inode, which stands behind the user as ever.
        "User": "Usuário",
        "Timer": "Temporizador",
    },
    states={
        "ESTABELECIDA": "ESTABLISHED",
        "SYN_ENVIADO": "SYN_SENT",
        "SYN_RECEBIDO": "SYN_RECV",
        "ESPERA_FIN1": "FIN_WAIT1",
        "ESPERA_FIN2": "FIN_WAIT2",
        "FECHAR": "CLOSE",
        "ESPERANDO_FECHAR": "CLOSE_WAIT",
        "ÚLTIMO_ACK": "LAST_ACK",
        "OUÇA": "LISTEN",
        "FECHANDO": "CLOSING",
        "DESCONHECIDA": "UNKNOWN",
    },
    timers={"desligado": "off", "em": "on", "ligado %d": "on%d", "desconh.-%d": "unkn-%d"},
    unix_banner="Domain sockets UNIX ativos",
    unix_titles={"Path": "Caminho"},
    group_titles={"RefCnt": "CntRef", "Group": "Grupo"},
    other_banners=(
        "Sockets IPX ativos",
        "Ativar sockets AX.25",
        "Ative sockets NET/ROM",
        "Tabela de Interfaces do Kernel",
        "Tabela de Roteamento IP do Kernel",
        "Tabela de Roteamento IPv6 do Kernel",
        "Entradas de IP mascarado",
    ),
    notes=(
        '(Não foi possível ler informações para "-p":',
        "(Nem todos os processos puderam ser identificados,",
        "de outrem não serão mostrados,",
        "atenção, recebi linha ",
    ),
)

SWEDISH = Language(
    code="sv",
    charset="latin-1",
    banner="Aktiva internetanslutningar",
    modes=("utan servrar", "servrar och etablerade", "endast servrar"),
    titles={
        "Local Address": "Lokal adress",
        "Foreign Address": "Motpartsadress",
        "State": "Tillstånd",
        "User": "Användare",
    },
    states={
        "ETABLERAD": "ESTABLISHED",
        "STÄNG": "CLOSE",
        "STÄNG_VÄNTA": "CLOSE_WAIT",
        "LYSSNAR": "LISTEN",
        "STÄNGER": "CLOSING",
        "OKÄND": "UNKNOWN",
    },
    timers={"av": "off", "på": "on", "på%d": "on%d"},
    unix_banner="Aktiva UNIX-domänuttag",
    unix_titles={"Flags": "Flagg", "Type": "Typ", "State": "Tillstånd", "Path": "Sökväg"},
    notes=("varning, fick ",),
)


def escaped(text: str, charset: str) -> str:
    """What the reader makes of a text in an old charset, taking it for UTF-8: `\\xe9` of é."""
    return text.encode(charset).decode("utf-8", "backslashreplace")


def in_charset(language: Language) -> Language:
    """The language as its old charset's bytes arrive."""
    cs = language.charset

    def old(text: str) -> str:
        return escaped(text, cs)

    def each(words: Mapping[str, str]) -> dict[str, str]:
        """A title's translation is the value, a state's or a timer's the key."""
        return {old(key): old(value) for key, value in words.items()}

    return replace(
        language,
        banner=old(language.banner),
        modes=tuple(map(old, language.modes)),
        unix_banner=old(language.unix_banner),
        titles=each(language.titles),
        states=each(language.states),
        timers=each(language.timers),
        unix_titles=each(language.unix_titles),
        group_banner=old(language.group_banner),
        group_titles=each(language.group_titles),
        other_banners=tuple(map(old, language.other_banners)),
        notes=tuple(old(note) for note in language.notes if may_encode(note, cs)),
    )


def may_encode(text: str, charset: str) -> bool:
    """Tell whether the charset has all letters of the text."""
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


LANGUAGES = (ENGLISH, CZECH, GERMAN, ESTONIAN, FRENCH, JAPANESE, PORTUGUESE, SWEDISH)
