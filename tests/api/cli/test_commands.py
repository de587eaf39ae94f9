"""Commands that need no service: help, version, validate, config, and how misuse is told."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import pytest

from api.cli import main
from api.cli.output import CommandError
from tests.api.service.installation import DISTRIBUTED
from tests.support.settings import forget_settings

Steploom = Callable[..., int]


@pytest.fixture
def steploom(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Steploom:
    """Runs a command in an empty folder, without settings; returns its exit code."""
    monkeypatch.chdir(tmp_path)
    forget_settings(monkeypatch)

    def run(*arguments: str | Path) -> int:
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        assert isinstance(ended.value.code, int)
        return ended.value.code

    return run


ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:m"

COMMANDS = [
    *("dev", "api", "worker", "functions", "setup", "config", "validate", "schema", "run", "test", "test-expression"),
    *("deploy", "start", "describe", "history", "list", "stop", "redrive", "delete"),
    *("send-task-success", "send-task-failure", "send-task-heartbeat", "connections", "keys"),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(
    command: str, steploom: Steploom, capsys: pytest.CaptureFixture[str]
) -> None:
    assert steploom(command, "--help") == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Example" in shown
    assert f"steploom {command}" in shown


def test_help_lists_every_command(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    assert steploom("--help") == 0
    shown = capsys.readouterr().out.split()
    assert [command for command in COMMANDS if command not in shown] == []


def test_version(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    assert steploom("--version") == 0
    assert capsys.readouterr().out.startswith("steploom ")


VALID = '{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}'
INVALID = """{
  "StartAt": "A",
  "States": {
    "A": {"Type": "Pass", "Next": "B"},
    "C": {"Type": "Pass", "Bogus": 1, "End": true}
  }
}"""


def test_valid_definition(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    Path("m.json").write_text(VALID)
    assert steploom("validate", "m.json") == 0
    assert capsys.readouterr().out == "m.json: valid\n"


def test_validate_by_the_limits_of_native_mode(steploom: Steploom, tmp_path: Path) -> None:
    name = "s" * 100
    (tmp_path / "m.json").write_text(json.dumps({"StartAt": name, "States": {name: {"Type": "Succeed"}}}))
    assert steploom("validate", "m.json") == 1
    assert steploom("validate", "m.json", "--native") == 0


def test_every_diagnostic_has_file_line_and_column(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    Path("m.json").write_text(INVALID)
    assert steploom("validate", "m.json") == 1
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("m.json:4:35: error MISSING_TRANSITION_TARGET: ") for line in lines), lines
    assert any(line.startswith("m.json:5:") and "Bogus" in line for line in lines), lines


def test_what_cannot_run_yet_is_valid_and_said_to_be_so(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    Path("m.json").write_text(DISTRIBUTED)
    assert steploom("validate", "m.json") == 0
    lines = capsys.readouterr().out.splitlines()
    assert "warning NOT_SUPPORTED_YET: " in lines[0]
    assert lines[1:] == ["m.json: 0 errors, 1 warning: valid, but steploom cannot run it yet"]


def test_what_cannot_run_yet_is_not_started(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    Path("m.json").write_text(DISTRIBUTED)
    assert steploom("run", "m.json") == 1
    told = capsys.readouterr()
    assert "NOT_SUPPORTED_YET" in told.out
    assert "m.json is valid, but steploom cannot run it yet." in told.err


def test_hints_follow_the_messages_of_aws(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    Path("m.json").write_text('{"StartAt": "A", "States": {"A": {"Type": "Pass", "ReslutPath": "$.x", "End": true}}}')
    assert steploom("validate", "m.json") == 1
    expected = "Field 'ReslutPath' is not supported; did you mean 'ResultPath'? (at /States/A)"
    assert expected in capsys.readouterr().out
    assert steploom("validate", "m.json", "--json") == 1
    assert json.loads(capsys.readouterr().out)["diagnostics"][0]["hint"] == "did you mean 'ResultPath'?"


def test_what_follows_from_a_missing_target_is_held_back(
    steploom: Steploom, capsys: pytest.CaptureFixture[str]
) -> None:
    states = {"A": {"Type": "Pass", "Next": "Bb"}, "B": {"Type": "Pass", "Next": "C"}, "C": {"Type": "Succeed"}}
    Path("m.json").write_text(json.dumps({"StartAt": "A", "States": states}, indent=1))
    assert steploom("validate", "m.json") == 1
    assert capsys.readouterr().out.splitlines() == [
        "m.json:6:12: error MISSING_TRANSITION_TARGET: Missing 'Next' target: Bb; did you mean 'B'? "
        "(at /States/A/Next)",
        "m.json: held back: 2 states not reachable, maybe for the missing target",
        "m.json: 3 errors, 0 warnings",
    ]
    assert steploom("validate", "m.json", "--json") == 1
    assert len(json.loads(capsys.readouterr().out)["diagnostics"]) == 3


def test_a_state_that_nothing_leads_to_is_told(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    states = {"A": {"Type": "Succeed"}, "B": {"Type": "Pass", "Next": "Nowhere"}}
    Path("m.json").write_text(json.dumps({"StartAt": "A", "States": states}))
    assert steploom("validate", "m.json") == 1
    told = capsys.readouterr().out
    assert 'State "B" is not reachable' in told
    assert "held back" not in told


def test_diagnostics_as_json(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    Path("m.json").write_text(INVALID)
    assert steploom("validate", "m.json", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert told["result"] == "FAIL"
    assert {"severity", "code", "message", "location", "line", "column"} <= told["diagnostics"][0].keys()


def test_of_several_definitions_each_is_told_by_its_name(
    steploom: Steploom, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("good.json").write_text(VALID)
    Path("bad.json").write_text(INVALID)
    Path("later.json").write_text(VALID)
    assert steploom("validate", "good.json", "later.json") == 0
    assert capsys.readouterr().out.splitlines() == ["good.json: valid", "later.json: valid"]
    assert steploom("validate", "good.json", "bad.json", "later.json") == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if line.startswith("bad.json:4:35: error ")] != []
    assert [line for line in lines if not line.startswith("bad.json")] == ["good.json: valid", "later.json: valid"]


def test_a_file_that_cannot_be_read_keeps_no_other_from_being_checked(
    steploom: Steploom, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("bad.json").write_text(INVALID)
    Path("good.json").write_text(VALID)
    assert steploom("validate", "bad.json", "nowhere.json", "good.json") == 2
    told = capsys.readouterr()
    assert told.out.splitlines()[-1] == "good.json: valid"
    assert "bad.json:4:35: error " in told.out
    assert told.err == "error: nowhere.json cannot be read: No such file or directory\n"


def test_several_definitions_as_json(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    Path("good.json").write_text(VALID)
    Path("bad.json").write_text(INVALID)
    alone = []
    for file in ("good.json", "bad.json"):
        steploom("validate", file, "--json")
        alone.append(json.loads(capsys.readouterr().out))
    assert [sorted(one) for one in alone] == [["diagnostics", "result"]] * 2
    assert steploom("validate", "--json", "good.json", "bad.json") == 1
    expected = [{"file": "good.json", **alone[0]}, {"file": "bad.json", **alone[1]}]
    assert json.loads(capsys.readouterr().out) == expected
    assert steploom("validate", "--json", "good.json", "nowhere.json") == 2
    assert json.loads(capsys.readouterr().out) == expected[:1]


NO_JSON = {
    '{"StartAt": "A",\n "States" {}}': (
        "m.json:2:11: error INVALID_JSON_DESCRIPTION: Unexpected character ('{' (code 123)): was expecting a colon to "
        "separate field name and value"
    ),
    '{"StartAt": "A",\n "States": {}': (
        "m.json:2:14: error INVALID_JSON_DESCRIPTION: Unexpected end-of-input: expected close marker for Object "
        "(start marker at line: 1, column: 1)"
    ),
    '{ // the first\n"StartAt": "A"}': (
        "m.json:1:3: error INVALID_JSON_DESCRIPTION: Unexpected character ('/' (code 47)): was expecting double-quote "
        "to start field name; JSON has no comments"
    ),
    '{"StartAt": /* the first */ "A"}': (
        "m.json:1:13: error INVALID_JSON_DESCRIPTION: Unexpected character ('/' (code 47)): expected a valid value "
        "(JSON String, Number, Array, Object or token 'null', 'true' or 'false'); JSON has no comments"
    ),
    '{"StartAt": / "A"}': (
        "m.json:1:13: error INVALID_JSON_DESCRIPTION: Unexpected character ('/' (code 47)): expected a valid value "
        "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
    ),
    "\ufeff{}": (
        "m.json:1:1: error INVALID_JSON_DESCRIPTION: Unexpected character ('\ufeff' (code 65279 / 0xfeff)): expected a "
        "valid value (JSON String, Number, Array, Object or token 'null', 'true' or 'false'); the text begins with a "
        "byte order mark: save it as UTF-8 without one"
    ),
}


@pytest.mark.parametrize("text", NO_JSON)
def test_text_that_is_no_json_is_not_echoed(text: str, steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    Path("m.json").write_text(text)
    assert steploom("validate", "m.json") == 1
    assert capsys.readouterr().out.splitlines() == [NO_JSON[text], "m.json: 1 error, 0 warnings"]


def test_a_definition_may_come_from_standard_input(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    Path("m.json").write_text(INVALID)
    assert steploom("validate", "m.json") == 1
    of_file = capsys.readouterr().out
    before = os.dup(0)
    try:
        with open("m.json") as opened:
            os.dup2(opened.fileno(), 0)
        assert steploom("validate", "-") == 1
    finally:
        os.dup2(before, 0)
        os.close(before)
    assert capsys.readouterr().out == of_file.replace("m.json", "-")


def test_diagnostics_are_in_the_order_of_the_file(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    states = {"A": {"Type": "Pass", "Result": "$.x", "Next": "B"}, "B": {"Type": "Pass", "End": True, "Bogus": 1}}
    Path("m.json").write_text(json.dumps({"StartAt": "A", "States": states, "Version": "9"}, indent=1))
    assert steploom("validate", "m.json", "--json") == 1
    told = json.loads(capsys.readouterr().out)["diagnostics"]
    places = [(one["line"], one["column"]) for one in told]
    assert [one["severity"] for one in told] == ["WARNING", "ERROR", "ERROR"]
    assert places == sorted(places)


def test_run_refuses_an_invalid_definition_before_it_starts_anything(
    steploom: Steploom, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("m.json").write_text(INVALID)
    assert steploom("run", "m.json") == 1
    told = capsys.readouterr()
    assert "MISSING_TRANSITION_TARGET" in told.out
    assert told.err == "error: m.json is not a valid definition.\n"


def test_deploy_shows_what_is_wrong_without_a_service(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    Path("m.json").write_text(INVALID)
    assert steploom("deploy", "m.json", "--name", "m", "--endpoint", "http://127.0.0.1:9") == 1
    told = capsys.readouterr()
    assert told.out.startswith("m.json:4:35: error MISSING_TRANSITION_TARGET: ")
    assert told.err == "error: m.json is not a valid definition.\n"


def test_run_refuses_functions_that_nothing_serves(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    task = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:charge-card", "End": True}
    Path("m.json").write_text(json.dumps({"StartAt": "A", "States": {"A": task}}))
    assert steploom("run", "m.json") == 2
    told = capsys.readouterr()
    assert "nothing serves: charge-card." in told.err
    assert "--functions DIR" in told.err


def test_run_warns_of_callbacks_that_nobody_can_answer(
    steploom: Steploom, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def run_embedded(*_: object, **__: object) -> NoReturn:
        raise CommandError("it would run now")

    monkeypatch.setattr("api.cli.definitions._run_embedded", run_embedded)
    parameters = {"QueueUrl": "q", "MessageBody.$": "$$.Task.Token"}
    resource = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
    task = {"Type": "Task", "Resource": resource, "Parameters": parameters, "TimeoutSeconds": 9, "End": True}
    Path("m.json").write_text(json.dumps({"StartAt": "Ask", "States": {"Ask": task}}))
    assert steploom("run", "m.json", "--json") == 1
    told = capsys.readouterr()
    warning, error = told.err.splitlines()
    assert (told.out, error) == ("", "error: it would run now")
    assert warning.startswith("warning: nobody can answer callbacks of `steploom run`, which opens no door: Ask would ")


def test_run_tells_warnings_and_goes_on(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    parameters = {"FunctionName": "charge-card", "Payload": {"token.$": "$$.Task.Token"}}
    resource = "arn:aws:states:::lambda:invoke.waitForTaskToken"
    task = {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True}
    Path("m.json").write_text(json.dumps({"StartAt": "A", "States": {"A": task}}))
    assert steploom("run", "m.json") == 2
    told = capsys.readouterr()
    warning, error = told.err.splitlines()
    assert (told.out, warning.startswith("m.json:1:"), " warning STEPLOOM_NO_TIMEOUT: " in warning) == ("", True, True)
    assert "nothing serves: charge-card." in error


def test_config_shows_what_is_in_effect(
    steploom: Steploom, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPLOOM_MODE", "native")
    Path("steploom.toml").write_text("http_port = 18083\n")
    assert steploom("config", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["mode"], told["http_port"], told["grpc_port"]) == ("native", 18083, 8084)


@dataclass(frozen=True)
class Misuse:
    id: str
    arguments: tuple[str, ...]
    code: int
    message: str


@pytest.mark.parametrize(
    "case",
    [
        Misuse("unknown command", ("frobnicate",), 2, "No such command"),
        Misuse("missing file", ("validate", "nowhere.json"), 2, "nowhere.json cannot be read"),
        Misuse("standard input twice", ("validate", "-", "-"), 2, "Standard input (-) can be read only once."),
        Misuse("no definition", ("validate",), 2, "Missing argument 'FILE'"),
        Misuse("input is no JSON", ("start", "m", "--input", "{"), 2, "--input is not JSON"),
        Misuse("input file missing", ("start", "m", "--input", "@nowhere"), 2, "nowhere cannot be read: No such file"),
        Misuse("missing configuration", ("list", "--config", "nowhere.toml"), 2, "nowhere.toml does not exist"),
        Misuse("wrong setting", ("api", "--http-port", "70000"), 2, "http_port (STEPLOOM_HTTP_PORT)"),
        Misuse("no execution", ("describe", ":x"), 2, "is neither an execution ARN nor MACHINE:NAME"),
        Misuse("no service", ("list", "--endpoint", "http://127.0.0.1:9"), 1, "No steploom service answers at"),
        Misuse("empty token", ("send-task-failure", ""), 2, "error: Invalid length for parameter taskToken, value: 0,"),
        Misuse("empty name", ("start", ARN, "--name", ""), 2, "error: Invalid length for parameter name, value: 0,"),
        Misuse("endpoint is no URL", ("list", "--endpoint", "foo"), 2, "'foo' is not a URL"),
        Misuse("status without machine", ("list", "--status", "FAILED"), 2, "--status needs a MACHINE"),
        Misuse("functions folder missing", ("functions", "nowhere"), 2, "does not exist"),
    ],
    ids=lambda case: case.id,
)
def test_misuse_is_told_on_standard_error(case: Misuse, steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    assert steploom(*case.arguments) == case.code
    told = capsys.readouterr()
    assert case.message in " ".join(told.err.replace("│", " ").split())
    assert told.out == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("start", "m", "--input"),
        ("test-expression", "$.x", "--input"),
        ("keys", "create", "--user", "ci", "--policy"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_the_name_of_a_file_without_its_sign_is_asked_about(
    arguments: tuple[str, ...], steploom: Steploom, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("some.json").write_text("{}")
    assert steploom(*arguments, "some.json") == 2
    assert "; did you mean @some.json?" in capsys.readouterr().err
    assert steploom(*arguments, "other.json") == 2
    assert "did you mean" not in capsys.readouterr().err


def test_schema_is_printed_or_written(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    assert steploom("schema") == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert steploom("schema", "--output", "asl.schema.json") == 0
    assert capsys.readouterr().out == ""
    assert json.loads(Path("asl.schema.json").read_text("utf-8")) == printed


def test_schema_into_a_folder_that_is_not_there(steploom: Steploom, capsys: pytest.CaptureFixture[str]) -> None:
    assert steploom("schema", "--output", "nowhere/asl.schema.json") == 2
    assert "Cannot write nowhere/asl.schema.json: No such file or directory" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["api", "dev"])
def test_doors_are_not_opened_to_strangers(
    command: str, steploom: Steploom, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPLOOM_HTTP_HOST", "0.0.0.0")
    assert steploom(command) == 2
    told = capsys.readouterr()
    assert told.err.startswith(
        "error: http_host (STEPLOOM_HTTP_HOST) is '0.0.0.0': others than this machine could reach"
    )
    assert "STEPLOOM_AUTHENTICATION=required" in told.err
    assert "STEPLOOM_ALLOW_UNAUTHENTICATED=true" in told.err


def test_an_aws_profile_that_is_not_there_is_told(
    steploom: Steploom, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nowhere")
    assert steploom("list") == 2
    assert "The AWS configuration cannot be used: The config profile (nowhere)" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["encryption_key", "database_url"])
def test_config_shows_no_secrets(
    name: str, steploom: Steploom, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"STEPLOOM_{name.upper()}", "postgresql://user:hunter2@host/name")
    assert steploom("config", "--json") == 0
    assert "hunter2" not in capsys.readouterr().out
