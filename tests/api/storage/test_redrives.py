"""The suite of redrives in `api.storage.store.Store`, over every database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from api.storage.store import RedriveCall, Store
from tests.api.storage.test_sql import NOW

LATER = NOW + timedelta(seconds=1)


def call(run_id: str, client_token: str = "", name: str = "e") -> RedriveCall:
    return RedriveCall(run_id=run_id, client_token=client_token, state_machine_name="a", execution_name=name, asked=NOW)


async def test_a_call_is_kept_once(store: Store) -> None:
    await store.begin_redrive(call("r1", "t"))
    await store.begin_redrive(replace(call("r1", "t"), asked=LATER))
    assert await store.find_redrives(["r1", "r2"]) == [call("r1", "t")]


async def test_all_calls_for_a_run_are_finished_together(store: Store) -> None:
    calls = [call("r1", "t"), call("r1", "u"), call("r2", "t")]
    for each in calls:
        await store.begin_redrive(each)
    await store.finish_redrive("r1", LATER)
    await store.begin_redrive(calls[0])
    found = sorted(await store.find_redrives(["r1", "r2"]), key=lambda each: (each.run_id, each.client_token))
    assert found == [replace(calls[0], redriven=LATER), replace(calls[1], redriven=LATER), calls[2]]


async def test_the_newest_calls_for_an_execution(store: Store) -> None:
    calls = [replace(call(f"r{number}"), asked=NOW + timedelta(seconds=number)) for number in range(4)]
    for each in (*calls, call("other", name="f")):
        await store.begin_redrive(each)
    assert await store.list_redrives("a", "e", 3) == [calls[3], calls[2], calls[1]]
    assert await store.list_redrives("a", "none", 3) == []


async def test_a_full_page_of_runs(store: Store) -> None:
    await store.begin_redrive(call("r7"))
    assert await store.find_redrives([f"r{number}" for number in range(1000)]) == [call("r7")]
