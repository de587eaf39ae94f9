"""Who calls: how long keys are taken from memory, how often secrets are decrypted, and what cannot be checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from api.access.callers import Callers, SignedCall
from api.access.errors import ExpiredTokenException, InvalidSignatureException, UnrecognizedClientException
from api.access.keys import NewKey, new_signature_key, new_token_key
from api.access.policy import Decision
from api.access.sealing import Sealer, new_encryption_key
from api.access.sigv4 import HttpRequest
from api.service.errors import ServiceUnavailable
from api.storage.access_keys import AccessKey, KeyKind
from api.storage.store import StoreUnavailable
from tests.support.access import ACCOUNT, REGION, SEALER, Signer, bearer, certified, signer, terms

NOW = datetime(2026, 11, 22, 23, 59, 0, tzinfo=UTC)
URL = "http://127.0.0.1:8083/"
BODY = b"{}"


@dataclass
class Keys:
    """Keys in memory; counts how often one is read."""

    by_id: dict[str, AccessKey] = field(default_factory=dict)
    reads: int = 0
    available: bool = True

    async def create_access_key(self, key: AccessKey) -> bool:
        self.by_id[key.id] = key
        return True

    async def get_access_key(self, id_: str) -> AccessKey | None:
        if not self.available:
            raise StoreUnavailable("the database does not answer")
        self.reads += 1
        return self.by_id.get(id_)

    async def find_access_key(self, kind: KeyKind, verifier: str) -> AccessKey | None:
        self.reads += 1
        found = [key for key in self.by_id.values() if (key.kind, key.verifier) == (kind, verifier)]
        return found[0] if found else None

    async def list_access_keys(self) -> Sequence[AccessKey]:
        return list(self.by_id.values())

    async def change_access_key(self, id_: str, change: Callable[[AccessKey], AccessKey]) -> AccessKey | None:
        self.by_id[id_] = change(self.by_id[id_])
        return self.by_id[id_]

    async def delete_access_key(self, id_: str) -> bool:
        return self.by_id.pop(id_, None) is not None


class CountingSealer(Sealer):
    """Counts how often a secret is decrypted."""

    def __init__(self) -> None:
        self.opened = 0

    def seal(self, key_id: str, secret: str) -> str:
        return SEALER.seal(key_id, secret)

    def open(self, key_id: str, sealed: str) -> str:
        self.opened += 1
        return SEALER.open(key_id, sealed)


@dataclass
class World:
    """Callers, with times to set."""

    keys: Keys = field(default_factory=Keys)
    sealer: CountingSealer = field(default_factory=CountingSealer)
    now: datetime = NOW
    seconds: float = 100.0

    def __post_init__(self) -> None:
        self.callers = Callers(
            self.keys,
            self.sealer,
            account_id=ACCOUNT,
            region=REGION,
            clock=lambda: self.now,
            monotonic=lambda: self.seconds,
        )

    async def begin(self, new: NewKey) -> SignedCall:
        """A call signed with a key, of which the body is still to come."""
        headers = Signer.of(new).headers(URL, BODY, self.now, {"X-Amz-Target": "AWSStepFunctions.ListActivities"})
        sent = {name.lower(): [value] for name, value in headers.items()} | {"host": ["127.0.0.1:8083"]}
        claimed: list[str] = []
        call = await self.callers.signed(HttpRequest("POST", "/", "", sent), "states", claimed.append)
        assert claimed == [new.key.id]
        return call

    async def sign(self, new: NewKey) -> str:
        """The user whose call one is, signed with a key."""
        return (await (await self.begin(new)).caller(BODY)).arn


@pytest.fixture
def world() -> World:
    return World()


async def test_many_calls_read_and_decrypt_once(world: World) -> None:
    new = await signer(world.keys)
    for _ in range(10):
        assert await world.sign(new) == f"arn:aws:iam::{ACCOUNT}:user/ada"
    assert (world.keys.reads, world.sealer.opened) == (1, 1)


async def test_a_new_day_has_a_signing_key_of_its_own(world: World) -> None:
    new = await signer(world.keys)
    await world.sign(new)
    world.now += timedelta(minutes=2)
    await world.sign(new)
    assert (world.keys.reads, world.sealer.opened) == (1, 2)


async def test_a_key_is_forgotten_after_five_seconds(world: World) -> None:
    new = await signer(world.keys)
    await world.sign(new)
    await world.keys.change_access_key(new.key.id, lambda key: replace(key, disabled=True))
    world.seconds += 4.9
    await world.sign(new)
    world.seconds += 0.1
    with pytest.raises(UnrecognizedClientException):
        await world.sign(new)
    await world.keys.delete_access_key(new.key.id)
    world.seconds += 5
    with pytest.raises(UnrecognizedClientException):
        await world.sign(new)


async def test_a_body_that_comes_late_finds_its_signature_expired(world: World) -> None:
    """Or a recorded request could wait with its last byte until nobody knows any more that it was accepted."""
    call = await world.begin(await signer(world.keys))
    world.now += timedelta(minutes=15)
    assert (await call.caller(BODY)).arn == f"arn:aws:iam::{ACCOUNT}:user/ada"
    world.now += timedelta(seconds=1)
    with pytest.raises(InvalidSignatureException, match="Signature expired"):
        await call.caller(BODY)


async def test_a_body_that_comes_late_finds_its_key_disabled(world: World) -> None:
    new = await signer(world.keys)
    call = await world.begin(new)
    await world.keys.change_access_key(new.key.id, lambda key: replace(key, disabled=True))
    world.seconds += 5
    with pytest.raises(UnrecognizedClientException):
        await call.caller(BODY)


async def test_an_end_counts_at_once(world: World) -> None:
    new = await bearer(world.keys, terms(expires=NOW + timedelta(seconds=1)))
    assert new.secret is not None
    await world.callers.of_token(new.secret)
    world.now += timedelta(seconds=1)
    with pytest.raises(ExpiredTokenException):
        await world.callers.of_token(new.secret)


async def test_a_changed_policy_counts_when_the_key_is_read_again(world: World) -> None:
    new = await bearer(world.keys)
    assert new.secret is not None
    assert (await world.callers.of_token(new.secret)).policy.decide("states:X", "*") is Decision.ALLOWED
    policy = {"Statement": "of a later release"}
    await world.keys.change_access_key(new.key.id, lambda key: replace(key, policy=policy))
    world.seconds += 5
    assert (await world.callers.of_token(new.secret)).policy.decide("states:X", "*") is Decision.NOT_ALLOWED


async def test_the_first_name_in_a_certificate_that_has_a_key(world: World) -> None:
    new = await certified(world.keys, "second")
    caller = await world.callers.of_certificate(["first", "second", "third"])
    assert (caller.key_id, caller.kind) == (new.key.id, "certificate")
    with pytest.raises(UnrecognizedClientException):
        await world.callers.of_certificate(["first", new.key.id])
    reads = world.keys.reads
    with pytest.raises(UnrecognizedClientException):
        await world.callers.of_certificate(["", "a\x00b", "x" * 256])
    assert world.keys.reads == reads, "names that no key can be for are not looked up"


async def test_a_key_is_good_for_its_kind_only(world: World) -> None:
    signing, token = await signer(world.keys), await bearer(world.keys)
    with pytest.raises(UnrecognizedClientException):
        await world.callers.of_token(f"steploom_{signing.key.id}_{'a' * 40}")
    with pytest.raises(UnrecognizedClientException):
        await world.sign(NewKey(token.key, token.key.verifier))
    with pytest.raises(UnrecognizedClientException):
        await world.callers.of_certificate([token.key.verifier])


async def test_another_key_does_not_help(world: World) -> None:
    first, second = await signer(world.keys), await signer(world.keys)
    with pytest.raises(InvalidSignatureException):
        await world.sign(NewKey(first.key, second.secret))


async def test_a_swapped_secret_is_refused(world: World) -> None:
    """Who can write into the table cannot make a key that is theirs pass for another's by copying its secret."""
    mine, other = await signer(world.keys), await signer(world.keys)
    await world.keys.change_access_key(other.key.id, lambda key: replace(key, verifier=mine.key.verifier))
    with pytest.raises(ServiceUnavailable, match=f"the secret of {other.key.id} is that of another key"):
        await world.sign(NewKey(other.key, mine.secret))


async def test_a_database_that_does_not_answer(world: World) -> None:
    new = await bearer(world.keys)
    assert new.secret is not None
    world.keys.available = False
    with pytest.raises(ServiceUnavailable, match="the database does not answer"):
        await world.callers.of_token(new.secret)


async def test_a_secret_of_a_lost_encryption_key(world: World) -> None:
    new = new_signature_key(terms(), Sealer([new_encryption_key()]))
    await world.keys.create_access_key(new.key)
    with pytest.raises(ServiceUnavailable, match="was encrypted with a key that is not there"):
        await world.sign(new)


async def test_keys_that_were_never_kept(world: World) -> None:
    with pytest.raises(UnrecognizedClientException):
        await world.sign(new_signature_key(terms(), SEALER))
    secret = new_token_key(terms()).secret
    assert secret is not None
    with pytest.raises(UnrecognizedClientException):
        await world.callers.of_token(secret)
