"""`bedrock:invokeModel` and `createModelCustomizationJob` ("Invoke and customize Amazon Bedrock models").

The body may stand in S3 (`Input`), and the answer's go there (`Output`): then the result names the object.
"""

from __future__ import annotations

from typing import Final

from activities.connector_fields import Field, Kind
from activities.http_results import refused_nesting
from activities.integrations.optimized import Action, Arguments, Optimized
from activities.jobs import Job
from interpreter.values import JsonValue, NestingError, parse_json

_STORED: Final = tuple(
    Field(name=name, kind=Kind.OBJECT, members=(Field(name="S3Uri", required=True),)) for name in ("Input", "Output")
)
_FIELDS: Final = frozenset(
    ["Accept", "Body", "ContentType", "GuardrailIdentifier", "GuardrailVersion", "Input", "ModelId", "Output", "Trace"]
)


def _with_body(arguments: Arguments) -> Arguments:
    return {
        "ContentType": "application/json",
        **{name: value for name, value in arguments.items() if name not in ("Input", "Output")},
    }


def _with_parsed_body(result: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """Raises: StatesRuntime, if the body is nested too deeply."""
    body = result.get("Body")
    if not isinstance(body, str):
        return result
    try:
        return {**result, "Body": parse_json(body)}
    except NestingError as error:
        raise refused_nesting("bedrock:invokeModel", error) from None
    except ValueError:  # a model may answer with any content type
        return result


BEDROCK: Final = Optimized(
    folder="bedrock",
    prefix="Bedrock",
    sdk_name="Bedrock",
    base_exception="BedrockException",
    metadata=False,
    actions={
        "invokeModel": Action(
            folder="bedrock-runtime",
            operation="InvokeModel",
            fields=_FIELDS,
            required=frozenset({"ModelId"}),
            members=_STORED,
            alternatives=("Body", "Input"),
            stored=True,
            prepare=_with_body,
            result=_with_parsed_body,
        )
    },
    jobs={
        "createModelCustomizationJob": Job(
            describe="GetModelCustomizationJob",
            key=lambda _, answer: {"JobIdentifier": answer["JobArn"]},
            status=("Status",),
            succeeded=frozenset({"Completed"}),
            failed=frozenset({"Failed", "Stopped"}),
            stop="StopModelCustomizationJob",
        )
    },
)
