// What a program with the AWS SDK for JavaScript v3 does: node client.js ENDPOINT. Prints one JSON object.
// The access key comes from the environment.
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  ExecutionDoesNotExist,
  SFNClient,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  TestStateCommand,
  paginateGetExecutionHistory,
  paginateListStateMachines,
} from "@aws-sdk/client-sfn";

const roleArn = "arn:aws:iam::123456789012:role/clients";
const greet = JSON.stringify({
  StartAt: "Greet",
  States: {
    Greet: { Type: "Pass", Parameters: { "text.$": "States.Format('Hello, {}!', $.name)" }, End: true },
  },
});
const sfn = new SFNClient({
  endpoint: process.argv[2],
  region: "us-east-1",
  disableHostPrefix: true,
});

async function create(name, type) {
  const made = await sfn.send(new CreateStateMachineCommand({ name, definition: greet, roleArn, type }));
  return made.stateMachineArn;
}

async function waitFor(executionArn) {
  for (;;) {
    const described = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (described.status !== "RUNNING") return described;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function refusal(command) {
  try {
    await sfn.send(command);
  } catch (error) {
    return error;
  }
  throw new Error("the call should have been refused");
}

const input = JSON.stringify({ name: "Ada" });
const standard = await create("javascript", "STANDARD");
const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn: standard, input }));
const ended = await waitFor(executionArn);

const events = [];
for await (const page of paginateGetExecutionHistory({ client: sfn, pageSize: 3 }, { executionArn })) {
  events.push(page.events.map((event) => event.type));
}
const machines = [];
for await (const page of paginateListStateMachines({ client: sfn, pageSize: 1 }, {})) {
  machines.push(...page.stateMachines.map((machine) => machine.stateMachineArn));
}
const express = await create("javascript-express", "EXPRESS");
const sync = await sfn.send(new StartSyncExecutionCommand({ stateMachineArn: express, input }));
const state = JSON.stringify({ Type: "Pass", Result: 1, Next: "Other" });
const tested = await sfn.send(new TestStateCommand({ definition: state, inspectionLevel: "DEBUG" }));
const missing = await refusal(new DescribeExecutionCommand({ executionArn: `${executionArn}x` }));
const badName = await refusal(new CreateStateMachineCommand({ name: "a b", definition: greet, roleArn }));
const described = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: standard }));

console.log(
  JSON.stringify({
    status: ended.status,
    output: ended.output,
    startDateIsADate: ended.startDate instanceof Date,
    events,
    listed: machines.includes(standard),
    definitionIsAsSent: described.definition === greet,
    sync: [sync.status, sync.output, sync.billingDetails.billedMemoryUsedInMB],
    tested: [tested.status, tested.nextState, tested.inspectionData.result],
    missing: [missing.name, missing instanceof ExecutionDoesNotExist, missing.$metadata.httpStatusCode],
    badName: [badName.name, badName.message],
  }),
);
