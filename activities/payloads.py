"""How payloads travel: JSON, definitions by content hash, and large payloads through the payload store.

A workflow's input names its definition by SHA-256. Before a worker sees the input, the codec fetches the definition,
compiles it once and keeps it; nothing of this is in the history. Payloads above 32 KiB are kept in the payload store
and travel as references, except arguments for workers that are not ours.
"""

from __future__ import annotations

import asyncio
import dataclasses
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final, Protocol, Self

from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.converter import (
    BinaryNullPayloadConverter,
    BinaryPlainPayloadConverter,
    BinaryProtoPayloadConverter,
    CompositePayloadConverter,
    DataConverter,
    EncodingPayloadConverter,
    ExternalStorage,
    JSONPlainPayloadConverter,
    JSONProtoPayloadConverter,
    PayloadCodec,
    SerializationContext,
    StorageDriver,
    StorageDriverClaim,
    StorageDriverRetrieveContext,
    StorageDriverSelectContext,
    StorageDriverStoreContext,
)

from activities.registry import Registry
from interpreter.definition.model import Definition
from interpreter.definition.parse import parse_definition
from interpreter.hosts.wire import InlineJson
from interpreter.limits import NATIVE_DEFINITIONS
from interpreter.start import ExecutionStart
from interpreter.values import json_bytes

_DEFINITION_KEY: Final = "steploom-definition"
_INLINE_KEY: Final = "steploom-inline"
THRESHOLD_BYTES: Final = 32 * 1024
_KEPT_DEFINITIONS: Final = 2_000
_SAME_DATABASE: Final = "all roles need the same STEPLOOM_DATABASE_URL"


class DefinitionSource(Protocol):
    """Where definition texts are kept."""

    @property
    def place(self) -> str:
        """See `PayloadStore`."""
        ...

    async def get_definition(self, hash_: str) -> str | None:
        """The text with this SHA-256, or None."""
        ...


class PayloadMissing(LookupError):
    """A payload is not in the store of this process, though another process has kept it in its own."""

    def __init__(self, hash_: str, place: str) -> None:
        super().__init__(f"payload {hash_} is not in {place}: {_SAME_DATABASE}")


class PayloadStore(Protocol):
    """Where large payloads are kept, by content hash."""

    @property
    def place(self) -> str:
        """Which store this is, told to people: without credentials."""
        ...

    async def put_payloads(self, payloads: Sequence[bytes]) -> Sequence[str]:
        """Keep the payloads and return their hashes, in order."""
        ...

    async def get_payloads(self, hashes: Sequence[str]) -> Sequence[bytes]:
        """The payloads, in order. Raises: KeyError, with the first missing hash."""
        ...


class CompiledDefinitions:
    """Compiled definitions by content hash, fetched once a process and shared by all executions."""

    def __init__(self, source: DefinitionSource) -> None:
        self._source = source
        self._compiled: OrderedDict[str, Definition] = OrderedDict()
        self._fetching: dict[str, asyncio.Task[Definition]] = {}

    def compiled(self, hash_: str) -> Definition:
        """The definition, which `fetch` has brought here.

        Raises:
            LookupError: it is not here.
        """
        definition = self._compiled.get(hash_)
        if definition is None:
            raise LookupError(f"definition {hash_} is not in this worker's cache")
        return definition

    async def fetch(self, hash_: str) -> Definition:
        """The definition, from the cache or from its source.

        Raises:
            LookupError: no text with this hash is stored, or it is not what the hash says.
        """
        known = self._compiled.get(hash_)
        if known is not None:
            self._compiled.move_to_end(hash_)
            return known
        task = self._fetching.get(hash_)
        if task is None:
            task = self._fetching[hash_] = asyncio.create_task(self._fetch(hash_))
            task.add_done_callback(lambda _: self._fetching.pop(hash_, None))
        return await asyncio.shield(task)

    async def _fetch(self, hash_: str) -> Definition:
        text = await self._source.get_definition(hash_)
        if text is None:
            raise LookupError(f"no definition is stored under {hash_} in {self._source.place}: {_SAME_DATABASE}")
        if hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() != hash_:
            raise LookupError(f"the definition stored under {hash_} has another hash")
        catalog = Registry(stored=True)
        definition = await asyncio.to_thread(parse_definition, text, catalog, quotas=NATIVE_DEFINITIONS, stored=True)
        self._compiled[hash_] = definition
        if len(self._compiled) > _KEPT_DEFINITIONS:
            self._compiled.popitem(last=False)
        return definition


_JSON: Final = {"encoding": b"json/plain"}
_PRINTED: Final = (dict, list, str, bool, int, float)


