"""Every error that the interpreter raises on purpose; anything else is a bug in steploom.

    AslError
      DefinitionError      every diagnostic of a definition; raised by parsing and validation only
      QueryError           a JSONPath, intrinsic function or JSONata problem
      StatesError          what an execution sees: error name and cause
        StatesRuntime               ends the execution; no Retry or Catch sees it
        StatesTaskFailed
        StatesTimeout
          StatesHeartbeatTimeout
        StatesDataLimitExceeded
        StatesReferencePathConflict
        StatesQueryEvaluationError

A `QueryError` becomes a `StatesError` in `interpreter.dataflow`; a service's exception becomes one in
`activities.failures`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final

if TYPE_CHECKING:
    from interpreter.definition.diagnostics import Diagnostic

_LONGEST_NAME: Final = 256
_LONGEST_CAUSE: Final = 32_768
"""Characters that Step Functions keeps (API reference, SendTaskFailure and ExecutionFailedEventDetails)."""


class AslError(Exception):
    """Base of all errors of the interpreter."""


class DefinitionError(AslError):
    """A definition was refused; carries every diagnostic found, errors and warnings."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(f"{len(diagnostics)} diagnostics")
        self.diagnostics = tuple(diagnostics)


class QueryError(AslError):
    """A path or intrinsic function could not be parsed or evaluated.

    Attributes:
        code: `"syntax"`, `"not-found"`, `"type"`, `"argument"` or `"unsupported"`.
        expression: the expression as written.
        detail: what was wrong, in AWS's words where they are known.
        position: offset of the fault in `expression`, or None.
    """

    def __init__(self, code: str, expression: str, detail: str, position: int | None = None) -> None:
        super().__init__(f"{detail} (in {expression!r})")
        self.code = code
        self.expression = expression
        self.detail = detail
        self.position = position


class StatesError(AslError):
    """The failure of a state, as Retry and Catch match it and as the history shows it.

    Attributes:
        name: the error name, or None where a callback failed without one.
        cause: the text for people, or None where there is none (an absent cause is not an empty one).
    """

    def __init__(self, name: str | None, cause: str | None = None) -> None:
        super().__init__(f"{name}: {cause}")
        self.name = name
        self.cause = cause


class _ReservedError(StatesError):
    NAME: ClassVar[str]

    def __init__(self, cause: str | None = None) -> None:
        super().__init__(self.NAME, cause)


class StatesRuntime(_ReservedError):
    """The interpreter could not process the state (States.Runtime): final for the whole execution.

    `cause` is the bare text; `interpreter.execution` puts AWS's prefix with state and event id before it.
    """

    NAME = "States.Runtime"


class StatesTaskFailed(_ReservedError):
    """A job or a task's call failed without a more exact name (States.TaskFailed)."""

    NAME = "States.TaskFailed"


class StatesTimeout(_ReservedError):
    """A Task ran over TimeoutSeconds (States.Timeout)."""

    NAME = "States.Timeout"


class StatesHeartbeatTimeout(StatesTimeout):
    """A Task missed a heartbeat: shown as States.Timeout, matched also as States.HeartbeatTimeout."""


class StatesDataLimitExceeded(_ReservedError):
    """An input or output is larger than the payload limit (States.DataLimitExceeded)."""

    NAME = "States.DataLimitExceeded"


class StatesReferencePathConflict(_ReservedError):
    """ResultPath or ItemsPath cannot be applied to this input (States.ReferencePathConflict)."""

    NAME = "States.ReferencePathConflict"


class StatesQueryEvaluationError(_ReservedError):
    """A JSONata expression of a state failed (States.QueryEvaluationError).

    `cause` is the bare text; `interpreter.execution` puts AWS's prefix with state and event id before it.

    Attributes:
        location: the field, such as `Output/result`, as the event EvaluationFailed names it; None where AWS names none.
    """

    NAME = "States.QueryEvaluationError"

    def __init__(self, cause: str | None = None, location: str | None = None) -> None:
        super().__init__(cause)
        self.location = location


def within_limits(error: StatesError) -> StatesError:
    """`error`, or one of the beginnings of its name and cause where these are longer than Step Functions keeps."""
    name, cause = error.name or "", error.cause or ""
    if len(name) <= _LONGEST_NAME and len(cause) <= _LONGEST_CAUSE:
        return error
    return StatesError(
        None if error.name is None else name[:_LONGEST_NAME], None if error.cause is None else cause[:_LONGEST_CAUSE]
    )
