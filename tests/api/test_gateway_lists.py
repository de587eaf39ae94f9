"""Reading ahead in Temporal's lists: the same executions in the same order, from fewer and larger pages."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from api.gateway_lists import ExecutionLists, Page, form_of, token_of

NOW = datetime(2026, 1, 1, 12, 0, 0, 120_000, tzinfo=UTC)
QUERY = 'WorkflowType = "m"'


@dataclass(frozen=True)
class Run:
    run_id: str
    start_time: datetime
    close_time: datetime | None


def runs(number: int) -> list[Run]:
    """Every second one has ended."""
    return [
        Run(f"{each:05}", NOW - timedelta(seconds=each), NOW + timedelta(microseconds=each) if each % 2 else None)
        for each in range(number)
    ]


def of_sql(run: Run) -> bytes:
    """A token as Go writes it: fractions of seconds without zeros at their end."""
    token = json.loads(token_of(run))
    return json.dumps({name: text.replace("120000Z", "12Z") for name, text in token.items()}).encode()


@dataclass
class Temporal:
    """Lists its runs, and keeps what it was asked for; tokens are found again by the run that they name."""

    runs: list[Run]
    token: Callable[[Run], bytes] = of_sql
    asked: list[int] = field(default_factory=list)

    async def list(self, query: str, size: int, token: bytes | None) -> Page[Run]:
        assert query == QUERY
        self.asked.append(size)
        begin = 0 if token is None else 1 + [run.run_id in token.decode() for run in self.runs].index(True)
        page = self.runs[begin : begin + size]
        return page, self.token(page[-1]) if begin + size < len(self.runs) else None


async def pages(lists: ExecutionLists[Run], size: int) -> list[list[str]]:
    """All pages, by the ids of their runs."""
    found, token = list[list[str]](), None
    while True:
        page, token = await lists.page(QUERY, size, token)
        found.append([run.run_id for run in page])
        if token is None:
            return found


@pytest.mark.parametrize(
    "number, size, asked",
    [
        (0, 5, [5]),
        (5, 5, [5]),
        (6, 5, [5, 50]),
        (111, 5, [5, 50, 50, 50]),
        (2_500, 300, [300, 1_000, 1_000, 1_000]),
        (2_500, 1_000, [1_000, 1_000, 1_000]),
    ],
)
async def test_pages(number: int, size: int, asked: list[int]) -> None:
    temporal = Temporal(runs(number))
    found = await pages(ExecutionLists(temporal.list), size)
    assert [run for page in found for run in page] == [run.run_id for run in temporal.runs]
    assert all(len(page) <= size for page in found)
    assert temporal.asked == asked


@pytest.mark.parametrize(
    "token, form",
    [
        (of_sql(runs(1)[0]), "known"),
        (of_sql(runs(2)[1]), "known"),
        (b'{"SearchAfter":[1767268800120000000,"r"]}', "known"),
        (b'{"RunID":"r"}', "broken"),
        (b'{"RunID":"r","StartTime":1,"CloseTime":""}', "broken"),
        (of_sql(runs(1)[0]).replace(b'"00000"', b"0"), "broken"),
        (b"", "broken"),
        (b"{}", "other"),
        (b"[1]", "other"),
        (b"5", "other"),
        (b"opaque", "other"),
        (b"\xff\x00", "other"),
        (b"[" * 2_000, "other"),
    ],
)
def test_forms_of_tokens(token: bytes, form: str) -> None:
    assert form_of(token) == form


async def test_tokens_of_another_form_are_passed_on() -> None:
    temporal = Temporal(runs(20), token=lambda run: f'["{run.run_id}"]'.encode())
    found = await pages(ExecutionLists(temporal.list), 5)
    assert [run for page in found for run in page] == [run.run_id for run in temporal.runs]
    assert temporal.asked == [5, 5, 5, 5]


async def test_tokens_that_change_their_form_are_not_made() -> None:
    temporal = Temporal(runs(60))
    lists = ExecutionLists(temporal.list)
    _, token = await lists.page(QUERY, 5, None)
    temporal.token = lambda run: f'["{run.run_id}"]'.encode()
    page, token = await lists.page(QUERY, 5, token)
    assert ([run.run_id for run in page], token) == ([f"{each:05}" for each in range(5, 10)], b'["00009"]')
    assert temporal.asked == [5, 50, 5]


async def test_any_process_goes_on_with_a_token() -> None:
    temporal = Temporal(runs(40))
    lists = ExecutionLists(temporal.list)
    token = None
    for _ in range(3):
        _, token = await lists.page(QUERY, 5, token)
    page, _ = await ExecutionLists(temporal.list).page(QUERY, 5, token)
    assert [run.run_id for run in page] == [f"{each:05}" for each in range(15, 20)]


async def test_what_was_read_ahead_is_shown_for_ten_seconds() -> None:
    now = [0.0]
    temporal = Temporal(runs(40))
    lists = ExecutionLists(temporal.list, lambda: now[0])
    _, token = await lists.page(QUERY, 5, None)
    _, token = await lists.page(QUERY, 5, token)
    del temporal.runs[10:15]
    now[0] = 10.0
    assert (await lists.page(QUERY, 5, token))[0][0].run_id == "00010"
    now[0] = 10.1
    assert (await lists.page(QUERY, 5, token))[0][0].run_id == "00015"
    temporal.runs.insert(0, Run("new", NOW, None))
    assert (await lists.page(QUERY, 5, None))[0][0].run_id == "new", "the first page is as the call finds it"


@pytest.mark.parametrize("processes", [1, 2, 3])
async def test_processes_that_take_turns_read_ahead_once_each(processes: int) -> None:
    temporal = Temporal(runs(60))
    all_lists = [ExecutionLists(temporal.list) for _ in range(processes)]
    for lists in all_lists:  # each has seen a token, and so knows their form
        await lists.page(QUERY, 5, None)
    temporal.asked.clear()
    found, token = list[str](), None
    for number in range(11):
        page, token = await all_lists[number % processes].page(QUERY, 5, token)
        found += [run.run_id for run in page]
    assert found == [f"{each:05}" for each in range(55)]
    assert temporal.asked == [5] + [50] * processes


async def test_a_page_of_another_size_is_found_too() -> None:
    temporal = Temporal(runs(60))
    lists = ExecutionLists(temporal.list)
    _, token = await lists.page(QUERY, 5, None)
    _, token = await lists.page(QUERY, 5, token)
    page, token = await lists.page(QUERY, 20, token)
    assert [run.run_id for run in page] == [f"{each:05}" for each in range(10, 30)]
    page, token = await lists.page(QUERY, 100, token)
    assert ([run.run_id for run in page], token is None) == ([f"{each:05}" for each in range(30, 55)], False)
    page, token = await lists.page(QUERY, 100, token)
    assert ([run.run_id for run in page], token) == ([f"{each:05}" for each in range(55, 60)], None)
    assert temporal.asked == [5, 50, 1000]


async def test_a_list_is_answered_from_its_own_query() -> None:
    asked: list[str] = []
    temporal = Temporal(runs(60))

    async def fetch(query: str, size: int, token: bytes | None) -> Page[Run]:
        asked.append(query)
        return await temporal.list(QUERY, size, token)

    lists = ExecutionLists(fetch)
    _, token = await lists.page("a", 5, None)
    _, token = await lists.page("a", 5, token)
    await lists.page("b", 5, token)
    assert asked == ["a", "a", "b"]
