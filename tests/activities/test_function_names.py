"""The forms of FunctionName that Lambda accepts."""

from __future__ import annotations

import pytest

from activities.function_names import FunctionName, parse_function_name


@pytest.mark.parametrize(
    "text, qualifier, wanted",
    [
        ("f", None, FunctionName("f")),
        ("f:7", None, FunctionName("f", "7")),
        ("f:$LATEST", None, FunctionName("f")),
        ("f:7", "live", FunctionName("f", "live")),
        ("f:7", "$LATEST", FunctionName("f")),
        ("123456789012:function:f", None, FunctionName("f")),
        ("123456789012:f:live", None, FunctionName("f", "live")),
        ("function:f", None, FunctionName("f")),
        ("arn:aws:lambda:eu-west-1:123456789012:function:f", None, FunctionName("f", None, "eu-west-1")),
        (
            "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:f:1",
            None,
            FunctionName("f", "1", "us-gov-west-1"),
        ),
        ("", None, None),
        ("a b", None, None),
        ("../f", None, None),
        ("arn:aws:sqs:eu-west-1:123456789012:f", None, None),
    ],
)
def test_parse(text: str, qualifier: str | None, wanted: FunctionName | None) -> None:
    assert parse_function_name(text, qualifier) == wanted
