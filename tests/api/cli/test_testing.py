"""`steploom test`: the example, what is printed for people and programs, and exit codes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse

import pytest

from tests.api.cli.test_commands import Steploom, steploom

__all__ = ["steploom"]

EXAMPLE = Path(__file__).parents[3] / "examples" / "testing"
ORDERS = EXAMPLE.parent / "order-pipeline"


def test_the_example_passes_and_covers_everything(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    assert steploom("test", EXAMPLE / "parcels.test.json", "--junit", "results.xml", "--fail-under", "100") == 0
    told = capsys.readouterr().out
    assert "PASSED  parcels#Busy  (" in told
    assert "36 days skipped" in told
    assert "Coverage of parcels: 9 of 9 states, 6 of 6 branches (100.0 %)" in told
    assert told.endswith("\n5 passed\n")
    assert len(parse("results.xml").findall("./testsuite/testcase")) == 5


def test_the_order_pipeline_s_tests_pass(steploom: Steploom) -> None:
    assert steploom("test", ORDERS / "pipeline.test.json", "--fail-under", "100") == 0


@pytest.mark.parametrize("mode, code", [("aws", 2), ("native", 0)])
def test_definitions_are_checked_by_the_installation_s_mode(
    steploom: Steploom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, code: int
) -> None:
    monkeypatch.setenv("STEPLOOM_MODE", mode)
    definition = {"StartAt": "s" * 100, "States": {"s" * 100: {"Type": "Succeed"}}}
    tests = {"StateMachines": {"m": {"Definition": definition, "TestCases": {"All": {}}}}}
    (tmp_path / "long.test.json").write_text(json.dumps(tests))
    assert steploom("test", tmp_path / "long.test.json") == code


def test_json_for_programs(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    assert steploom("test", EXAMPLE / "parcels.test.json", "--json", "--case", "Cheap", "--case", "parcels#No*") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["passed"], told["failed"], told["errors"]) == (3, 0, 0)
    assert [case["case"] for case in told["cases"]] == ["Cheap", "NobodyApproves", "NoQuote"]
    assert told["cases"][0]["path"][2] == {"Ship": [["Pack", "HandOver"], ["Pack", "HandOver"]]}
    assert told["cases"][0]["output"]["total"] == 120
    assert told["cases"][2]["error"] == "Unquoted"
    assert told["coverage"]["parcels"]["states"] == {"reached": 9, "total": 9}
    assert told["coverage"]["parcels"]["notReached"] == [
        "Quote Retry[0] Lambda.TooManyRequestsException",
        "HandOver Retry[0] CarrierBusy",
    ]


def changed(folder: Path, **expect: Any) -> Path:
    """A copy of the example in which the case Cheap expects something else."""
    shutil.copy(EXAMPLE / "parcels.asl.json", folder)
    content = json.loads((EXAMPLE / "parcels.test.json").read_text())
    content["StateMachines"]["parcels"]["Tests"]["Cheap"]["Expect"] = expect
    path = folder / "changed.test.json"
    path.write_text(json.dumps(content))
    return path


def test_a_failed_case_fails_the_command(
    steploom: Steploom, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert steploom("test", changed(tmp_path, Visits={"Tell": 2})) == 1
    told = capsys.readouterr().out
    assert "FAILED  parcels#Cheap" in told
    assert "        Visits of 'Tell'\n          wanted: 2\n             got: 1\n" in told
    assert told.endswith("\n4 passed, 1 failed\n")


def test_a_failed_case_as_json(steploom: Steploom, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert steploom("test", changed(tmp_path, Error="x"), "--json", "--case", "Cheap") == 1
    [case] = json.loads(capsys.readouterr().out)["cases"]
    assert case["result"] == "FAILED"
    assert case["problems"][1] == {"text": "Error", "wanted": "x", "got": None}


def test_too_little_coverage_fails_the_command(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    assert steploom("test", EXAMPLE / "parcels.test.json", "--case", "NoQuote", "--fail-under", "50") == 1
    told = capsys.readouterr().out
    assert "  not reached: IsExpensive Choices[0] -> Approve\n" in told
    assert "\n1 passed\n" in told
    assert told.endswith("parcels: 20.0 % covered, 50 % wanted\n")


def test_too_little_coverage_as_json(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    assert steploom("test", EXAMPLE / "parcels.test.json", "--case", "NoQuote", "--fail-under", "50", "--json") == 1
    assert json.loads(capsys.readouterr().out)["tooLittleCovered"] == ["parcels"]


def test_the_definition_can_be_named(steploom: Steploom) -> None:
    mocks: Any = {"StateMachines": {"m": {"TestCases": {"it": {}}}}}
    Path("mocks.json").write_text(json.dumps(mocks))
    Path("d.json").write_text('{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}')
    assert steploom("test", "mocks.json", "--definition", "d.json") == 0
    assert steploom("test", "mocks.json", "-d", "m=d.json") == 0
    assert steploom("test", "mocks.json") == 2


MISUSES = {
    "no file": (("nowhere.json",), "nowhere.json cannot be read: No such file or directory"),
    "no such case": (("two.json", "--case", "other", "-d", "a=d.json"), "two.json has no case so named"),
    "which machine": (("two.json", "-d", "d.json"), "two.json has several state machines; say of which: NAME=d.json"),
    "no such machine": (("two.json", "-d", "c=d.json"), "there is no 'c' in StateMachines, but a, b"),
    "no such definition": (("two.json", "-d", "a=e.json"), "e.json cannot be read: No such file or directory"),
    "invalid definition": (("two.json", "-d", "a=bad.json", "-d", "b=bad.json"), "bad.json is not a valid definition."),
    "percentage": (("two.json", "--fail-under", "101"), "should be less than or equal to 100"),
    "JUnit's folder": (
        ("two.json", "-d", "a=d.json", "-d", "b=d.json", "--junit", "no/x.xml"),
        "no/x.xml cannot be written: No such file or directory",
    ),
}


@pytest.mark.parametrize("misuse", MISUSES)
def test_misuse(misuse: str, steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    Path("two.json").write_text('{"StateMachines": {"a": {"TestCases": {"x": {}}}, "b": {"TestCases": {"y": {}}}}}')
    Path("d.json").write_text('{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}')
    Path("bad.json").write_text('{"StartAt": "A", "States": {"A": {"Type": "Pass"}}}')
    arguments, message = MISUSES[misuse]
    assert steploom("test", *arguments) == 2
    assert message in " ".join(capsys.readouterr().err.replace("│", " ").split())
