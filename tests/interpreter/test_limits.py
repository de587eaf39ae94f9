"""AWS's quotas on one execution, and their absence in `native` mode."""

from __future__ import annotations

from interpreter.limits import limits_of


def test_aws_enforces_its_quotas() -> None:
    limits = limits_of("aws")

    assert (limits.payload_bytes, limits.history_events, limits.inline_map_width) == (256 * 1024, 25_000, 40)
    assert limits.variables_bytes == 10 * 1024 * 1024


def test_native_has_none_on_data_and_events() -> None:
    limits = limits_of("native")

    assert (limits.payload_bytes, limits.variables_bytes, limits.history_events) == (None, None, None)
    assert limits.inline_map_width > 40
