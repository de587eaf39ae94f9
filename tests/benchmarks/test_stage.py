"""What a starved machine disturbs is taken again, and only that."""

from __future__ import annotations

import pytest
from temporalio.client import WorkflowFailureError

from benchmarks.stage import undisturbed


class Block:
    """Fails a number of times."""

    def __init__(self, failures: int) -> None:
        self.taken = 0
        self._failures = failures

    async def __call__(self) -> str:
        self.taken += 1
        if self.taken <= self._failures:
            raise WorkflowFailureError(cause=TimeoutError("lost"))
        return "measured"


@pytest.mark.parametrize("failures", [0, 1, 4])
async def test_a_disturbed_block_is_taken_again(failures: int, capsys: pytest.CaptureFixture[str]) -> None:
    block = Block(failures)

    assert await undisturbed("the block", block) == "measured"

    assert block.taken == failures + 1
    assert capsys.readouterr().err == "the block is taken again, as an execution failed: lost\n" * failures


async def test_what_is_disturbed_again_and_again_fails() -> None:
    block = Block(5)

    with pytest.raises(WorkflowFailureError):
        await undisturbed("the block", block)

    assert block.taken == 5
