"""What is wrong with a text that is not JSON, in the words of the Jackson library, which AWS quotes.

Follows Jackson 2's ReaderBasedJsonParser: its order of checks, its texts, and its way to count columns.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Final

from interpreter.definition.diagnostics import printable
from interpreter.definition.placeholders import hint_on_text

BYTE_ORDER_MARK: Final = "\ufeff"
BYTE_ORDER_MARK_HINT: Final = "the text begins with a byte order mark: save it as UTF-8 without one"

_BLANK: Final = re.compile(r"[ \t\n\r]*")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_STRING_RUN: Final = re.compile(r'[^"\\\x00-\x1f]*')
_ESCAPE: Final = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')
_EXCERPT_LENGTH: Final = 500
_MAX_TOKEN_LENGTH: Final = 256
_MAX_DIGITS: Final = 4300
_TOKENS: Final = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
_DECODER: Final = json.JSONDecoder()


class JsonFault(Exception):
    """A text is not JSON.

    Attributes:
        message: Jackson's first sentence.
        line: line of the fault, from 1.
        column: its column, from 1.
        source: the place as Jackson writes it, with an excerpt of the text: the column after the last character read.
        hint: what people mostly do who get this one, where Jackson does not say so.
    """

    def __init__(self, message: str, text: str, offset: int, place: int | None = None) -> None:
        super().__init__(message)
        self.message = printable(message)
        at = offset if place is None else place
        self.line, self.column = _line_and_column(text, at)
        self.hint = _hint(text, at)
        self.source = printable(_source(text, *_line_and_column(text, offset)))


def _hint(text: str, at: int) -> str | None:
    if text.startswith(("//", "/*"), at):
        return "JSON has no comments"
    if at == 0 and text.startswith(BYTE_ORDER_MARK):
        return BYTE_ORDER_MARK_HINT
    return hint_on_text(text, at)


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def _source(text: str, line: int, column: int) -> str:
    excerpt = f'"{text[:_EXCERPT_LENGTH]}"'
    if len(text) > _EXCERPT_LENGTH:
        excerpt += f"[truncated {len(text) - _EXCERPT_LENGTH} chars]"
    return f"[Source: (String){excerpt}; line: {line}, column: {column}]"


def find_fault(text: str, unique_names: bool) -> JsonFault:
    """The first fault of a text that Python's decoder has refused, for `unique_names` also a name given twice."""
    try:
        _Scanner(text, unique_names).document()
    except JsonFault as fault:
        return fault
    return JsonFault("Unreadable JSON", text, len(text))


@dataclass(slots=True)
class _Open:
    """A container that is being read."""

    kind: str
    start: int
    names: set[str]
    count: int = 0


