"""The tokens of a JSONata 2.0.6 expression. Sources come here after an engine accepted them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

_BLANK: Final = re.compile(r"(?:[ \t\n\r\v]|/\*.*?\*/)*", re.DOTALL)
_TOKEN: Final = re.compile(
    r"""
      (?P<string>  "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' )
    | (?P<number>  (?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[Ee][-+]?[0-9]+)? )
    | (?P<quoted>  `[^`]*` )
    | (?P<symbol>  \.\. | := | != | >= | <= | \*\* | ~> | [.\[\]{}(),@\#;:?+\-*/%|=<>^&!~] )
    | (?P<word>    [^ \t\n\r\v.\[\]{}(),@\#;:?+\-*/%|=<>^&!~]+ )
    """,
    re.VERBOSE | re.DOTALL,
)
REGEX: Final = "/"  # the text of any regular expression's token
_CONSTANTS: Final = frozenset({"true", "false", "null"})


class Kind(Enum):
    """What a token is."""

    END = "end"
    VALUE = "value"  # a number, a regular expression, true, false, null
    STRING = "string"
    NAME = "name"
    VARIABLE = "variable"
    SYMBOL = "symbol"


@dataclass(frozen=True, slots=True)
class Token:
    """A token; `text` is a string without quotes, a variable without its dollar, anything else as written."""

    kind: Kind
    text: str
    start: int
    end: int


def next_token(source: str, position: int, *, operand: bool) -> Token:
    """The token at or after `position`; a slash begins a regular expression only where an `operand` is expected."""
    blank = _BLANK.match(source, position)
    start = blank.end() if blank else position
    if start >= len(source):
        return Token(Kind.END, "", start, start)
    if operand and source[start] == "/":
        return Token(Kind.VALUE, REGEX, start, _regex_end(source, start))
    match = _TOKEN.match(source, start)
    if match is None:
        return Token(Kind.SYMBOL, source[start], start, start + 1)
    text, end = match.group(), match.end()
    match match.lastgroup:
        case "string":
            return Token(Kind.STRING, text[1:-1], start, end)
        case "quoted":
            return Token(Kind.NAME, text[1:-1], start, end)
        case "symbol":
            return Token(Kind.SYMBOL, text, start, end)
        case "word" if text.startswith("$"):
            return Token(Kind.VARIABLE, text[1:], start, end)
        case "word" if text not in _CONSTANTS:
            return Token(Kind.NAME, text, start, end)
        case _:
            return Token(Kind.VALUE, text, start, end)


def _regex_end(source: str, start: int) -> int:
    """The end of the regular expression at `start`: a slash inside brackets does not close it."""
    depth = 0
    position = start + 1
    while position < len(source):
        character = source[position]
        if character == "\\":
            position += 2
            continue
        if character == "/" and depth == 0:
            break
        depth += (character in "([{") - (character in ")]}")
        position += 1
    position += 1
    while position < len(source) and source[position] in "im":
        position += 1
    return position
