"""Parses Retry and Catch (States Language, "Errors"; developer guide, "Handling errors")."""

from __future__ import annotations

from typing import Final

from interpreter.definition.fields import Fields
from interpreter.definition.flows import parse_catcher_flow
from interpreter.definition.graph import MachineOutline
from interpreter.definition.model import Catcher, Retrier
from interpreter.definition.schema import CATCHER_FIELDS, JITTER_STRATEGIES, RETRIER_FIELDS
from interpreter.definition.walk import note_assigned

ANY_ERROR: Final = "States.ALL"


def parse_retriers(fields: Fields) -> tuple[Retrier, ...]:
    """The entries of Retry; an empty array is allowed."""
    entries = list(fields.objects("Retry", may_be_empty=True))
    retriers = tuple(_retrier(entry) for entry in entries)
    _check_wildcard(entries)
    return retriers


def _retrier(entry: Fields) -> Retrier:
    entry.require(("ErrorEquals",))
    entry.allow(RETRIER_FIELDS)
    entry.text("Comment")
    interval = entry.integer("IntervalSeconds")
    attempts = entry.integer("MaxAttempts")
    rate = entry.number("BackoffRate")
    longest = entry.integer("MaxDelaySeconds")
    retrier = Retrier(
        error_equals=entry.texts("ErrorEquals"),
        interval_seconds=1 if interval is None else interval,
        max_attempts=3 if attempts is None else attempts,
        backoff_rate=2.0 if rate is None else rate,
        max_delay_seconds=longest,
        full_jitter=entry.one_of("JitterStrategy", JITTER_STRATEGIES) == "FULL",
    )
    if longest is not None and longest <= retrier.interval_seconds:
        entry.error("MaxDelaySeconds", "MaxDelaySeconds must be greater than IntervalSeconds")
    return retrier


def parse_catchers(fields: Fields, machine: MachineOutline) -> tuple[Catcher, ...]:
    """The entries of Catch; an empty array is allowed."""
    entries = list(fields.objects("Catch", may_be_empty=True))
    catchers = tuple(_catcher(entry, machine) for entry in entries)
    _check_wildcard(entries)
    return catchers


def _catcher(entry: Fields, machine: MachineOutline) -> Catcher:
    entry.require(("ErrorEquals", "Next"))
    entry.allow(CATCHER_FIELDS)
    entry.text("Comment")
    note_assigned(entry, machine)
    return Catcher(
        error_equals=entry.texts("ErrorEquals"),
        next=entry.text("Next") or "",
        flow=parse_catcher_flow(entry),
    )


def _check_wildcard(entries: list[Fields]) -> None:
    for index, entry in enumerate(entries):
        names = entry.members.get("ErrorEquals")
        if not isinstance(names, list) or ANY_ERROR not in names:
            continue
        if len(names) > 1 or index < len(entries) - 1:
            hint = "beside other errors" if len(names) > 1 else "in an entry that others follow"
            place = (*entry.at("ErrorEquals"), names.index(ANY_ERROR))
            entry.report.error(place, f"{ANY_ERROR} must appear alone and at end of list", hint=f"it stands {hint}")
