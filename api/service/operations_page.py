"""docs/api.md: every operation that AWS has, with its members, and whether steploom has it.

`python -m api.service.operations_page` prints the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from botocore import xform_name
from botocore.model import StructureShape

from api.service.application import ApplicationService
from api.service.model import input_shape, operation_names, output_shape

_PAGE: Final = """\
# Operations

<!-- Made from AWS's service model and from what the service has by `make docs`; a test compares. -->

{built} of the {all} operations of AWS Step Functions (API version 2016-11-23) are there, on both doors: as AWS JSON 1.0
over HTTP, and as methods of the same names over [gRPC](grpc.md). Parameters, constraints and error codes are AWS's;
required parameters are bold. Known differences are in [compatibility](compatibility.md).

| Operation | State | Takes | Answers |
|---|---|---|---|
{rows}
"""
_REFERENCE: Final = "https://docs.aws.amazon.com/step-functions/latest/apireference/API_{}.html"
_STATES: Final[Mapping[str, str]] = {
    "DescribeMapRun": "as in an account without map runs",
    "ListMapRuns": "as in an account without map runs",
    "UpdateMapRun": "as in an account without map runs",
}


def operations_page() -> str:
    """The page as Markdown."""
    operations = sorted(operation_names())
    built = [operation for operation in operations if _is_built(operation)]
    rows = "\n".join(_row(operation) for operation in operations)
    return _PAGE.format(built=len(built), all=len(operations), rows=rows)


def _is_built(operation: str) -> bool:
    return hasattr(ApplicationService, xform_name(operation))


def _row(operation: str) -> str:
    state = _STATES.get(operation, "available") if _is_built(operation) else "not yet"
    takes, answers = input_shape(operation), output_shape(operation)
    cells = (f"[{operation}]({_REFERENCE.format(operation)})", state, _takes(takes), _names(answers.members))
    return f"| {' | '.join(cells)} |"


def _takes(shape: StructureShape) -> str:
    required = [f"**{name}**" for name in shape.members if name in shape.required_members]
    return _names(required + [name for name in shape.members if name not in shape.required_members])


def _names(names: Iterable[str]) -> str:
    return ", ".join(names) or "-"


if __name__ == "__main__":
    print(operations_page(), end="")  # what the command is for
