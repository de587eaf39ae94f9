"""Which functions a folder holds, and what is wrong with one that cannot be used."""

from __future__ import annotations

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
