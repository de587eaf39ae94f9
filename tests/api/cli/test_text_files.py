"""Files in other encodings than UTF-8: which one it seems to be is told, and what to do."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.cli import main
from api.cli.output import CommandError
from api.cli.text_files import text_of
from tests.support.settings import forget_settings

TEXT = '{"StartAt": "Grüße",\r\n "States": {}}\r'
READ = '{"StartAt": "Grüße",\n "States": {}}\n'
UTF_16 = "it seems to be UTF-16, as Windows PowerShell writes it"
UTF_32 = "it seems to be UTF-32"


@dataclass(frozen=True)
class Case:
    id: str
    data: bytes
    fault: str


@pytest.mark.parametrize(
    "case",
    [
        Case("UTF-16 of Windows", codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), UTF_16),
        Case("UTF-16, other order", codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), UTF_16),
        Case("UTF-16 without mark", TEXT.encode("utf-16-le"), UTF_16),
        Case("UTF-32", codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), UTF_32),
        Case("Latin-1", TEXT.encode("latin-1"), "the byte 0xfc at 1:16 is not UTF-8"),
        Case("later line", '{\r\n "ü": '.encode() + "é".encode("cp1252") + b"}", "the byte 0xe9 at 2:7 is not UTF-8"),
        Case("cut off", TEXT.encode()[:16], "the byte 0xc3 at 1:16 is not UTF-8"),
    ],
    ids=lambda case: case.id,
)
def test_other_encodings(case: Case) -> None:
    with pytest.raises(CommandError) as refused:
        text_of("m.json", case.data)
    assert str(refused.value) == f"m.json cannot be read: {case.fault}; save it as UTF-8 without a byte order mark"
    assert refused.value.exit_code == 2


@pytest.mark.parametrize("text, read", [(TEXT, READ), ("", ""), ("1", "1"), ("é", "é"), ("\ufeff{}", "\ufeff{}")])
def test_utf_8(text: str, read: str) -> None:
    assert text_of("m.json", text.encode()) == read


@pytest.mark.parametrize(
    "arguments",
    [
        ("validate", "wide.json"),
        ("run", "wide.json"),
        ("deploy", "wide.json", "--name", "m"),
        ("start", "m", "--input", "@wide.json"),
        ("test-expression", "$.x", "--input", "@wide.json"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_commands_tell_it(
    arguments: Sequence[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    forget_settings(monkeypatch)
    Path("wide.json").write_text("{}", "utf-16")
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert f"wide.json cannot be read: {UTF_16}" in capsys.readouterr().err


def test_an_input_with_a_byte_order_mark(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    forget_settings(monkeypatch)
    Path("input.json").write_text("{}", "utf-8-sig")
    with pytest.raises(SystemExit) as ended:
        main(["start", "m", "--input", "@input.json"])
    assert ended.value.code == 2
    assert "begins with a byte order mark: save it as UTF-8 without one" in capsys.readouterr().err
