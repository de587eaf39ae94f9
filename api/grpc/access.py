"""Who calls through the gRPC door: bearer tokens in the metadata, names in client certificates.

Everything is guarded but the health service, which load balancers ask without a key. Reflection, which tells what
anybody can read in the .proto file, is for every caller who has one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, cast
from urllib.parse import unquote

from grpc_health.v1 import health_pb2

from api.access.callers import Caller, Callers
from api.access.errors import MissingAuthenticationTokenException
from api.access.guard import Call, Guard
from api.grpc.errors import refuse
from api.grpc.rpc import Context, Handler, Stream, Wrapping, behaviour_of, with_behaviour
from api.service.errors import ServiceError

_BEARER: Final = "bearer "
_HEALTH: Final = f"/{health_pb2.DESCRIPTOR.services_by_name['Health'].full_name}/"


async def identify(callers: Callers, context: Context) -> Caller:
    """Who makes a call: the bearer of its token, else the owner of its client certificate.

    Raises:
        ServiceError: nobody who is known, see `api.access.errors`.
    """
    metadata = cast("tuple[tuple[str, str | bytes], ...]", context.invocation_metadata() or ())
    given = [str(value) for name, value in metadata if name == "authorization"]
    if given:
        if len(given) > 1 or given[0][: len(_BEARER)].lower() != _BEARER:
            raise MissingAuthenticationTokenException
        return await callers.of_token(given[0][len(_BEARER) :])
    names = _certificate_names(context.auth_context())
    if not names:
        raise MissingAuthenticationTokenException
    return await callers.of_certificate(names)


def call_of(context: Context, operation: str) -> Call:
    """A call as the guard sees it."""
    return Call("grpc", operation, _source(context.peer()))


def _certificate_names(auth_context: Mapping[str, Any]) -> list[str]:
    """The names in a client certificate that the certificate authority vouches for: alternative names, common name."""
    keys = ("x509_subject_alternative_name", "x509_common_name")
    return [name.decode("utf-8", "replace") for key in keys for name in auth_context.get(key, ())]


def _source(peer: str) -> str:
    """The address in a peer's name, such as `ipv4:127.0.0.1:5000` or `ipv6:%5B::1%5D:5000`."""
    return unquote(peer.partition(":")[2]).rpartition(":")[0].strip("[]")


class Doorkeeper(Wrapping):
    """Asks who calls what is neither an operation, which the guard sees to, nor health: reflection.

    Only handlers of bidirectional streams are let through, as reflection's is: another kind would not be guarded.
    """

    def __init__(self, guard: Guard, guarded_service: str) -> None:
        """Keep the door of a server; `guarded_service` is the one whose methods call the guard themselves."""
        self._guard = guard
        self._guarded = f"/{guarded_service}/"

    def wrapped(self, handler: Handler, method: str) -> Handler | None:
        """Wrap a handler, if it has to be guarded."""
        if self._guard.callers is None or method.startswith((self._guarded, _HEALTH)):
            return handler
        if handler.stream_stream is None:
            return None
        return with_behaviour(handler, self._guarded_stream(self._guard.callers, method, behaviour_of(handler)))

    def _guarded_stream(self, callers: Callers, method: str, behaviour: Stream) -> Stream:
        async def guarded(requests: Any, context: Context) -> AsyncIterator[Any]:
            try:
                with self._guard.recorded(call := call_of(context, method)):
                    call.caller = await identify(callers, context)
            except ServiceError as error:
                await refuse(context, error)
            async for response in behaviour(requests, context):
                yield response

        return guarded
