"""`events:putEvents` ("Add EventBridge events with Step Functions"): an entry that fails fails the state (recorded)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from activities.integrations.optimized import Arguments, Optimized
from interpreter.errors import StatesError
from interpreter.values import JsonValue, json_text


def _with_own_resources(arguments: Arguments, own_resources: tuple[str, ...]) -> Arguments:
    """Each entry's Resources end with the execution and its state machine."""
    entries = arguments.get("Entries")
    if not isinstance(entries, list):
        return arguments
    return {**arguments, "Entries": [_entry(entry, own_resources) for entry in entries]}


def _entry(entry: JsonValue, own_resources: tuple[str, ...]) -> JsonValue:
    if not isinstance(entry, dict):
        return entry
    resources = entry.get("Resources")
    if resources is not None and not isinstance(resources, list):
        return entry
    return {**entry, "Resources": [*(resources or []), *own_resources]}


def _check_entries(result: Mapping[str, JsonValue]) -> None:
    if result.get("FailedEntryCount"):
        raise StatesError("EventBridge.FailedEntry", json_text(dict(result)))


EVENTS: Final = Optimized(
    folder="events",
    prefix="EventBridge",
    sdk_name="AmazonEventBridge",
    base_exception="AmazonEventBridgeException",
    metadata=False,
    prepare=_with_own_resources,
    check=_check_entries,
)
