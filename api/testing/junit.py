"""The results in the XML of JUnit, as CI systems read it: one test suite for each state machine."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from api.testing.run import CaseReport, MachineReport

_NOT_XML: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may have."""


def junit(reports: Sequence[MachineReport]) -> ElementTree:
    """The document."""
    root = Element("testsuites")
    for machine in reports:
        suite = SubElement(root, "testsuite", {"name": _text(machine.name), **_numbers(machine.cases)})
        for report in machine.cases:
            _case(suite, report)
    indent(root)
    return ElementTree(root)


def _case(suite: Element, report: CaseReport) -> None:
    attributes = {
        "classname": _text(report.case.machine),
        "name": _text(report.case.name),
        "time": f"{report.seconds:.3f}",
    }
    case = SubElement(suite, "testcase", attributes)
    if report.result != "PASSED":
        kind = "failure" if report.result == "FAILED" else "error"
        element = SubElement(case, kind, {"message": _text(report.problems[0].text)})
        element.text = _text("\n".join(line for problem in report.problems for line in problem.lines()))


def _numbers(cases: Sequence[CaseReport]) -> dict[str, str]:
    results = [report.result for report in cases]
    return {
        "tests": str(len(cases)),
        "failures": str(results.count("FAILED")),
        "errors": str(results.count("ERROR")),
        "skipped": "0",
        "time": f"{sum(report.seconds for report in cases):.3f}",
    }


def _text(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
