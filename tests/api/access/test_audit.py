"""The audit log: lines, files that are moved away, and standard output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from api.access.audit import AuditLog


def test_one_line_for_each_call_without_what_is_not_known(tmp_path: Path) -> None:
    log = AuditLog(str(tmp_path / "log"))
    log.write({"operation": "StartExecution", "user": None, "result": "OK"})
    log.write({"operation": "a\nb\u2028é\ud800", "result": "OK"})
    log.close()
    lines = (tmp_path / "log").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"operation": "StartExecution", "result": "OK"},
        {"operation": "a\nb\u2028é\ud800", "result": "OK"},
    ]


def test_what_a_caller_sends_is_cut(tmp_path: Path) -> None:
    log = AuditLog(str(tmp_path / "log"))
    log.write({"resource": "x" * 1_000_000})
    log.close()
    assert len(json.loads((tmp_path / "log").read_text())["resource"]) == 2_048


def test_a_file_that_was_moved_away_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "log"
    log = AuditLog(str(file))
    log.write({"number": "1"})
    file.rename(tmp_path / "log.1")
    log.write({"number": "2"})
    log.close()
    assert [json.loads(each.read_text()) for each in (tmp_path / "log.1", file)] == [{"number": "1"}, {"number": "2"}]


def test_lines_are_added_to_those_that_are_there(tmp_path: Path) -> None:
    for number in ("1", "2"):
        log = AuditLog(str(tmp_path / "log"))
        log.write({"number": number})
        log.close()
    assert len((tmp_path / "log").read_text().splitlines()) == 2


def test_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    log = AuditLog("-")
    log.write({"number": "1"})
    log.close()
    assert capsys.readouterr().out == '{"number": "1"}\n'
