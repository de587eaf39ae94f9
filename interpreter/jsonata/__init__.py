"""JSONata 2.0.6 as Step Functions speaks it: what stands between `{%` and `%}` in a JSONata state."""

from interpreter.jsonata.bounds import AWS_BOUNDS, EARLY_BOUNDS, NATIVE_BOUNDS, Bounds
from interpreter.jsonata.errors import EvaluationError, EvaluationStuck, ExpressionError, UnsupportedResult
from interpreter.jsonata.expression import Expression, is_expression, parse_expression
from interpreter.jsonata.template import (
    JsonataTemplate,
    Sight,
    TypeWord,
    compile_template,
    evaluate_field,
    template_faults,
)

__all__ = [
    "AWS_BOUNDS",
    "EARLY_BOUNDS",
    "NATIVE_BOUNDS",
    "Bounds",
    "EvaluationError",
    "EvaluationStuck",
    "Expression",
    "ExpressionError",
    "JsonataTemplate",
    "Sight",
    "TypeWord",
    "UnsupportedResult",
    "compile_template",
    "evaluate_field",
    "is_expression",
    "parse_expression",
    "template_faults",
]
