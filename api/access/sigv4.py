"""AWS Signature Version 4, the server's side: whether a request is what the owner of a key has signed.

The steps are those of AWS's "Signature Version 4 signing process"; the texts of refusals are AWS's where they are
known. What a signature covers here: method and path, the signed headers, which must include host, the date and the
operation (all `x-amz-*` that are sent), and the body. A signature is good for 15 minutes either way, for one date,
region and service. Within these minutes an equal request has an equal signature: `api.access.replays` has each accepted
once.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from api.access.errors import (
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
    UnrecognizedClientException,
)

_ALGORITHM: Final = "AWS4-HMAC-SHA256"
_TERMINATOR: Final = "aws4_request"
_SKEW: Final = timedelta(minutes=15)
_DATE_FORMAT: Final = "%Y%m%dT%H%M%SZ"
_DATE: Final = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z", re.ASCII)
_SIGNATURE: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_PART: Final = re.compile(r"([A-Za-z]+)=([!-+\--~]+)")  # printable ASCII without the comma
_PARTS: Final = ("Credential", "SignedHeaders", "Signature")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What of a request is signed, besides its body.

    Attributes:
        query: what follows `?` in its target, as it was sent.
        headers: names in lower case, values as they were sent; those of repeated headers in their order.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, Sequence[str]]

    def first(self, name: str) -> str | None:
        """The first value of a header."""
        values = self.headers.get(name)
        return values[0] if values else None


@dataclass(frozen=True, slots=True)
class Signature:
    """The header Authorization in its parts, and when the request says that it was signed (`date` as it was sent)."""

    key_id: str
    day: str
    region: str
    service: str
    terminator: str
    signed_headers: str
    signature: str
    date: str
    signed_at: datetime

    @property
    def scope(self) -> str:
        """The credential scope."""
        return f"{self.day}/{self.region}/{self.service}/{self.terminator}"

    @property
    def good_until(self) -> datetime:
        """The end of the time in which it is accepted."""
        return self.signed_at + _SKEW


def read_signature(request: HttpRequest) -> Signature:
    """The signature that a request carries.

    Raises:
        MissingAuthenticationTokenException: it carries none.
        IncompleteSignatureException: it cannot be read, or stands in the query string.
        UnrecognizedClientException: it is one of temporary credentials.
    """
    authorization = request.first("authorization")
    if request.query:
        raise IncompleteSignatureException(
            "Signatures in the query string (presigned URLs) are not accepted, nor is any other query string: "
            "sign in the header 'Authorization'."
        )
    if not authorization:
        raise MissingAuthenticationTokenException
    scheme, _, rest = authorization.partition(" ")
    if scheme != _ALGORITHM:
        raise IncompleteSignatureException(f"Authorization header requires the algorithm '{_ALGORITHM}'.")
    parts = _read_parts(rest)
    date, signed_at = _read_date(request)
    if request.first("x-amz-security-token") is not None:
        raise UnrecognizedClientException(" Keys of steploom have no session token: unset AWS_SESSION_TOKEN.")
    credential = parts["Credential"].split("/")
    if len(credential) != 5:
        raise IncompleteSignatureException(
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term."
        )
    key_id, day, region, service, terminator = credential
    return Signature(
        key_id, day, region, service, terminator, parts["SignedHeaders"], parts["Signature"], date, signed_at
    )


def check_terms(signature: Signature, request: HttpRequest, *, service: str, region: str, now: datetime) -> None:
    """Check all about a signature that needs no secret and no body: when and for what it was made, what it covers.

    Args:
        signature: what `read_signature` has found in the request.
        request: the request.
        service: AWS's name for the service in signatures, such as `states`.
        region: this installation's.
        now: aware.

    Raises:
        InvalidSignatureException: it was made for another time, region or service, or leaves out what it must cover.
    """
    if signature.service != service:
        raise InvalidSignatureException(f"Credential should be scoped to correct service: '{service}'.")
    if signature.region != region:
        raise InvalidSignatureException(f"Credential should be scoped to a valid region, here '{region}'.")
    if signature.terminator != _TERMINATOR:
        raise InvalidSignatureException(f"Credential should be scoped with a valid terminator: '{_TERMINATOR}'.")
    if signature.day != signature.date[:8]:
        raise InvalidSignatureException(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP."
        )
    _check_age(signature, now)
    _check_cover(signature, request)


def signing_key(secret: str, signature: Signature) -> bytes:
    """The key that the owner of `secret` signs with on that day, in that region, for that service."""
    key = f"AWS4{secret}".encode()
    for part in (signature.day, signature.region, signature.service, signature.terminator):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


def check_signature(signature: Signature, request: HttpRequest, body: bytes, key: bytes) -> None:
    """Check that a request and its body are what was signed with `key`, a `signing_key`; in constant time.

    Raises:
        InvalidSignatureException: they are not.
    """
    body_hash = hashlib.sha256(body).hexdigest()
    stated = request.first("x-amz-content-sha256")
    if stated is not None and not hmac.compare_digest(_bytes(stated), body_hash.encode()):
        raise InvalidSignatureException.mismatch()
    expected = hmac.digest(key, _string_to_sign(signature, request, body_hash), "sha256").hex()
    if not hmac.compare_digest(expected.encode(), signature.signature.encode()):
        raise InvalidSignatureException.mismatch()


def _string_to_sign(signature: Signature, request: HttpRequest, body_hash: str) -> bytes:
    headers = "".join(f"{name}:{_value(request, name)}\n" for name in signature.signed_headers.split(";"))
    canonical = f"{request.method}\n{request.path}\n\n{headers}\n{signature.signed_headers}\n{body_hash}"
    digest = hashlib.sha256(_bytes(canonical)).hexdigest()
    return f"{_ALGORITHM}\n{signature.date}\n{signature.scope}\n{digest}".encode()


def _value(request: HttpRequest, name: str) -> str:
    return ",".join(" ".join(value.split()) for value in request.headers[name])


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")  # how bytes of headers that are no UTF-8 are kept


def _read_parts(text: str) -> dict[str, str]:
    parts = dict.fromkeys(_PARTS, "")
    for part in text.split(","):
        found = _PART.fullmatch(part.strip())
        if found is None:
            raise IncompleteSignatureException("Invalid key=value pair (missing equal-sign) in Authorization header.")
        if found[1] not in parts or parts[found[1]]:
            raise IncompleteSignatureException(f"Authorization header requires {' and '.join(_PARTS)}, once each.")
        parts[found[1]] = found[2]
    missing = [f"Authorization header requires '{name}' parameter." for name in _PARTS if not parts[name]]
    if missing:
        raise IncompleteSignatureException(" ".join(missing))
    if not _SIGNATURE.fullmatch(parts["Signature"]):
        raise IncompleteSignatureException("Signature must be 64 hexadecimal digits in lower case.")
    return parts


def _read_date(request: HttpRequest) -> tuple[str, datetime]:
    date = request.first("x-amz-date")
    if date is None:
        raise IncompleteSignatureException("Authorization header requires existence of a 'X-Amz-Date' header.")
    found = _DATE.fullmatch(date)
    try:
        if found is not None:
            return date, datetime(*map(int, found.groups()), tzinfo=UTC)  # type: ignore[misc, arg-type]  # six numbers
    except ValueError:  # such as a 31st of February
        pass
    raise IncompleteSignatureException("Date must be in ISO-8601 'basic format', as in '20261122T213000Z'.")


def _check_age(signature: Signature, now: datetime) -> None:
    if abs(now - signature.signed_at) <= _SKEW:
        return
    date, told = signature.date, now.strftime(_DATE_FORMAT)
    if signature.signed_at < now:
        earliest = (now - _SKEW).strftime(_DATE_FORMAT)
        raise InvalidSignatureException(f"Signature expired: {date} is now earlier than {earliest} ({told} - 15 min.)")
    latest = (now + _SKEW).strftime(_DATE_FORMAT)
    raise InvalidSignatureException(
        f"Signature not yet current: {date} is still later than {latest} ({told} + 15 min.)"
    )


def _check_cover(signature: Signature, request: HttpRequest) -> None:
    signed = signature.signed_headers.split(";")
    if signed != sorted({name.lower() for name in signed}):
        raise InvalidSignatureException("SignedHeaders must be in lower case, sorted, and each there once.")
    if "host" not in signed:
        raise InvalidSignatureException("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
    absent = [name for name in signed if name not in request.headers]
    if absent:
        raise InvalidSignatureException("There are headers in SignedHeaders that the request does not have.")
    if any(name.startswith("x-amz-") and name not in signed for name in request.headers):
        raise InvalidSignatureException("All headers that begin with 'X-Amz-' must be in SignedHeaders.")
