"""Tests of `api.service.arns`."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from api.service.arns import Arns, ExecutionArn, StateMachineArn, check_name, check_role_arn
from api.service.config import ServiceConfig
from api.service.errors import InvalidArn, InvalidName

ARNS = Arns(ServiceConfig())
HERE = "arn:aws:states:us-east-1:123456789012:"
FORBIDDEN = ' \t\n\u3000<>{}[]?*"#%\\^|~`$&,;:/\x00\x1f\x7f\x80\x9f\ufffe\uffff\ud800\udfff\U0010ffff'


@pytest.mark.parametrize("name", ["a", "a-b_c.d", "Ünïcode", "名前", "\U0001f600", "x" * 80, "@'()!+="])
def test_good_names(name: str) -> None:
    check_name(name)


@pytest.mark.parametrize("char", FORBIDDEN, ids=lambda char: f"U+{ord(char):04X}")
def test_bad_names(char: str) -> None:
    with pytest.raises(InvalidName) as caught:
        check_name(f"a{char}b")
    assert caught.value.message == f"Invalid Name: 'a{char}b'"


@pytest.mark.parametrize(
    "arn", ["arn:aws:iam::123456789012:role/r", "arn:aws-us-gov:iam::123456789012:role/a/b+=,.@-_"]
)
def test_good_roles(arn: str) -> None:
    check_role_arn(arn)


@pytest.mark.parametrize(
    "arn", ["r", "arn:aws:iam::123456789012:user/r", "arn:aws:iam::1:role/r", "arn:aws:iam::123456789012:role/", "\x00"]
)
def test_bad_roles(arn: str) -> None:
    with pytest.raises(InvalidArn) as caught:
        check_role_arn(arn)
    assert caught.value.message == f"Invalid Role Arn: '{arn}'"


@dataclass(frozen=True)
class Case:
    given: str
    result: tuple[str | None, ...]


MACHINES = [
    Case(HERE + "stateMachine:a.b-c", ("a.b-c", None, None)),
    Case(HERE + "stateMachine:m:3", ("m", "3", None)),
    Case(HERE + "stateMachine:m:live", ("m", "live", None)),
    Case(HERE + "stateMachine:m/label", ("m", None, "label")),
    Case("arn:aws:states:eu-west-1:123456789012:stateMachine:m", (None, None, None)),
    Case("arn:aws:states:us-east-1:000000000000:stateMachine:m", (None, None, None)),
    Case("arn:aws-cn:states:us-east-1:123456789012:stateMachine:m", (None, None, None)),
    Case(HERE + "stateMachine:a b", (None, None, None)),
    Case(HERE + "stateMachine:a\x00b", (None, None, None)),
    Case(HERE + "stateMachine:", (None, None, None)),
]


@pytest.mark.parametrize("case", MACHINES, ids=lambda case: repr(case.given))
def test_reads_state_machines(case: Case) -> None:
    assert ARNS.read_state_machine(case.given) == StateMachineArn(case.given, *case.result)


EXECUTIONS = [
    Case(HERE + "execution:m:e", ("m", "e")),
    Case(HERE + "execution:m/label:e", (None, None)),
    Case(HERE + "execution:m", (None, None)),
    Case(HERE + "execution:m:a b", (None, None)),
    Case("arn:aws:states:eu-west-1:123456789012:execution:m:e", (None, None)),
]


@pytest.mark.parametrize("case", EXECUTIONS, ids=lambda case: repr(case.given))
def test_reads_executions(case: Case) -> None:
    assert ARNS.read_execution(case.given) == ExecutionArn(case.given, *case.result)


@dataclass(frozen=True)
class Refusal:
    given: str
    message: str


REFUSED = [
    Refusal("", "Invalid Arn: 'Invalid ARN prefix: '"),
    Refusal("invalid", "Invalid Arn: 'Invalid ARN prefix: invalid'"),
    Refusal("arn:aws:states", "Invalid Arn: 'Invalid ARN prefix: arn:aws:states'"),
    Refusal(HERE + "execution:a:b:c", f"Invalid Arn: 'Invalid ARN prefix: {HERE}execution:a:b:c'"),
    Refusal(HERE + "express:m:e:u", "Invalid Arn: 'Resource type not valid in this context: express'"),
    Refusal(HERE + "stateMachine:m", "Invalid Arn: 'Resource type not valid in this context: statemachine'"),
    Refusal("arn:aws:iam::123456789012:role/r", "Invalid Arn: 'Resource type not valid in this context: role'"),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.given)
def test_refuses_as_executions(case: Refusal) -> None:
    with pytest.raises(InvalidArn) as caught:
        ARNS.read_execution(case.given)
    assert caught.value.message == case.message


def test_makes_what_it_reads() -> None:
    assert ARNS.read_state_machine(ARNS.state_machine("é")).name == "é"
    execution = ARNS.read_execution(ARNS.execution("é", "ü"))
    assert (execution.state_machine_name, execution.name) == ("é", "ü")


@pytest.mark.parametrize(
    "workflow_id, execution",
    [("m:e", ARNS.execution("m", "e")), ("m:e:u", ARNS.express_execution("m", "e", "u"))],
    ids=["standard", "express"],
)
def test_of_a_workflow(workflow_id: str, execution: str) -> None:
    assert ARNS.of_workflow(workflow_id) == (execution, ARNS.state_machine("m"))
