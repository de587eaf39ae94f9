"""Records golden histories on a real Temporal server: `python -m tests.histories.record`.

A file that is there already is left alone: a golden history is never edited, a change of behaviour adds another one.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from temporalio.client import WorkflowHistory

from api.temporal_server import TemporalServer
from interpreter.values import JsonValue, json_text
from tests.interpreter.test_redrive import FAILURES
from tests.support.engine import running_engine
from tests.support.executions import MACHINE, Case, all_cases, slug
from tests.support.express import BRANCHES, FAILING_TOGETHER, FUNCTIONS, WIDE_MAP, express_laboratory
from tests.support.golden import HISTORIES, Golden, abridged, project
from tests.support.temporal import Laboratory, laboratory

BEHAVIOURS: Final = {
    "pass-choice-succeed": "states: a loop by Choice",
    "fail": "states: Fail by paths",
    "wait": "states: a Wait of no time",
    "long-run-of-passes": "limits: twenty-five thousand events",
    "long-run-of-passes-engine-2": "limits: twenty-five thousand events",
    "variables": "variables: branches read outer variables and keep their own",
    "random-from-the-seed": "dataflow: intrinsic functions, random ones from the seed",
    "function-by-arn": "tasks: a function by its ARN",
    "invoke-with-times": "tasks: declared times by paths are shown",
    "temporal-activity": "tasks: a Temporal activity",
    "tasks-in-sequence": "tasks: one after another",
    "retry-with-counters": "retry: each retrier counts for itself",
    "retry-and-catch": "retry: counters begin anew when the state is entered again",
    "catch": "catch: beside the input",
    "jsonata-map": "jsonata: a Map over Items with an ItemSelector",
    "jsonata-failures": "jsonata: failed Arguments are retried, then caught by States.ALL",
    "jsonata-costly": "jsonata: costly expressions make the workflow pause",
    "task-timeout": "timeouts: a caught one has an empty cause",
    "timing-out-together": "timeouts: Tasks side by side time out together, also one that no worker has taken",
    "machine-timeout": "timeouts: the machine's, in a task",
    "callback": "callbacks: success after the call returned",
    "callback-answered-early": "callbacks: failure before the call returned",
    "callback-with-heartbeat": "callbacks: with a heartbeat, the call fails and the token is closed",
    "job": "jobs: a job that succeeds",
    "job-failing": "jobs: a job that fails",
    "nested-left-alone": "nested: the child is begun and left alone",
    "nested-awaited": "nested: the end of the child is waited for",
    "nested-failing": "nested: a child that fails is caught",
    "nested-taken": "nested: a name that is taken",
    "nested-callback": "nested: the child answers a callback",
    "nested-token": "nested: a token ends the wait for a child that goes on",
    "nested-timeout": "nested: TimeoutSeconds gives the child up",
    "callback-timeout": "timeouts: a callback that nobody answers",
    "parallel": "parallel: tasks one behind another in branches",
    "parallel-failure": "parallel: a failure outside stops a Map deep inside",
    "parallel-retry": "parallel: a failing branch is tried again, with all its siblings",
    "runtime-error-in-a-branch": "parallel: a runtime error deep inside, after others have ended",
    "map-window": "map: a window that slides",
    "map-nested": "map: Map in Parallel in Map",
    "map-retry": "map: a failing item has all tried again",
    "jsonata-costly-engine-3": "jsonata: costlier expressions make the workflow pause",
    "templates-key-in-data": "tasks: data with a template's key cannot be a service's parameter",
    "templates-key-in-data-engine-2": "tasks: data with a template's key cannot be a service's parameter",
}


EXPRESS: Final = {
    "express-branches": BRANCHES,
    "express-map": WIDE_MAP,
    "express-failing-together": FAILING_TOGETHER,
}
"""Of EXPRESS executions, whose short calls are local activities."""

REDRIVEN: Final = {
    "redriven-branches": "branches that ended well keep their results",
    "redriven-deep-inside": "deep inside, only what failed or was stopped goes on",
    "redriven-iterations": "iterations that ended well keep their results, others go on, the rest begins",
    "redriven-twice": "variables and the context object stay, but for the redrive",
}
"""Of the runs with which executions went on after the last redrive."""


FOREIGN: Final[dict[str, JsonValue]] = {
    "temporal-workflow": {"parcel": "P-1", "stops": ["Lund", "Oslo"]},
    "temporal-workflow-failing": {"parcel": "P-2", "stops": [""]},
}
"""Of executions that wait for a workflow of another worker (examples/temporal-workflow), by their inputs."""

_DELIVERY: Final = Path(__file__).parents[2] / "examples" / "temporal-workflow"


async def main() -> None:
    """Record what is missing."""
    await _record_express()
    await _record_foreign()
    cases = {case.name: case for case in all_cases()}
    missing = {file: cases[name] for file, name in BEHAVIOURS.items() if not (HISTORIES / f"{file}.json").exists()}
    async with await TemporalServer.start(time_skipping=True) as server, laboratory(server) as made:
        await asyncio.gather(*(_record(made, file, case) for file, case in missing.items()))
        await _record_redriven(made)


async def _record_redriven(made: Laboratory) -> None:
    failures = {failing.name: failing for failing in FAILURES}
    for file, name in REDRIVEN.items():
        if (HISTORIES / f"{file}.json").exists():
            continue
        failing = failures[name]
        case = failing.case(file)
        await made.run(case)
        for _ in range(failing.redrives):
            redriven = await made.redrive(case)
        await _store(file, case, redriven.history)


async def _record_express() -> None:
    missing = {file: each for file, each in EXPRESS.items() if not (HISTORIES / f"{file}.json").exists()}
    async with await TemporalServer.start() as server, express_laboratory(server) as made:
        made.functions.update(FUNCTIONS)
        for file, (definition, input_) in missing.items():
            text = json_text(definition)
            _, events, history = await made.run(text, input_)
            recorded = json.loads(history.to_json())
            Golden(text, history.workflow_id, recorded, abridged(events)).store(HISTORIES / f"{file}.json")


async def _record_foreign() -> None:
    """With the worker of an example, which knows nothing of steploom."""
    missing = {file: input_ for file, input_ in FOREIGN.items() if not (HISTORIES / f"{file}.json").exists()}
    if not missing:
        return
    definition = json.loads((_DELIVERY / "definition.asl.json").read_text("utf-8"))
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(await TemporalServer.start())
        environment = os.environ | {"TEMPORAL_ADDRESS": server.address}
        worker = await asyncio.create_subprocess_exec(sys.executable, _DELIVERY / "worker.py", env=environment)
        stack.callback(worker.terminate)
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        engine = await stack.enter_async_context(running_engine(server, folder, {}))
        machine = await engine.create("delivery", definition)
        for file, input_ in missing.items():
            arn = await engine.start(machine, input_, file)
            await engine.service.wait_for_execution(arn)
            workflow_id = f"delivery:{file}"
            history = await engine.client.get_workflow_handle(workflow_id).fetch_history()
            golden = Golden(json.dumps(definition), workflow_id, json.loads(history.to_json()), [])
            events = await project(golden.definition, workflow_id, golden.recorded().events)
            Golden(golden.definition, workflow_id, golden.history, abridged(events)).store(HISTORIES / f"{file}.json")


async def _record(made: Laboratory, file: str, case: Case) -> None:
    await _store(file, case, (await made.run(case)).history)


async def _store(file: str, case: Case, history: WorkflowHistory) -> None:
    workflow_id = f"{MACHINE}:{slug(case.name)}"
    golden = Golden(case.text, workflow_id, json.loads(history.to_json()), [])
    events = await project(case.text, workflow_id, golden.recorded().events)
    Golden(case.text, workflow_id, golden.history, abridged(events)).store(HISTORIES / f"{file}.json")


if __name__ == "__main__":
    asyncio.run(main())
