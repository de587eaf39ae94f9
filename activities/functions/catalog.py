"""Which functions a folder holds.

A function is a file `<name>.py`, or a folder `<name>` with `handler.py` or `lambda_function.py`; its code is `handler`
or `lambda_handler` in there. Hyphens and underscores of a name are the same. `functions.toml` may say more::

    [functions.charge-card]
    handler = "payments.charge"      # module and function, where the rule above does not fit: in the folder
                                     # `charge-card`, as on Lambda, or else in the folder of all functions
    timeout = 30                     # seconds; 900 unless said
    memory = 512                     # MB, told to the handler and no more
    environment = { CURRENCY = "EUR" }
"""

from __future__ import annotations

import logging
import re
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

_LOG: Final = logging.getLogger(__name__)

SETTINGS_FILE: Final = "functions.toml"
DEFAULT_TIMEOUT_SECONDS: Final = 900.0
DEFAULT_MEMORY_MB: Final = 128

ENTRY_FILES: Final = ("handler.py", "lambda_function.py")

_HANDLERS: Final = ("handler", "lambda_handler")
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_MODULE_PATH: Final = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
_SETTINGS: Final = frozenset({"handler", "timeout", "memory", "environment"})


@dataclass(frozen=True, slots=True)
class FunctionSpec:
    """How one function is run.

    Attributes:
        name: as the file, the folder or the settings spell it.
        module: the name of its module.
        path: the module's file; None where `module` is imported by name.
        handlers: names in the module, the first that is there is called.
        folder: the function's own folder, whose modules come before all others, as on Lambda; None where it has none.
        roots: folders whose modules come after all others, so that none of them replaces one of Python or of a package.
        timeout_seconds: the longest a call may last.
        memory_mb: what the context object says of memory.
        environment: variables added to the host's own.
        home: the folder that `module` is in, and named from, whatever packages are called so; None where it has a path,
            or is in none of the folders.
    """

    name: str
    module: str
    path: Path | None
    handlers: tuple[str, ...]
    folder: Path | None
    roots: tuple[Path, ...]
    timeout_seconds: float = DEFAULT_TIMEOUT_SECONDS
    memory_mb: int = DEFAULT_MEMORY_MB
    environment: Mapping[str, str] = field(default_factory=dict)
    home: Path | None = None


class FunctionCatalog:
    """The functions of a folder, looked up again when the folder or its settings change.

    A change that cannot be used leaves all as it was: the log says what is wrong, once, and when it is mended.

    Raises:
        ValueError: the folder or its settings cannot be used; says why.
    """

    def __init__(self, directory: Path) -> None:
        if not directory.is_dir():
            raise ValueError(f"{directory} is not a folder of functions")
        self._directory = directory.resolve()
        self._stamp = self._current_stamp()
        self._functions = _discover(self._directory)
        self._problem: str | None = None

    @property
    def directory(self) -> Path:
        """The folder, absolute."""
        return self._directory

    def names(self) -> list[str]:
        """The names of all functions, sorted."""
        return sorted(spec.name for spec in self._functions.values())

    def specs(self) -> list[FunctionSpec]:
        """All functions, in no order."""
        return list(self._functions.values())

    def folder_without_entry(self, name: str) -> Path | None:
        """A folder that is called as the function `name`, and has none of the files that would be its code."""
        folder = _own_folder(self._directory, name)
        return None if folder is None or any((folder / file).is_file() for file in ENTRY_FILES) else folder

    def find(self, name: str) -> FunctionSpec | None:
        """The function called `name`, spelled with hyphens or underscores; None where there is none.

        Raises:
            OSError: the folder cannot be read any more.
        """
        spec = self._functions.get(_key(name))
        if spec is None or not self._is_in_place(spec) or self._current_stamp() != self._stamp:
            self._look_again()
            spec = self._functions.get(_key(name))
        return None if spec is None or (spec.path and not spec.path.exists()) else spec

    def _is_in_place(self, spec: FunctionSpec) -> bool:
        """Whether the module is where it was found; or still nowhere, as folders in the folder have no stamp."""
        if spec.path is not None:
            return spec.path.exists()
        if spec.home is not None:
            return _has_module(spec.home, spec.module)
        places = (self._directory, _own_folder(self._directory, spec.name))
        return not any(place is not None and _has_module(place, spec.module) for place in places)

    def _look_again(self) -> None:
        self._stamp = self._current_stamp()
        try:
            self._functions = _discover(self._directory)
        except ValueError as error:
            if str(error) != self._problem:
                self._problem = str(error)
                _LOG.warning("The functions stay as they were, as what is new cannot be used: %s", error)
            return
        if self._problem is not None:
            self._problem = None
            _LOG.warning("The functions in %s are mended, and served as they are now.", self._directory)

    def _current_stamp(self) -> tuple[int, int]:
        return (self._directory.stat().st_mtime_ns, _changed(self._directory / SETTINGS_FILE))


