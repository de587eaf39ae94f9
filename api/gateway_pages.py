"""Asks Temporal for pages of its list of executions, and finds out whose fault it is where it cannot make one.

Callers may send a token that they have made by hand. One that Temporal's stores never make is refused; one of a form
that we do not know may be good, as no one says what a service that hosts Temporal makes, and is tried.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from temporalio.api.workflowservice.v1 import ListWorkflowExecutionsRequest
from temporalio.client import Client, WorkflowExecution
from temporalio.service import RPCError, RPCStatusCode

from api.gateway_errors import EngineContact
from api.gateway_lists import Page, form_of
from api.service.gateway import MalformedToken

_PATIENCE: Final = timedelta(seconds=5)
"""How long Temporal may take over a page whose token is of no form that we know."""

_FAULTS: Final = frozenset(
    (RPCStatusCode.INVALID_ARGUMENT, RPCStatusCode.UNKNOWN, RPCStatusCode.UNAVAILABLE, RPCStatusCode.INTERNAL)
)
"""What Temporal may answer for a token that it cannot read: on its SQL stores UNKNOWN (observed) or UNAVAILABLE, as if
it were out of order. A lack of time or of resources is no token's fault."""


class TemporalPages:
    """Pages of the list that Temporal has for a client; `contact` logs whether it answers."""

    def __init__(self, client: Client, contact: EngineContact) -> None:
        self._client = client
        self._contact = contact

    async def ask(self, query: str, size: int, token: bytes | None) -> Page[WorkflowExecution]:
        """A page of `size` executions at most, and the token of the next one.

        Raises:
            MalformedToken: Temporal makes no such tokens.
            EngineUnavailable: Temporal does not answer.
        """
        with self._contact.calling():
            patience = None
            if token is not None and (form := form_of(token)) != "known":
                patience = _PATIENCE
                if form == "broken" or await self._is_at_fault(query, token):
                    raise MalformedToken("Temporal makes no such tokens")
            found = self._client.list_workflows(query, page_size=size, next_page_token=token, rpc_timeout=patience)
            await found.fetch_next_page()
            return found.current_page or (), found.next_page_token or None

    async def _is_at_fault(self, query: str, token: bytes) -> bool:
        """Whether Temporal fails for a token before and after it answers the same query without one."""
        return (
            await self._fails(query, token) and not await self._fails(query, None) and await self._fails(query, token)
        )

    async def _fails(self, query: str, token: bytes | None) -> bool:
        """Ask for one execution; once only with a token, where the SDK would repeat what may yet succeed.

        Raises:
            RPCError: Temporal does not answer the query without a token.
        """
        request = ListWorkflowExecutionsRequest(
            namespace=self._client.namespace, query=query, page_size=1, next_page_token=token or b""
        )
        service = self._client.workflow_service
        try:
            await service.list_workflow_executions(request, retry=token is None, timeout=_PATIENCE)
        except RPCError as error:
            if token is None:
                raise
            return error.status in _FAULTS
        return False
