"""Runs contestants, one process after another, and keeps how long each took and its memory."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from benchmarks import corpora
from benchmarks.contestants import Command, Contestant
from benchmarks.versions import environment_of


@dataclass
class Sample:
    """What was measured of one contestant on one corpus."""

    contestant: Contestant
    corpus: str
    seconds: list[float] = field(default_factory=list)
    kilobytes: list[int] = field(default_factory=list)

    @property
    def time(self) -> float:
        return median(self.seconds)

    @property
    def peak(self) -> float:
        """Megabytes."""
        return median(self.kilobytes) / 1024


def compare(samples: Sequence[Sample], rounds: int) -> None:
    """Runs all in turn, in this many rounds; which of them begins changes from round to round."""
    for number in range(rounds):
        for sample in samples if number % 2 == 0 else reversed(samples):
            seconds, kilobytes = _run(sample.contestant, sample.corpus)
            sample.seconds.append(seconds)
            sample.kilobytes.append(kilobytes)


def hash_output(contestant: Contestant, corpus: str) -> str:
    """The SHA-256 of what a contestant writes on standard output."""
    with (
        open(corpora.path_of(corpus), "rb") as corpus_file,
        subprocess.Popen(
            build_argv(contestant, corpus),
            env=environment_of(contestant.version),
            stdin=corpus_file,
            stdout=subprocess.PIPE,
        ) as process,
    ):
        assert process.stdout is not None
        digest = hashlib.file_digest(process.stdout, "sha256").hexdigest()  # type: ignore[arg-type]
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return digest


def build_argv(contestant: Contestant, corpus: str) -> list[str]:
    """The command line, with the corpus in FILE's place."""
    path = str(corpora.path_of(corpus))
    return [path if argument == "FILE" else argument for argument in contestant.argv]


def _run(contestant: Contestant, corpus: str) -> tuple[float, int]:
    """Seconds, and the process's peak memory as wait4 tells it.

    A process starts with its parent's size as its peak, so this one imports nothing that is large.
    """
    argv = build_argv(contestant, corpus)
    environment = environment_of(contestant.version)
    is_command = isinstance(contestant, Command)
    with (
        open(corpora.path_of(corpus), "rb") as corpus_file,
        tempfile.TemporaryFile("w+") as output,
    ):
        written_to = subprocess.DEVNULL if is_command else output
        start = time.perf_counter()
        process = subprocess.Popen(argv, env=environment, stdin=corpus_file, stdout=written_to)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, argv)
        if not is_command:
            output.seek(0)
            seconds = float(output.read().split()[0])
    return seconds, usage.ru_maxrss
