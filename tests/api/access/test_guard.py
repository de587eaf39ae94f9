"""The guard: what it lets in, and what it records of a call, however that ends."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from api.access.audit import AuditLog
from api.access.callers import Caller
from api.access.errors import AccessDeniedException, MissingAuthenticationTokenException, ThrottlingException
from api.access.guard import Call, Guard
from api.access.policy import Policy, parse_policy
from api.access.rates import Rate, RateLimiter
from api.service.arns import Arns
from api.service.config import ServiceConfig
from tests.api.access.test_callers import Keys
from tests.api.service.installation import SettableClock
from tests.support.access import ALL, guard_over, statement

ARNS = Arns(ServiceConfig())
MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:m"


def caller(*statements: object) -> Caller:
    policy = parse_policy({"Statement": [*statements]}) if statements else Policy(())  # type: ignore[list-item]  # JSON
    return Caller("STPLAAAAAAAAAAAAAAAA", "arn:aws:iam::123456789012:user/ada", "token", policy)


def call(operation: str = "StartExecution", caller: Caller | None = None) -> Call:
    return Call("grpc", operation, "127.0.0.1", caller=caller)


def test_without_callers_everybody_may_do_everything() -> None:
    Guard(ARNS).admit(call(), {"stateMachineArn": MACHINE})


def test_a_caller_that_was_never_found_out_is_not_let_in() -> None:
    guard = guard_over(Keys(), SettableClock())
    with pytest.raises(MissingAuthenticationTokenException):
        guard.admit(call(), {"stateMachineArn": MACHINE})
    with pytest.raises(MissingAuthenticationTokenException):
        guard.admit_to(call("GetMetrics"), "steploom:GetMetrics")


def test_everything_that_a_call_needs_must_be_allowed() -> None:
    guard = guard_over(Keys(), SettableClock())
    some = caller(statement("Allow", "states:CreateStateMachine"))
    guard.admit(call("CreateStateMachine", some), {"name": "m"})
    with pytest.raises(AccessDeniedException, match="perform: states:PublishStateMachineVersion on resource"):
        guard.admit(call("CreateStateMachine", some), {"name": "m", "publish": True})
    with pytest.raises(AccessDeniedException, match="perform: states:TagResource on resource"):
        guard.admit(call("CreateStateMachine", some), {"name": "m", "tags": [{"key": "k"}]})


def test_a_long_resource_is_not_sent_back_whole() -> None:
    guard = guard_over(Keys(), SettableClock())
    with pytest.raises(AccessDeniedException) as refused:
        guard.admit(call("StartExecution", caller()), {"stateMachineArn": "x" * 1_000_000})
    assert len(refused.value.message) < 3_000


def test_rates_count_callers_and_where_there_are_none_everybody() -> None:
    guard = Guard(ARNS, limiter=RateLimiter({"*": Rate(1, 1)}, lambda: 0.0))
    guard.admit(call(), {})
    with pytest.raises(ThrottlingException):
        guard.admit(call(), {})
    guard.admit(call(caller=caller(ALL)), {})


class TestRecords:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return tmp_path / "log"

    def record(self, file: Path, made: Call, error: BaseException | None = None) -> dict[str, str]:
        """The record of a call that ends with this error, or well."""
        audit = AuditLog(str(file))
        guard = Guard(ARNS, audit=audit, clock=SettableClock())

        def end() -> None:
            with guard.recorded(made):
                guard.admit(made, {"stateMachineArn": MACHINE, "input": '"hunter2"'})
                if error is not None:
                    raise error

        if error is None:
            end()
        else:
            with pytest.raises(type(error)):
                end()
        audit.close()
        line: dict[str, str] = json.loads(file.read_text())
        return line

    def test_of_a_call_that_ends_well(self, file: Path) -> None:
        assert self.record(file, call(caller=caller(ALL))) == {
            "time": "2026-11-22T21:30:00.123+00:00",
            "door": "grpc",
            "operation": "StartExecution",
            "action": "states:StartExecution",
            "resource": MACHINE,
            "result": "OK",
            "user": "arn:aws:iam::123456789012:user/ada",
            "accessKeyId": "STPLAAAAAAAAAAAAAAAA",
            "source": "127.0.0.1",
        }

    @pytest.mark.parametrize(
        "error, result",
        [
            (ThrottlingException(), "ThrottlingException"),
            (asyncio.CancelledError(), "Cancelled"),
            (LookupError("a secret"), "InternalFailure"),
        ],
        ids=["refused", "cancelled", "a bug"],
    )
    def test_of_a_call_that_does_not(self, file: Path, error: BaseException, result: str) -> None:
        assert self.record(file, call(), error)["result"] == result
        assert "secret" not in file.read_text()

    def test_of_whom_a_call_says_it_is(self, file: Path) -> None:
        claimed = call()
        claimed.claim("STPLBBBBBBBBBBBBBBBB")
        line = self.record(file, claimed)
        assert (line["claimedAccessKeyId"], "accessKeyId" in line) == ("STPLBBBBBBBBBBBBBBBB", False)
