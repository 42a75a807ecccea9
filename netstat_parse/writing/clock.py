"""Stamps and durations as people write them."""

from __future__ import annotations

from datetime import datetime, timedelta

UNITS = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))


class Clock:
    """Writes the stamps of one log, without their date if all are of one day.

    All are given in the time zone of the first.
    """

    def __init__(self, first: datetime | None, last: datetime | None) -> None:
        self._zone = first.tzinfo if first is not None else None
        self._first, self._last = first, last
        one, two = self._local(first), self._local(last)
        self._is_one_day = one is not None and two is not None and one.date() == two.date()

    def _local(self, at: datetime | None) -> datetime | None:
        if at is None or at.tzinfo is None or self._zone is None:
            return at
        return at.astimezone(self._zone)

    def __call__(self, at: datetime | None) -> str:
        """`09:12:05`, or with its date before it; empty if there is none."""
        local = self._local(at)
        if local is None:
            return ""
        day = "" if self._is_one_day else f"{local:%Y-%m-%d} "
        return day + _time_text(local)

    def axis(self, at: datetime) -> float:
        """The milliseconds that UTC has since 1970 when it shows what this clock does."""
        local = self._local(at)
        assert local is not None
        return (local.replace(tzinfo=None) - datetime(1970, 1, 1)) / timedelta(milliseconds=1)

    @property
    def times(self) -> str:
        """`5 January 2026, 09:00:00 to 10:30:00 UTC`; empty if there are no stamps."""
        first, last = self._local(self._first), self._local(self._last)
        if first is None:
            return ""
        zone = f" {first.tzname()}" if first.tzinfo is not None else ""
        text = f"{_day_text(first)}, {_time_text(first)}"
        if last is not None and last != first:
            day = "" if self._is_one_day else f"{_day_text(last)}, "
            text += f" to {day}{_time_text(last)}"
        return text + zone

    @property
    def span(self) -> str:
        """How long the log is; empty where stamps don't tell."""
        return duration_text(between(self._first, self._last))


def between(first: datetime | None, last: datetime | None) -> timedelta | None:
    """The time from one stamp to another; None where they don't compare, or go backwards."""
    if first is None or last is None or (first.tzinfo is None) != (last.tzinfo is None):
        return None
    return last - first if last >= first else None


def duration_text(duration: timedelta | None) -> str:
    """`2 h 5 min`: the two highest units; empty if it is not known or 0."""
    if not duration:
        return ""
    left = duration.total_seconds()
    if left < 10:
        return f"{left:.3g} s"
    parts: list[str] = []
    for name, seconds in UNITS:
        number, left = divmod(left, seconds)
        if number or parts:
            parts.append(f"{number:.0f} {name}" if number else "")
    return " ".join(filter(None, parts[:2]))


def _day_text(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def _time_text(at: datetime) -> str:
    return f"{at:%H:%M:%S}" + (f".{at.microsecond // 1000:03}" if at.microsecond else "")
