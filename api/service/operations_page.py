"""docs/api.md and the table in README.md: every operation of AWS, whether steploom has it, and what is known to differ.

Made from AWS's service model and the table of docs/compatibility.md by `make docs`:
`python -m api.service.operations_page FOLDER` writes both files of the project in FOLDER.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from botocore import xform_name
from botocore.model import ListShape, Shape, StringShape, StructureShape

from api.service.application import ApplicationService
from api.service.model import input_shape, operation_names, output_shape, service_model

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "State machines": (
        *("CreateStateMachine", "DescribeStateMachine", "UpdateStateMachine", "DeleteStateMachine"),
        *("ListStateMachines", "DescribeStateMachineForExecution"),
    ),
    "Definitions": ("ValidateStateMachineDefinition", "TestState"),
    "Versions": ("PublishStateMachineVersion", "ListStateMachineVersions", "DeleteStateMachineVersion"),
    "Aliases": (
        *("CreateStateMachineAlias", "DescribeStateMachineAlias", "UpdateStateMachineAlias"),
        *("DeleteStateMachineAlias", "ListStateMachineAliases"),
    ),
    "Executions": (
        *("StartExecution", "StartSyncExecution", "DescribeExecution", "ListExecutions", "GetExecutionHistory"),
        *("StopExecution", "RedriveExecution"),
    ),
    "Map runs": ("ListMapRuns", "DescribeMapRun", "UpdateMapRun"),
    "Activities": ("CreateActivity", "DescribeActivity", "ListActivities", "DeleteActivity", "GetActivityTask"),
    "Task tokens": ("SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat"),
    "Tags": ("TagResource", "UntagResource", "ListTagsForResource"),
}
"""All operations by what they are about."""

_STATES: Final[Mapping[str, str]] = {
    "DescribeMapRun": "as in an account without map runs",
    "ListMapRuns": "as in an account without map runs",
    "UpdateMapRun": "as in an account without map runs",
}
_TOPICS: Final[Mapping[str, tuple[str, ...]]] = {
    "Logging": ("loggingConfiguration",),
    "tracing": ("tracingConfiguration",),
    "encryption": ("encryptionConfiguration",),
    "definitions": ("definition",),
    "Warnings": ("ValidateStateMachineDefinition",),
    "Express, asynchronous": ("StartExecution",),
    "Express, synchronous": ("StartSyncExecution",),
    "ActivityStarted": ("GetActivityTask", "GetExecutionHistory"),
    "Workers of activities": ("GetActivityTask",),
    "A worker that hangs up": ("GetActivityTask",),
    "A deleted activity": ("DeleteActivity",),
}
"""What an area of the compatibility table speaks of without naming it: operations, or members that they take."""

_PAGE: Final = """\
# Operations

<!-- Made from AWS's service model and docs/compatibility.md by `make docs`; a test compares. -->

