"""What stands between the doors and the application service: who calls, how often, whether they may, and the record."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, TypeAlias

from api.access.actions import ANY_RESOURCE, Need, Params, needs
from api.access.audit import AuditLog
from api.access.callers import Caller, Callers
from api.access.errors import MissingAuthenticationTokenException
from api.access.rates import RateLimiter
from api.service.arns import Arns
from api.service.clock import Clock, utc_now
from api.service.errors import ServiceError

DoorName: TypeAlias = Literal["http", "grpc"]

_NOBODY = ""


@dataclass(slots=True)
class Call:
    """One call at a door, as far as it is known.

    Attributes:
        operation: an operation, or another name for what is asked for.
        source: the address that it comes from.
        caller: who calls; None until they have shown it, and where nobody has to.
        claimed_key_id: the id of the key that the call says it is made with.
        action: the IAM action, once it is known.
        resource: what it acts on, likewise.
    """

    door: DoorName
    operation: str
    source: str
    request_id: str | None = None
    caller: Caller | None = None
    claimed_key_id: str | None = None
    action: str | None = None
    resource: str | None = None

    def claim(self, key_id: str) -> None:
        """Note whose call it says it is."""
        self.claimed_key_id = key_id


class Guard:
    """Guards the doors of one process.

    Args:
        arns: of this installation.
        callers: who may call; None where nobody is asked who they are.
        limiter: how often, if there is a limit.
        audit: where calls are recorded, if anywhere.
        clock: what time it is, for the records.
    """

    def __init__(
        self,
        arns: Arns,
        *,
        callers: Callers | None = None,
        limiter: RateLimiter | None = None,
        audit: AuditLog | None = None,
        clock: Clock = utc_now,
    ) -> None:
        self.callers = callers
        self._arns = arns
        self._limiter = limiter
        self._audit = audit
        self._clock = clock

    @contextmanager
    def recorded(self, call: Call) -> Iterator[None]:
        """The time of a call, whose end is recorded with its result: `OK`, AWS's error code, or what else ended it."""
        result = "InternalFailure"
        try:
            yield
            result = "OK"
        except ServiceError as error:
            result = error.code
            raise
        except asyncio.CancelledError:
            result = "Cancelled"
            raise
        finally:
            if self._audit is not None:
                self._audit.write(self._line(call, result))

    def admit(self, call: Call, params: Params) -> None:
        """Let a call in whose caller is known, if anybody has to be.

        Args:
            call: its operation is one of `api.access.actions.known_operations`.
            params: what the operation will be called with.

        Raises:
            ThrottlingException: the caller has called too often.
            AccessDeniedException: their policy does not allow it.
        """
        self.authorize(call, self.throttle(call, params))

    def throttle(self, call: Call, params: Params) -> Sequence[Need]:
        """The first half of `admit`: count a call. What it needs to be allowed, for `authorize`.

        Raises:
            ThrottlingException: the caller has called too often.
        """
        if self.callers is None and self._limiter is None and self._audit is None:
            return ()
        wanted = needs(call.operation, params, self._arns)
        call.action, call.resource = wanted[0].action, wanted[0].resource
        if self._limiter is not None:
            self._limiter.take(_NOBODY if call.caller is None else call.caller.key_id, call.operation)
        return wanted

    def authorize(self, call: Call, wanted: Sequence[Need]) -> None:
        """The second half of `admit`: see that the caller's policy allows all that a call needs.

        Raises:
            MissingAuthenticationTokenException: it is not known who calls.
            AccessDeniedException: it does not.
        """
        if self.callers is not None:
            if call.caller is None:
                raise MissingAuthenticationTokenException
            call.caller.policy.check(call.caller.arn, wanted)

    def admit_to(self, call: Call, action: str) -> None:
        """As `admit`, to something that is no operation and has no resource."""
        call.action, call.resource = action, ANY_RESOURCE
        self.authorize(call, [Need(action, ANY_RESOURCE)])

    def _line(self, call: Call, result: str) -> dict[str, str | None]:
        caller = call.caller
        return {
            "time": self._clock().isoformat(timespec="milliseconds"),
            "door": call.door,
            "operation": call.operation,
            "action": call.action,
            "resource": call.resource,
            "result": result,
            "user": None if caller is None else caller.arn,
            "accessKeyId": None if caller is None else caller.key_id,
            "claimedAccessKeyId": call.claimed_key_id if caller is None else None,
            "source": call.source,
            "requestId": call.request_id,
        }
