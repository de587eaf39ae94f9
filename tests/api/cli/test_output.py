"""What the command line prints."""

from __future__ import annotations

import pytest

from api.cli.output import print_fields


def test_fields_stand_in_two_columns(capsys: pytest.CaptureFixture[str]) -> None:
    print_fields({"name": "mine", "input": '{"a": "[b]"}\n', "output": None, "status": "SUCCEEDED"})

    assert capsys.readouterr().out == 'name    mine\ninput   {"a": "[b]"}\nstatus  SUCCEEDED\n'
