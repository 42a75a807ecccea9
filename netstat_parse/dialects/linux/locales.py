"""What net-tools prints in other languages than English: one Language for each.

Source: the catalogues that Debian's net-tools 2.10 installs (/usr/share/locale/*/net-tools.mo), and
po/sv.po of the sources of 2025. Spanish, Italian, Russian and Chinese are those of Ubuntu's packs
of languages, as far as captures were found. What a Language does not name is English. `%d`
stands for a number. The title `PID/Program name` and all of sctp are English everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

ROUTE_TITLES = (*("Destination", "Gateway", "Genmask", "Flags"), "MSS", "Window", "irtt", "Iface")
"""The English titles of `netstat -r`; below, of -re and -ree, and of -6 today and in 1.60."""
ROUTE_TITLES_E = (*ROUTE_TITLES[:4], "Metric", "Ref", "Use", "Iface")
ROUTE_TITLES_EE = (*ROUTE_TITLES_E, "MSS", "Window", "irtt")
ROUTE_TITLES_6 = ("Destination", "Next Hop", "Flag", "Met", "Ref", "Use", "If")
ROUTE_TITLES_6_OF_1_60 = ("Destination", "Next Hop", "Flags", "Metric", "Ref", "Use", "Iface")
INTERFACE_TITLES = (
    *("Iface", "MTU", "Met", "RX-OK", "RX-ERR", "RX-DRP", "RX-OVR"),
    *("TX-OK", "TX-ERR", "TX-DRP", "TX-OVR", "Flg"),
)
"""Of `netstat -i` in 1.60. Later releases have no Met, and print the others in English."""


def words(text: str) -> tuple[str, ...]:
    """The titles in a header; a `~` stands for a blank within one."""
    return tuple(word.replace("~", " ") for word in text.split())


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
    route_banner: str = "Kernel IP routing table"
    """The banner of routes."""
    ipv6_route_banner: str = "Kernel IPv6 routing table"
    """The banner of IPv6's routes."""
    route_titles: Mapping[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    """The English titles of a table of routes -> its titles."""
    interface_banner: str = "Kernel Interface table"
    """The banner of interfaces."""
    interface_titles: tuple[str, ...] = ()
    """Its titles in 1.60, if they are not English."""
    no_statistics: str = "- no statistics available -"
    """What stands for the counters of an interface that has none."""
    settings: tuple[str, ...] = ()
    """The lines of statistics that tell in a word, `%s`, how something is set."""
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
    settings=("Forwarding is %s", "RTO algorithm is %s"),
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
    route_banner="Směrovací tabulka v jádru pro IP",
    ipv6_route_banner="Směrovací tabulka v jádru pro IPv6",
    route_titles={
        ROUTE_TITLES: words("Adresát Brána Maska Přízn MSS Okno irtt Rozhraní"),
        ROUTE_TITLES_E: words("Adresát Brána Maska Přízn Metrik Odkazů Užt Rozhraní"),
        ROUTE_TITLES_EE: words(
            "Adresát Brána Maska Přízn Metrik Odkazy Užt Rozhraní MSS Okno irtt"
        ),
        ROUTE_TITLES_6: words("Adresát Další~směrovač Příz Met Odk Užt Rozhr"),
    },
    interface_banner="Tabulka rozhraní v jádru",
    interface_titles=words(
        "Rozhr MTU Met PŘ-OK PŘ-CHYB PŘ-ZAH PŘ-PŘT OD-OK OD-CHYB OD-ZAH OD-PŘT Přízn"
    ),
    no_statistics="- statistická data nejsou dostupná -",
    settings=("Předávání je %s", "RTO algoritmus je %s"),
    other_banners=(
        "Aktivní IPX sokety",
        "Aktivní AX.25 sokety",
        "Aktivní X.25 sokety",
        "Aktivní NET/ROM sokety",
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
    route_banner="Kernel-IP-Routentabelle",
    ipv6_route_banner="Kernel-IPv6-Routentabelle",
    route_titles={
        ROUTE_TITLES: words("Ziel Router Genmask Flags MSS Fenster irtt Iface"),
        ROUTE_TITLES_E: words("Ziel Router Genmask Flags Metric Ref Use Iface"),
        ROUTE_TITLES_EE: words(
            "Ziel Gateway Maske Flags Metric Ref Benutzer Iface MSS Fenster irtt"
        ),
        ROUTE_TITLES_6_OF_1_60: words("Ziel Nächster~Hop Flags Metric Ref Benutzer Iface"),
    },
    interface_banner="Kernel-Schnittstellentabelle",
    no_statistics="- keine Statistiken verfügbar -",
    settings=("Weiterleitung ist %s", "RTO-Algorithmus ist %s"),
    other_banners=(
        "Aktive IPX Sockets",
        "Aktive AX.25 Sockets",
        "Aktive NET/ROM Sockets",
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
    route_banner="Tuuma IP ruutingutabel",
    ipv6_route_banner="Tuuma IPv6 ruutingutabel",
    route_titles={
        ROUTE_TITLES: words("Sihtpunkt Ruuter Võrgumask Lipud MSS Aken irtt Liides"),
        ROUTE_TITLES_E: words("Sihtpunkt Ruuter Võrgumask Lipud Meetr Mitu Kasut Liides"),
        ROUTE_TITLES_EE: words(
            "Sihtpunkt Ruuter Võrgumask Lipud Meetr Mitu Kasut Liides MSS Aken irtt"
        ),
        ROUTE_TITLES_6_OF_1_60: words("Sihtpunkt Järgmine~samm Lipud Meetr Mitu Kasut Liides"),
    },
    interface_banner="Tuuma liideste tabel",
    interface_titles=words(
        "Liides MTU Meetr RX-OK RX-ERR RX-DRP RX-OVR TX-OK TX-ERR TX-DRP TX-OVR Lip"
    ),
    no_statistics="- statistikat ei ole      -",
    settings=("Pakettide edastamine on %s", "RTO algoritm on %s"),
    other_banners=(
        "Aktiivsed IPX soklid",
        "Aktiivsed AX.25 soklid",
        "Aktiivsed X.25 soklid",
        "Aktiivsed NET/ROM soklid",
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
    route_banner="Table de routage IP du noyau",
    ipv6_route_banner="Table de routage IPv6 du noyau",
    route_titles={
        ROUTE_TITLES: words("Destination Passerelle Genmask Indic MSS Fenêtre irtt Iface"),
        ROUTE_TITLES_E: words("Destination Passerelle Genmask Indic Metric Ref Use Iface"),
        ROUTE_TITLES_EE: words(
            "Destination Passerelle Genmask Indic Metric Ref Use Iface MSS Fenêtre irtt"
        ),
        ROUTE_TITLES_6_OF_1_60: words("Destination Prochain~Hop Indic Metric Ref Utilis. Iface"),
    },
    interface_banner="Table d'interfaces noyau",
    settings=("Réacheminement est %s", "algorithme RTO est %s"),
    other_banners=(
        "Sockets IPX actives",
        "Sockets AX.25 actives",
        "sockets NET/ROM actives",
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
    route_banner="カーネルIP経路テーブル",
    ipv6_route_banner="カーネルIPv6 経路テーブル",
    route_titles={
        ROUTE_TITLES: words(
            "受信先サイト ゲートウェイ ネットマスク フラグ MSS Window irtt インタフェース"
        ),
        ROUTE_TITLES_E: words(
            "受信先サイト ゲートウェイ ネットマスク フラグ Metric Ref 使用数 インタフェース"
        ),
        ROUTE_TITLES_EE: words(
            "受信先サイト ゲートウェイ ネットマスク フラグ Metric Ref 使用数 Iface MSS Window irtt"
        ),
        ROUTE_TITLES_6_OF_1_60: words(
            "送信先サイト 次回ホップ フラグ Metric Ref 使用数 インタフェース"
        ),
    },
    interface_banner="カーネルインタフェーステーブル",
    interface_titles=words(
        "Iface MTU Met RX-OK RX-ERR RX-DRP RX-OVR TX-OK TX-ERR TX-DRP TX-OVR フラグ"
    ),
    no_statistics="- 統計情報を利用できません -",
    settings=("フォワードは%sです", "RTOアルゴリズムは%sです"),
    other_banners=(
        "稼働中のIPXソケット",
        "稼働中のAX.25ソケット",
        "稼働中のX.25ソケット",
        "稼働中のNET/ROMソケット",
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
    route_banner="Tabela de Roteamento IP do Kernel",
    ipv6_route_banner="Tabela de Roteamento IPv6 do Kernel",
    route_titles={
        ROUTE_TITLES: words("Destino Roteador MáscaraGen. Opções MSS Janela irtt Iface"),
        ROUTE_TITLES_E: words("Destino Roteador MáscaraGen. Opções Métrica Ref Uso Iface"),
        ROUTE_TITLES_EE: words(
            "Destino Roteador MáscaraGen Opções Métrica Ref Uso Iface MSS Janela irtt"
        ),
        ROUTE_TITLES_6_OF_1_60: words('Destino Próximo~"Hop" Opções Métrica Ref Uso Iface'),
    },
    interface_banner="Tabela de Interfaces do Kernel",
    interface_titles=words(
        "Iface MTU Met RX-OK RX-ERR RX-DRP RX-OVR TX-OK TX-ERR TX-DRP TX-OV Opções"
    ),
    no_statistics="- estatísticas não disponíveis -",
    settings=("Repassagem está %s", "Algorítmo RTO é %s"),
    other_banners=(
        "Sockets IPX ativos",
        "Ativar sockets AX.25",
        "Ative sockets NET/ROM",
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


SPANISH = Language(
    code="es",
    charset="iso8859-1",
    banner="Conexiones activas de Internet",
    modes=("servidores y establecidos", "solo servidores", "servidores w/o"),
    titles={
        "Recv-Q": "Recib",
        "Send-Q": "Enviad",
        "Local Address": "Dirección local",
        "Foreign Address": "Dirección remota",
        "State": "Estado",
        "Timer": "Temporizador",
    },
    states={"ESCUCHAR": "LISTEN", "ESTABLECIDO": "ESTABLISHED"},
    timers={"apagado": "off"},
    unix_banner="Activar zócalos de dominio UNIX",
    unix_titles={"Path": "Ruta"},
    route_banner="Tabla de rutas IP del núcleo",
    route_titles={
        ROUTE_TITLES: words("Destino Pasarela Genmask Indic MSS Ventana irtt Interfaz"),
        ROUTE_TITLES_E: words("Destino Pasarela Genmask Indic Métric Ref Uso Interfaz"),
    },
    notes=(
        "(No todos los procesos pueden ser identificados, no hay información de propiedad",
        "no se mostrarán, necesita ser superusuario para verlos todos.)",
    ),
)
OLDER_SPANISH = replace(
    SPANISH,
    titles={
        "Proto": "Protocolo",
        "Local Address": "Dirección Local",
        "Foreign Address": "Dirección Externa",
        "State": "Estado",
        "Timer": "Temporizador",
    },
)
"""Of Ubuntu before 2011."""

ITALIAN = Language(
    code="it",
    charset="iso8859-1",
    banner="Connessioni Internet attive",
    modes=("server e stabiliti", "solo server", "w/o server", "senza server"),
    titles={
        "Recv-Q": "CodaRic",
        "Send-Q": "CodaInv",
        "Local Address": "Indirizzo locale",
        "Foreign Address": "Indirizzo remoto",
        "State": "Stato",
    },
    unix_banner=ENGLISH.unix_banner,
)
"""Of its modes the first was seen."""

RUSSIAN = Language(
    code="ru",
    charset="koi8-r",
    banner="Активные соединения с интернетом",
    modes=ENGLISH.modes,
    unix_banner="Активные сокеты домена UNIX",
    unix_titles={"Path": "Путь"},
)
CHINESE = Language(
    code="zh_CN",
    charset="gbk",
    banner="激活Internet连接",
    modes=("服务器和已建立连接的", "仅服务器", "w/o 服务器"),
    timers={"关闭": "off", "打开": "on", "保持连接": "keepalive", "等待": "timewait"},
    unix_banner="活跃的UNIX域套接字",
    unix_titles={"Path": "路径"},
    notes=("（并非所有进程都能被检测到，所有非本用户的进程信息将不会显示，", "root 用户）"),
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
        route_banner=old(language.route_banner),
        ipv6_route_banner=old(language.ipv6_route_banner),
        route_titles={
            english: tuple(map(old, titles)) for english, titles in language.route_titles.items()
        },
        interface_banner=old(language.interface_banner),
        interface_titles=tuple(map(old, language.interface_titles)),
        no_statistics=old(language.no_statistics),
        settings=tuple(map(old, language.settings)),
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


LANGUAGES = (
    *(ENGLISH, CZECH, GERMAN, ESTONIAN, FRENCH, JAPANESE, PORTUGUESE, SWEDISH),
    *(SPANISH, ITALIAN, RUSSIAN, CHINESE),
)


def with_charsets() -> tuple[Language, ...]:
    """Each language, and each as the bytes of its old charset arrive."""
    return (*LANGUAGES, *(in_charset(language) for language in LANGUAGES))
