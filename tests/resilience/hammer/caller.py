"""Makes the calls of one client of the hammer, and judges their answers."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError, HTTPClientError, ReadTimeoutError
from botocore.exceptions import ConnectionError as NoConnection

from tests.resilience.hammer.ledger import Machine

_RETRIABLE: Final = frozenset({"ServiceUnavailable", "ThrottlingException"})
_ATTEMPTS: Final = 400
PAUSE_SECONDS: Final = 0.05


class Unanswered(Exception):
    """The call was not answered, or with an error that says: try again; `late`: it may still be worked on."""

    def __init__(self, *, late: bool) -> None:
        super().__init__()
        self.late = late


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call was answered: `code` is `OK`, or the error's."""

    code: str
    members: dict[str, Any]

    @property
    def ok(self) -> bool:
        """Whether it was done."""
        return self.code == "OK"


@dataclass(slots=True)
class Findings:
    """What all clients have seen; guarded by its lock."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    calls: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)

    def violated(self, told: str) -> None:
        """Note an answer that must not be."""
        with self.lock:
            self.violations.append(told)


class Caller:
    """A client with names of its own, so that what it was told is what must be there.

    Attributes:
        random: what it does next; the same for the same number.
        prefix: what all its names begin with.
        findings: where it notes what it sees.
    """

    def __init__(self, number: int, door: Any, poll_door: Any, findings: Findings) -> None:
        # Any: boto3's clients are made at run time. That for polls gives up soon: a task may be lost with an API.
        self.random = random.Random(number)
        self.prefix = f"c{number:02}"
        self.findings = findings
        self._door = door
        self._poll_door = poll_door
        self._count = 0

    def name(self) -> str:
        """A name that nothing had yet."""
        self._count += 1
        return f"{self.prefix}-{self._count}"

    def call(self, operation: str, *expected: str, **params: Any) -> Answer:
        """Make a call, which may be refused with one of the `expected` codes.

        Raises:
            Unanswered: it may have happened or not.
        """
        door = self._poll_door if operation == "get_activity_task" else self._door
        try:
            members: dict[str, Any] = getattr(door, operation)(**params)
        except (HTTPClientError, NoConnection) as error:
            self._count_error(type(error).__name__)
            raise Unanswered(late=isinstance(error, ReadTimeoutError)) from error
        except ClientError as error:
            return self._refused(operation, expected, error)
        with self.findings.lock:
            self.findings.calls[operation] += 1
        return Answer("OK", members)

    def insist(self, operation: str, *expected: str, **params: Any) -> Answer:
        """Repeat a call that may be repeated until it is answered; from the second time on with one of `expected`.

        Raises:
            Unanswered: nobody has answered for long.
        """
        may_have_happened: tuple[str, ...] = ()
        for _ in range(_ATTEMPTS):
            try:
                return self.call(operation, *may_have_happened, **params)
            except Unanswered:
                may_have_happened = expected
                time.sleep(PAUSE_SECONDS)
        return self.call(operation, *may_have_happened, **params)

    def change(self, machine: Machine, what: str, operation: str, *expected: str, **params: Any) -> bool:
        """Make a call that changes `what` of a state machine, which is uncertain if it is not answered.

        Raises:
            Unanswered: it may have happened or not.
        """
        try:
            answer = self.call(operation, *expected, **params)
        except Unanswered as unanswered:
            (machine.late if unanswered.late else machine.uncertain).add(what)
            raise
        if answer.ok:
            machine.uncertain.discard(what)
        return answer.ok

    def _refused(self, operation: str, expected: tuple[str, ...], error: ClientError) -> Answer:
        code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        self._count_error(code)
        if code in _RETRIABLE and status in (503, 400):
            raise Unanswered(late=False) from error
        if status >= 500 or code not in expected:
            self.findings.violated(f"{operation} answered {status} {error}")
        else:
            with self.findings.lock:
                self.findings.calls[operation] += 1
        return Answer(code, {})

    def _count_error(self, code: str) -> None:
        with self.findings.lock:
            self.findings.errors[code] += 1
