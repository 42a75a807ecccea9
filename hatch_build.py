"""Puts the manual page into the wheel: `man netstat-parse`, made of what argparse knows."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ManualPage(BuildHookInterface):
    """Makes it when the wheel is built; nothing of it stands in the repository."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        from argparse_manpage.manpage import Manpage

        sys.path.insert(0, self.root)
        from netstat_parse.command.options import make_parser

        page = Manpage(make_parser())
        page.manual = "netstat_parse"
        page.description = "turns what netstat prints into CSV, JSON, and answers"
        self.folder = TemporaryDirectory()
        path = Path(self.folder.name, "netstat-parse.1")
        path.write_text(str(page), encoding="utf-8")
        build_data["shared_data"][str(path)] = "share/man/man1/netstat-parse.1"

    def finalize(self, *_: Any) -> None:
        if hasattr(self, "folder"):
            self.folder.cleanup()
