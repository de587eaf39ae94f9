"""What every compiled path offers, whichever engine evaluates it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from interpreter.errors import QueryError
from interpreter.jsonpath.scope import Scope
from interpreter.values import MISSING, JsonValue, Missing


@dataclass(frozen=True, slots=True)
class Path(ABC):
    """A compiled path: immutable, shareable between threads and executions.

    Attributes:
        text: the path as written.
        variable: the variable that it reads (`$name...`), or None.
        is_context: whether it starts at the context object (`$$`).
        is_definite: whether it leads to one value at most; otherwise its value is always a list.
    """

    text: str
    variable: str | None
    is_context: bool
    is_definite: bool

    def head(self, scope: Scope) -> JsonValue | Missing:
        """The value that the path starts from; MISSING for a variable that is not set."""
        if self.variable is not None:
            return scope.variables.get(self.variable, MISSING)
        return scope.context.as_json() if self.is_context else scope.document

    @property
    def repeats(self) -> bool:
        """Whether it may lead to a value, or to a part of it, many times."""
        return False

    @abstractmethod
    def find_or_missing(self, scope: Scope) -> JsonValue | Missing:
        """The value that the path leads to, or MISSING (never for a set head and a path that is not definite)."""

    def find(self, scope: Scope) -> JsonValue:
        """The value that the path leads to.

        Raises:
            QueryError: there is none (code `"not-found"`); `detail` is AWS's text, such as
                `Invalid path '$.no.such' : Missing property in path $['no']`.
        """
        value = self.find_or_missing(scope)
        if value is MISSING:
            detail = f"Invalid path '{self.text_from_document}' : {self.why_missing(scope)}"
            raise QueryError("not-found", self.text, detail)
        return value

    @property
    def text_from_document(self) -> str:
        """The path as AWS prints it after it has chosen the document: `$$.x` becomes `$.x`."""
        return self.text[1:] if self.is_context else self.text

    @abstractmethod
    def why_missing(self, scope: Scope) -> str:
        """Jayway's reason why a path leads nowhere; call it only after `find_or_missing` gave MISSING."""
