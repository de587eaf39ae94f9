"""A worker that knows nothing of steploom: the Temporal SDK, one workflow and one activity."""

import asyncio
import os
from dataclasses import dataclass
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker


@dataclass
class Parcel:
    """What is delivered, and by which way."""

    parcel: str
    stops: list[str]


@dataclass
class Delivered:
    """Where it came to, in how many legs."""

    parcel: str
    at: str
    legs: int


@activity.defn(name="Drive")
async def drive(stop: str) -> str:
    if not stop:
        raise ApplicationError("there is no such place", type="NoSuchPlace")
    return stop


@workflow.defn(name="Deliver")
class Deliver:
    """Drives from stop to stop; a parcel to the moon is on its way for ever."""

    @workflow.run
    async def run(self, parcel: Parcel) -> Delivered:
        """Deliver a parcel."""
        if not parcel.stops:
            raise ApplicationError(f"the parcel {parcel.parcel} has no stops", type="NowhereToGo")
        for stop in parcel.stops:
            if stop == "Moon":
                await workflow.sleep(timedelta(days=365))
            await workflow.execute_activity(
                drive,
                stop,
                start_to_close_timeout=timedelta(seconds=30),
                retry_policy=RetryPolicy(maximum_attempts=1),
            )
        return Delivered(parcel.parcel, parcel.stops[-1], len(parcel.stops))


async def main() -> None:
    client = await Client.connect(
        os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233"),
        namespace=os.environ.get("TEMPORAL_NAMESPACE", "default"),
    )
    await Worker(client, task_queue="deliveries", workflows=[Deliver], activities=[drive]).run()


if __name__ == "__main__":
    asyncio.run(main())
