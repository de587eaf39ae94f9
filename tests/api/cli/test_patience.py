"""How long calls are repeated that nobody answers, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import EndpointConnectionError, ParamValidationError, ReadTimeoutError

from api.cli.patience import Patience

URL = "http://steploom.test"
AWAY = EndpointConnectionError(endpoint_url=URL)
SLOW = ReadTimeoutError(endpoint_url=URL)
TOLD = f"The service at {URL} does not answer; trying for 30 seconds in all.\n"
OTHER = ParamValidationError(report="x")


@dataclass(frozen=True)
class Case:
    id: str
    answers: list[Exception | int]  # of the attempts of one call, ten seconds after each other: failures, or statuses
    pauses: list[float | bool | None]
    is_over: bool = False
    told: int = 1


@pytest.mark.parametrize(
    "case",
    [
        Case("an answer", [200], [None], told=0),
        Case("a refusal", [400], [None], told=0),
        Case("another failure", [OTHER], [None], told=0),
        Case("once away", [AWAY, 200], [0.5, None], told=0),
        Case("away, and back", [AWAY, SLOW, 503, 200], [0.5, 0.5, 0.5, None]),
        Case("away for too long", [503, AWAY, AWAY, AWAY], [0.5, 0.5, 0.5, False], is_over=True),
    ],
    ids=lambda case: case.id,
)
def test_patience(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    patience = Patience(URL, clock=lambda: now)
    patience.begin()
    pauses = []
    for attempts, answer in enumerate(case.answers, 1):
        response = (AWSResponse(URL, answer, HTTPHeaders(), None), None) if isinstance(answer, int) else None
        failure = answer if isinstance(answer, Exception) else None
        pauses.append(patience.pause_seconds(response, failure, attempts, operation=None))
        now += 10
    assert (pauses, patience.is_over) == (case.pauses, case.is_over)
    assert capsys.readouterr().err == TOLD * case.told


def test_each_call_has_its_own_time_and_notice(capsys: pytest.CaptureFixture[str]) -> None:
    now = 0.0
    patience = Patience(URL, clock=lambda: now)
    for _ in range(2):
        patience.begin()
        now += patience.attempt_seconds
        assert patience.pause_seconds(None, SLOW, 1) == 0.5  # silence is told at once
        assert capsys.readouterr().err == TOLD
        now += patience.attempt_seconds
        assert patience.pause_seconds(None, SLOW, 2) is False
    assert capsys.readouterr().err == ""
