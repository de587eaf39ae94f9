"""AWS's model of the service as botocore ships it: the operations, and the shapes of their members."""

from __future__ import annotations

from functools import cache
from typing import Final

from botocore.model import ServiceModel, Shape, StructureShape

from activities.service_models import model_loader

EVENTS_PREFIX: Final = "events:"
"""Begins the names under which the application service has EventBridge's operations on connections."""

CONNECTION_OPERATIONS: Final = tuple(
    f"{EVENTS_PREFIX}{action}Connection{plural}"
    for action, plural in (
        ("Create", ""),
        ("Deauthorize", ""),
        ("Delete", ""),
        ("Describe", ""),
        ("List", "s"),
        ("Update", ""),
    )
)

_NO_MEMBERS: Final = StructureShape("Empty", {"type": "structure", "members": {}})


@cache
def service_model(folder: str = "stepfunctions") -> ServiceModel:
    """The model of a service in a folder of botocore's data; reads one file and no configuration of the user."""
    return ServiceModel(model_loader().load_service_model(folder, "service-2"), folder)


@cache
def operation_names() -> frozenset[str]:
    """The names of all operations that AWS has."""
    return frozenset(service_model().operation_names)


@cache
def input_shape(operation: str) -> StructureShape:
    """What an operation takes."""
    return service_model().operation_model(operation).input_shape or _NO_MEMBERS


@cache
def output_shape(operation: str) -> StructureShape:
    """What an operation answers."""
    return service_model().operation_model(operation).output_shape or _NO_MEMBERS


@cache
def structure_shape(name: str) -> Shape:
    """A structure by its name in the model."""
    return service_model().shape_for(name)
