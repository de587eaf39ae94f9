"""How client commands talk to a running service: botocore aimed at its HTTP door, with failures told in one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from api.cli.output import CommandError
from api.cli.patience import Patience

if TYPE_CHECKING:
    from botocore.awsrequest import AWSResponse
    from botocore.session import Session

SfnClient: TypeAlias = Any
"""A client of botocore, which makes its methods at run time."""

_KEY_PROVIDERS: Final = frozenset({"env", "shared-credentials-file", "config-file", "custom-process"})
_ASKS_FOR_KEY: Final = frozenset({"UnrecognizedClientException", "MissingAuthenticationTokenException"})
_UNAVAILABLE: Final = "ServiceUnavailable"
_NO_KEY: Final = "no AWS credentials are set; this service asks for a key: see docs/security.md"
_STAND_IN: Final = "steploom"
_CONNECT_SECONDS: Final = 5
_ANSWER_SECONDS: Final = 30
"""How long a service that takes a call may be silent; the longest history takes it a few seconds."""

_PATIENT_ATTEMPTS: Final = 8
"""Of a call that is throttled; how often one that nobody answers is repeated, `Patience` says."""

_SYNC_SECONDS: Final = 5 * 60 + 30
"""How long a synchronous execution may take, and its answer after that."""
_UI_HEADER: Final = "x-steploom-ui"
_STATE_MACHINE: Final = ":stateMachine:"
_EXECUTION: Final = ":execution:"


@dataclass(frozen=True, slots=True)
class StateMachine:
    """A state machine that the service has; `type` is STANDARD or EXPRESS."""

    arn: str
    type: str


@contextmanager
def service(
    endpoint: str,
    region: str,
    api: str = "stepfunctions",
    *,
    synchronous: bool = False,
    patience: Patience | None = None,
) -> Iterator[SfnClient]:
    """A client of the service at `endpoint`; `api` is botocore's name for the operations that are wanted.

    A `synchronous` one is for StartSyncExecution: it waits for the end of an execution. No call is sent twice, so that
    people soon see that there is no answer, unless there is `patience`: that is for watching what goes on anyway.

    Raises:
        CommandError: `endpoint` is no URL, or AWS's configuration cannot be used; from within the block, for what the
            service refuses, for arguments that it cannot be sent, or if nobody answers, or a program of another kind.
    """
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

    config = Config(
        retries={"total_max_attempts": 1 if patience is None else _PATIENT_ATTEMPTS, "mode": "standard"},
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_ANSWER_SECONDS if patience is None else patience.attempt_seconds,
        inject_host_prefix=False,  # AWS has a host of its own for synchronous executions, a steploom has not
    )
    if synchronous:
        config = config.merge(Config(read_timeout=_SYNC_SECONDS))
    try:
        session = _session()
        client = session.create_client(api, endpoint_url=endpoint, region_name=region, config=config)
    except BotoCoreError as error:
        raise CommandError(f"The AWS configuration cannot be used: {error}", exit_code=2) from error
    except ValueError as error:
        raise CommandError(f"{endpoint!r} is not a URL like http://127.0.0.1:8083 ({error}).", exit_code=2) from error
    if patience is not None:
        patience.watch(client)
    client.meta.events.register("before-parse", _empty_if_foreign)
    client.meta.events.register("after-call", partial(_refuse_foreign, endpoint))
    try:
        yield client
    except ClientError as error:
        told = error.response["Error"]
        message = f"{told.get('Code')}: {told.get('Message')}"
        if told.get("Code") == _UNAVAILABLE:
            message = f"{message.removesuffix('.')}. The service at {endpoint} lives, but cannot reach what it needs."
        if told.get("Code") in _ASKS_FOR_KEY and _has_no_key(session):
            message = f"{message.removesuffix('.')}; {_NO_KEY}"
        raise CommandError(message) from error
    except ParamValidationError as error:
        raise CommandError("; ".join(str(error.kwargs["report"]).splitlines()), exit_code=2) from error
    except BotoCoreError as error:
        raise CommandError(
            f"No steploom service answers at {endpoint} ({error}). Start one with `steploom dev`, or name another with "
            "--endpoint or STEPLOOM_ENDPOINT."
        ) from error
    finally:
        client.close()


def _empty_if_foreign(response_dict: dict[str, Any], **_event: object) -> None:
    """Keep botocore, which trusts all JSON to be AWS's, from reading the answer of another program."""
    if not _is_aws_json(response_dict["headers"]):
        response_dict["body"] = b""


