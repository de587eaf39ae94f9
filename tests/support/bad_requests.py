"""Requests that must be refused, made by chance from AWS's service model: the same ones for the same seed.

Each is a good request with one thing spoilt, so that what is wrong is known and so is the code that AWS answers.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from botocore.model import ListShape, Shape, StringShape, StructureShape

from api.service.model import input_shape, operation_names
from tests.api.service.installation import PASS, ROLE

Codes = frozenset[str]

ACCOUNT: Final = "arn:aws:states:us-east-1:123456789012"
TARGET: Final = "AWSStepFunctions."
OPERATIONS: Final = sorted(operation_names())
SERIALIZATION: Final = frozenset({"SerializationException"})
VALIDATION: Final = frozenset({"ValidationException"})
_LARGE: Final = 200_000
UNKNOWN: Final = frozenset({"UnknownOperationException"})

_VALUES: Final[Mapping[str, Any]] = {
    "activityArn": f"{ACCOUNT}:activity:there",
    "definition": PASS,
    "executionArn": f"{ACCOUNT}:execution:there:one",
    "input": "{}",
    "mapRunArn": f"{ACCOUNT}:mapRun:there/label:1",
    "output": "{}",
    "resourceArn": f"{ACCOUNT}:stateMachine:there",
    "roleArn": ROLE,
    "stateMachineAliasArn": f"{ACCOUNT}:stateMachine:there:live",
    "stateMachineArn": f"{ACCOUNT}:stateMachine:there",
    "stateMachineVersionArn": f"{ACCOUNT}:stateMachine:there:1",
}


@dataclass(frozen=True, slots=True)
class BadRequest:
    """A request and how it may be refused; any code in AWS's shape if `codes` is empty."""

    body: bytes = b"{}"
    target: str | None = TARGET + "ListStateMachines"
    headers: Mapping[str, str | bytes] = field(default_factory=dict)
    line: bytes = b"POST / HTTP/1.1"
    codes: Codes = frozenset()

    def raw(self) -> bytes:
        """The request as it goes over the wire, on a connection that ends with it."""
        headers: dict[str, str | bytes] = {"Host": "127.0.0.1", "Content-Type": "application/x-amz-json-1.0"}
        if self.target is not None:
            headers["X-Amz-Target"] = self.target
        headers |= {"Content-Length": str(len(self.body))} | dict(self.headers)
        lines = [
            name.encode() + b": " + (value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass"))
            for name, value in headers.items()
        ]
        return b"\r\n".join([self.line, *lines, b"", self.body])


@dataclass(frozen=True, slots=True)
class _Place:
    """One value in the parameters of a call: where it stands, and the shape that it should have."""

    holder: Any
    key: str | int
    shape: Shape
    required: bool


def wrong_types(random: Random) -> BadRequest:
    """A member of another JSON type."""
    operation, params, places = _call(random)
    place = random.choice(places)
    place.holder[place.key] = random.choice(_OTHER_TYPES[place.shape.type_name])
    return _request(operation, params, SERIALIZATION)


def wrong_sizes(random: Random) -> BadRequest:
    """A text or list that is too long or too short, or a number beyond its bounds."""
    operation, params, place, wrong = _spoilable(random, _wrong_sizes)
    while place.shape.metadata.get("max", 0) >= _LARGE and random.random() < 0.95:  # they take long, and are all alike
        operation, params, place, wrong = _spoilable(random, _wrong_sizes)
    place.holder[place.key] = random.choice(wrong)
    is_quota = place.shape.name == "SensitiveData"  # checked by who knows the mode, after what else may be wrong
    return _request(operation, params, frozenset() if is_quota else VALIDATION)


def wrong_values(random: Random) -> BadRequest:
    """A text that breaks its pattern or is none of its enum."""
    operation, params, place, wrong = _spoilable(random, _wrong_values)
    place.holder[place.key] = random.choice(wrong)
    return _request(operation, params, VALIDATION)


def missing_members(random: Random) -> BadRequest:
    """A required member that is absent or null."""
    while True:
        operation, params, places = _call(random)
        required = [place for place in places if place.required]
        if required:
            place = random.choice(required)
            if random.random() < 0.5 or isinstance(place.holder, list):
                place.holder[place.key] = None
            else:
                del place.holder[place.key]
            return _request(operation, params, VALIDATION)


def wrong_names(random: Random) -> BadRequest:
    """ARNs, names and tokens that are well-formed texts and name nothing that there could be."""
    operation, member = random.choice(_NAMED)
    params = dict(_structure(input_shape(operation), random, everything=False))
    params[member] = garbled(random)
    return _request(operation, params, frozenset())


def wrong_documents(random: Random) -> BadRequest:
    """Definitions, inputs and outputs that are no JSON, or no definition."""
    operation, member = random.choice(
        [("CreateStateMachine", "definition"), ("UpdateStateMachine", "definition"), ("StartExecution", "input")]
    )
    params = dict(_structure(input_shape(operation), random, everything=False))
    if operation == "UpdateStateMachine":
        params["stateMachineArn"] = _VALUES["stateMachineArn"]
    text = params[member] = random.choice(_NO_DOCUMENTS)(random)
    if member == "input" and _is_json(text):
        params[member] = text[:-1] + "}]"
    return _request(operation, params, frozenset())


def wrong_bodies(random: Random) -> BadRequest:
    """A body that is no JSON object in UTF-8."""
    operation, params, _ = _call(random)
    body = random.choice(_NO_BODIES)(json.dumps(params).encode(), random)
    return BadRequest(body, TARGET + operation, codes=SERIALIZATION)


def wrong_targets(random: Random) -> BadRequest:
    """A header X-Amz-Target that names no operation."""
    return BadRequest(target=random.choice(_NO_TARGETS)(random.choice(OPERATIONS), random), codes=UNKNOWN)


def wrong_headers(random: Random) -> BadRequest:
    """A header, method, path or encoding that HTTP, or this door, does not know."""
    return random.choice(_NO_HTTP)(random)


def good_params(operation: str, random: Random) -> dict[str, Any]:
    """Parameters that break no constraint, of all that are required and some others."""
    return _structure(input_shape(operation), random)


def _call(random: Random) -> tuple[str, dict[str, Any], list[_Place]]:
    """A good call with many members, and all the places in it."""
    while True:
        operation = random.choice(OPERATIONS)
        params = _structure(input_shape(operation), random)
        places = [*_places(input_shape(operation), params)]
        if places:
            return operation, params, places


def _spoilable(
    random: Random, wrong_of: Callable[[Shape], Sequence[Any]]
) -> tuple[str, dict[str, Any], _Place, Sequence[Any]]:
    while True:
        operation, params, places = _call(random)
        spoilable = [(place, wrong) for place in places if (wrong := wrong_of(place.shape))]
        if spoilable:
            return operation, params, *random.choice(spoilable)


def _structure(shape: StructureShape, random: Random, *, everything: bool = True) -> dict[str, Any]:
    return {
        name: _value(name, member, random)
        for name, member in shape.members.items()
        if name in shape.required_members or (everything and random.random() < 0.7)
    }


def _value(name: str, shape: Shape, random: Random) -> Any:
    match shape.type_name:
        case "structure" if isinstance(shape, StructureShape):
            return _structure(shape, random)
        case "list" if isinstance(shape, ListShape):
            return [_value(name, shape.member, random)]
        case "string" if isinstance(shape, StringShape):
            return random.choice(shape.enum) if shape.enum else _VALUES.get(name, "there")
        case "boolean":
            return random.random() < 0.5
        case _:
            return shape.metadata.get("min", 1)


def _places(shape: StructureShape, value: dict[str, Any]) -> Iterator[_Place]:
    for name, item in value.items():
        member = shape.members[name]
        yield _Place(value, name, member, name in shape.required_members)
        if isinstance(member, StructureShape):
            yield from _places(member, item)
        if isinstance(member, ListShape):
            yield _Place(item, 0, member.member, True)
            if isinstance(member.member, StructureShape):
                yield from _places(member.member, item[0])


def _request(operation: str, params: Mapping[str, Any], codes: Codes) -> BadRequest:
    return BadRequest(json.dumps(params).encode(), TARGET + operation, codes=codes)


_OTHER_TYPES: Final[Mapping[str, Sequence[Any]]] = {
    "string": [5, 1.5, True, [], ["a"], {}, {"a": "b"}],
    "integer": ["5", "", 1.5, True, [], {}, 1e300, 2**31, -(2**31) - 1],
    "long": ["5", 1.5, False, [1], {}, 2**63, -1e300],
    "float": ["5", True, [], {}],
    "boolean": ["true", 1, 0.0, [], {}],
    "list": ["a", 5, True, {}, {"0": "a"}],
    "structure": ["a", 5, True, [], [{}]],
}


def _wrong_sizes(shape: Shape) -> Sequence[Any]:
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max")
    match shape.type_name:
        case "string" if isinstance(shape, StringShape) and not shape.enum:
            long = [] if most is None else ["x" * (most + 1), "é" * (most + 1)]
            return long + ([""] if least else [])
        case "list" if isinstance(shape, ListShape) and most is not None:
            return [[], [{"stateMachineVersionArn": "a", "weight": 1}] * (most + 1)]
        case "integer" | "long" | "float":
            beyond = [] if most is None else [most + 1, 10**9, most + 0.0 + 1]
            return [*beyond, least - 1, -(10**9)] if "min" in shape.metadata else beyond
    return []


def _wrong_values(shape: Shape) -> Sequence[Any]:
    if isinstance(shape, StringShape) and shape.enum:
        return ["", "there", shape.enum[0].lower() + " ", shape.enum[0] + "\x00"]
    match shape.metadata.get("pattern"):
        case None:
            return []
        case "[!-~]+":
            return ["a b", "é", "a\n", "\x7f"]
        case r"\p{ASCII}*":
            return ["é", "a\u0080", "\U0001f600"]
        case _:
            return ["1", "a b", "é", "a\n", "x/y"]


_NAMED: Final = [
    (operation, member)
    for operation in OPERATIONS
    for member, shape in input_shape(operation).members.items()
    if member in (*(name for name in _VALUES if name.endswith("Arn")), "name", "taskToken", "nextToken")
    and shape.metadata.get("pattern") is None
]


def garbled(random: Random) -> str:
    """A text that no ARN, name or token is: it holds what names may not hold, and begins with what ARNs do not."""
    letters = [
        "a",
        ":",
        "/",
        "*",
        "é",
        "\u2028",
        "\U0001f600",
        " ",
        "%",
        "'",
        '"',
        "\\",
        "\x00",
        "\x7f",
        "stateMachine",
    ]
    return "?" + "".join(random.choices(letters, k=random.randint(1, 40)))[:79] + "<"


_NO_DOCUMENTS: Final[Sequence[Callable[[Random], str]]] = [
    lambda random: PASS[: random.randint(1, len(PASS) - 1)],
    lambda random: "[" * random.randint(1, 5000),
    lambda random: '{"a":' * random.randint(1, 5000),
    lambda random: "\x00" * random.randint(1, 9),
    lambda random: random.choice(["null", "1", "[]", '"a"', "true", "NaN", "{'a': 1}", "\ufeff{}", "{}{}", "// a\n{}"]),
    lambda random: PASS.replace('"A"', random.choice(['"B"', "5", "null", "{}", '""']), 1),
    lambda random: PASS.replace("Pass", random.choice(["pass", "", "Pass ", "Lambda", "\\u0000", "\\ud800"])),
    lambda random: PASS.replace("true", random.choice(['"true"', "false", "1", "null", "[]"])),
    lambda random: PASS.replace('"End"', random.choice(['"end"', '"Next"', '"Resource"', '"Result.$"'])),
]


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


_NO_BODIES: Final[Sequence[Callable[[bytes, Random], bytes]]] = [
    lambda body, random: body[: random.randint(1, len(body) - 1)],
    lambda body, _: body + b"}",
    lambda body, _: b"\xef\xbb\xbf" + body,
    lambda body, _: body.decode().encode("utf-16"),
    lambda body, _: body.decode().encode("utf-32"),
    lambda body, _: body.replace(b'"', b"'"),
    lambda body, _: body[:-1] + b', "x": \xff}',
    lambda body, _: body[:-1] + b', "x": NaN}',
    lambda body, _: body[:-1] + b', "x": -Infinity}',
    lambda body, _: body[:-1] + b', "x": 01}',
    lambda body, _: body[:-1] + b', "x": "\x01"}',
    lambda body, random: body[:-1] + b', "x": ' + b"9" * random.randint(5_000, 9_000) + b"}",
    lambda body, random: body[:-1] + b', "x": ' + b"[" * random.randint(201, 9_000) + b"}",
    lambda body, _: b"[" + body + b"]",
    lambda _, random: random.choice([b"null", b"1", b'"a"', b"true", b"[]", b" ", b"\x00", b"{", b"<a/>", b"a=b"]),
    lambda _, random: b"\x00" + random.randbytes(random.randint(1, 200)),
]

_NO_TARGETS: Final[Sequence[Callable[[str, Random], str | None]]] = [
    lambda _, __: None,
    lambda operation, _: operation,
    lambda operation, _: f"AWSStepFunction.{operation}",
    lambda operation, _: f"awsstepfunctions.{operation}",
    lambda operation, _: f"DynamoDB_20120810.{operation}",
    lambda operation, _: TARGET + operation.lower(),
    lambda operation, _: TARGET + operation + "s",
    lambda operation, random: TARGET + operation[: random.randint(0, len(operation) - 6)],
    lambda operation, _: TARGET + TARGET + operation,
    lambda operation, _: f"{TARGET}{operation}, {TARGET}{operation}",
    lambda _, random: (
        TARGET + random.choice(["invoke", "__class__", "WatchExecution", "return_activity_task", "é", "*"])
    ),
    lambda _, random: TARGET + "x" * random.randint(100, 7_000),
]

_NO_HTTP: Final[Sequence[Callable[[Random], BadRequest]]] = [
    lambda _: BadRequest(line=b"GET / HTTP/1.1"),
    lambda random: BadRequest(line=random.choice([b"PUT", b"DELETE", b"PATCH", b"OPTIONS", b"FROB"]) + b" / HTTP/1.1"),
    lambda random: BadRequest(
        line=b"POST " + random.choice([b"//", b"/a", b"/%00", b"/health", b"/metrics", b"*", b"/../"]) + b" HTTP/1.1"
    ),
    lambda random: BadRequest(line=random.choice([b"POST / HTTP/9.9", b"POST\x00 / HTTP/1.1", b"\x16\x03\x01"])),
    lambda random: BadRequest(headers={"Content-Length": random.choice(["-1", "x", "1, 2", "1 1", "0x2", "\u0661"])}),
    lambda random: BadRequest(headers={"Transfer-Encoding": random.choice(["gzip", "x", "chunked, gzip"])}),
    lambda _: BadRequest(b"zz\r\n{}\r\n", headers={"Transfer-Encoding": "chunked"}, line=b"POST / HTTP/1.1"),
    lambda random: BadRequest(
        gzip.compress(b"{}")[: random.randint(1, 12)] + random.randbytes(9), headers={"Content-Encoding": "gzip"}
    ),
    lambda _: BadRequest(b"{}", headers={"Content-Encoding": "gzip"}),
    lambda random: BadRequest(b"\x78" + random.randbytes(20), headers={"Content-Encoding": "deflate"}),
    lambda random: BadRequest(headers={"Expect": random.choice(["200-ok", "x", "é"])}),
    lambda random: BadRequest(headers={"X-" + "a" * random.randint(1, 9): b"\x00" * random.randint(1, 9)}),
    lambda random: BadRequest(headers={random.choice(["a b", "a\x00", "é", "a(", ""]): "x"}),
    lambda random: BadRequest(headers={"X-Long": "x" * random.randint(9_000, 20_000)}),
]
