"""Log groups: where the logs of executions go, by the names of the groups that state machines name.

There is no CloudWatch here. The setting `log_groups` says for each name, or for all (`*`), what takes its place:
standard output, or a file in a folder. A group that it does not name does not exist.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final, TypeAlias, assert_never

from interpreter.values import JsonValue

_LOG: Final = logging.getLogger(__name__)
_STDOUT: Final = "stdout"
_NONE: Final = "none"
_REST: Final = "*"
_LONGEST_FILE_NAME: Final = 200
_MOST_OPEN: Final = 200
"""Files that are kept open: whoever makes state machines chooses the names of groups."""
_STDOUT_DESCRIPTOR: Final = 1


@dataclass(frozen=True, slots=True)
class Stdout:
    """Standard output of the process that has something to log."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder with one file for each group."""

    path: Path


Destination: TypeAlias = Stdout | Folder


class LogFolderError(Exception):
    """The folder of a destination cannot be written; the message names it."""


def parse_log_groups(setting: JsonValue) -> JsonValue:
    """The setting `log_groups`, checked: a word, or an object from names to destinations; as text also JSON of one.

    Raises:
        ValueError: it is something else.
    """
    if isinstance(setting, str) and setting.lstrip().startswith("{"):
        try:
            setting = json.loads(setting)
        except ValueError as error:
            raise ValueError(f"not JSON: {error}") from None
    for name, value in _by_name(setting).items():
        if value != _NONE:
            _destination(name, value)
    return setting


def _by_name(setting: JsonValue) -> Mapping[str, JsonValue]:
    if isinstance(setting, dict):
        return setting
    return {_REST: setting}


def _destination(name: str, value: JsonValue) -> Destination:
    match value:
        case "stdout":
            return Stdout()
        case {"folder": str(folder), **others} if folder and not others:
            return Folder(Path(folder))
    raise ValueError(f'for {name!r}: expected "stdout", "none" or {{"folder": "..."}}, got {json.dumps(value)}')


class LogGroups:
    """The log groups of an installation (`interpreter.event_log.EventLog`); safe to use from several threads.

    Args:
        setting: what `parse_log_groups` has checked.
    """

    def __init__(self, setting: JsonValue = _STDOUT) -> None:
        self._destinations = {
            name: _destination(name, value) for name, value in _by_name(setting).items() if value != _NONE
        }
        self._absent = {name for name, value in _by_name(setting).items() if value == _NONE}
        self._files: dict[str, int] = {}
        self._lock = threading.Lock()

    def prepare(self) -> None:
        """Make the folders, and see that files can be made in each.

        Raises:
            LogFolderError: one cannot be written.
        """
        for destination in self._destinations.values():
            match destination:
                case Folder(folder):
                    try:
                        folder.mkdir(parents=True, exist_ok=True)
                        with TemporaryFile(dir=folder):
                            pass
                    except OSError as error:
                        raise LogFolderError(f"{folder} cannot be written: {error.strerror}") from error
                case Stdout():
                    pass
                case _:
                    assert_never(destination)

    def has(self, group: str) -> bool:
        """Whether there is a group of that name."""
        return self._find(group) is not None

    def _find(self, group: str) -> Destination | None:
        if group in self._absent:
            return None
        return self._destinations.get(group, self._destinations.get(_REST))

    def write(self, group: str, lines: Sequence[bytes]) -> None:
        """Append lines, in one write: those of several processes do not mix.

        What cannot be written is told to the process's own log and lost: an execution does not fail for its log.
        """
        destination = self._find(group)
        if destination is None:  # taken out of the setting after the execution began
            _LOG.warning("the log group %r is not in the setting log_groups: %d records are lost", group, len(lines))
            return
        try:
            with self._lock:
                _write(self._descriptor(group, destination), b"".join(line + b"\n" for line in lines))
        except OSError as error:
            _LOG.error(
                "the log group %r cannot be written (%s): %d records are lost", group, error, len(lines)
            )  # the traceback says nothing more

    def _descriptor(self, group: str, destination: Destination) -> int:
        match destination:
            case Stdout():
                return _STDOUT_DESCRIPTOR
            case Folder(folder):
                path = folder / file_name(group)
                known = self._files.get(group)
                if known is None or not path.exists():  # also where somebody has moved it away, to begin a new one
                    if known is not None:
                        os.close(known)
                        del self._files[group]
                    while len(self._files) >= _MOST_OPEN:
                        os.close(self._files.pop(next(iter(self._files))))
                    folder.mkdir(parents=True, exist_ok=True)
                    known = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
                    self._files[group] = known
                return known

    def close(self) -> None:
        """Close all files; they are opened again if need be."""
        with self._lock:
            for descriptor in self._files.values():
                os.close(descriptor)
            self._files.clear()


def file_name(group: str) -> str:
    """The file of a log group: its name with `+` for `/`, which no name of a group contains."""
    name = group.replace("/", "+")
    if len(name) > _LONGEST_FILE_NAME:
        name = f"{name[:_LONGEST_FILE_NAME]}-{hashlib.sha256(group.encode()).hexdigest()[:16]}"
    return f"{name}.jsonl"


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]
