"""What can go wrong with a JSONata expression: on compiling it, on evaluating it, and when it must be stopped."""

from __future__ import annotations

from typing import Literal, TypeAlias

from interpreter.errors import QueryError
from interpreter.jsonata.bounds import Excess

DiagnosticCode: TypeAlias = Literal["INVALID_JSONATA_EXPRESSION", "UNSUPPORTED_JSONATA_EXPRESSION"]


class ExpressionError(QueryError):
    """An expression that Step Functions refuses when the definition is created; `detail` is AWS's text.

    Attributes:
        diagnostic: the code of AWS's diagnostic. `code` is `"syntax"` or `"unsupported"` accordingly.
        location: keys and indices from a template's root to the string at fault; empty outside templates.
    """

    def __init__(
        self,
        diagnostic: DiagnosticCode,
        expression: str,
        detail: str,
        position: int | None = None,
        location: tuple[str | int, ...] = (),
    ) -> None:
        code = "syntax" if diagnostic == "INVALID_JSONATA_EXPRESSION" else "unsupported"
        super().__init__(code, expression, detail, position)
        self.diagnostic: DiagnosticCode = diagnostic
        self.location = location


class EvaluationError(QueryError):
    """An expression threw an error during its evaluation.

    Attributes:
        jsonata_code: JSONata's code, such as `T1006`; None for an error of ours that JSONata has no code for.
        message: what AWS prints after `threw an error during evaluation. `.
        excess: the bound that it went over, None if it did not.
    """

    def __init__(
        self,
        expression: str,
        jsonata_code: str | None,
        message: str,
        position: int | None = None,
        excess: Excess | None = None,
    ) -> None:
        super().__init__("evaluation", expression, message, position)
        self.jsonata_code = jsonata_code
        self.message = message
        self.excess = excess


class UnsupportedResult(QueryError):
    """The value of an expression is a function, which JSON cannot hold."""

    def __init__(self, expression: str) -> None:
        super().__init__("result", expression, "returned an unsupported result type.")


class EvaluationStuck(RuntimeError):
    """An evaluation ran into the wall-clock limit, the last net under the bounds that replay alike.

    Not an error of the execution: how fast a machine is must not be written into a history. It fails the workflow
    task, which is tried again.
    """
