"""Which functions a folder holds, and what is wrong with one that cannot be used."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pytest

from activities.functions.catalog import FunctionCatalog, FunctionSpec
from tests.activities.functions.conftest import Write

HANDLERS = ("handler", "lambda_handler")


def test_files_and_folders(write: Write, tmp_path: Path) -> None:
    for name in ("ship-package.py", "charge_card/handler.py", "refund/lambda_function.py", "notes.txt", "_private.py"):
        write(name, "")
    catalog = FunctionCatalog(tmp_path)
    assert catalog.names() == ["charge_card", "refund", "ship-package"]
    assert catalog.find("ship_package") == FunctionSpec(
        "ship-package", "ship_package", tmp_path / "ship-package.py", HANDLERS, None, (tmp_path,)
    )
    folder = tmp_path / "charge_card"
    assert catalog.find("charge-card") == FunctionSpec(
        "charge_card", "handler", folder / "handler.py", HANDLERS, folder, (tmp_path,)
    )


def test_settings(write: Write, tmp_path: Path) -> None:
    write("f.py", "")
    write(
        "functions.toml",
        """
        [functions.f]
        timeout = 3
        memory = 512
        environment = { MODE = "test" }
        [functions.charge]
        handler = "orders.payments.charge"
        """,
    )
    catalog = FunctionCatalog(tmp_path)
    assert catalog.find("f") == FunctionSpec(
        "f", "f", tmp_path / "f.py", HANDLERS, None, (tmp_path,), 3.0, 512, {"MODE": "test"}
    )
    assert catalog.find("charge") == FunctionSpec("charge", "orders.payments", None, ("charge",), None, (tmp_path,))


def test_no_path_leaves_the_folder(write: Write, tmp_path: Path) -> None:
    write("functions/f.py", "")
    write("secret.py", "")
    assert FunctionCatalog(tmp_path / "functions").find("../secret") is None


@dataclass(frozen=True)
class Bad:
    name: str
    files: dict[str, str]
    message: str


BAD = [
    Bad("two spellings", {"a-b.py": "", "a_b.py": ""}, "are both the function 'a_b'"),
    Bad("no TOML", {"functions.toml": "["}, "functions.toml: "),
    Bad("no text", {"functions.toml/x": ""}, "functions.toml: Is a directory"),
    Bad(
        "a misspelt table",
        {"functions.toml": "[function.hello]\ntimeout = 1"},
        "functions.toml: 'function' is unknown here: only tables [functions.NAME] are expected",
    ),
    Bad("no tables", {"functions.toml": "functions = 1"}, "must hold one table per function"),
    Bad("an unknown setting", {"functions.toml": "[functions.f]\ntimeouts = 1"}, "'timeouts' is none of environment,"),
    Bad("nothing to run", {"functions.toml": "[functions.f]\ntimeout = 1"}, "neither a file nor a 'handler'"),
    Bad("no module", {"functions.toml": '[functions.f]\nhandler = "f"'}, "must be 'module.function', not 'f'"),
    Bad(
        "a folder that Python hides",
        {"email/send.py": "", "functions.toml": '[functions.f]\nhandler = "email.send.go"'},
        "names the folder 'email', which a module of Python hides",
    ),
    Bad("no time", {"f.py": "", "functions.toml": "[functions.f]\ntimeout = 0"}, "'timeout' must be a positive number"),
    Bad("no memory", {"f.py": "", "functions.toml": "[functions.f]\nmemory = 1.5"}, "'memory' must be a positive"),
    Bad("numbers", {"f.py": "", "functions.toml": "[functions.f]\nenvironment = {A = 1}"}, "must be a table of texts"),
]


@pytest.mark.parametrize("case", BAD, ids=lambda case: case.name)
def test_unusable_folder(case: Bad, write: Write, tmp_path: Path) -> None:
    for name, text in case.files.items():
        write(name, text)
    with pytest.raises(ValueError, match=r".") as raised:
        FunctionCatalog(tmp_path)
    assert case.message in str(raised.value)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not a folder of functions"):
        FunctionCatalog(tmp_path / "nowhere")


@dataclass(frozen=True)
class Broken:
    name: str
    file: str
    text: str
    mended: str | None
    message: str


BROKEN = [
    Broken(
        "no TOML", "functions.toml", "[functions.f]\ntimeout 3\n", "", "Expected '=' after a key in a key/value pair ("
    ),
    Broken("a misspelt table", "functions.toml", "[function.f]\n", "", "'function' is unknown here"),
    Broken("a misspelt setting", "functions.toml", "[functions.f]\ntimeouts = 1\n", "", "'timeouts' is none of"),
    Broken("two of one name", "a_b.py", "", None, "/a_b.py are both the function 'a_b'"),
]


@pytest.mark.parametrize("case", BROKEN, ids=lambda case: case.name)
def test_a_change_that_cannot_be_used_changes_nothing(
    case: Broken, write: Write, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says once what is wrong, and once more that it is mended."""
    write("f.py", "")
    write("a-b.py", "")
    write("functions.toml", "[functions.f]\ntimeout = 3\n")
    catalog = FunctionCatalog(tmp_path)
    before = catalog.find("f")
    broken = write(case.file, case.text)
    os.utime(tmp_path, ns=(1, 1))  # seen even where both texts are written within one tick of the clock
    assert [catalog.find(name) for name in ("f", "f", "none", "f")] == [before, before, None, before]
    (told,) = caplog.messages
    assert told.startswith(f"The functions stay as they were, as what is new cannot be used: {tmp_path}/")
    assert case.message in told
    broken.unlink() if case.mended is None else broken.write_text(case.mended)
    os.utime(tmp_path, ns=(2, 2))
    after = catalog.find("f")
    assert after is not None
    assert after.timeout_seconds == (3 if case.mended is None else 900)
    assert caplog.messages[1:] == [f"The functions in {tmp_path} are mended, and served as they are now."]


def test_a_function_that_is_gone_while_another_is_broken(write: Write, tmp_path: Path) -> None:
    path = write("f.py", "")
    catalog = FunctionCatalog(tmp_path)
    write("functions.toml", "[")
    path.unlink()
    assert catalog.find("f") is None


def test_a_named_module_that_comes_later(write: Write, tmp_path: Path) -> None:
    """The folder that it comes to changes, and not the one above."""
    write("f/requirements.txt", "")
    write("functions.toml", '[functions.f]\nhandler = "app.handler"\n')
    catalog = FunctionCatalog(tmp_path)
    before = catalog.find("f")
    assert before is not None
    assert (before.path, before.folder) == (None, None)
    path = write("f/app.py", "")
    after = catalog.find("f")
    assert after is not None
    assert (after.path, after.folder) == (path, path.parent)
