"""Tests of the report: the order of findings, and hints that stay cheap on large definitions."""

from __future__ import annotations

from interpreter.definition.diagnostics import NO_DOLLAR, NO_EFFECT, Report


def test_errors_come_first_and_warnings_of_our_own_last() -> None:
    report = Report()
    report.warning(("a",), "ours", code=NO_EFFECT)
    report.not_supported(("b",), "this", "use that")
    report.warning(("c",), "AWS's", code=NO_DOLLAR)
    report.error(("d",), "wrong")
    report.error(("e",), "wrong too")
    assert [found.location for found in report.diagnostics({})] == ["/d", "/e", "/c", "/b", "/a"]


def test_what_looks_alike_is_proposed() -> None:
    report = Report()
    assert report.did_you_mean("ReslutPath", ["InputPath", "ResultPath"]) == "did you mean 'ResultPath'?"
    assert report.did_you_mean("Next", ["InputPath", "ResultPath"]) is None


def test_only_so_much_is_compared() -> None:
    report = Report()
    assert report.did_you_mean("state 17x", [f"state {number}" for number in range(10_000)]) is None
    proposals = [report.did_you_mean("Nxt", ["Next"]) for _ in range(1000)]
    assert 10 <= sum(proposal is not None for proposal in proposals) <= 100
    assert report.did_you_mean("x" * 1_000_000, ["Next"]) is None