def _changed(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _key(name: str) -> str:
    return name.replace("_", "-")


def _own_folder(directory: Path, name: str) -> Path | None:
    entries = sorted(entry for entry in directory.iterdir() if _key(entry.name) == _key(name))
    return next((entry for entry in entries if entry.is_dir()), None)


def _discover(directory: Path) -> dict[str, FunctionSpec]:
    found: dict[str, FunctionSpec] = {}
    for entry in sorted(directory.iterdir()):
        spec = _spec_of(entry)
        if spec is None:
            continue
        other = found.setdefault(_key(spec.name), spec)
        if other is not spec:
            raise ValueError(f"{other.path} and {spec.path} are both the function {spec.name!r}")
    for name, settings in _read_settings(directory).items():
        found[_key(name)] = _configured(directory, name, settings, found.get(_key(name)))
    return found


def _spec_of(entry: Path) -> FunctionSpec | None:
    if entry.is_file() and entry.suffix == ".py" and _NAME.fullmatch(entry.stem):
        return FunctionSpec(entry.stem, entry.stem.replace("-", "_"), entry, _HANDLERS, None, (entry.parent,))
    if entry.is_dir() and _NAME.fullmatch(entry.name):
        for file in ENTRY_FILES:
            path = entry / file
            if path.is_file():
                return FunctionSpec(entry.name, path.stem, path, _HANDLERS, entry, (entry.parent,))
    return None


def _read_settings(directory: Path) -> dict[str, Any]:
    path = directory / SETTINGS_FILE
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ValueError(f"{path}: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {error}") from None
    functions = settings.pop("functions", {})
    if settings:
        raise ValueError(f"{path}: {next(iter(settings))!r} is unknown here: only tables [functions.NAME] are expected")
    if not isinstance(functions, dict) or not all(isinstance(table, dict) for table in functions.values()):
        raise ValueError(f"{path}: 'functions' must hold one table per function")
    return functions


def _configured(directory: Path, name: str, settings: dict[str, Any], found: FunctionSpec | None) -> FunctionSpec:
    where = f"{directory / SETTINGS_FILE}: function {name!r}"
    if unknown := settings.keys() - _SETTINGS:
        raise ValueError(f"{where}: {sorted(unknown)[0]!r} is none of {', '.join(sorted(_SETTINGS))}")
    if "handler" in settings:
        spec = _named_handler(directory, name, settings["handler"], where)
    elif found is not None:
        spec = found
    else:
        raise ValueError(f"{where}: neither a file nor a 'handler' says what it runs")
    return replace(
        spec,
        timeout_seconds=_timeout(settings.get("timeout", spec.timeout_seconds), where),
        memory_mb=_memory(settings.get("memory", spec.memory_mb), where),
        environment=_environment(settings.get("environment", {}), where),
    )


def _named_handler(directory: Path, name: str, handler: object, where: str) -> FunctionSpec:
    if not isinstance(handler, str) or _MODULE_PATH.fullmatch(handler) is None:
        raise ValueError(f"{where}: 'handler' must be 'module.function', not {handler!r}")
    module, _, function = handler.rpartition(".")
    own = _own_folder(directory, name)
    if own is not None and _has_module(own, module):
        return _in_folder(FunctionSpec(name, module, None, (function,), own, (directory,)), own)
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names and (directory / top).is_dir() and _file(directory, module) is None:
        raise ValueError(
            f"{where}: 'handler' names the folder {top!r}, which a module of Python hides: rename the folder"
        )
    if own is not None and own.name == top:
        return _in_folder(FunctionSpec(name, module, None, (function,), own, (directory,)), directory)
    beside = _place(directory, module).parent
    roots = (beside, directory) if beside != directory and beside.is_dir() else (directory,)
    return _in_folder(FunctionSpec(name, module, None, (function,), None, roots), directory)


def _in_folder(spec: FunctionSpec, folder: Path) -> FunctionSpec:
    path = _file(folder, spec.module)
    return replace(spec, path=path, home=folder if path is None and _has_module(folder, spec.module) else None)


def _place(folder: Path, module: str) -> Path:
    return folder.joinpath(*module.split("."))


def _has_module(folder: Path, module: str) -> bool:
    place = _place(folder, module)
    return (place / "__init__.py").is_file() or place.with_name(f"{place.name}.py").is_file()


def _file(folder: Path, module: str) -> Path | None:
    """The file of a module that is in no package."""
    path = folder / f"{module}.py"
    return path if path.is_file() else None


def _timeout(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise ValueError(f"{where}: 'timeout' must be a positive number of seconds, not {value!r}")
    return float(value)


def _memory(value: object, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        raise ValueError(f"{where}: 'memory' must be a positive number of MB, not {value!r}")
    return value


def _environment(value: object, where: str) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise ValueError(f"{where}: 'environment' must be a table of texts")
    return dict(value)
