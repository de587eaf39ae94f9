"""Links to executions in the Temporal UI."""

from __future__ import annotations

import pytest

from api.links import execution_link


@pytest.mark.parametrize(
    "ui, namespace, arn, link",
    [
        (
            "http://ui:8233",
            "default",
            "arn:aws:states:r:1:execution:m:e",
            "http://ui:8233/namespaces/default/workflows/m%3Ae",
        ),
        ("https://ui/", "a/b", "arn:aws:states:r:1:execution:m:e", "https://ui/namespaces/a%2Fb/workflows/m%3Ae"),
        ("http://ui:8233", "default", "arn:aws:states:r:1:express:m:e:u", None),
    ],
    ids=["usual", "escaped", "express"],
)
def test_execution_link(ui: str, namespace: str, arn: str, link: str | None) -> None:
    assert execution_link(ui, namespace, arn) == link
