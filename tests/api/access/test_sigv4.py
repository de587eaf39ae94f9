"""Signatures of AWS's own signer over whatever can be signed: good as they are, and for nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.access.errors import InvalidSignatureException
from api.access.sigv4 import HttpRequest, check_signature, check_terms, read_signature, signing_key
from tests.support.access import REGION, Signer

URL = "http://states.example.com:8083/"
NAMES = st.sampled_from(["x-amz-target", "x-amz-user-agent", "x-amz-z", "x-amz-a-b", "content-type", "a", "x-1"])
VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=30)
DATES = st.datetimes(datetime(2026, 1, 1), datetime(2099, 1, 1)).map(lambda date: date.replace(tzinfo=UTC))


def request_of(headers: Mapping[str, str]) -> HttpRequest:
    sent = {name.lower(): [value] for name, value in headers.items()} | {"host": ["states.example.com:8083"]}
    return HttpRequest("POST", "/", "", sent)


def check(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> None:
    """Check a request as the guard does."""
    request = request_of(headers)
    signature = read_signature(request)
    check_terms(signature, request, service="states", region=REGION, now=now)
    check_signature(signature, request, body, signing_key(secret, signature))


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(NAMES, VALUES, max_size=4), st.binary(max_size=60), st.text(max_size=40), DATES)
def test_what_is_signed_is_good_and_nothing_else(
    headers: Mapping[str, str], body: bytes, secret: str, at: datetime
) -> None:
    signed = Signer(key_id="STPLAAAAAAAAAAAAAAAA", secret=secret).headers(URL, body, at, headers)
    check(signed, body, secret, at)
    others = [(signed, body + b" ", secret), (signed, body, secret + "x")]
    others += [({**signed, name: headers[name] + "x"}, body, secret) for name in headers]
    for other in others:
        with pytest.raises(InvalidSignatureException):
            check(*other, at)


def test_values_of_repeated_headers_are_joined() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    signer = Signer(key_id="STPLAAAAAAAAAAAAAAAA", secret="s")
    signed = signer.headers(URL, b"", now, {"X-Amz-Meta": "a,b"})
    request = request_of(signed)
    repeated = HttpRequest("POST", "/", "", {**request.headers, "x-amz-meta": ["a", " b "]})
    signature = read_signature(repeated)
    check_signature(signature, repeated, b"", signing_key("s", signature))
