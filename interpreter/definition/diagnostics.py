"""Diagnostics: what is wrong with a definition, where, and under which of AWS's codes.

Codes and the form of locations follow ValidateStateMachineDefinition. `NOT_SUPPORTED_YET` is steploom's own: AWS takes
the definition, steploom cannot run it; a warning of validation, and a refusal where a state machine is created. All
other codes of our own are warnings only and begin with `STEPLOOM_`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import Final, TypeAlias

Location: TypeAlias = tuple[str | int, ...]
"""A place in a definition: member names and array indexes from the top."""

ROOT: Final[Location] = ()

SCHEMA_VALIDATION_FAILED: Final = "SCHEMA_VALIDATION_FAILED"
INVALID_JSON_DESCRIPTION: Final = "INVALID_JSON_DESCRIPTION"
INVALID_STATE_NAME: Final = "INVALID_STATE_NAME"
DUPLICATE_STATE_NAME: Final = "DUPLICATE_STATE_NAME"
INVALID_LABEL_NAME: Final = "INVALID_LABEL_NAME"
DUPLICATE_LABEL_NAME: Final = "DUPLICATE_LABEL_NAME"
INVALID_VARIABLE_NAME: Final = "INVALID_VARIABLE_NAME"
RESERVED_VARIABLE_NAME: Final = "RESERVED_VARIABLE_NAME"
MISSING_TRANSITION_TARGET: Final = "MISSING_TRANSITION_TARGET"
MISSING_END_STATE: Final = "MISSING_END_STATE"
TOO_DEEPLY_NESTED: Final = "TOO_DEEPLY_NESTED"
INVALID_JSONATA_EXPRESSION: Final = "INVALID_JSONATA_EXPRESSION"
UNSUPPORTED_JSONATA_EXPRESSION: Final = "UNSUPPORTED_JSONATA_EXPRESSION"
NO_DOLLAR: Final = "NO_DOLLAR"
NO_PATH: Final = "NO_PATH"
PASS_RESULT_IS_STATIC: Final = "PASS_RESULT_IS_STATIC"
NOT_SUPPORTED_YET: Final = "NOT_SUPPORTED_YET"

NO_EFFECT: Final = "STEPLOOM_NO_EFFECT"
UNREACHABLE_RETRIER: Final = "STEPLOOM_UNREACHABLE_RETRIER"
UNREACHABLE_CATCHER: Final = "STEPLOOM_UNREACHABLE_CATCHER"
UNREACHABLE_CHOICE: Final = "STEPLOOM_UNREACHABLE_CHOICE"
ERROR_NEVER_MATCHES: Final = "STEPLOOM_ERROR_NEVER_MATCHES"
PATH_NEVER_MATCHES: Final = "STEPLOOM_PATH_NEVER_MATCHES"
NO_TIMEOUT: Final = "STEPLOOM_NO_TIMEOUT"
TOKEN_NOT_PASSED: Final = "STEPLOOM_TOKEN_NOT_PASSED"
NO_TASK_TOKEN: Final = "STEPLOOM_NO_TASK_TOKEN"
UNKNOWN_VARIABLE: Final = "STEPLOOM_UNKNOWN_VARIABLE"
UNKNOWN_MEMBER: Final = "STEPLOOM_UNKNOWN_MEMBER"
TIMES_OUT: Final = "STEPLOOM_TIMES_OUT"
NOT_EVALUATED: Final = "STEPLOOM_NOT_EVALUATED"
ALWAYS_FAILS: Final = "STEPLOOM_ALWAYS_FAILS"

_OWN_PREFIX: Final = "STEPLOOM_"

_MOST_SUGGESTIONS: Final = 30
_MOST_COMPARED: Final = 300
_LONGEST_COMPARED: Final = 100


class Severity(StrEnum):
    """Whether a finding refuses the definition."""

    ERROR = "ERROR"
    WARNING = "WARNING"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding.

    Attributes:
        severity: errors refuse the definition, warnings do not.
        code: AWS's code, or one of steploom's own.
        message: the text for people, in AWS's words where they are known.
        location: the place as AWS writes it (`/States/A/Choices[0]/Next`), or None where AWS gives none.
        line: line in the definition's text, from 1, or None where the finding has no place.
        column: column in that line, from 1.
        hint: what AWS's message leaves open, for people at a command line; None where it says all.
        follows: whether it probably goes away with another finding that is told too.
    """

    severity: Severity
    code: str
    message: str
    location: str | None
    line: int | None
    column: int | None
    hint: str | None = None
    follows: bool = False

    def text(self) -> str:
        """The diagnostic as CreateStateMachine's error message shows it."""
        return f"{self.code}: {self.message} at {self.location if self.location is not None else 'null'}"


def location_text(location: Location) -> str:
    """`location` as AWS writes it: names after slashes, indexes in brackets, `/` for the whole definition."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f"/{part}" for part in location)
    return text or "/"


def printable(text: str) -> str:
    """`text` with a question mark for each lone surrogate, as Java prints it: so it can always be sent as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True, slots=True)
class _Finding:
    severity: Severity
    code: str
    message: str
    location: str | None
    place: Location | None
    hint: str | None
    follows: bool
    of_name: bool


