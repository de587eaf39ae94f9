"""What a process reaches others with: functions, connectors, and where logs go. One of each, however many use them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass

import aiohttp

from activities.integrations.function_url import UrlInvoker
from activities.integrations.lambda_ import LambdaInvoker
from activities.log_groups import LogFolderError, LogGroups
from activities.open_activities import OpenActivities
from api.config import ConfigurationError, Settings
from api.connectors import Connectors, connectors
from api.storage.connections import ConnectionStore


@dataclass(frozen=True, slots=True)
class Means:
    """What an application service and the workers beside it call with."""

    lambdas: LambdaInvoker
    urls: UrlInvoker
    connectors: Connectors
    log_groups: LogGroups


@asynccontextmanager
async def means_of(
    settings: Settings, store: ConnectionStore, open_activities: OpenActivities | None = None
) -> AsyncIterator[Means]:
    """The means of one process; closed on exit.

    Raises:
        ConfigurationError: see `connectors`; or a folder of log groups cannot be written.
    """
    with closing(LogGroups(settings.log_groups)) as log_groups:
        try:
            log_groups.prepare()
        except LogFolderError as error:
            raise ConfigurationError(f"log_groups (STEPLOOM_LOG_GROUPS): {error}") from error
        async with aiohttp.ClientSession() as session, connectors(settings, store, open_activities) as made:
            yield Means(LambdaInvoker(settings.region), UrlInvoker(session), made, log_groups)
