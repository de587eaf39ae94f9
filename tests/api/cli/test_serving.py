"""`steploom dev` as a process, and the commands that talk to it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import grpc
import psutil
import pytest

from api.cli import main
from tests.support.dev_service import DevService, clean_environment, dev_arguments, dev_service
from tests.support.forks import run_steploom, start_steploom
from tests.support.settings import forget_settings

DEFINITION = {
    "StartAt": "Greet",
    "States": {
        "Greet": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "Wait",
                  "Parameters": {"FunctionName": "greet", "Payload.$": "$"}, "OutputPath": "$.Payload"},
        "Wait": {"Type": "Wait", "SecondsPath": "$.seconds", "Next": "Judge"},
        "Judge": {"Type": "Choice", "Choices": [{"Variable": "$.fine", "BooleanEquals": True, "Next": "Fine"}],
                  "Default": "Bad"},
        "Fine": {"Type": "Succeed"},
        "Bad": {"Type": "Fail", "Error": "Unfriendly", "Cause": "no greeting"},
    },
}  # fmt: skip
GREET = "def handler(event, context):\n    return event | {'greeting': f'Hello {event[\"name\"]}'}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder with a definition and a function."""
    folder = tmp_path_factory.mktemp("service")
    (folder / "greet.asl.json").write_text(json.dumps(DEFINITION))
    (folder / "functions").mkdir()
    (folder / "functions" / "greet.py").write_text(GREET)
    return folder


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[DevService]:
    with dev_service(folder, "--functions", folder / "functions", "--db", folder / "kept") as running:
        yield running


