"""Removes from the database the used signatures that no clock holds for good any more, beside the calls that come.

Each process with doors does, as none knows of the others: they never wait for each other, or for who notes a signature.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from api.background import in_background
from api.service.clock import Clock, epoch_milliseconds, utc_now
from api.storage.store import StoreUnavailable
from api.storage.used_signatures import UsedSignatureStore

_LOG: Final = logging.getLogger(__name__)
_PAUSE_SECONDS: Final = 60.0

MOST_AT_ONCE: Final = 1_000
"""Signatures removed in one transaction: others that write to an SQLite file wait for its end."""


@asynccontextmanager
async def sweeping(store: UsedSignatureStore, clock: Clock = utc_now) -> AsyncIterator[None]:
    """Sweep once a minute until the block ends."""
    async with in_background(_sweep_again_and_again(store, clock), _LOG, "removes used signatures that have expired"):
        yield


async def sweep(store: UsedSignatureStore, clock: Clock) -> None:
    """Remove what has expired.

    Raises:
        StoreUnavailable: the database does not answer.
    """
    now = epoch_milliseconds(clock())
    while await store.forget_signatures(before=now, most=MOST_AT_ONCE) == MOST_AT_ONCE:
        pass


async def _sweep_again_and_again(store: UsedSignatureStore, clock: Clock) -> None:
    while True:
        try:
            await sweep(store, clock)
        except StoreUnavailable as error:
            _LOG.warning("used signatures that have expired cannot be removed for the moment: %s", error)
        await asyncio.sleep(_PAUSE_SECONDS)
