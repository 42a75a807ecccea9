"""Everything that netstat_parse raises on purpose. All of it is a NetstatError."""

from __future__ import annotations

from collections.abc import Iterable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class NetstatError(Exception):
    """The base of every error of this package: catch this to catch them all.

    Errors survive pickling and copying with all that they tell, so a pool of processes can raise
    them.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        cause = self.__cause__ if isinstance(self.__cause__, NetstatError) else None
        return _restore, (type(self), self.args, self.__dict__, cause)


def _restore(
    cls: type[NetstatError],
    args: tuple[Any, ...],
    fields: dict[str, Any],
    cause: NetstatError | None,
) -> NetstatError:
    # Not cls(*args): an error may take more than its base class keeps in `args`.
    error = cls.__new__(cls, *args)
    error.__dict__.update(fields)
    error.__cause__ = cause
    return error


class ParseError(NetstatError):
    """A line that no rule accounts for.

    `number` is the line's number, counted from 1; `column` the place in it, counted from 1, where
    something else was expected; `line` its text as it was read; `expected` what the grammar
    wanted there, in words.
    """

    def __init__(self, number: int, column: int, line: str, expected: str) -> None:
        super().__init__(number, column, line, expected)
        self.number = number
        self.column = column
        self.line = line
        self.expected = expected

    def __str__(self) -> str:
        if not self.line:  # it is about the input, not about a line of it
            if not self.number:
                return f"{self.expected}: it ends before line 1"
            return f"line {self.number}: {self.expected}"
        shown = self.line if len(self.line) <= 200 else self.line[:200] + "…"
        return f"line {self.number}, column {self.column}: {self.expected}: {shown!r}"


class NotNetstatError(ParseError):
    """The input was read to its end and holds no netstat output at all."""


class SeveralSnapshotsError(ParseError):
    """`parse` was given more than one snapshot; `iter_snapshots` reads any number of them."""


class UnknownDialectError(NetstatError, ValueError):
    """There is no dialect of this name; `known` has those that there are."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name, known)
        self.name = name
        self.known = known

    def __str__(self) -> str:
        meant = did_you_mean(self.name, self.known)
        return f"no dialect {self.name!r}{meant}; there are {', '.join(self.known)}"


class UnknownEncodingError(NetstatError, ValueError):
    """There is no encoding of this name, or it is none of texts."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"no encoding {self.name!r}; there are utf-8, cp850, cp866, gbk, shift_jis and more"


class TimestampFormatError(NetstatError, ValueError):
    """A format of timestamps that strptime does not know; `reason` says why."""

    def __init__(self, given: str, reason: str) -> None:
        super().__init__(given, reason)
        self.given = given
        self.reason = reason

    def __str__(self) -> str:
        return f"no format of timestamps: {self.given!r}: {self.reason}"


class CommandError(NetstatError):
    """A command that should have printed netstat's text did not.

    `command` is what was run; `stderr` the end of what it wrote on standard error.
    """

    def __init__(self, message: str, command: tuple[str, ...], stderr: str = "") -> None:
        super().__init__(message, command, stderr)
        self.message = message
        self.command = command
        self.stderr = stderr

    def __str__(self) -> str:
        return self.message


class CommandNotFoundError(CommandError):
    """The command is not installed, or may not be executed."""


class CommandFailedError(CommandError):
    """The command ended with an exit status other than 0, which is in `status`."""

    def __init__(self, message: str, command: tuple[str, ...], stderr: str, status: int) -> None:
        super().__init__(message, command, stderr)
        self.status = status


class CommandKilledError(CommandError):
    """A signal ended the command; its number is in `signal`."""

    def __init__(self, message: str, command: tuple[str, ...], stderr: str, signal: int) -> None:
        super().__init__(message, command, stderr)
        self.signal = signal


class CommandTimeoutError(CommandError):
    """The command had not ended after `timeout` seconds, and was killed."""

    def __init__(self, message: str, command: tuple[str, ...], stderr: str, timeout: float) -> None:
        super().__init__(message, command, stderr)
        self.timeout = timeout


class OutputTooLargeError(CommandError):
    """The command printed more than `limit` bytes, and was killed."""

    def __init__(self, message: str, command: tuple[str, ...], stderr: str, limit: int) -> None:
        super().__init__(message, command, stderr)
        self.limit = limit


class CommandOutputError(CommandError):
    """The command ended well, but what it printed is not netstat's output.

    The ParseError that says where is its `__cause__`.
    """


class InputError(NetstatError):
    """Input that cannot be read: no such file, a reading error, damaged compression."""


class OutputError(NetstatError):
    """Output that cannot be written: no such directory, no permission, a full disk."""


class UnknownColumnError(NetstatError, ValueError):
    """CSV has no column of this name; `known` has those that it can have."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name, known)
        self.name = name
        self.known = known

    def __str__(self) -> str:
        meant = did_you_mean(self.name, self.known)
        return f"no column {self.name!r}{meant}; there are {', '.join(self.known)}"


class WhereError(NetstatError, ValueError):
    """A filter that can't be understood.

    `column` is the place in `expression`, counted from 1, where something else was expected;
    `expected` says what.
    """

    def __init__(self, expression: str, column: int, expected: str) -> None:
        super().__init__(expression, column, expected)
        self.expression = expression
        self.column = column
        self.expected = expected

    def __str__(self) -> str:
        shown = self.expression
        shown = shown if len(shown) <= 200 else shown[:200] + "…"
        return f"filter, column {self.column}: {self.expected}: {shown!r}"


class MissingExtraError(NetstatError):
    """Something optional was asked for that is not installed."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(what, extra)
        self.what = what
        self.extra = extra

    def __str__(self) -> str:
        return f"{self.what} needs: pip install 'netstat_parse[{self.extra}]'"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """` (did you mean ...?)` with the nearest name that is known; nothing if none is near."""
    from difflib import get_close_matches  # takes longer than to read a small capture

    nearest = get_close_matches(name.lower(), list(known), 1)
    return f" (did you mean {nearest[0]!r}?)" if nearest else ""


def reason_of(error: Exception) -> str:
    """What an error of the operating system says, in its words."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
