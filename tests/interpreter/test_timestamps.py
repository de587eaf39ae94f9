from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interpreter.timestamps import format_timestamp, parse_timestamp


@pytest.mark.parametrize(
    "text, nanoseconds",
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1969-12-31T23:30:00-00:30", 0),
        ("2016-03-14T01:59:00Z", 1_457_920_740_000_000_000),
        ("1970-01-01T00:00:01.5Z", 1_500_000_000),
        ("1970-01-01T00:00:00.000000001Z", 1),
        ("1970-01-01T00:00:00.0000000019Z", 1),
        ("1969-12-31T23:59:59.999999999Z", -1),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000_000),
    ],
)
def test_instants(text: str, nanoseconds: int) -> None:
    assert parse_timestamp(text) == nanoseconds


@pytest.mark.parametrize(
    "text",
    [
        "", "2016-12-05T21:29:29", "2016-12-05 21:29:29Z", "2016-12-05t21:29:29Z", "2016-12-05T21:29:29z",
        "05-12-2016T21:29:29Z",
        "2016-13-05T21:29:29Z", "2016-12-05T25:29:29Z", "2016-12-05T21:60:29Z", "2016-12-05T21:29:60Z",
        "2023-02-29T00:00:00Z",
        "0000-01-01T00:00:00Z", "2016-12-05T21:29Z", "2016-12-05T21:29:29.Z", "2016-12-05T21:29:29+0100",
        "2016-12-05T21:29:29+24:00",
        "2016-12-05", "2016-12-05T21:29:29Z\n", "٢٠١٦-12-05T21:29:29Z",
    ],
)  # fmt: skip
def test_what_is_no_timestamp(text: str) -> None:
    assert parse_timestamp(text) is None


@pytest.mark.parametrize(
    "milliseconds, text",
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_553_631_253_192, "2019-03-26T20:14:13.192Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
    ],
)
def test_format(milliseconds: int, text: str) -> None:
    assert format_timestamp(milliseconds) == text


@given(st.integers(min_value=-62_135_596_800_000, max_value=253_402_300_799_999))
def test_what_is_printed_is_read(milliseconds: int) -> None:
    assert parse_timestamp(format_timestamp(milliseconds)) == milliseconds * 1_000_000
