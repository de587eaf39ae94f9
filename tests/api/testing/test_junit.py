"""JUnit XML: what CI systems count, and text that no XML may have."""

from __future__ import annotations

from io import BytesIO
from xml.etree.ElementTree import fromstring

from api.testing.junit import junit
from tests.api.testing.conftest import RunFile
from tests.api.testing.test_run import machine, task


def test_results_are_told_in_junit_s_words(run_file: RunFile) -> None:
    content = {
        "StateMachines": {
            "m": {"Definition": machine(A=task()), "TestCases": {"good": {"A": "R"}, "bad": {"A": "T"}, "none": {}}}
        },
        "MockedResponses": {
            "R": {"0": {"Return": 1}},
            "T": {"0": {"Throw": {"Error": "<&>", "Cause": "a\u0000b\ud800"}}},
        },
    }
    written = BytesIO()
    junit(run_file(content)).write(written, encoding="utf-8", xml_declaration=True)
    root = fromstring(written.getvalue())
    [suite] = root
    assert {name: suite.get(name) for name in ("name", "tests", "failures", "errors", "skipped")} == {
        "name": "m",
        "tests": "3",
        "failures": "1",
        "errors": "1",
        "skipped": "0",
    }
    good, bad, none = suite
    assert [case.get("name") for case in suite] == ["good", "bad", "none"]
    assert list(good) == []
    assert bad[0].tag == "failure"
    assert bad[0].get("message") == "The execution ended FAILED with <&>: a\ufffdb\ufffd"
    assert none[0].tag == "error"
    assert "reached the state 'A'" in (none[0].text or "")
