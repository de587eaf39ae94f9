"""A worker that knows nothing of steploom: the Temporal SDK and one activity."""

import asyncio
import os
from dataclasses import dataclass

from temporalio import activity
from temporalio.client import Client
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

CENTS = {"book": 1250, "pen": 180}


@dataclass
class Order:
    """What is ordered."""

    item: str
    quantity: int


@dataclass
class Price:
    """What it costs, in the hundredth part of the currency."""

    cents: int
    currency: str


@activity.defn(name="PriceOrder")
async def price_order(order: Order) -> Price:
    if order.item not in CENTS:
        raise ApplicationError(f"no price for {order.item!r}", type="UnknownItem")
    return Price(CENTS[order.item] * order.quantity, "EUR")


async def main() -> None:
    client = await Client.connect(
        os.environ.get("TEMPORAL_ADDRESS", "127.0.0.1:7233"),
        namespace=os.environ.get("TEMPORAL_NAMESPACE", "default"),
    )
    await Worker(client, task_queue="pricing", activities=[price_order]).run()


if __name__ == "__main__":
    asyncio.run(main())