@pytest.fixture
def steploom(
    folder: Path, service: DevService, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Runs a command against the service, in this process; returns its exit code and what it printed."""
    forget_settings(monkeypatch)
    monkeypatch.setenv("STEPLOOM_ENDPOINT", service.http)
    monkeypatch.chdir(folder)

    def run(*arguments: str) -> tuple[object, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        told = capsys.readouterr()
        return ended.value.code, told.out + told.err

    return run


def order(name: str, *, fine: bool = True, seconds: int = 0) -> str:
    return json.dumps({"name": name, "fine": fine, "seconds": seconds})


@pytest.fixture(scope="module")
def machine(folder: Path, service: DevService) -> str:
    environment = clean_environment(STEPLOOM_ENDPOINT=service.http)
    deploy = ("deploy", "greet.asl.json", "--name", "greet", "--json")
    deployed = run_steploom(*deploy, folder=folder, environment=environment)
    told = json.loads(deployed.stdout)
    assert told["result"] == "created"
    return str(told["stateMachineArn"])


def test_ready_within_ten_seconds_and_gone_after_sigterm(tmp_path: Path) -> None:
    """Ten seconds of CPU, which one core gives in ten seconds of real time where nothing else takes it."""
    with dev_service(tmp_path, script=True) as running:
        client = boto3.client(
            "stepfunctions", endpoint_url=running.http, region_name="us-east-1",
            aws_access_key_id="any", aws_secret_access_key="any",
        )  # fmt: skip
        assert client.list_state_machines()["stateMachines"] == []
        client.close()
        service = psutil.Process(running.pid)
        children = service.children(recursive=True)
        assert [child.name() for child in children] == ["temporal"]
        spent = [process.cpu_times() for process in (service, *children)]
        assert sum(times.user + times.system for times in spent) < 10
        with grpc.insecure_channel(running.grpc) as channel:
            grpc.channel_ready_future(channel).result(10)
    assert not any(child.is_running() for child in children)
    assert list(tmp_path.iterdir()) == []


def test_plain_output_tells_the_addresses(tmp_path: Path) -> None:
    arguments = [argument for argument in dev_arguments(()) if argument != "--json"]
    with start_steploom(*arguments, folder=tmp_path, environment=clean_environment()) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(7)]
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    assert lines[0].startswith("steploom is ready after ")
    assert [line.split("  ")[0] for line in lines[1:5]] == ["HTTP (AWS JSON)", "gRPC", "Temporal UI", "Temporal"]
    hint = re.fullmatch(
        r"functions        none \(serve some with --functions DIR, or: "
        r"STEPLOOM_DATABASE_URL=sqlite:///(/\S+)/steploom\.sqlite3 TEMPORAL_ADDRESS=(\S+) steploom functions DIR\)\n",
        lines[5],
    )
    assert hint is not None, lines[5]
    assert hint[2] == lines[4].split()[-1]


def test_what_is_kept_survives_a_kill(tmp_path: Path) -> None:
    def client_of(running: DevService) -> Any:
        return boto3.client(
            "stepfunctions", endpoint_url=running.http, region_name="us-east-1",
            aws_access_key_id="any", aws_secret_access_key="any",
        )  # fmt: skip

    waiting = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 2, "End": True}}}
    with dev_service(tmp_path, "--db", tmp_path / "kept", exit_code=-signal.SIGKILL) as running:
        client = client_of(running)
        arn = client.create_state_machine(
            name="w", definition=json.dumps(waiting), roleArn="arn:aws:iam::123456789012:role/r"
        )["stateMachineArn"]
        execution = client.start_execution(stateMachineArn=arn, name="one", input='{"kept": 1}')["executionArn"]
        client.close()
        os.kill(running.pid, signal.SIGKILL)
    with dev_service(tmp_path, "--db", tmp_path / "kept") as running:
        client = client_of(running)
        while (ended := client.describe_execution(executionArn=execution))["status"] == "RUNNING":
            time.sleep(0.1)
        client.close()
    assert (ended["status"], ended["output"]) == ("SUCCEEDED", '{"kept":1}')


def test_two_services_do_not_share_a_folder(folder: Path, service: DevService) -> None:
    kept = folder / "kept"
    second = run_steploom(*dev_arguments(("--db", kept)), folder=folder, environment=clean_environment())
    assert second.returncode == 1
    assert f"Another steploom uses the folder {kept}" in second.stderr


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    options = ("--http-port", "--grpc-port", "--ui-port", "--temporal-port")
    with socket.socket() as taken, ThreadPoolExecutor(len(options)) as threads:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        def run(option: str) -> subprocess.CompletedProcess[str]:
            return run_steploom(*dev_arguments((option, port)), folder=tmp_path, environment=clean_environment())

        for option, ended in zip(options, threads.map(run, options), strict=True):
            assert ended.returncode == 1
            assert f"ort {port} is in use; choose another with {option}.\n" in ended.stderr
            assert len(ended.stderr.splitlines()) == 1, ended.stderr


def test_the_port_of_another_temporal_server_is_told(tmp_path: Path, service: DevService) -> None:
    port = service.temporal.rpartition(":")[2]
    arguments = dev_arguments(("--temporal-port", port))
    ended = run_steploom(*arguments, folder=tmp_path, environment=clean_environment())
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"error: Port {port} is in use; choose another with --temporal-port.\n"


def test_deploying_again_updates(steploom: Any, machine: str) -> None:
    Path("commented.asl.json").write_text(json.dumps(DEFINITION | {"Comment": "Greets"}))
    assert steploom("deploy", "commented.asl.json", "--name", "greet") == (0, f"{machine}\nupdated\n")
    assert steploom("deploy", "greet.asl.json", "--name", "greet") == (0, f"{machine}\nupdated\n")
    assert steploom("deploy", "greet.asl.json", "--name", "greet") == (0, f"{machine}\nunchanged\n")


def test_start_and_wait_shows_progress_and_output(steploom: Any, service: DevService, machine: str) -> None:
    code, shown = steploom("start", "greet", "--input", order("Ada"), "--wait")
    assert code == 0
    lines = shown.splitlines()
    assert lines[-2:] == ["SUCCEEDED", '{"name":"Ada","fine":true,"seconds":0,"greeting":"Hello Ada"}']
    name = lines[0].rpartition(":")[2]
    assert lines[1] == f"{service.ui}/namespaces/default/workflows/greet%3A{name}"
    assert [line.split()[1] for line in lines[2:5]] == ["ExecutionStarted", "TaskStateEntered", "TaskScheduled"]


def test_a_failed_execution_is_exit_code_1(steploom: Any, machine: str) -> None:
    code, shown = steploom("start", machine, "--input", order("Ada", fine=False), "--wait")
    assert (code, shown.splitlines()[-2:]) == (1, ["FAILED", "Unfriendly: no greeting"])


def test_describe_history_list_and_stop(steploom: Any, service: DevService, machine: str) -> None:
    code, started = steploom("start", "greet", "--input", order("Bob", seconds=600), "--name", "long")
    arn = machine.replace(":stateMachine:", ":execution:") + ":long"
    link = f"{service.ui}/namespaces/default/workflows/greet%3Along"
    assert (code, started) == (0, f"{arn}\n{link}\n")  # on standard output and on standard error
    assert json.loads(steploom("describe", "greet:long", "--json")[1])["status"] == "RUNNING"
    shown = steploom("describe", arn)[1]
    assert "greet:long" in shown
    assert ["Temporal", "UI", link] in [line.split() for line in shown.splitlines()]  # before what it waits for
    assert steploom("stop", "greet:long", "--error", "Enough", "--cause", "of this")[0] == 0
    ended = json.loads(steploom("describe", "greet:long", "--json")[1])
    assert (ended["status"], ended["error"], ended["cause"]) == ("ABORTED", "Enough", "of this")
    events = json.loads(steploom("history", "greet:long", "--json")[1])
    assert (events[0]["type"], events[-1]["type"]) == ("ExecutionStarted", "ExecutionAborted")
    reverse = steploom("history", "greet:long", "--reverse")[1].splitlines()
    assert reverse[1].split()[4] == "ExecutionAborted"
    assert steploom("history", "greet:long", "--follow")[1].splitlines()[-1].split()[1] == "ExecutionAborted"
    assert steploom("stop", "greet:long") == (0, "greet:long has already ended: ABORTED\n")
    listed = json.loads(steploom("list", "greet", "--status", "aborted", "--json")[1])
    assert [one["name"] for one in listed] == ["long"]
    assert "greet" in steploom("list")[1]
    assert json.loads(steploom("describe", "greet", "--json")[1])["stateMachineArn"] == machine


def test_start_prints_the_arn_only_where_scripts_read(folder: Path, service: DevService, machine: str) -> None:
    arguments = ("start", machine, "--name", "scripted", "--input", order("Bob"))
    environment = clean_environment(STEPLOOM_ENDPOINT=service.http)
    ended = run_steploom(*arguments, folder=folder, environment=environment, script=True)
    assert ended.returncode == 0
    assert ended.stdout == machine.replace(":stateMachine:", ":execution:") + ":scripted\n"
    assert ended.stderr == f"{service.ui}/namespaces/default/workflows/greet%3Ascripted\n"


def test_an_interrupt_tells_that_the_execution_goes_on(
    steploom: Any, folder: Path, service: DevService, machine: str
) -> None:
    arguments = ("start", machine, "--name", "left", "--wait", "--input", order("Bob", seconds=600))
    environment = clean_environment(STEPLOOM_ENDPOINT=service.http, PYTHONUNBUFFERED="1")
    arn = machine.replace(":stateMachine:", ":execution:") + ":left"
    errors = folder / "errors"
    with (
        errors.open("w") as stream,
        start_steploom(*arguments, folder=folder, environment=environment, errors=stream, script=True) as process,
    ):
        assert process.stdout is not None
        assert any("ExecutionStarted" in line for line in process.stdout)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    assert errors.read_text() == (
        f"error: interrupted; the execution goes on. To see it: steploom history {arn} --follow; to stop it: "
        f"steploom stop {arn}\n"
    )
    assert json.loads(steploom("describe", arn, "--json")[1])["status"] == "RUNNING"
    assert steploom("stop", arn)[0] == 0


def test_redrive(steploom: Any, machine: str) -> None:
    steploom("start", machine, "--input", order("Eve", fine=False), "--name", "unfriendly", "--wait")
    code, shown = steploom("redrive", "greet:unfriendly", "--wait")
    lines = shown.splitlines()
    assert (code, lines[-2:]) == (1, ["FAILED", "Unfriendly: no greeting"])
    assert [line.split()[1] for line in lines[:2]] == ["ExecutionRedriven", "FailStateEntered"]
    code, shown = steploom("redrive", "greet:unfriendly")
    assert (code, shown.startswith("redriven 20")) == (0, True)
    assert steploom("start", machine, "--input", order("Eve"), "--name", "fine", "--wait")[0] == 0
    assert steploom("redrive", "greet:fine") == (
        1,
        "error: ExecutionNotRedrivable: Execution is SUCCEEDED and cannot be redriven\n",
    )


def test_errors_of_the_service_are_told_in_one_line(steploom: Any) -> None:
    assert steploom("start", "nobody") == (1, "error: There is no state machine 'nobody'.\n")
    code, shown = steploom("deploy", "greet.asl.json", "--name", "b a d")
    assert (code, shown.startswith("error: InvalidName: "), shown.count("\n")) == (1, True, 1)


def test_run_executes_once_and_exits(folder: Path) -> None:
    arguments = ("run", "greet.asl.json", "--functions", "functions", "--input", order("Eve"), "--json")
    ended = run_steploom(*arguments, folder=folder, environment=clean_environment(), script=True)
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert (told["status"], json.loads(told["output"])["greeting"]) == ("SUCCEEDED", "Hello Eve")


def test_run_fails_with_the_execution(folder: Path) -> None:
    arguments = ("run", "greet.asl.json", "--functions", "functions", "--input", order("Eve", fine=False))
    ended = run_steploom(*arguments, folder=folder, environment=clean_environment())
    assert (ended.returncode, ended.stdout.splitlines()[-2:]) == (1, ["FAILED", "Unfriendly: no greeting"])
    link, *events = ended.stdout.splitlines()
    assert link.startswith("http://127.0.0.1:")
    assert link.endswith(" (while this runs)")
    assert any(line.endswith("TaskScheduled                 Greet: lambda:invoke") for line in events), events


def test_run_tells_that_its_server_no_longer_answers(tmp_path: Path) -> None:
    waiting = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 600, "End": True}}}
    (tmp_path / "w.json").write_text(json.dumps(waiting))
    with (
        (tmp_path / "errors").open("w") as stream,
        start_steploom("run", "w.json", folder=tmp_path, environment=clean_environment(), errors=stream) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            if "WaitStateEntered" in line:
                break
        (server,) = psutil.Process(process.pid).children(recursive=True)
        server.kill()
        assert process.wait(60) == 1
    errors = (tmp_path / "errors").read_text()
    assert "Traceback" not in errors
    assert "error: The embedded Temporal server no longer answers" in errors.splitlines()[-1]
