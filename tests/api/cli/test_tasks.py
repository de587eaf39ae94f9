"""Answers to task tokens from the command line."""

from __future__ import annotations

from pathlib import Path

from tests.api.cli.conftest import Service, Told


async def test_tasks_are_answered(service: Service, tmp_path: Path) -> None:
    tasks = service.installation.gateway.tasks
    tasks.update(dict.fromkeys(("yes", "file", "no", "silent", "goes-on")))
    (tmp_path / "output.json").write_text('{"from": "a file"}')
    assert await service.run("send-task-success", "yes", "--task-output", "1.0") == Told(
        0, "the task has succeeded\n", ""
    )
    await service.run("send-task-success", "file", "--task-output", "@output.json")
    told = await service.run("send-task-failure", "no", "--error", "Refused", "--cause", "over budget")
    assert told == Told(0, "the task has failed\n", "")
    await service.run("send-task-failure", "silent")
    assert await service.run("send-task-heartbeat", "goes-on") == Told(0, "the task goes on\n", "")
    assert tasks == {
        "yes": {"output": 1.0},
        "file": {"output": {"from": "a file"}},
        "no": {"error": "Refused", "cause": "over budget"},
        "silent": {"error": None, "cause": None},
        "goes-on": None,
    }


async def test_answers_that_cannot_be_given(service: Service) -> None:
    wrong = await service.run("send-task-success", "token", "--task-output", "{")
    assert (wrong.code, "--task-output is not JSON" in wrong.err) == (2, True)
    unknown = await service.run("send-task-success", "token", "--task-output", "{}")
    assert (unknown.code, "InvalidToken" in unknown.err) == (1, True)
