"""The JSON documents that calls give as text: inputs, outputs, and what TestState takes."""

from __future__ import annotations

from collections.abc import Callable

from api.service.errors import ServiceError
from interpreter.definition.json_source import jackson_error
from interpreter.values import JsonValue, parse_json


def read_document(text: str, refusal: Callable[[str], ServiceError]) -> JsonValue:
    """The value of a document.

    Args:
        text: the document.
        refusal: makes the error of the reason: in Jackson's words, as AWS's, or in ours where Jackson would take it.

    Raises:
        ServiceError: what `refusal` has made, because the text is not JSON or Unicode, or is nested too deeply.
    """
    try:
        return parse_json(text.encode())
    except ValueError as error:
        raise refusal(jackson_error(text) or str(error)) from None