class Report:
    """Collects findings while a definition is examined; positions are looked up once, at the end.

    Args:
        stored: whether the definition is stored already, maybe by a release that refused less.
    """

    def __init__(self, *, stored: bool = False) -> None:
        self.stored = stored
        self._findings: list[_Finding] = []
        self._suggestions_left = _MOST_SUGGESTIONS
        self.failed = False

    def error(
        self,
        location: Location | None,
        message: str,
        *,
        code: str = SCHEMA_VALIDATION_FAILED,
        place: Location | None = None,
        hint: str | None = None,
        follows: bool = False,
    ) -> None:
        """Record an error at `location`; `place` is the more exact place to show to people, where they differ."""
        self.failed = True
        self._add(Severity.ERROR, code, message, location, place, hint, follows)

    def unwanted(
        self,
        location: Location,
        name: str,
        message: str,
        *,
        code: str = SCHEMA_VALIDATION_FAILED,
        hint: str | None = None,
    ) -> None:
        """Record an error of the object at `location`: that it has a member `name`, whatever its value is."""
        self.failed = True
        self._add(Severity.ERROR, code, message, location, (*location, name), hint, of_name=True)

    def error_if_new(self, location: Location, message: str, *, place: Location | None = None) -> None:
        """Record an error that stops no stored definition: earlier releases took it, and executions may run."""
        if not self.stored:
            self.error(location, message, place=place)

    def warning(self, location: Location, message: str, *, code: str) -> None:
        """Record a warning."""
        self._add(Severity.WARNING, code, message, location, None, None)

    def not_supported(self, location: Location, what: str, instead: str) -> None:
        """Record what AWS accepts and steploom cannot run; `instead` says what to do."""
        self.warning(location, f"steploom does not support {what} yet; {instead}", code=NOT_SUPPORTED_YET)

    def did_you_mean(self, name: str, known: Collection[str], *, prefix: str = "") -> str | None:
        """A hint that proposes the one of `known` that looks like `name`, behind `prefix`, if one does."""
        close = self.closest(name, known)
        return None if close is None else f"did you mean {prefix + close!r}?"

    def closest(self, name: str, known: Collection[str]) -> str | None:
        """The one of `known` that looks like `name`, if one does.

        None after some such questions, and where much would have to be compared: a definition may be large.
        """
        if not self._suggestions_left or len(known) > _MOST_COMPARED:
            return None
        self._suggestions_left -= 1
        by_form = {one.lower(): one for one in known}
        close = get_close_matches(name[:_LONGEST_COMPARED].lower(), by_form, n=1)
        return by_form[close[0]] if close else None

    def _add(
        self,
        severity: Severity,
        code: str,
        message: str,
        location: Location | None,
        place: Location | None,
        hint: str | None,
        follows: bool = False,
        of_name: bool = False,
    ) -> None:
        shown = None if location is None else printable(location_text(location))
        exact = location if place is None else place
        shown_hint = None if hint is None else printable(hint)
        self._findings.append(_Finding(severity, code, printable(message), shown, exact, shown_hint, follows, of_name))

    def add_hints(self, hint_at: Callable[[Location], str | None]) -> None:
        """Give the errors at whose place there is something to say that hint, in place of what was guessed before.

        What is known of a JSONata expression is no guess, and stays before it. That a member is unwanted is not up to
        its value.
        """
        self._findings = [_with_hint(finding, hint_at) for finding in self._findings]

    def places(self) -> list[Location]:
        """The places of all findings that have one."""
        return [finding.place for finding in self._findings if finding.place is not None]

    def diagnostics(self, positions: Mapping[Location, tuple[int, int]]) -> list[Diagnostic]:
        """All findings: AWS's errors, AWS's warnings, what is not supported yet, our warnings; each in order found."""
        return [self._diagnostic(finding, positions) for finding in sorted(self._findings, key=_rank)]

    @staticmethod
    def _diagnostic(finding: _Finding, positions: Mapping[Location, tuple[int, int]]) -> Diagnostic:
        line, column = None, None
        if finding.place is not None and finding.place in positions:
            line, column = positions[finding.place]
        return Diagnostic(
            finding.severity,
            finding.code,
            finding.message,
            finding.location,
            line,
            column,
            finding.hint,
            finding.follows,
        )


def _with_hint(finding: _Finding, hint_at: Callable[[Location], str | None]) -> _Finding:
    if finding.severity is not Severity.ERROR or finding.place is None or finding.of_name:
        return finding
    hint = hint_at(finding.place)
    if hint is None:
        return finding
    is_jsonata = finding.code in (INVALID_JSONATA_EXPRESSION, UNSUPPORTED_JSONATA_EXPRESSION)
    known = f"{finding.hint}; " if is_jsonata and finding.hint is not None else ""
    return replace(finding, hint=printable(known + hint))


def _rank(finding: _Finding) -> int:
    if finding.severity is Severity.ERROR:
        return 0
    if finding.code == NOT_SUPPORTED_YET:
        return 2
    return 3 if finding.code.startswith(_OWN_PREFIX) else 1
