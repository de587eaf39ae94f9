"""What can be said of the arguments of AWS's services when a definition is created, from the APIs' own models.

The texts are those with which Step Functions refuses Parameters. Only what is written out is looked at: what a path or
an expression gives is seen when the state runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from botocore.model import ListShape, MapShape, ServiceModel, Shape, StructureShape

from activities import nested_executions
from activities.aws_calls import optimized_service
from activities.connector_fields import argument_faults
from activities.function_calls import INVOKE_FIELDS, INVOKE_TEXTS
from activities.integrations.aws_sdk import SEGMENT
from activities.integrations.aws_shapes import Spelling, members_by_name, operation_called, pascal_case, token_members
from activities.integrations.optimized import Action
from activities.java_names import member_name
from activities.sdk_services import sdk_folder
from activities.service_models import model_loader
from interpreter.definition.arguments import OPEN, ArgumentFault, Known
from interpreter.definition.model import ServiceResource
from interpreter.values import is_integer

_KEPT_MODELS: Final = 32
_DROPPING: Final = frozenset({"sqs"})
"""Services of which unknown arguments are dropped (recorded) and not refused."""

_PLAIN: Final = {
    ("states", "startExecution"): (frozenset(nested_executions.FIELDS), frozenset({"StateMachineArn"}), ()),
    ("lambda", "invoke"): (INVOKE_FIELDS, frozenset({"FunctionName"}), INVOKE_TEXTS),
}
"""What is no call of an API: all arguments, those that must be there, and those that take no other JSON than texts."""


def aws_argument_faults(resource: ServiceResource, arguments: Known) -> Iterator[ArgumentFault]:
    """Everything that is wrong with the arguments of an optimized service or an `aws-sdk` action."""
    if arguments is OPEN:
        return
    if not isinstance(arguments, dict):
        yield ArgumentFault((), "The value is not a JSON object")
        return
    plain = _PLAIN.get((resource.service, resource.action))
    if plain is not None:
        names, required, texts = plain
        yield from _names(arguments, names, required)
        yield from (_invalid(name) for name in texts if not _may_be_text(arguments.get(name)))
        return
    action = _action(resource)
    if action is not None:
        yield from _api_faults(resource, action, arguments)


def _action(resource: ServiceResource) -> tuple[str, Action] | None:
    """The folder of the API, and the action; None for what is called otherwise."""
    if resource.service.startswith(SEGMENT):
        folder = sdk_folder(resource.service.removeprefix(SEGMENT))
        return None if folder is None else (folder, Action(operation=resource.action))
    optimized = optimized_service(resource.service)
    if optimized is None:
        return None
    action = optimized.actions.get(resource.action, Action(operation=resource.action))
    return action.folder or optimized.folder, action


def _api_faults(
    resource: ServiceResource, found: tuple[str, Action], arguments: dict[str, Known]
) -> Iterator[ArgumentFault]:
    folder, action = found
    if action.fields is not None:
        yield from _names(arguments, action.fields, action.required or frozenset())
        yield from _forms(action, arguments)
        return
    operation = operation_called(_model(folder), action.operation)
    if not isinstance(operation.input_shape, StructureShape):
        yield from _names(arguments, frozenset(), frozenset())
        return
    shape, spelling = operation.input_shape, _spelling(resource)
    members = members_by_name(shape, spelling)
    given = {members[name] for name in arguments if name in members}
    missing = set(shape.required_members) - given - set(token_members(operation))
    known = frozenset(arguments) if resource.service in _DROPPING else frozenset(members)
    yield from _names(arguments, known, frozenset(map(spelling, missing)))
    for name, value in arguments.items():
        if name in members:
            yield from _value(shape.members[members[name]], value, name, spelling)


def _spelling(resource: ServiceResource) -> Spelling:
    return member_name if resource.service.startswith(SEGMENT) else pascal_case


def _names(arguments: dict[str, Known], known: frozenset[str], required: frozenset[str]) -> Iterator[ArgumentFault]:
    for name in arguments:
        if name not in known:
            message = f"The field {name!r} is not supported by Step Functions"
            yield ArgumentFault((), message, unknown=name, known=known - arguments.keys())
    for name in sorted(required - arguments.keys()):
        yield ArgumentFault((), f"The field {name!r} is required but was missing")


def _forms(action: Action, arguments: dict[str, Known]) -> Iterator[ArgumentFault]:
    """What is wrong with the arguments of which more than the names is known, or that stand for each other."""
    formed = {field.name for field in action.members}
    yield from argument_faults(action.members, {name: arguments[name] for name in arguments if name in formed})
    if action.alternatives:
        given = [name for name in action.alternatives if arguments.get(name) is not None]
        if len(given) != 1:
            names = ", ".join(action.alternatives)
            yield ArgumentFault((), f"There should be one of the following fields: [{names}]")


def _value(shape: Shape, value: Known, field: str, spelling: Spelling) -> Iterator[ArgumentFault]:
    """What is wrong with one value; texts take any JSON, which is printed for them."""
    if value is OPEN or value is None or getattr(shape, "is_document_type", False):
        return
    match shape:
        case StructureShape():
            yield from _structure(shape, value, field, spelling)
        case MapShape() if isinstance(value, dict):
            for name, item in value.items():
                yield from _value(shape.value, item, f"{field}.{name}", spelling)
        case ListShape() if isinstance(value, list):
            for index, item in enumerate(value):
                yield from _value(shape.member, item, f"{field}[{index}]", spelling)
        case MapShape() | ListShape():
            yield _invalid(field)
        case _ if not _is_scalar(shape.type_name, value):
            yield _invalid(field)


def _structure(shape: StructureShape, value: Known, field: str, spelling: Spelling) -> Iterator[ArgumentFault]:
    if not isinstance(value, dict):
        yield _invalid(field)
        return
    members = members_by_name(shape, spelling)
    for name, item in value.items():
        if name in members:
            yield from _value(shape.members[members[name]], item, f"{field}.{name}", spelling)
        else:
            yield ArgumentFault((), f"The field {f'{field}.{name}'!r} is not supported by Step Functions")


def _may_be_text(value: Known) -> bool:
    """Whether it is a text that is not empty, or may be one, or is as good as absent."""
    return value is None or value is OPEN or (isinstance(value, str) and value != "")


def _is_scalar(type_name: str, value: Known) -> bool:
    match type_name:
        case "boolean":
            return isinstance(value, bool)
        case "integer" | "long" | "bigInteger":
            return isinstance(value, int | float) and is_integer(value)
        case "float" | "double" | "bigDecimal":
            return isinstance(value, int | float) and not isinstance(value, bool)
        case "timestamp":
            return isinstance(value, str | int | float) and not isinstance(value, bool)
        case _:
            return True


def _invalid(field: str) -> ArgumentFault:
    return ArgumentFault((), f"The value of the field {field!r} has an invalid format")


@lru_cache(maxsize=_KEPT_MODELS)
def _model(folder: str) -> ServiceModel:
    return ServiceModel(model_loader().load_service_model(folder, "service-2"))
