"""A measurement: one row of a table of performance, ours against theirs."""

from __future__ import annotations

from dataclasses import dataclass
from subprocess import CalledProcessError

from benchmarks.contestants import Command, Contestant, is_there
from benchmarks.measure import Sample, build_argv, compare, hash_output

HEAD = (
    "| name | work | corpus | against | ours | theirs | ratio | mark | met | same output "
    "| memory |\n"
    "|---|---|---|---|--:|--:|--:|---|---|---|--:|"
)


@dataclass(frozen=True)
class Measurement:
    """What is compared is `figure` of both."""

    name: str
    work: str
    ours: Contestant
    corpus: str
    theirs: Contestant
    their_corpus: str = ""
    """Where it is not the same."""
    against: str = ""
    """What the table calls theirs, if not by the contestant's name."""
    faster: float | None = None
    """The mark: at least this many times as fast."""
    at_most: float | None = None
    """The mark: at most this share of theirs."""
    is_wish: bool = False
    """The mark is shown in parentheses, and missing it is no failure."""
    figure: str = "time"
    """time, peak (memory), or time per row."""
    rounds: int = 1
    """Times the usual number, for what is short."""
    has_same_output: bool = False
    """Both are commands, and must write the same bytes."""


@dataclass(frozen=True)
class Result:
    """A measurement's row of the table, and whether it is as it should be."""

    row: str
    is_good: bool


def measure(measurement: Measurement, rounds: int, rows: dict[str, int]) -> Result:
    """Runs a measurement. `rows` has the number of rows of the corpora measured per row."""
    m = measurement
    for contestant in (m.ours, m.theirs):
        if not is_there(contestant):
            return Result(f"| {m.name} | {contestant.name} is not installed |", True)
    ours = Sample(m.ours, m.corpus)
    theirs = Sample(m.theirs, m.their_corpus or m.corpus)
    try:
        same = _compare_outputs(m) if m.has_same_output else None
        compare((ours, theirs), rounds * m.rounds)
    except CalledProcessError as error:
        who = "ours" if error.cmd == build_argv(m.ours, m.corpus) else "theirs"
        return Result(f"| {m.name} | {m.work} | {m.corpus} | {who} failed |", False)
    our, their, unit = ours.time, theirs.time, "s"
    if m.figure == "peak":
        our, their, unit = ours.peak, theirs.peak, "MB"
    elif m.figure == "time per row":
        our, their, unit = 1e6 * our / rows[m.corpus], 1e6 * their / rows[m.their_corpus], "µs"
    ratio, mark, is_met = _judge(m, our, their)
    cells = (
        m.name,
        m.work,
        m.corpus,
        ", ".join(filter(None, (m.against or m.theirs.name, m.their_corpus))),
        f"{our:.3f} {unit}",
        f"{their:.3f} {unit}",
        ratio,
        f"({mark})" if m.is_wish else mark,
        _yes_or_no(is_met) if mark else "",
        "" if same is None else _yes_or_no(same),
        f"{ours.peak:.0f} / {theirs.peak:.0f} MB",
    )
    return Result(f"| {' | '.join(cells)} |", (is_met or m.is_wish) and same is not False)


def _judge(m: Measurement, our: float, their: float) -> tuple[str, str, bool]:
    """The ratio and the mark, as they are shown, and whether it is met."""
    if m.faster is not None:
        return f"{their / our:.1f}×", f"≥ {m.faster}×", their / our >= m.faster
    ratio = our / their
    if m.at_most is not None:
        return f"{ratio:.2f}", f"≤ {m.at_most}", ratio <= m.at_most
    return f"{ratio:.2f}", "", True


def _compare_outputs(m: Measurement) -> bool:
    """Whether both write the same bytes. It also leaves compiled modules behind for the rounds."""
    assert isinstance(m.ours, Command)
    assert isinstance(m.theirs, Command)
    return hash_output(m.ours, m.corpus) == hash_output(m.theirs, m.their_corpus or m.corpus)


def _yes_or_no(value: bool) -> str:
    return "yes" if value else "**no**"