def _refuse_foreign(endpoint: str, http_response: AWSResponse, **_event: object) -> None:
    """Refuse the answer of another program. Here, and not before, botocore has repeated what is worth it.

    Raises:
        CommandError: the answer, whatever its status, is not AWS JSON.
    """
    from http.client import responses  # botocore has loaded it by now

    if not _is_aws_json(http_response.headers):
        status = http_response.status_code
        phrase = responses.get(status)
        raise CommandError(
            f"What answers at {endpoint} does not answer as a steploom service does: HTTP {status}"
            f"{'' if phrase is None else f' {phrase}'}. Name the HTTP door of one with --endpoint or STEPLOOM_ENDPOINT."
        )


def _is_aws_json(headers: Mapping[str, str]) -> bool:
    return headers.get("Content-Type", "").startswith("application/x-amz-json-")


def _session() -> Session:
    """A session with the access key of the usual AWS configuration, or with any where there is none.

    Temporary credentials of AWS (roles, single sign-on, those of the machine) are not looked for: they take seconds to
    get, and no steploom knows them.
    """
    from botocore.session import Session

    from activities.service_models import model_loader

    session = Session()
    session.register_component("data_loader", model_loader())
    resolver = session.get_component("credential_provider")
    for provider in [*resolver.providers]:
        if provider.METHOD not in _KEY_PROVIDERS:
            resolver.remove(provider.METHOD)
    if session.get_credentials() is None:
        session.set_credentials(_STAND_IN, _STAND_IN)
    return session


def _has_no_key(session: Session) -> bool:
    credentials = session.get_credentials()
    return credentials is None or credentials.access_key == _STAND_IN


def find_state_machine(client: SfnClient, name: str) -> StateMachine | None:
    """A state machine by its name, None if there is none."""
    for page in client.get_paginator("list_state_machines").paginate():
        for machine in page["stateMachines"]:
            if machine["name"] == name:
                return StateMachine(machine["stateMachineArn"], machine["type"])
    return None


def state_machine_arn(client: SfnClient, name: str) -> str:
    """The ARN of a state machine, of which `name` is the name or already the ARN (also of a version or alias)."""
    if name.startswith("arn:"):
        return name
    machine, colon, qualifier = name.partition(":")
    found = find_state_machine(client, machine)
    if found is None:
        raise CommandError(f"There is no state machine {machine!r}.")
    return found.arn + colon + qualifier


def state_machine_of(execution_arn: str) -> str:
    """The ARN of the state machine of a STANDARD execution, by the ARN of that."""
    return execution_arn.rpartition(":")[0].replace(_EXECUTION, _STATE_MACHINE)


def is_express(client: SfnClient, arn: str) -> bool:
    """Whether a state machine, given as its ARN or that of a version or alias, is EXPRESS."""
    machine = ":".join(arn.split(":")[:7])
    return bool(client.describe_state_machine(stateMachineArn=machine)["type"] == "EXPRESS")


def ui_link(answer: Mapping[str, Any]) -> str | None:
    """The execution's page in the Temporal UI, where the service tells it."""
    link = answer["ResponseMetadata"]["HTTPHeaders"].get(_UI_HEADER)
    return None if link is None else str(link)


def names_execution(target: str) -> bool:
    """Whether a target is an execution, given as ARN or as `machine:name`, and no state machine."""
    if target.startswith("arn:"):
        return target.split(":")[5:6] in (["execution"], ["express"])
    return ":" in target


def execution_arn(client: SfnClient, execution: str) -> str:
    """The ARN of an execution, given as ARN or as `machine:name`."""
    if execution.startswith("arn:"):
        return execution
    machine, colon, name = execution.partition(":")
    if not (machine and colon and name):
        raise CommandError(f"{execution!r} is neither an execution ARN nor MACHINE:NAME.", exit_code=2)
    return state_machine_arn(client, machine).replace(_STATE_MACHINE, _EXECUTION) + ":" + name
