"""`bedrock:invokeModel` and `createModelCustomizationJob` ("Invoke and customize Amazon Bedrock models").

A body in S3 (`Input`, `Output`) is not here: it is refused when the state runs.
"""

from __future__ import annotations

from typing import Final

from activities.integrations.optimized import Action, Arguments, Optimized
from activities.jobs import Job
from interpreter.values import JsonValue, parse_json

_FIELDS: Final = ("Accept", "Body", "ContentType", "GuardrailIdentifier", "GuardrailVersion", "ModelId", "Trace")


def _with_body(arguments: Arguments) -> Arguments:
    return {"ContentType": "application/json", **arguments}


def _with_parsed_body(result: dict[str, JsonValue]) -> dict[str, JsonValue]:
    body = result.get("Body")
    if not isinstance(body, str):
        return result
    try:
        return {**result, "Body": parse_json(body)}
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
            fields=frozenset(_FIELDS),
            required=frozenset({"Body", "ModelId"}),
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
