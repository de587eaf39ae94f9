"""Catalogues of resources for tests of definitions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from interpreter.definition.arguments import ArgumentFault, Known
from interpreter.definition.model import ServiceResource, TaskResource


@dataclass(frozen=True, slots=True)
class FixedCatalog:
    """Has every resource but those named."""

    unknown: frozenset[str] = frozenset()

    def has(self, resource: TaskResource) -> bool:
        return resource.arn not in self.unknown

    def requires_arguments(self, resource: TaskResource) -> bool:
        return isinstance(resource, ServiceResource)

    def check_arguments(self, resource: TaskResource, arguments: Known) -> Iterable[ArgumentFault]:
        return ()

    def candidates(self, name: str) -> tuple[str, Collection[str]]:
        return "", (
            "lambda:invoke",
            "lambda:invoke.waitForTaskToken",
            "dynamodb:putItem",
            "dynamodb:getItem",
            "sqs:sendMessage",
        )


TEST_CATALOG = FixedCatalog(unknown=frozenset({"arn:aws:states:::dynamodb:query"}))
