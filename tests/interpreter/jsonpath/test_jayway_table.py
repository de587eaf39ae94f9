"""The reference table of Jayway's dialect, with what was observed on AWS itself: every case of it has to pass."""

from __future__ import annotations

import json
import os
from pathlib import Path as FilePath
from typing import Any

import pytest

from interpreter.errors import QueryError
from interpreter.jsonpath import parse_path
from interpreter.values import MISSING, json_equal
from tests.interpreter.jsonpath.scopes import scope_of

ROOT = FilePath(__file__).resolve().parents[3]
TABLE = (ROOT / os.environ.get("STEPLOOM_REFERENCE", "../shared/reference") / "jsonpath-jayway-cases.json").resolve()


def outcome(text: str, document: Any) -> tuple[str, Any]:
    try:
        path = parse_path(text)
    except QueryError:
        return "invalid", None
    value = path.find_or_missing(scope_of(document))
    if value is MISSING:
        return "notfound", None
    return ("value" if path.is_definite else "list"), value


@pytest.mark.skipif(not TABLE.is_file(), reason=f"NOT RUN: no reference table at {TABLE}; set STEPLOOM_REFERENCE")
def test_the_whole_table_passes() -> None:
    table = json.loads(TABLE.read_text(encoding="utf-8"))
    cases = [*table["aws_observed"], *table["cases"]]
    assert len(cases) >= 150
    wrong = []
    for case in cases:
        wanted = ("list", case["aws"]) if "aws" in case else (case["kind"], case["expected"])
        got = outcome(case["path"], case.get("input", table["document"]))
        if got[0] != wanted[0] or not json_equal(got[1], wanted[1]):
            wrong.append((case["path"], "wanted", wanted, "got", got))
    assert wrong == []
