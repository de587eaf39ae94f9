"""What Tasks see of HTTP answers: `{Headers, ResponseBody, StatusCode, StatusText}`, and what may be in a header."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Final

from activities.http_calls import HttpAnswer
from interpreter.errors import StatesDataLimitExceeded, StatesRuntime
from interpreter.values import JsonValue, NestingError, parse_json

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\uffff]*")


def header_fault(name: str, value: str) -> str | None:
    """What keeps a header from being sent, or None."""
    if not _TOKEN.fullmatch(name):
        return f"The name of the header {name!r} has an invalid format"
    if not _VALUE.fullmatch(value):
        return f"The value of the header {name!r} has an invalid format"
    return None


def check_size(answer: HttpAnswer, source: str) -> None:
    """Raises: StatesDataLimitExceeded, where there is more of the body than a result may have (text recorded)."""
    if answer.too_large:
        raise StatesDataLimitExceeded(
            f"The state/task '{source}' returned a result with a size exceeding the maximum number of bytes service "
            "limit."
        )


def http_result(answer: HttpAnswer, where: str) -> dict[str, JsonValue]:
    """The result; a body is parsed where it is JSON by its content type and in truth, else it is text.

    Raises:
        StatesRuntime: the body cannot be decoded, or is nested too deeply; `where` begins the cause.
    """
    return {
        "Headers": {name: list(values) for name, values in answer.headers.items()},
        "ResponseBody": _body(answer, where),
        "StatusCode": answer.status,
        "StatusText": _status_text(answer),
    }


def refused_nesting(where: str, error: NestingError) -> StatesRuntime:
    """The error of an answer whose JSON is nested more than 200 deep; `where` begins its cause."""
    return StatesRuntime(f"{where} answered with a body that is refused: {error}")


def text_of(answer: HttpAnswer) -> str:
    """The body as text, for a cause; what cannot be decoded becomes U+FFFD."""
    try:
        return answer.body.decode(answer.charset or "utf-8", "replace")
    except LookupError:
        return answer.body.decode("utf-8", "replace")


def _body(answer: HttpAnswer, where: str) -> JsonValue:
    if not answer.body:
        return ""
    try:
        text = answer.body.decode(answer.charset or "utf-8")
    except (UnicodeDecodeError, LookupError):
        charset = answer.charset or "utf-8"
        raise StatesRuntime(f"{where} answered with a body that is not text in {charset}") from None
    if not _is_json(answer.content_type):
        return text
    try:
        return parse_json(text)
    except NestingError as error:
        raise refused_nesting(where, error) from None
    except ValueError:
        return text


def _is_json(content_type: str) -> bool:
    return content_type == "application/json" or content_type.endswith("+json")


def _status_text(answer: HttpAnswer) -> str:
    if answer.reason:
        return answer.reason
    try:
        return HTTPStatus(answer.status).phrase
    except ValueError:
        return ""
