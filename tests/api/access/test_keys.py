"""Making keys: what they look like, what is kept of their secrets, and what is no key."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import pytest

from api.access.keys import KeyRefused, is_key_id, new_certificate_key, new_signature_key, new_token_key, read_token
from api.access.policy import PolicyError
from api.access.sealing import Sealer, SealingError, new_encryption_key
from tests.support.access import SEALER, terms


def test_keys_that_sign_look_like_those_of_aws() -> None:
    new = new_signature_key(terms(), SEALER)
    assert re.fullmatch("STPL[A-Z2-7]{16}", new.key.id)
    assert new.secret is not None
    assert re.fullmatch("[A-Za-z0-9/+]{40}", new.secret)
    assert (new.key.user, new.key.kind, new.key.disabled) == ("ada", "signature", False)
    assert SEALER.open(new.key.id, new.key.verifier) == new.secret


def test_of_a_token_only_a_hash_is_kept() -> None:
    new = new_token_key(terms())
    assert new.secret is not None
    token = read_token(new.secret)
    assert token is not None
    assert (token.key_id, token.hash) == (new.key.id, new.key.verifier)
    assert new.secret.removeprefix(f"steploom_{new.key.id}_") not in json.dumps(new.key.verifier)
    assert len(new.key.verifier) == 64


def test_a_certificate_has_no_secret() -> None:
    new = new_certificate_key(terms(), "client.example.com")
    assert (new.secret, new.key.verifier) == (None, "client.example.com")


def test_no_two_keys_are_alike() -> None:
    keys = [new_signature_key(terms(), SEALER) for _ in range(3)]
    assert len({new.key.id for new in keys} | {new.secret for new in keys}) == 6


def test_a_key_without_user_is_its_own() -> None:
    new = new_token_key(terms(user=None))
    assert new.key.user == new.key.id


@pytest.mark.parametrize("user", ["", "a b", "a/b", "x" * 65, "a:b", "a\n"])
def test_users_are_named_as_in_iam(user: str) -> None:
    with pytest.raises(KeyRefused, match="is no name of a user"):
        terms(user=user)


@pytest.mark.parametrize("name", ["", "x" * 256, "a\x00b"])
def test_names_that_no_certificate_has(name: str) -> None:
    with pytest.raises(KeyRefused, match="1 to 255 characters"):
        new_certificate_key(terms(), name)


def test_policies_are_checked() -> None:
    with pytest.raises(PolicyError):
        terms({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})


@pytest.mark.parametrize(
    "text",
    ["", "steploom_", "Bearer x", "steploom_STPLAAAAAAAAAAAAAAAA_short", "steploom_stplaaaaaaaaaaaaaaaa_" + "a" * 40],
)
def test_what_is_no_token(text: str) -> None:
    assert read_token(text) is None


@pytest.mark.parametrize("text", ["", "AKIA", "a" * 20, "A" * 21, "A" * 19 + "\x00", "Ä" * 20, "A" * 20 + "\n"])
def test_what_is_no_key_id(text: str) -> None:
    assert not is_key_id(text)


class TestSealing:
    def test_the_encryption_key_can_be_changed(self) -> None:
        old, new = new_encryption_key(), new_encryption_key()
        sealed = Sealer([old]).seal("A", "secret")
        both = Sealer([new, old])
        assert both.open("A", sealed) == "secret"
        again = both.seal("A", "secret")
        assert Sealer([new]).open("A", again) == "secret"
        with pytest.raises(SealingError, match="the secret of A was encrypted with a key that is not there"):
            Sealer([old]).open("A", again)

    def test_a_secret_is_that_of_one_key(self) -> None:
        with pytest.raises(SealingError, match="the secret of B is that of another key"):
            SEALER.open("B", SEALER.seal("A", "secret"))

    def test_both_alphabets_of_base64(self) -> None:
        assert Sealer(["-_" * 21 + "8="]).open("A", Sealer(["+/" * 21 + "8="]).seal("A", "s")) == "s"

    @dataclass(frozen=True)
    class Refusal:
        name: str
        keys: list[str]
        message: str

    REFUSED = (
        Refusal("none", [], "there is no encryption key"),
        Refusal("not base64", ["change-me!"], "encryption key 1 is not the base64 of 32 bytes"),
        Refusal("too short", ["YWJj"], "encryption key 1 is not the base64 of 32 bytes"),
        Refusal("empty", [""], "encryption key 1 is not the base64 of 32 bytes"),
        Refusal("the second", [new_encryption_key(), "x"], "encryption key 2 is not the base64 of 32 bytes"),
    )

    @pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.name)
    def test_refused_keys(self, case: Refusal) -> None:
        with pytest.raises(SealingError, match=case.message):
            Sealer(case.keys)
