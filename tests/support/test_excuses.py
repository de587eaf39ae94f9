"""Excuses change what they name, and nothing that they do not fit."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.support.excuses import Excuse, excuses, write_mended
from tests.support.recorded_classes import not_passed

CASE: dict[str, Any] = {"name": "c", "expected": {"history": [{"output": {"a": 1, "b": 2}}], "described": {"x": 1}}}


def excuse(**members: Any) -> Excuse:
    return Excuse(case="c", kind="stand-in", reason="why", **members)


def test_mended() -> None:
    made = excuse(without=["$..output.a"], more={"$.described": {"y": {"z": 2}}})
    assert made.mended(CASE)["expected"] == {"history": [{"output": {"b": 2}}], "described": {"x": 1, "y": {"z": 2}}}
    assert CASE["expected"]["history"] == [{"output": {"a": 1, "b": 2}}]


@pytest.mark.parametrize(
    "made, told",
    [
        (excuse(without=["$..output.c"]), "c: nothing was recorded at $..output.c"),
        (excuse(more={"$.other": {"y": 1}}), "c: nothing was recorded at $.other"),
        (excuse(more={"$.described": {"x": 2}}), "c: what is to be added at $.described was recorded"),
    ],
    ids=["no such field", "no such object", "it is there"],
)
def test_what_does_not_fit(made: Excuse, told: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(told)}$"):
        made.mended(CASE)


def test_only_excused_cases_are_written(tmp_path: Path) -> None:
    recorded = tmp_path / "cases"
    recorded.mkdir()
    for name in ("c", "d"):
        (recorded / f"{name}.json").write_text(json.dumps({**CASE, "name": name}))
    write_mended(recorded, tmp_path / "mended", {"c": excuse(without=["$..output.a"])})
    assert [path.name for path in (tmp_path / "mended").iterdir()] == ["c.json"]


def test_every_excused_case_is_listed_as_not_passed_as_it_was_recorded() -> None:
    assert excuses().keys() <= not_passed().keys()
