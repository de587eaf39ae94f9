"""Has each signed request accepted once: who has read one cannot send it again.

What changes something is noted in the database before it is carried out, so that no process of an installation accepts
it again, also after a restart; what only tells something, in this process's memory.

Signatures alone do not tell requests apart: their time has seconds. Most of AWS's SDKs sign headers that number calls
and attempts; botocore (boto3, the AWS CLI; checked with 1.44) and the SDK for PHP send such headers and do not sign
them. So that two equal calls within a second both count, requests of one signature with other such headers are accepted
for a moment after the first one. Who changes the headers of a recorded request has as long to send it, instead of 15
minutes.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from api.access.errors import InvalidSignatureException
from api.access.sigv4 import HttpRequest, Signature
from api.service.clock import Clock, epoch_milliseconds, utc_now
from api.service.errors import ServiceUnavailable
from api.storage.store import StoreUnavailable
from api.storage.used_signatures import LONG_AGO, UsedSignature, UsedSignatureStore

MOST_REMEMBERED: Final = 50_000
"""Records in memory, one or two of a request, of which those that came first are forgotten."""

MOMENT: Final = timedelta(seconds=5)
"""How long after the first one further requests of its signature are accepted: those signed within a second, by a
client, a network or a service that is slow."""

_NUMBERS: Final = ("amz-sdk-invocation-id", "amz-sdk-request", "aws-sdk-invocation-id", "aws-sdk-retry")
"""Headers by which AWS's SDKs number their calls, and the attempts of each; the last two are the SDK for PHP's."""

_MARGIN: Final = timedelta(minutes=5)
"""How much the clocks of processes may differ: a signature that one holds for expired, another may still accept."""


def numbers_of(request: HttpRequest, signature: Signature) -> str:
    """What numbers a request and is not signed; empty where the signature alone tells it from others."""
    signed = signature.signed_headers.split(";")
    numbers = [(name, request.first(name)) for name in _NUMBERS if name not in signed]
    return "\n".join(f"{name}:{value}" for name, value in numbers if value is not None)


@dataclass(frozen=True, slots=True)
class _Request:
    """A request at a time in epoch milliseconds: what it uses, of which one part is common to all of its signature."""

    itself: UsedSignature
    any_of_signature: UsedSignature
    now: int

    @classmethod
    def of(cls, signature: Signature, numbers: str, now: int) -> _Request:
        """The request with this signature and these numbers."""
        return cls(_used(signature, numbers), _used(signature, ""), now)

    def used(self) -> dict[UsedSignature, int]:
        """What to remember of it, and as first used when."""
        return {self.any_of_signature: self.now, self.itself: LONG_AGO}

    def check(self, known: Mapping[UsedSignature, int]) -> None:
        """See that it is new beside those known.

        Raises:
            InvalidSignatureException: it is not.
        """
        latest = self.now - MOMENT // timedelta(milliseconds=1)
        if self.itself in known or known.get(self.any_of_signature, self.now) < latest:
            raise InvalidSignatureException.replayed()


@dataclass(slots=True)
class _Batch:
    """Signatures that are noted together, and the task that does it, whose result are those that were known."""

    used: dict[UsedSignature, int] = field(default_factory=dict)
    noting: asyncio.Task[Mapping[UsedSignature, int]] | None = None


class UsedSignatures:
    """The signatures that were accepted while they are good."""

    def __init__(
        self, store: UsedSignatureStore, clock: Clock = utc_now, *, most_remembered: int = MOST_REMEMBERED
    ) -> None:
        self._store = store
        self._clock = clock
        self._most = most_remembered
        self._remembered: OrderedDict[UsedSignature, int] = OrderedDict()
        self._stored: set[UsedSignature] = set()  # those in memory that the database has too
        self._gathering = _Batch()
        self._turn = asyncio.Lock()

    def use(self, signature: Signature, numbers: str) -> None:
        """Accept a request whose signature is verified, in this process.

        Args:
            signature: the request's.
            numbers: see `numbers_of`.

        Raises:
            InvalidSignatureException: it was accepted before.
        """
        request = _Request.of(signature, numbers, epoch_milliseconds(self._clock()))
        request.check(self._remembered)
        self._remember(request)

    async def note(self, signature: Signature, numbers: str) -> None:
        """Have all processes know of a request that this one has just accepted.

        Raises:
            InvalidSignatureException: another one has accepted it before.
            ServiceUnavailable: the database does not answer.
        """
        request = _Request.of(signature, numbers, epoch_milliseconds(self._clock()))
        unknown = {each: first for each, first in request.used().items() if each not in self._stored}
        known = await self._note(unknown)
        self._remember_stored(unknown, known)
        request.check(known)

    def _remember(self, request: _Request) -> None:
        for each, first in request.used().items():
            self._remembered.setdefault(each, first)
        while self._remembered:
            oldest = next(iter(self._remembered))
            if len(self._remembered) <= self._most and oldest.expires >= request.now:
                break
            del self._remembered[oldest]
            self._stored.discard(oldest)

    def _remember_stored(self, noted: Iterable[UsedSignature], known: Mapping[UsedSignature, int]) -> None:
        """Take what another process has noted earlier; what is stored needs not be noted again."""
        for each in noted:
            if each in self._remembered:
                self._stored.add(each)
                self._remembered[each] = known.get(each, self._remembered[each])

    async def _note(self, used: Mapping[UsedSignature, int]) -> Mapping[UsedSignature, int]:
        """Note signatures, with those that come while others are being noted: those that were known."""
        batch = self._gathering
        for each, first in used.items():
            batch.used.setdefault(each, first)
        if batch.noting is None:
            batch.noting = asyncio.create_task(self._note_all(batch))
        try:
            return await asyncio.shield(batch.noting)
        except StoreUnavailable as error:
            raise ServiceUnavailable(str(error)) from error

    async def _note_all(self, batch: _Batch) -> Mapping[UsedSignature, int]:
        async with self._turn:
            self._gathering = _Batch()
            return await self._store.use_signatures(batch.used)


def _used(signature: Signature, numbers: str) -> UsedSignature:
    digest = hashlib.sha256(f"{signature.signature}\n{numbers}".encode("utf-8", "surrogateescape")).digest()
    return UsedSignature(epoch_milliseconds(signature.good_until + _MARGIN), digest)
