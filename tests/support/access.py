"""Access keys for tests, a guard over an installation, and requests signed as AWS clients sign them (by botocore)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from api.access.audit import AuditLog
from api.access.callers import Callers
from api.access.guard import Guard
from api.access.keys import KeyTerms, NewKey, new_certificate_key, new_signature_key, new_token_key
from api.access.rates import RateLimiter
from api.access.replays import UsedSignatures
from api.access.sealing import Sealer, new_encryption_key
from api.service.arns import Arns
from api.service.clock import Clock
from api.service.config import ServiceConfig
from api.storage.access_keys import AccessKeyStore

SEALER: Final = Sealer([new_encryption_key()])
REGION: Final = "us-east-1"
ACCOUNT: Final = "123456789012"
CREATED: Final = datetime(2026, 11, 1, tzinfo=UTC)


def statement(effect: str, actions: str | Sequence[str], resources: str | Sequence[str] = "*") -> dict[str, Any]:
    """A statement of a policy."""
    return {"Effect": effect, "Action": actions, "Resource": resources}


ALL: Final = statement("Allow", "*")


def terms(*statements: Mapping[str, Any], user: str | None = "ada", expires: datetime | None = None) -> KeyTerms:
    """Terms with these statements, or that allow everything."""
    policy = {"Version": "2012-10-17", "Statement": [*statements] or [ALL]}
    return KeyTerms(user=user, policy=policy, created=CREATED, expires=expires)  # type: ignore[arg-type]  # JSON


async def signer(store: AccessKeyStore, key_terms: KeyTerms | None = None) -> NewKey:
    """A key that signs."""
    return await _kept(store, new_signature_key(key_terms or terms(), SEALER))


async def bearer(store: AccessKeyStore, key_terms: KeyTerms | None = None) -> NewKey:
    """A bearer token."""
    return await _kept(store, new_token_key(key_terms or terms()))


async def certified(store: AccessKeyStore, name: str, key_terms: KeyTerms | None = None) -> NewKey:
    """A key for the owner of a certificate with that name."""
    return await _kept(store, new_certificate_key(key_terms or terms(), name))


async def _kept(store: AccessKeyStore, new: NewKey) -> NewKey:
    assert await store.create_access_key(new.key)
    return new


def guard_over(
    store: AccessKeyStore,
    clock: Clock,
    *,
    limiter: RateLimiter | None = None,
    audit: AuditLog | None = None,
    used: UsedSignatures | None = None,
) -> Guard:
    """A guard that asks everybody who they are; without `used` equal requests are accepted again and again."""
    callers = Callers(store, SEALER, account_id=ACCOUNT, region=REGION, used=used, clock=clock)
    return Guard(Arns(ServiceConfig()), callers=callers, limiter=limiter, audit=audit, clock=clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Signs with a key; what differs from a well-behaved client can be said."""

    key_id: str
    secret: str
    region: str = REGION
    service: str = "states"

    @classmethod
    def of(cls, new: NewKey, **others: str) -> Signer:
        """The owner of a key."""
        assert new.secret is not None
        return cls(**{"key_id": new.key.id, "secret": new.secret, **others})

    def headers(self, url: str, body: bytes, at: datetime, headers: Mapping[str, str]) -> dict[str, str]:
        """`headers` with date and signature; all of them are signed."""
        date = at.strftime("%Y%m%dT%H%M%SZ")
        sent = {**headers, "X-Amz-Date": date}
        request = AWSRequest(method="POST", url=url, headers=sent, data=body)
        request.context["timestamp"] = date
        auth = SigV4Auth(Credentials(self.key_id, self.secret), self.service, self.region)
        to_sign = auth.string_to_sign(request, auth.canonical_request(request))
        names = auth.signed_headers(auth.headers_to_sign(request))
        return sent | {
            "Authorization": f"AWS4-HMAC-SHA256 Credential={auth.scope(request)}, SignedHeaders={names}, "
            f"Signature={auth.signature(to_sign, request)}"
        }
