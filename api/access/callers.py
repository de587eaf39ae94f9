"""Finds out who calls: from a signature, a bearer token or the names in a client certificate to a caller."""

from __future__ import annotations

import hmac
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from api.access.errors import ExpiredTokenException, UnrecognizedClientException
from api.access.keys import is_certificate_name, is_key_id, read_token
from api.access.policy import Policy, PolicyError, parse_policy
from api.access.replays import UsedSignatures, numbers_of
from api.access.sealing import Sealer, SealingError
from api.access.sigv4 import HttpRequest, Signature, check_signature, check_terms, read_signature, signing_key
from api.service.clock import Clock, utc_now
from api.service.errors import ServiceUnavailable
from api.storage.access_keys import AccessKey, AccessKeyStore, KeyKind
from api.storage.store import StoreUnavailable

_LOG: Final = logging.getLogger(__name__)
_FRESH_SECONDS: Final = 5.0
"""How long a key is taken from memory: so late do processes learn that it was disabled, changed or deleted."""
_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and what they may do.

    Attributes:
        key_id: the id of the access key.
        arn: the user's ARN, as AccessDeniedException and the audit log show it.
        kind: how they have shown it.
    """

    key_id: str
    arn: str
    kind: KeyKind
    policy: Policy


@dataclass(frozen=True, slots=True)
class _Known:
    """A key as it was read from the store, and the signing keys derived from its secret, by credential scope."""

    key: AccessKey
    caller: Caller
    good_until: float
    signing_keys: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SignedCall:
    """A request that says it is its caller's; `_still_good` finds its key again, and sees that all is as it was."""

    _still_good: Callable[[], Awaitable[_Known]]
    _signature: Signature
    _request: HttpRequest
    _signing_key: bytes
    _used: UsedSignatures | None

    async def caller(self, body: bytes) -> Caller:
        """Who has signed the request with this body, which this process accepts once.

        Raises:
            InvalidSignatureException: not who it says; or it was accepted before, or has expired since it began.
            UnrecognizedClientException, ExpiredTokenException: the key is no longer good.
            ServiceUnavailable: whether all this is so cannot be found out.
        """
        check_signature(self._signature, self._request, body, self._signing_key)
        known = await self._still_good()  # for a body comes as slowly as its sender likes
        if self._used is not None:
            self._used.use(self._signature, numbers_of(self._request, self._signature))
        return known.caller

    async def note(self) -> None:
        """Have no other process accept the request, whose `caller` is known, either; of what changes something.

        Raises:
            InvalidSignatureException: another one has accepted it before.
            ServiceUnavailable: whether this is so cannot be found out.
        """
        if self._used is not None:
            await self._used.note(self._signature, numbers_of(self._request, self._signature))


class Callers:
    """The callers of one installation.

    Args:
        store: where the keys are.
        sealer: opens the secrets of keys that sign.
        account_id: the account in the ARNs of users.
        region: the region that signatures must be made for.
        used: has each signed request accepted once; None accepts it again while its signature is good.
        clock: what time it is.
        monotonic: measures how old something is, in seconds.
    """

    def __init__(
        self,
        store: AccessKeyStore,
        sealer: Sealer,
        *,
        account_id: str,
        region: str,
        used: UsedSignatures | None = None,
        clock: Clock = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._sealer = sealer
        self._user_prefix = f"arn:aws:iam::{account_id}:user/"
        self._region = region
        self._used = used
        self._clock = clock
        self._monotonic = monotonic
        self._known: OrderedDict[tuple[KeyKind, str], _Known] = OrderedDict()

    async def signed(self, request: HttpRequest, service: str, claim: Callable[[str], None]) -> SignedCall:
        """A request whose signature says something that can be true; whether it is, its body will tell.

        Args:
            request: the request without its body.
            service: the service of AWS that it is for, by its name in signatures.
            claim: told the id of the key that the request says it is signed with, as soon as it is known.

        Raises:
            ServiceError: it says nothing that could be true, see `api.access.errors`.
        """
        signature = read_signature(request)
        claim(signature.key_id)

        async def good() -> _Known:
            check_terms(signature, request, service=service, region=self._region, now=self._clock())
            known = await self._found("signature", signature.key_id)
            self._good(known)
            return known

        return SignedCall(good, signature, request, self._signing_key(await good(), signature), self._used)

    async def of_token(self, text: str) -> Caller:
        """Whose a bearer token is.

        Raises:
            ServiceError: nobody's, see `api.access.errors`.
        """
        token = read_token(text)
        if token is None:
            raise UnrecognizedClientException
        known = await self._found("token", token.key_id)
        if not hmac.compare_digest(known.key.verifier, token.hash):
            raise UnrecognizedClientException
        return self._good(known)

    async def of_certificate(self, names: Sequence[str]) -> Caller:
        """Whose a client certificate is: that of the key with the first of these names for which there is one.

        Raises:
            ServiceError: nobody's, see `api.access.errors`.
        """
        for name in names:
            known = await self._find("certificate", name) if is_certificate_name(name) else None
            if known is not None:
                return self._good(known)
        raise UnrecognizedClientException

    async def _found(self, kind: KeyKind, id_: str) -> _Known:
        known = await self._find(kind, id_) if is_key_id(id_) else None
        if known is None:
            raise UnrecognizedClientException
        return known

    async def _find(self, kind: KeyKind, name: str) -> _Known | None:
        """The key by its id, or that of a certificate by the name in it; from memory while that is fresh."""
        known = self._known.get((kind, name))
        if known is not None and self._monotonic() < known.good_until:
            return known
        key = await self._load(kind, name)
        if key is None:
            self._known.pop((kind, name), None)
            return None
        known = _Known(key, self._caller(key), self._monotonic() + _FRESH_SECONDS)
        self._known[kind, name] = known
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return known

    async def _load(self, kind: KeyKind, name: str) -> AccessKey | None:
        try:
            if kind == "certificate":
                return await self._store.find_access_key(kind, name)
            key = await self._store.get_access_key(name)
        except StoreUnavailable as error:
            raise ServiceUnavailable(str(error)) from error
        return key if key is not None and key.kind == kind else None

    def _caller(self, key: AccessKey) -> Caller:
        try:
            policy = parse_policy(dict(key.policy))
        except PolicyError as error:  # of a later release than this
            _LOG.error("The policy of the access key %s cannot be used, nothing is allowed: %s", key.id, error)
            policy = Policy(())
        return Caller(key.id, self._user_prefix + key.user, key.kind, policy)

    def _good(self, known: _Known) -> Caller:
        """The caller, now that they have shown who they are.

        Raises:
            UnrecognizedClientException: the key is disabled.
            ExpiredTokenException: its time is over.
        """
        if known.key.disabled:
            raise UnrecognizedClientException
        if known.key.expires is not None and known.key.expires <= self._clock():
            raise ExpiredTokenException
        return known.caller

    def _signing_key(self, known: _Known, signature: Signature) -> bytes:
        key = known.signing_keys.get(signature.scope)
        if key is None:
            try:
                secret = self._sealer.open(known.key.id, known.key.verifier)
            except SealingError as error:
                _LOG.error("An access key cannot be checked: %s", error)
                raise ServiceUnavailable(f"The access key cannot be checked: {error}.") from error
            key = known.signing_keys[signature.scope] = signing_key(secret, signature)
        return key