class _OwnConverter(EncodingPayloadConverter):
    """What we hand to the SDK, tried first: plain JSON, `ExecutionStart`, and arguments that stay inline.

    The metadata of an `ExecutionStart` names the definition.
    """

    @property
    def encoding(self) -> str:
        return "json/steploom"

    def to_payload(self, value: Any) -> Payload | None:  # the SDK's signature
        if isinstance(value, _PRINTED):
            return Payload(metadata=_JSON, data=json_bytes(value))
        if isinstance(value, ExecutionStart):
            metadata = {**_JSON, _DEFINITION_KEY: value.definition.encode()}
            return Payload(metadata=metadata, data=json_bytes(value.to_json()))
        if isinstance(value, InlineJson):
            payload = Payload(metadata=_JSON, data=json_bytes(value.value))
            if payload.ByteSize() >= THRESHOLD_BYTES:
                payload.metadata[_INLINE_KEY] = b"1"
            return payload
        return None

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:  # the SDK's signature
        raise TypeError("json/steploom is never an encoding on the wire")


class _PayloadConverter(CompositePayloadConverter):
    """The SDK makes one for each payload that it may have to store: they share what they are made of."""

    _SHARED: Final = CompositePayloadConverter(
        _OwnConverter(),
        BinaryNullPayloadConverter(),
        BinaryPlainPayloadConverter(),
        JSONProtoPayloadConverter(),
        BinaryProtoPayloadConverter(),
        JSONPlainPayloadConverter(),
    ).converters

    def __init__(self) -> None:
        self.converters = self._SHARED


@dataclasses.dataclass(frozen=True)
class SteploomConverter(DataConverter):
    """Nothing in it asks for what, or for whom, a payload is.

    The SDK binds a converter to that again and again, for each payload of a command and for each that may be stored,
    which takes as long as all else that it does with a payload (temporalio 1.35). `_with_store_context` is its own:
    where a later SDK has none, this only saves nothing any more.
    """

    def with_context(self, context: SerializationContext) -> Self:
        """Itself."""
        return self

    async def encode_failure(self, exception: BaseException, failure: Failure) -> None:
        """Report a missing payload itself, which the SDK hides behind "Failed decoding arguments"."""
        cause = exception.__cause__
        await super().encode_failure(cause if isinstance(cause, PayloadMissing) else exception, failure)

    def _with_store_context(self, store_ctx: StorageDriverStoreContext) -> Self:
        return self


class _DefinitionCodec(PayloadCodec):
    """Leaves payloads as they are; has the definition ready that a workflow's input names."""

    def __init__(self, definitions: CompiledDefinitions) -> None:
        self._definitions = definitions

    async def encode(self, payloads: Sequence[Payload]) -> list[Payload]:
        return list(payloads)

    async def decode(self, payloads: Sequence[Payload]) -> list[Payload]:
        for payload in payloads:
            hash_ = payload.metadata.get(_DEFINITION_KEY)
            if hash_ is not None:
                await self._definitions.fetch(hash_.decode())
        return list(payloads)


class _StoreDriver(StorageDriver):
    """External storage in the payload store, content-addressed."""

    def __init__(self, store: PayloadStore) -> None:
        self._store = store

    def name(self) -> str:
        return "steploom"

    async def store(self, context: StorageDriverStoreContext, payloads: Sequence[Payload]) -> list[StorageDriverClaim]:
        hashes = await self._store.put_payloads([payload.SerializeToString(deterministic=True) for payload in payloads])
        return [StorageDriverClaim({"sha256": hash_}) for hash_ in hashes]

    async def retrieve(
        self, context: StorageDriverRetrieveContext, claims: Sequence[StorageDriverClaim]
    ) -> list[Payload]:
        try:
            stored = await self._store.get_payloads([claim.claim_data["sha256"] for claim in claims])
        except KeyError as error:
            raise PayloadMissing(error.args[0], self._store.place) from error
        return [Payload.FromString(data) for data in stored]


def data_converter(definitions: CompiledDefinitions | None, payloads: PayloadStore) -> DataConverter:
    """The data converter of every steploom process.

    `definitions` is None for processes that host no executions, which need no definitions fetched.
    """
    driver = _StoreDriver(payloads)

    def select(_: StorageDriverSelectContext, payload: Payload) -> StorageDriver | None:
        return None if _INLINE_KEY in payload.metadata else driver

    storage = ExternalStorage(drivers=[driver], driver_selector=select, payload_size_threshold=THRESHOLD_BYTES)
    return SteploomConverter(
        payload_converter_class=_PayloadConverter,
        payload_codec=None if definitions is None else _DefinitionCodec(definitions),
        external_storage=storage,
    )
