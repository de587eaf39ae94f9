"""The JSON documents that a call of TestState gives as text."""

from __future__ import annotations

from api.service.errors import ValidationException
from interpreter.definition.json_source import jackson_error
from interpreter.values import JsonValue, parse_json


def read_document(text: str, refusal: str) -> JsonValue:
    """The value of a document.

    Raises:
        ValidationException: it is not JSON; the message begins with `refusal` and goes on in Jackson's words, or in
            ours where Jackson would take it.
    """
    try:
        return parse_json(text)
    except ValueError as error:
        raise ValidationException(f"{refusal}: {jackson_error(text) or error}") from None
