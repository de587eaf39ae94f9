"""The request and the response of an HTTP Task, as TestState shows them at the level TRACE."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from activities.http_exchanges import Answered, Asked, Exchange
from api.service.shapes import InspectionDataRequest, InspectionDataResponse


def shown_request(exchange: Exchange, *, reveal_secrets: bool) -> InspectionDataRequest:
    """What was asked; what a connection adds is left out unless it is to be revealed."""
    asked: Asked = exchange.asked if reveal_secrets else exchange.shown
    return InspectionDataRequest(
        protocol=asked.protocol, method=asked.method, url=asked.url, headers=_headers(asked.headers), body=asked.body
    )


def shown_response(answered: Answered) -> InspectionDataResponse:
    """What was answered."""
    return InspectionDataResponse(
        protocol=answered.protocol,
        status_code=str(answered.status),
        status_message=answered.reason,
        headers=_headers(_listed(answered.headers.items())),
        body=answered.body,
    )


def _listed(headers: Iterable[tuple[str, Sequence[str]]]) -> Iterable[tuple[str, str]]:
    return ((name, f"[{', '.join(values)}]") for name, values in headers)


def _headers(headers: Iterable[tuple[str, str]]) -> str:
    return f"[{', '.join(f'{name}: {value}' for name, value in headers)}]"
