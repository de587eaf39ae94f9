"""Roles whose database or namespace cannot be used: one line says why, and none that they are ready."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from api.cli import main
from api.temporal_server import TemporalServer
from tests.support.settings import forget_settings

Refused = Callable[[str], str]

ROLES = ["api", "worker", "functions .", "setup"]


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Refused:
    """Runs a command in an empty folder, which has to end with exit code 1; the one line that it told."""
    monkeypatch.chdir(tmp_path)
    forget_settings(monkeypatch)

    def run(command: str) -> str:
        with pytest.raises(SystemExit) as ended:
            main(command.split())
        told = capsys.readouterr()
        assert (ended.value.code, told.out, told.err.count("\n")) == (1, "", 1), told.err
        return told.err

    return run


@pytest.mark.parametrize("command", [*ROLES, "keys list"])
def test_a_database_that_does_not_answer(command: str, refused: Refused, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPLOOM_DATABASE_URL", "postgresql://user:hunter2@127.0.0.1:1/orders")
    told = refused(command)
    assert told.startswith(
        "error: The database cannot be used: postgresql://127.0.0.1:1/orders, named by STEPLOOM_DATABASE_URL: [Errno "
    )
    assert "hunter2" not in told


@pytest.mark.parametrize("command", ROLES)
@pytest.mark.parametrize(
    "content, reason",
    [(None, "unable to open database file"), ("no database " * 10, "file is not a database")],
    ids=["folder", "text"],
)
def test_a_file_that_is_no_database(
    content: str | None, reason: str, command: str, refused: Refused, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    if content is None:
        file.mkdir()
    else:
        file.write_text(content)
    monkeypatch.setenv("STEPLOOM_DATABASE_URL", f"sqlite:///{file}")
    assert refused(command) == (
        f"error: The database cannot be used: sqlite:///{file}, named by STEPLOOM_DATABASE_URL: {reason}\n"
    )


@pytest.mark.parametrize("command", ["api", "keys list"])
def test_a_folder_that_cannot_be_made(
    command: str, refused: Refused, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("STEPLOOM_DATABASE_URL", f"sqlite:///{tmp_path}/file/steploom.db")
    assert "The database cannot be used: " in refused(command)


@pytest.mark.parametrize("command", ROLES)
def test_a_namespace_that_is_not_there(
    command: str,
    refused: Refused,
    temporal_server: TemporalServer,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("STEPLOOM_DATABASE_URL", f"sqlite:///{tmp_path}/steploom.db")
    monkeypatch.setenv("TEMPORAL_ADDRESS", temporal_server.address)
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "nope")
    assert refused(command) == (
        f"error: The Temporal at {temporal_server.address} has no namespace 'nope'. Set TEMPORAL_NAMESPACE to one of "
        "its namespaces; `steploom setup` then prepares it.\n"
    )
