"""Randomness that repeats, in two families that do not betray each other."""

from __future__ import annotations

from uuid import UUID

from interpreter.chance import SeededChance
from tests.support.executions import SEED

OTHER_SEED = "00" * 32
MANY = 500


def _uuids(chance: SeededChance, count: int = MANY) -> list[str]:
    return [chance.uuid() for _ in range(count)]


def _operations(chance: SeededChance, count: int = MANY) -> list[str]:
    return [chance.operation_id("T") for _ in range(count)]


def test_a_seed_repeats() -> None:
    assert _uuids(SeededChance(SEED)) == _uuids(SeededChance(SEED))
    assert _operations(SeededChance(SEED)) == _operations(SeededChance(SEED))


def test_seeds_differ() -> None:
    assert not set(_uuids(SeededChance(SEED))) & set(_uuids(SeededChance(OTHER_SEED)))
    assert not set(_operations(SeededChance(SEED))) & set(_operations(SeededChance(OTHER_SEED)))


def test_families_are_apart() -> None:
    chance = SeededChance(SEED)
    visible = set(_uuids(chance))
    operations = {id_.removeprefix("T-") for id_ in _operations(chance)}

    assert len(visible) == len(operations) == MANY
    assert not visible & operations


def test_one_family_does_not_move_the_other() -> None:
    quiet, busy = SeededChance(SEED), SeededChance(SEED)
    _uuids(busy)

    assert quiet.operation_id("T") == busy.operation_id("T")


def test_counters_go_on_where_a_checkpoint_stood() -> None:
    whole = SeededChance(SEED)
    _uuids(whole, 3)
    _operations(whole, 2)
    resumed = SeededChance(SEED, visible=whole.visible, operations=whole.operations)

    assert (resumed.visible, resumed.operations) == (3, 2)
    assert resumed.uuid() == whole.uuid()
    assert resumed.random() == whole.random()
    assert resumed.operation_id("T") == whole.operation_id("T")


def test_uuids_are_of_version_4() -> None:
    assert {UUID(text).version for text in _uuids(SeededChance(SEED))} == {4}


def test_operation_ids_name_their_state() -> None:
    id_ = SeededChance(SEED).operation_id("Größe 漢字")

    assert id_.startswith("Größe 漢字-")
    assert UUID(id_.removeprefix("Größe 漢字-")).version == 4


def test_numbers_are_spread_over_their_range() -> None:
    chance = SeededChance(SEED)
    numbers = [chance.random() for _ in range(2_000)]

    assert all(0 <= number < 1 for number in numbers)
    assert 0.45 < sum(numbers) / len(numbers) < 0.55
    assert min(numbers) < 0.01
    assert max(numbers) > 0.99
