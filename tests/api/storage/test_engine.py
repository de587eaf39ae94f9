"""Tests of `api.storage.engine`: which URLs are understood, and how."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from api.storage.engine import database_url, shown_database


@dataclass(frozen=True)
class Case:
    given: str
    result: str


CASES = [
    Case("sqlite:///steploom.db", "sqlite+aiosqlite:///steploom.db"),
    Case("sqlite:////var/lib/steploom.db", "sqlite+aiosqlite:////var/lib/steploom.db"),
    Case("postgresql://u:p@h:5433/d", "postgresql+asyncpg://u:p@h:5433/d"),
    Case("postgres://h/d", "postgresql+asyncpg://h/d"),
    Case("postgresql+asyncpg://h/d", "postgresql+asyncpg://h/d"),
    Case("postgresql://h/d?sslmode=require", "postgresql+asyncpg://h/d?ssl=require"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.given)
def test_understands(case: Case) -> None:
    assert database_url(case.given).render_as_string(hide_password=False) == case.result


@pytest.mark.parametrize(
    "given", ["", "steploom.db", "mysql://h/d", "sqlite://", "sqlite:///:memory:", "postgresql+psycopg2://h"]
)
def test_refuses(given: str) -> None:
    with pytest.raises(ValueError, match=r"database|SQLite"):
        database_url(given)


def test_parameters_that_the_driver_does_not_know_are_named() -> None:
    expected = r"driver does not know: connect_timeout, timeout; it takes .*, sslmode, "
    with pytest.raises(ValueError, match=expected) as told:
        database_url("postgresql://me:hunter2@h/d?connect_timeout=5&sslmode=require&timeout=5")
    assert "hunter2" not in str(told.value)


SHOWN = [
    Case("sqlite:////var/lib/steploom.db", "sqlite:////var/lib/steploom.db"),
    Case("postgresql://user:p%40ss@h:5433/d", "postgresql://h:5433/d"),
    Case("postgresql+asyncpg://h/d?password=secret", "postgresql://h/d"),
]


@pytest.mark.parametrize("case", SHOWN, ids=lambda case: case.given)
def test_is_shown_without_credentials(case: Case) -> None:
    assert shown_database(case.given) == case.result


def test_a_relative_file_is_shown_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown_database("sqlite:///kept/s.db") == f"sqlite:///{tmp_path}/kept/s.db"
