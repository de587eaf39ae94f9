// A worker that knows nothing of steploom: Temporal's SDK for TypeScript and one activity.

import { ApplicationFailure } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';

interface Order {
  id: string;
  greeting: string;
}

interface Gift {
  card: string;
}

async function wrapGift(order: Order): Promise<Gift> {
  if (order.greeting.length > 100) {
    throw ApplicationFailure.nonRetryable('the card is too small', 'GreetingTooLong');
  }
  return { card: `${order.greeting} (order ${order.id})` };
}

const connection = await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7233' });
const worker = await Worker.create({
  connection,
  namespace: process.env.TEMPORAL_NAMESPACE ?? 'default',
  taskQueue: 'gifts',
  activities: { WrapGift: wrapGift },
});
await worker.run();
