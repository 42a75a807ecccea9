"""Windows: `netstat`, `-ano`, `-anob`, -q, -t, -f and -y, and `-r`, in every language."""

from __future__ import annotations

from netstat_parse.dialects.windows.internet import IN_OTHER_LANGUAGES, internet
from netstat_parse.dialects.windows.languages import LANGUAGES, all_spellings
from netstat_parse.dialects.windows.routes import ROUTE_TABLES
from netstat_parse.dialects.windows.statistics import STATISTICS_TABLE
from netstat_parse.grammar.dialect import Dialect, Evidence

DIALECT = Dialect(
    name="windows",
    evidence=Evidence.CAPTURE,
    commands=("netstat -ano", "netstat -anob", "netstat -anoq"),
    tables=(*map(internet, LANGUAGES), IN_OTHER_LANGUAGES, *ROUTE_TABLES, STATISTICS_TABLE),
    other_banners=all_spellings(
        banner for language in LANGUAGES for banner in language.other_banners
    ),
    platform="win32",
    run_options=(("-no",),),
)
