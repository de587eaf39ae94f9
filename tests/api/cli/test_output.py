"""What the command line prints."""

from __future__ import annotations

import pytest

from api.cli.output import counted, print_fields


def test_fields_stand_in_two_columns(capsys: pytest.CaptureFixture[str]) -> None:
    print_fields({"name": "mine", "input": '{"a": "[b]"}\n', "output": None, "status": "SUCCEEDED"})

    assert capsys.readouterr().out == 'name    mine\ninput   {"a": "[b]"}\nstatus  SUCCEEDED\n'


@pytest.mark.parametrize(
    "count, told", [(0, "0 days"), (0.5, "0.5 days"), (1.0, "1 day"), (2, "2 days"), (1_000_000, "1000000 days")]
)
def test_what_is_counted(count: float, told: str) -> None:
    assert counted(count, "day") == told