{built} {all} operations of AWS Step Functions (API version 2016-11-23) are there, on both doors: as AWS JSON 1.0
over HTTP, and as methods of the same names over [gRPC](grpc.md). Parameters, constraints, defaults and error codes are
AWS's; required parameters are bold. What is known to differ stands with each operation, by its line in
[compatibility](compatibility.md#the-api); lines there that name no operation hold for all. [Clients](clients.md) shows
how to call them.

{groups}

{operations}
"""
_BEGIN: Final = "<!-- The operations: made by `make docs`. -->\n"
_END: Final = "<!-- End of the operations. -->\n"
_REFERENCE: Final = "https://docs.aws.amazon.com/step-functions/latest/apireference/API_{}.html"
_DIFFERENCES: Final = "compatibility.md#the-api"


def operations_page(compatibility: str) -> str:
    """The page; `compatibility` is the text of docs/compatibility.md."""
    areas = _areas(compatibility)
    concerned = {area: _concerned(area) for area in areas}
    operations = [operation for group in GROUPS.values() for operation in group]
    sections = (
        _section(operation, [area for area in areas if operation in concerned[area]]) for operation in operations
    )
    built = sum(map(_is_built, operations))
    return _PAGE.format(
        built="All" if built == len(operations) else f"{built} of the",
        all=len(operations),
        groups=_groups(lambda operation: f"[{operation}](#{operation.lower()})"),
        operations="\n".join(sections).rstrip(),
    )


def with_operations(readme: str) -> str:
    """README.md with its table of operations as it must be.

    Raises:
        ValueError: it has no place for the table.
    """
    before, begin, rest = readme.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"README.md has no place for the operations, between {_BEGIN.strip()} and {_END.strip()}")
    table = _groups(lambda operation: f"[{operation}](docs/api.md#{operation.lower()})")
    return f"{before}{begin}\n{table}\n\n{end}{after}"


def _groups(link: Callable[[str], str]) -> str:
    rows = ["| About | Operations | State |", "|---|---|---|"]
    for about, operations in GROUPS.items():
        usual = _state(operations[0])
        names = (link(name) + ("" if _state(name) == usual else f" ({_state(name)})") for name in operations)
        rows.append(f"| {about} | {', '.join(names)} | {usual} |")
    return "\n".join(rows)


def _state(operation: str) -> str:
    return _STATES.get(operation, "available") if _is_built(operation) else "not yet"


def _is_built(operation: str) -> bool:
    return hasattr(ApplicationService, xform_name(operation))


# ---------------------------------------------------------------------- one operation


def _section(operation: str, areas: Iterable[str]) -> str:
    takes, answers = input_shape(operation), output_shape(operation)
    errors = sorted(shape.name for shape in service_model().operation_model(operation).error_shapes)
    told = {
        "Answers": ", ".join(f"`{name}`" for name in answers.members),
        "Errors": ", ".join(errors),
        "Known differences": ", ".join(map(_linked, areas)),
    }
    lines = [f"## {operation}", "", f"{_state(operation)} · [AWS's page]({_REFERENCE.format(operation)})", ""]
    lines += ["| Takes | |", "|---|---|", *_members(takes), ""]
    for about, text in told.items():
        if text:
            lines += [f"{about}: {text}", ""]
    return "\n".join(lines)


def _members(shape: StructureShape, before: str = "") -> Iterator[str]:
    """A row for each member, those inside of others after them; required ones are bold."""
    for name, member in shape.members.items():
        place = f"{before}{name}"
        shown = f"**`{place}`**" if name in shape.required_members else f"`{place}`"
        yield f"| {shown} | {_told(member)} |"
        inner = member.member if isinstance(member, ListShape) else member
        if isinstance(inner, StructureShape):
            yield from _members(inner, f"{place}[]." if isinstance(member, ListShape) else f"{place}.")


def _told(shape: Shape) -> str:
    minimum, maximum = shape.metadata.get("min"), shape.metadata.get("max")
    bounds = "" if maximum is None else f"{minimum or 0:,} to {maximum:,}"
    match shape:
        case StringShape(enum=[_, *_] as values):
            return "one of " + ", ".join(f"`{value}`" for value in values)
        case StringShape():
            return f"text, {bounds} characters" if bounds else "text"
        case ListShape():
            return f"array, {bounds} items" if bounds else "array"
        case StructureShape():
            return "object"
        case _ if shape.type_name == "boolean":
            return "boolean"
        case _:
            return f"number, {bounds}" if bounds else "number"


# ---------------------------------------------------------------------- the compatibility table


def _areas(compatibility: str) -> list[str]:
    """The first cells of the table on the API."""
    _, heading, after = compatibility.partition("\n## The API\n")
    if not heading:
        raise ValueError("docs/compatibility.md has no section 'The API'")
    rows = [line for line in after.partition("\n## ")[0].splitlines() if line.startswith("|")]
    return [row.split("|")[1].strip() for row in rows[2:]]


def _concerned(area: str) -> frozenset[str]:
    """The operations that an area is about: it names them, a member of theirs, or an error that only they have."""
    words = set(re.findall(r"[A-Za-z]+", area))
    for topic, meant in _TOPICS.items():
        if area == topic or area.startswith(f"{topic}:") or topic in words:
            words |= set(meant)
    return frozenset(operation for operation in operation_names() if words & _names(operation))


def _names(operation: str) -> set[str]:
    members = {*input_shape(operation).members, *output_shape(operation).members}
    telling = {name for name in members if not name.islower()} | ({"definition"} & {*input_shape(operation).members})
    errors = {shape.name for shape in service_model().operation_model(operation).error_shapes}
    return {operation} | telling | errors


def _linked(area: str) -> str:
    return f"[{area}]({_DIFFERENCES})"


def write(folder: Path) -> None:
    """Write both files of the project in `folder`."""
    readme = folder / "README.md"
    page = operations_page((folder / "docs" / "compatibility.md").read_text("utf-8"))
    (folder / "docs" / "api.md").write_text(page, "utf-8")
    readme.write_text(with_operations(readme.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
