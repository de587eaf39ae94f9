"""What handlers import: modules beside them; Python's own and installed ones, whatever their neighbours are called."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import pytest

from interpreter.values import JsonValue
from tests.activities.functions.conftest import MakeHost, Write

IMPORTS_BOTO = """
import json, queue, token
import botocore.awsrequest, http.client, email.message

def handler(event, context):
    return [email.message.Message.__name__, http.client.OK, token.NAME]
"""
HAS_BOTO: JsonValue = ["Message", 200, 1]
NEIGHBOURS = {f"{name}.py": "def handler(e, c):\n    return 'mine'\n" for name in ("email", "http", "queue", "token")}
VALUE = {"value.py": "VALUE = 'found'\n"}


def importing(statement: str) -> str:
    return f"{statement}\ndef handler(event, context):\n    return VALUE\n"


@dataclass(frozen=True)
class Case:
    name: str
    files: dict[str, str]
    result: JsonValue = "found"
    function: str = "f"
    settings: str | None = None
    noticed: tuple[str, ...] = field(default=())


def named(handler: str, function: str = "f") -> str:
    return f'[functions.{function}]\nhandler = "{handler}"\n'


SAM = {
    "hello_world/__init__.py": "",
    "hello_world/app.py": importing("from value import VALUE"),
    "hello_world/value.py": "VALUE = 'found'",
    "value.py": "VALUE = 'above'",
}


CASES = [
    Case(
        "a file among namesakes of Python",
        {"f.py": IMPORTS_BOTO, **NEIGHBOURS},
        HAS_BOTO,
        noticed=tuple(NEIGHBOURS),
    ),
    Case(
        "a folder among namesakes of Python",
        {"f/handler.py": IMPORTS_BOTO, **NEIGHBOURS},
        HAS_BOTO,
        noticed=tuple(NEIGHBOURS),
    ),
    Case("a namesake of Python", {"email.py": IMPORTS_BOTO}, HAS_BOTO, "email", noticed=("email.py",)),
    Case("a namesake that is loaded first", {"queue.py": IMPORTS_BOTO}, HAS_BOTO, "queue", noticed=("queue.py",)),
    Case("a namesake with settings", {"email.py": IMPORTS_BOTO}, HAS_BOTO, "f", named("email.handler"), ("email.py",)),
    Case(
        "a namesake of a package",
        {"botocore.py": IMPORTS_BOTO},
        HAS_BOTO,
        "botocore",
        noticed=("botocore.py",),
    ),
    Case(
        "a package among the files", {"f.py": IMPORTS_BOTO, "botocore/__init__.py": ""}, HAS_BOTO, noticed=("botocore",)
    ),
    Case("a module beside a file", {"f.py": importing("from value import VALUE"), **VALUE}),
    Case(
        "a package beside a file", {"f.py": importing("from lib.value import VALUE"), "lib/value.py": "VALUE = 'found'"}
    ),
    Case("a module called as steploom's", {"f.py": importing("from api import VALUE"), "api.py": "VALUE = 'found'"}),
    Case(
        "modules called as steploom's, in its folder and above",
        {
            "f/handler.py": importing("from api import VALUE"),
            "f/api.py": "VALUE = 'found'",
            "api.py": "VALUE = 'above'",
        },
    ),
    Case("a function called as steploom's", {"api.py": importing("VALUE = __name__")}, "api", "api"),
    Case(
        "a module in its folder",
        {"f/handler.py": importing("from value import VALUE"), "f/value.py": "VALUE = 'found'"},
    ),
    Case(
        "its folder first, as on Lambda",
        {"f/handler.py": importing("from email import VALUE"), "f/email.py": "VALUE = 'found'"},
    ),
    Case("a module above its folder", {"f/handler.py": importing("from value import VALUE"), **VALUE}),
    Case(
        "another function's folder",
        {"f/handler.py": importing("from charge.value import VALUE"), "charge/value.py": "VALUE = 'found'"},
    ),
    Case(
        "a module by its name",
        {"orders.py": importing("from value import VALUE"), **VALUE},
        settings=named("orders.handler"),
    ),
    Case(
        "a folder by its name, before a package of this name",
        {"yaml/send.py": importing("from value import VALUE"), **VALUE},
        settings=named("yaml.send.handler"),
    ),
    Case(
        "an installed package by its name, beside data of the same name",
        {"rich/data.txt": ""},
        None,
        settings=named("rich.print"),
    ),
    Case(
        "a folder with a module of the same name",
        {"charge/charge.py": importing("from value import VALUE"), "charge/value.py": "VALUE = 'found'"},
        settings=named("charge.charge.handler"),
    ),
    Case(
        "its own folder with a module of the same name",
        {"f/f.py": importing("from f.value import VALUE"), "f/value.py": "VALUE = 'found'"},
        settings=named("f.f.handler"),
    ),
    Case(
        "a package with one of the same name",
        {
            "lib/__init__.py": "",
            "lib/pay.py": importing("from lib.lib.value import VALUE"),
            "lib/lib/__init__.py": "",
            "lib/lib/value.py": "VALUE = 'found'",
        },
        settings=named("lib.pay.handler"),
    ),
    Case(
        "a file, and a folder of data of its name",
        {"code.py": importing("from value import VALUE"), "code/data.txt": "", **VALUE},
        settings=named("code.handler"),
        noticed=("code.py",),
    ),
    Case("its own folder, as SAM lays it out", SAM, "found", "hello-world", named("app.handler", "hello-world")),
    Case(
        "its own folder with hyphens",
        {name.replace("hello_world", "hello-world"): text for name, text in SAM.items()},
        "found",
        "hello-world",
        named("app.handler", "hello_world"),
    ),
    Case("its own folder, named again", SAM, "found", "hello_world", named("hello_world.app.handler", "hello_world")),
    Case("a folder of another name", SAM, "found", settings=named("hello_world.app.handler")),
    Case(
        "a folder in its own",
        {"f/src/app.py": importing("from src.value import VALUE"), "f/src/value.py": "VALUE = 'found'"},
        settings=named("src.app.handler"),
    ),
    Case(
        "a package by its name",
        {
            "orders/__init__.py": "",
            "orders/pay.py": importing("from .value import VALUE"),
            "orders/value.py": "VALUE = 'found'",
        },
        settings=named("orders.pay.handler"),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_imports(case: Case, write: Write, make_host: MakeHost, caplog: pytest.LogCaptureFixture) -> None:
    for name, text in case.files.items():
        write(name, text)
    if case.settings is not None:
        write("functions.toml", case.settings)
    host = make_host()
    assert await host.invoke(case.function, None, request_id="r", limit_seconds=60) == case.result
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    told = [message.partition(" has the name of ")[0].rpartition("/")[2] for message in warnings]
    assert told == sorted(case.noticed)
