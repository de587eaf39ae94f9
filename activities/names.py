"""Names that Temporal keeps: task queues, activity types, search attributes. Histories outlive them: never rename."""

from __future__ import annotations

from typing import Final

WORKFLOW_QUEUE: Final = "steploom"
"""Workflows, and the activities of integrations."""

EXPRESS_QUEUE: Final = "steploom:express"
"""Workflows of EXPRESS state machines: their short calls are made inside workflow tasks and hold up no others."""

JOBS_QUEUE: Final = "steploom:jobs"
"""Watches over jobs: workflows that are hardly ever needed, so that a worker keeps few of them in memory."""

FUNCTIONS_QUEUE: Final = "functions"
"""Functions: the activity type is the function's name."""

WAITS_QUEUE: Final = "steploom:waits"
"""Callback waits without heartbeat. Nobody polls it: the waits are completed by id although they never start."""

OPEN_WAITS_QUEUE: Final = "steploom:open-waits"
"""Callback waits with a heartbeat: a worker starts them and leaves them open."""

CALLBACK_WAIT: Final = "steploom:callback-wait"
"""Activity type of every callback wait."""

CLOSE_WAIT: Final = "steploom:close-wait"
"""Activity type that reports an abandoned, started callback wait as cancelled, so that its token is refused."""

LOCAL_CALL: Final = "steploom:local-call"
"""Activity type of every local activity: a short call of an EXPRESS execution."""

ACTIVITY_EXISTS: Final = "steploom:activity-exists"
"""Activity type that looks up whether an activity (the resource) exists, before a Task on it is scheduled."""

ACTIVITY_WORKER_IDENTITY: Final = "steploom-activity-worker:"
"""Begins the identity under which GetActivityTask polls for a worker that gave its name, which follows."""

INVOKE_LAMBDA: Final = "steploom:lambda-invoke"
"""Activity type that invokes a function through the Lambda API."""

INVOKE_URL: Final = "steploom:function-url"
"""Activity type that invokes a function behind an HTTP URL."""

AWS_CALL: Final = "steploom:aws-call"
"""Activity type that makes one call of an AWS API."""

CONNECTOR_CALL: Final = "steploom:connector-call"
"""Activity type that makes one call of a connector (`activities.connectors`)."""
PREPARE_EXECUTION: Final = "steploom:prepare-execution"
"""Activity type that makes ready what a nested execution starts with."""

START_EXECUTION: Final = "steploom:start-execution"
"""Activity type that starts an execution as a client does, where the name of a nested one is taken."""

WATCH_JOB: Final = "steploom:watch-job"
"""Activity type that looks after a job until it has ended."""

STOP_JOB: Final = "steploom:stop-job"
"""Activity type that stops a job."""

JOB: Final = "steploom:job"
"""Workflow type of the watch over a job; its colon tells it from state machines."""

LOGGED_MEMO: Final = "logged"
"""Member of the memo of executions that have a log."""

VERSION_ATTRIBUTE: Final = "SteploomVersionArn"
ALIAS_ATTRIBUTE: Final = "SteploomAliasArn"
REDRIVE_ATTRIBUTE: Final = "SteploomRedriveCount"
MAP_RUN_ATTRIBUTE: Final = "SteploomMapRunArn"

KEYWORD_ATTRIBUTES: Final = (VERSION_ATTRIBUTE, ALIAS_ATTRIBUTE, REDRIVE_ATTRIBUTE, MAP_RUN_ATTRIBUTE)
"""Keyword search attributes that the namespace must know; set only when an execution starts."""

_LONGEST_NAME: Final = 1_000
"""Bytes of an id (Temporal's limit.maxIDLength); a task that names more is refused, again and again."""

_SYSTEM_QUEUES: Final = "/_sys/"
"""Begins the names of task queues that Temporal keeps for itself."""


def is_temporal_name(text: str) -> bool:
    """Whether Temporal takes `text` as an activity type and as a task queue: encodable, not too long, not its own."""
    try:
        encoded = text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        return False
    return 0 < len(encoded) <= _LONGEST_NAME and not text.startswith(_SYSTEM_QUEUES)
