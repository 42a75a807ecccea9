"""Linux: netstat of net-tools, in all its languages.

`net_tools.py` has the connections, `unix_sockets.py` and `groups.py` the other tables.
"""

from __future__ import annotations

from netstat_parse.dialects.linux.groups import GROUP_TABLES
from netstat_parse.dialects.linux.interfaces import INTERFACE_TABLES
from netstat_parse.dialects.linux.locales import with_charsets
from netstat_parse.dialects.linux.net_tools import CONNECTION_TABLES
from netstat_parse.dialects.linux.routes import ROUTE_TABLES
from netstat_parse.dialects.linux.statistics import STATISTICS_TABLE
from netstat_parse.dialects.linux.unix_sockets import UNIX_TABLES
from netstat_parse.grammar.dialect import Dialect, Evidence

_LANGUAGES = with_charsets()

DIALECT = Dialect(
    name="linux",
    evidence=Evidence.PROGRAM,
    system="linux",
    commands=(
        "netstat -npt",
        "netstat -anpe",
        "netstat -antupeoW",
        "netstat -anp",
        "netstat -x",
    ),
    tables=(
        *CONNECTION_TABLES,
        *UNIX_TABLES,
        *GROUP_TABLES,
        *ROUTE_TABLES,
        *INTERFACE_TABLES,
        STATISTICS_TABLE,
    ),
    other_banners=tuple(
        dict.fromkeys(
            banner
            for language in _LANGUAGES
            for banner in (language.unix_banner, *language.other_banners)
        )
    ),
    notes=tuple(dict.fromkeys(note for language in _LANGUAGES for note in language.notes)),
    platform="linux",
    run_options=(("-nptW",), ("-npt",), ("-nt",)),
)
