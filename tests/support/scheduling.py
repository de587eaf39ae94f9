"""Which worker of pytest-xdist runs which tests: each module on one worker, those that take long before all others.

xdist's own `loadfile` gives out the modules with many tests first, so that ours of few long tests would come last, and
one worker would idle meanwhile. Of a worker that dies it runs the test again of which it died, and may wait for ever
afterwards (pytest-xdist issues 1323, 1327 and 1378, pull request 1371): here that test has failed, and the worker in
its place goes on with the others.
"""

from __future__ import annotations

from typing import Final

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

TOGETHER: Final = ("tests/api/storage", "tests/clients")
"""Folders whose modules share a server that is started for each worker: one worker runs them all."""

FIRST: Final = (
    "tests/resilience/test_contracts.py",
    "tests/resilience/test_chaos.py",
    "tests/resilience/test_hostile_expressions.py",
    "tests/interpreter/hosts/test_agreement.py",
    "tests/api/cli/test_serving.py",
    "tests/resilience/test_kill.py",
    "tests/clients",
    "tests/resilience/test_jobs.py",
    "tests/api/storage",
    "tests/interpreter/jsonata/test_bounds.py",
    "tests/interpreter/test_checkpoints.py",
    "tests/test_demo.py",
    "tests/resilience/test_hammer.py",
    "tests/resilience/test_long_runs.py",
    "tests/api/grpc/test_bad_requests.py",
    "tests/interpreter/dataflow/test_hostile_fields.py",
    "tests/interpreter/jsonata/test_metering.py",
    "tests/interpreter/definition/test_robustness.py",
    "tests/resilience/test_time.py",
    "tests/api/test_activity_tasks.py",
    "tests/resilience/test_hostile_values.py",
    "tests/api/test_redrive.py",
    "tests/resilience/test_history.py",
    "tests/activities/integrations/test_aws_service.py",
    "tests/api/test_access_at_the_doors.py",
    "tests/activities/integrations/test_example_services.py",
    "tests/api/test_gateway.py",
    "tests/api/test_activity_workers.py",
    "tests/interpreter/hosts/test_determinism.py",
    "tests/api/aws_json/test_bad_requests.py",
    "tests/api/test_tracing.py",
    "tests/activities/integrations/test_example_connectors.py",
    "tests/api/test_execution_logs.py",
    "tests/api/cli/test_actions_of_commands.py",
    "tests/resilience/test_large_answers.py",
    "tests/interpreter/definition/test_printing.py",
    "tests/interpreter/jsonata/test_suite.py",
    "tests/api/test_temporal_server.py",
    "tests/interpreter/hosts/test_express.py",
    "tests/resilience/test_slow_activations.py",
    "tests/interpreter/test_pacing.py",
    "tests/activities/test_example_temporal_workflow.py",
)
"""Modules and folders that take longest, the longest first."""


def unit_of(test: str) -> str:
    """The folder or module that is given to a worker as a whole, by the id of one of its tests."""
    module = test.split("::", 1)[0]
    folder = module.rpartition("/")[0]
    return folder if folder in TOGETHER else module


class LongestFirst(LoadScopeScheduling):  # type: ignore[misc]  # xdist ships no types
    """Gives out modules and folders whole: those of `FIRST`, then those with most tests."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)

    def schedule(self) -> None:
        """Begin, or give work to a worker that has come later, in place of one that died."""
        begins = self.collection is None
        super().schedule()
        if not begins:  # a worker begins a test when it knows of the next one, or that there is none
            for node in self.nodes:
                self._reschedule(node)

    def _assign_work_unit(self, node: WorkerController) -> None:
        for unit in FIRST:
            if unit in self.workqueue:
                self.workqueue.move_to_end(unit, last=False)
                break
        super()._assign_work_unit(node)

    def remove_node(self, node: WorkerController) -> str | None:
        """Forget a worker that has ended, and give others what it has left.

        Returns:
            The test of which it died, if it did; it is not run again.
        """
        left: list[str] = [
            test for unit in self.assigned_work[node].values() for test, done in unit.items() if not done
        ]
        self.assigned_work[node] = {}
        super().remove_node(node)
        if not left:
            return None
        for test in left[1:]:
            self.workqueue.setdefault(unit_of(test), {})[test] = False
        for other in self.nodes:
            self._reschedule(other)
        return left[0]
