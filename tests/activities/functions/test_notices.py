"""What the log says at the start of a host about its folder, and of what a Task calls that is not there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from activities.functions.catalog import FunctionCatalog
from activities.functions.notices import notices
from interpreter.errors import StatesError
from tests.activities.functions.conftest import MakeHost, Write

HANDLER = 'handler = "app.go"'


@dataclass(frozen=True)
class Case:
    name: str
    files: dict[str, str]
    notices: tuple[str, ...] = ()


def no_entry(folder: str, module: str = "app") -> str:
    return (
        f"{{0}}/{folder} has neither handler.py nor lambda_function.py. Name what is to be called in functions.toml: "
        f'[functions.{folder}] with handler = "{module}.FUNCTION", a file and a function in it.'
    )


def lacking(file: str, packages: str) -> str:
    return (
        f"{{0}}/{file} asks for {packages}: not installed here, and nothing is installed from that file. "
        f"Run `pip install -r {{0}}/{file}` in the environment of steploom."
    )


def namesake(entry: str) -> str:
    return (
        f"{{0}}/{entry} has the name of a module of Python or of an installed package: functions that import "
        f"{entry.removesuffix('.py')!r} get that one. A function in it works."
    )


CASES = [
    Case("nothing", {"f.py": "", "g/handler.py": "", "lib/value.py": "", ".git/app.py": "", "notes.txt": "no-such"}),
    Case("a namesake of Python", {"email.py": ""}, (namesake("email.py"),)),
    Case("a package called as another", {"botocore/__init__.py": ""}, (namesake("botocore"),)),
    Case(
        "SAM's layout", {"hello-world/app.py": ""}, ("No function is in {0}/hello-world: " + no_entry("hello-world"),)
    ),
    Case("SAM's layout, named", {"hello/app.py": "", "functions.toml": f"[functions.hello]\n{HANDLER}"}),
    Case(
        "SAM's layout, named otherwise",
        {"hello/app.py": "", "functions.toml": '[functions.f]\nhandler = "hello.app.go"'},
    ),
    Case("an app beside a handler", {"f/handler.py": "", "f/app.py": ""}),
    Case(
        "requirements that are there", {"f/handler.py": "", "f/requirements.txt": "botocore>=1\nPyYAML # YAML\n\n# x\n"}
    ),
    Case(
        "requirements that are not",
        {
            "f/handler.py": "",
            "f/requirements.txt": "no-such-one\nbotocore\nno_such.two[extra] ~= 2.0\n-r more.txt\n"
            "no-such-three ; python_version < '3'\nno-such-four @ https://packages.test/four.whl\n",
            "requirements.txt": "no-such-five==1",
        },
        (lacking("f/requirements.txt", "no-such-one, no_such.two"), lacking("requirements.txt", "no-such-five")),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_notices(case: Case, write: Write, tmp_path: Path) -> None:
    for name, text in case.files.items():
        write(name, text)
    told = notices(tmp_path, FunctionCatalog(tmp_path).specs())
    assert told == [text.format(tmp_path) for text in case.notices]


def test_a_folder_that_is_on_the_search_path(write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By whatever name: its files are no namesakes of themselves."""
    write("functions/f.py", "")
    (tmp_path / "link").symlink_to("functions")
    monkeypatch.syspath_prepend(str(tmp_path / "link"))
    assert notices(tmp_path / "functions", []) == []


@pytest.mark.parametrize("file, module", [("app.py", "app"), ("main.py", "MODULE")])
async def test_a_call_of_a_folder_without_its_file(
    file: str, module: str, write: Write, make_host: MakeHost, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    host = make_host()
    write(f"hello-world/{file}", "")
    with pytest.raises(StatesError, match="Function not found"):
        await host.invoke("hello-world", None, request_id="r")
    assert caplog.messages == [
        "A Task calls the function 'hello-world', and " + no_entry("hello-world", module).format(tmp_path)
    ]