class _Scanner:
    """Reads JSON as Jackson's ReaderBasedJsonParser does and raises its first complaint."""

    def __init__(self, text: str, unique_names: bool) -> None:
        self._text = text
        self._unique_names = unique_names
        self._at = 0
        self._open: list[_Open] = []

    def document(self) -> None:
        """Read the whole text.

        Raises:
            JsonFault: at the first fault.
        """
        self._value()
        while self._open:
            if self._open[-1].kind == "Object":
                self._object_entry(self._open[-1])
            else:
                self._array_entry(self._open[-1])
        self._at = self._after_blank()
        if self._at < len(self._text):
            raise self._unexpected("expected the end of the document")

    def _fault(self, message: str, offset: int | None = None, *, place: int | None = None) -> JsonFault:
        """A fault at `place`; Jackson has read up to `offset`. Both are where the scanner is, if not given."""
        return JsonFault(
            message, self._text, self._at if offset is None else offset, self._at if place is None else place
        )

    def _unexpected(self, expected: str) -> JsonFault:
        char = self._text[self._at]
        return self._fault(f"Unexpected character ({_describe(char)}): {expected}", self._at + 1)

    def _after_blank(self) -> int:
        match = _BLANK.match(self._text, self._at)
        return match.end() if match else self._at

    def _next(self) -> str:
        """The next character that is not blank, which must be there."""
        self._at = self._after_blank()
        if self._at >= len(self._text):
            raise self._fault(self._unclosed())
        return self._text[self._at]

    def _object_entry(self, container: _Open) -> None:
        if self._next() == "}":
            self._close()
            return
        if container.count:
            self._expect(",", "was expecting comma to separate Object entries")
        container.count += 1
        if self._next() != '"':
            raise self._unexpected("was expecting double-quote to start field name")
        start = self._at
        self._string("Unexpected end-of-input in field name")
        self._check_name(container, start)
        self._expect(":", "was expecting a colon to separate field name and value")
        self._value()

    def _array_entry(self, container: _Open) -> None:
        if self._next() == "]":
            self._close()
            return
        if container.count:
            self._expect(",", "was expecting comma to separate Array entries")
        container.count += 1
        self._value()

    def _unclosed(self) -> str:
        if not self._open:
            return "No content to map due to end-of-input"
        container = self._open[-1]
        start = JsonFault("", self._text, container.start)
        return f"Unexpected end-of-input: expected close marker for {container.kind} (start marker at {start.source})"

    def _close(self) -> None:
        self._open.pop()
        self._at += 1

    def _expect(self, char: str, expected: str) -> None:
        if self._next() != char:
            raise self._unexpected(expected)
        self._at += 1

    def _check_name(self, container: _Open, start: int) -> None:
        name = _DECODER.raw_decode(self._text, start)[0]
        if self._unique_names and name in container.names:
            raise self._fault(f"Duplicate field '{name}'", place=start)
        container.names.add(name)

    def _value(self) -> None:
        char = self._next()
        if char in "{[":
            self._open.append(_Open("Object" if char == "{" else "Array", self._at, set()))
            self._at += 1
        elif char == '"':
            self._string("Unexpected end-of-input: was expecting closing quote for a string value")
        elif char == "-" or "0" <= char <= "9":
            self._number()
        elif char.isidentifier() or char == "$":
            self._literal()
        else:
            raise self._unexpected(f"expected a valid value {_TOKENS}")

    def _string(self, end_message: str) -> None:
        self._at += 1
        while True:
            run = _STRING_RUN.match(self._text, self._at)
            self._at = run.end() if run else self._at
            if self._at >= len(self._text):
                raise self._fault(end_message)
            char = self._text[self._at]
            if char == '"':
                self._at += 1
                return
            if char != "\\":
                raise self._fault(
                    f"Illegal unquoted character ({_describe(char)}): has to be escaped using backslash to be"
                    " included in string value",
                    self._at + 1,
                )
            self._escape(end_message)

    def _escape(self, end_message: str) -> None:
        escape = _ESCAPE.match(self._text, self._at)
        if escape:
            self._at = escape.end()
            return
        rest = self._text[self._at + 1 : self._at + 6]
        if not rest or (rest[0] == "u" and len(rest) < 5 and '"' not in rest):
            raise self._fault(end_message, len(self._text), place=len(self._text))
        if rest[0] == "u":
            bad = next(char for char in rest[1:] if char not in "0123456789abcdefABCDEF")
            raise self._fault(
                f"Unexpected character ({_describe(bad)}): expected a hex-digit for character escape sequence"
            )
        raise self._fault(f"Unrecognized character escape {_describe(rest[0])}", self._at + 2)

    def _number(self) -> None:
        match = _NUMBER.match(self._text, self._at)
        if match is None:
            self._at += 1
            expected = "expected digit (0-9) to follow minus sign, for valid numeric value"
            if self._at >= len(self._text):
                raise self._fault(f"Unexpected end-of-input: {expected}")
            described = _describe(self._text[self._at])
            raise self._fault(f"Unexpected character ({described}) in numeric value: {expected}", self._at + 1)
        digits, start, self._at = match.group(), self._at, match.end()
        follower = self._text[self._at : self._at + 1]
        if digits.lstrip("-") == "0" and "0" <= follower <= "9":
            raise self._fault("Invalid numeric value: Leading zeroes not allowed", place=start)
        if follower == "." and digits.lstrip("-").isdigit():
            raise self._fault("Decimal point not followed by a digit", self._at + 1)
        if follower in ("e", "E") and "e" not in digits.lower():
            raise self._fault("Exponent indicator not followed by a digit", self._at + 1)
        self._check_range(digits, start)

    def _check_range(self, digits: str, start: int) -> None:
        if len(digits) > _MAX_DIGITS and digits.lstrip("-").isdigit():
            message = f"Number value length ({len(digits)}) exceeds the maximum allowed ({_MAX_DIGITS})"
            raise self._fault(message, place=start)
        if not digits.lstrip("-").isdigit() and math.isinf(float(digits)):
            message = f"Numeric value ({digits[:_MAX_TOKEN_LENGTH]}) out of range of double"
            raise self._fault(message, place=start)

    def _literal(self) -> None:
        end = self._at
        while end < len(self._text) and end - self._at < _MAX_TOKEN_LENGTH and _is_token_part(self._text[end]):
            end += 1
        token, start, self._at = self._text[self._at : end], self._at, end
        if token == "NaN":
            message = "Non-standard token 'NaN': enable JsonParser.Feature.ALLOW_NON_NUMERIC_NUMBERS to allow"
            raise self._fault(message, place=start)
        if token not in ("null", "true", "false"):
            raise self._fault(f"Unrecognized token '{token}': was expecting {_TOKENS}", place=start)


def _is_token_part(char: str) -> bool:
    return char == "$" or ("a" + char).isidentifier()


def _describe(char: str) -> str:
    code = ord(char)
    if code < 0x20 or 0x7F <= code <= 0x9F:
        return f"(CTRL-CHAR, code {code})"
    return f"'{char}' (code {code})" if code <= 0xFF else f"'{char}' (code {code} / 0x{code:x})"
