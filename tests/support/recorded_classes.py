"""The recorded cases by what they exercise, and those of the language that do not pass, with the reasons."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias, cast

Comparison: TypeAlias = Literal["outcome", "history"]
"""What is compared: status, output, error and cause; or the whole history, every recorded field of it."""

CaseClass: TypeAlias = Literal["language", "labels", "Distributed Map", "other services", "TestState", "API"]

NOT_PASSED: Final = Path(__file__).parents[1] / "compliance" / "recorded" / "not-passed.json"

_RESOURCE: Final = re.compile(r'\\"Resource\\": *\\"(arn:[^"\\]*)\\"')
_OF_THE_LANGUAGE: Final = re.compile(r"arn:aws:(lambda:|states:::lambda:invoke)")
_WITHOUT_CALLS: Final = ("activities", "scenarios")
"""Folders in which AWS SDK resources only poll an activity, or fail before they are called."""


@dataclass(frozen=True, slots=True)
class NotPassed:
    """A recorded case that we do not pass: in which comparisons, and why."""

    case: str
    comparisons: frozenset[Comparison]
    reason: str


def class_of(case: Mapping[str, Any]) -> CaseClass:
    """What a recorded case exercises; `language` is what creates and runs state machines with Lambda or no service."""
    folder = str(case["folder"])
    calls = {step["op"] for step in case["steps"]}
    if "TestState" in calls:
        return "TestState"
    if folder == "test_sfn_api_map_run":
        return "labels"
    text = json.dumps(case["steps"])
    if "DISTRIBUTED" in text:
        return "Distributed Map"
    if folder.startswith("test_sfn_api"):
        return "API"
    calls_others = any(not _OF_THE_LANGUAGE.match(arn) for arn in _RESOURCE.findall(text))
    return "other services" if case["services"] or (calls_others and folder not in _WITHOUT_CALLS) else "language"


def not_passed() -> dict[str, NotPassed]:
    """The list of `NOT_PASSED`, by case."""
    shown = cast("list[dict[str, Any]]", json.loads(NOT_PASSED.read_text("utf-8")))
    listed = (NotPassed(entry["case"], frozenset(entry["comparisons"]), entry["reason"]) for entry in shown)
    return {entry.case: entry for entry in listed}
