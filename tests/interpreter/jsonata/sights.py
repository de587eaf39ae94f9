"""What expressions see in these tests."""

from __future__ import annotations

from interpreter.jsonata import Sight
from interpreter.values import JsonValue

NOW = 1_000
INPUT: JsonValue = {
    "a": {"b": 1, "quoted name": "q", "nothing": None},
    "list": [1, 2, 3],
    "items": [{"kind": "x", "n": 1}, {"kind": "x", "n": 2}],
}
VARIABLES: dict[str, JsonValue] = {"one": 1, "ones": [1], "nested": [[1]], "empty": [], "object": {"k": "v"}}


class CountingChance:
    """Chance that counts what was drawn."""

    def __init__(self) -> None:
        self.drawn = 0

    def uuid(self) -> str:
        self.drawn += 1
        return f"uuid-{self.drawn}"

    def random(self) -> float:
        self.drawn += 1
        return self.drawn / 100


def sight(variables: dict[str, JsonValue] | None = None, **members: JsonValue) -> Sight:
    """INPUT, a small context and VARIABLES, each member replaced by what is given."""
    states: dict[str, JsonValue] = {"input": INPUT, "context": {"State": {"Name": "S"}}}
    return Sight(states | members, VARIABLES if variables is None else variables, CountingChance(), NOW)
