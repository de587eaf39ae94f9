"""One client of the hammer: makes any operation at random, and remembers what it was told."""

from __future__ import annotations

import threading
import time
from typing import Any

from tests.resilience.hammer.caller import PAUSE_SECONDS, Caller, Findings, Unanswered
from tests.resilience.hammer.ledger import Ledger
from tests.resilience.hammer.machines import MachineActions
from tests.resilience.hammer.reads import Reads
from tests.resilience.hammer.runs import RunActions


class HammerClient:
    """Makes calls until it is told to stop.

    Attributes:
        ledger: what it was told.
    """

    def __init__(self, number: int, door: Any, poll_door: Any, findings: Findings) -> None:
        # Any: boto3's clients are made at run time.
        caller = Caller(number, door, poll_door, findings)
        self.ledger = Ledger()
        machines = MachineActions(caller, self.ledger)
        runs = RunActions(caller, self.ledger, machines)
        self._random = caller.random
        self._actions = [*machines.all(), *runs.all(), *Reads(caller, machines, runs).all()]

    def run(self, stop: threading.Event) -> None:
        """Make calls until `stop` is set."""
        while not stop.is_set():
            action = self._random.choice(self._actions)
            try:
                action()
            except Unanswered:
                time.sleep(PAUSE_SECONDS)
