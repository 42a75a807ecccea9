"""Two examples of each command, for its help; the tests parse and run them."""

from __future__ import annotations

import argparse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

EXAMPLES = {
    "convert": (
        "netstat -npt | netstat-parse convert > now.csv",
        "netstat-parse convert captures/ -o all.csv --columns all --rejects odd-lines.csv",
    ),
    "run": (
        "netstat-parse run --to table",
        "netstat-parse run --every 10s --for 1d -o day.jsonl.gz",
    ),
    "watch": (
        "netstat-parse watch --every 5s",
        "netstat-parse watch --where 'not state listening'",
    ),
    "pairs": (
        "netstat-parse pairs web1.txt db1.txt",
        "netstat-parse pairs day.log --where 'dport = :5432' --to csv",
    ),
    "diff": (
        "netstat-parse diff yesterday.txt today.txt --listening",
        "netstat-parse diff day.log",
    ),
    "lifetimes": (
        "netstat-parse lifetimes day.log",
        "netstat-parse lifetimes day.log --where 'dst 203.0.113.0/24' --to csv",
    ),
    "summary": (
        "netstat-parse summary day.log",
        "netstat-parse summary day.log --to json",
    ),
    "report": (
        "netstat-parse report day.log.gz -o day.html",
        "netstat-parse report day.log --where 'dport = :443' -o https.html",
    ),
    "sql": (
        'netstat-parse sql "select state, count(*) from connections group by state" day.log',
        "netstat-parse sql \"from pairs where server = 'first'\" day.log --to csv",
    ),
    "dialects": (
        "netstat-parse dialects",
        "netstat-parse dialects | grep -i windows",
    ),
    "grammar": (
        "netstat-parse grammar linux",
        "netstat-parse grammar macos -o macos.html",
    ),
    "completion": (
        "netstat-parse completion bash > ~/.local/share/bash-completion/completions/netstat-parse",
        "netstat-parse completion zsh > ~/.zfunc/_netstat-parse",
    ),
}


def add_examples(commands: argparse._SubParsersAction[Any]) -> None:
    """Puts the examples below the help of each command."""
    for name, parser in commands.choices.items():
        if examples := EXAMPLES.get(name):
            parser.epilog = "examples:\n" + "\n".join(f"  {example}" for example in examples)
            parser.formatter_class = argparse.RawDescriptionHelpFormatter
