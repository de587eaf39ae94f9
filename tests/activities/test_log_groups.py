"""Log groups: the setting, and where records go."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest

from activities.log_groups import LogFolderError, LogGroups, file_name, parse_log_groups
from interpreter.values import JsonValue


@pytest.mark.parametrize(
    "setting, parsed",
    [
        ("stdout", "stdout"),
        ("none", "none"),
        ('{"*": "stdout", "g": {"folder": "logs"}}', {"*": "stdout", "g": {"folder": "logs"}}),
        ({"g": "none"}, {"g": "none"}),
    ],
)
def test_settings(setting: JsonValue, parsed: JsonValue) -> None:
    assert parse_log_groups(setting) == parsed


@pytest.mark.parametrize(
    "setting, problem",
    [
        ("stderr", "for '*': expected"),
        ({"g": {"folder": ""}}, "for 'g': expected"),
        ({"g": {"folder": "a", "file": "b"}}, "for 'g': expected"),
        ({"g": 1}, "for 'g': expected"),
        ("{", "not JSON"),
    ],
)
def test_refused_settings(setting: JsonValue, problem: str) -> None:
    with pytest.raises(ValueError, match=problem.replace("*", r"\*")):
        parse_log_groups(setting)


@pytest.mark.parametrize(
    "setting, groups", [("stdout", "a b"), ("none", ""), ({"a": "stdout"}, "a"), ({"*": "stdout", "b": "none"}, "a")]
)
def test_which_groups_there_are(setting: JsonValue, groups: str) -> None:
    known = LogGroups(setting)
    assert [group for group in ("a", "b") if known.has(group)] == groups.split()


def test_folders_are_made_and_left_empty(tmp_path: Path) -> None:
    LogGroups({"*": {"folder": str(tmp_path / "a" / "logs")}, "g": "stdout", "h": "none"}).prepare()
    assert [*tmp_path.rglob("*")] == [tmp_path / "a", tmp_path / "a" / "logs"]


@pytest.mark.parametrize("folder", ["/proc", "/proc/x"])  # not even root can write there
def test_folders_that_cannot_be_written(folder: str) -> None:
    with pytest.raises(LogFolderError, match=f"^{folder} cannot be written: "):
        LogGroups({"g": {"folder": folder}}).prepare()


def test_a_file_for_each_group(tmp_path: Path) -> None:
    groups = LogGroups({"*": {"folder": str(tmp_path / "logs")}})
    groups.write("/aws/states/a", [b"1", b"2"])
    groups.write("b", [b"3"])
    groups.write("/aws/states/a", [b"4"])
    groups.close()
    written = {path.name: path.read_bytes() for path in (tmp_path / "logs").iterdir()}
    assert written == {"+aws+states+a.jsonl": b"1\n2\n4\n", "b.jsonl": b"3\n"}


def test_a_file_that_was_moved_away_is_begun_anew(tmp_path: Path) -> None:
    groups = LogGroups({"*": {"folder": str(tmp_path)}})
    groups.write("a", [b"1"])
    (tmp_path / "a.jsonl").rename(tmp_path / "a.old")
    groups.write("a", [b"2"])
    groups.close()
    assert ((tmp_path / "a.old").read_bytes(), (tmp_path / "a.jsonl").read_bytes()) == (b"1\n", b"2\n")


def test_not_all_files_are_kept_open(tmp_path: Path) -> None:
    before = len(os.listdir("/dev/fd"))
    groups = LogGroups({"*": {"folder": str(tmp_path)}})
    for number in (*range(300), 0):
        groups.write(f"g{number}", [b"x"])
    assert len(os.listdir("/dev/fd")) - before <= 200
    assert (tmp_path / "g0.jsonl").read_bytes() == b"x\nx\n"
    groups.close()
    assert len(os.listdir("/dev/fd")) <= before


def test_standard_output(capfd: pytest.CaptureFixture[str]) -> None:
    LogGroups().write("a", [b"1", b"2"])
    assert capfd.readouterr().out == "1\n2\n"


def test_what_cannot_be_written_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_bytes(b"")
    with caplog.at_level(logging.WARNING):
        LogGroups({"*": {"folder": str(tmp_path / "file")}}).write("a", [b"1"])
        LogGroups("none").write("a", [b"1"])
    assert [record.getMessage().split(" (")[0] for record in caplog.records] == [
        "the log group 'a' cannot be written",
        "the log group 'a' is not in the setting log_groups: 1 records are lost",
    ]


def test_file_names_are_short_and_differ() -> None:
    long = ["x" * 511 + end for end in "ab"]
    names = {file_name(group) for group in long}
    assert len(names) == 2
    assert all(len(os.fsencode(name)) < 255 for name in names)
