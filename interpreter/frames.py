"""The run state of an execution: a tree of frames, and that tree as plain JSON, the checkpoint.

One frame stands for one running machine: the root, each branch of a Parallel, each iteration of a Map. Between two
states, and wherever a state waits, the tree says everything that is needed to go on.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias, cast

from interpreter.definition.model import Machine, MapState, ParallelState
from interpreter.effects import Operation
from interpreter.errors import StatesDataLimitExceeded, StatesError, StatesHeartbeatTimeout, StatesTimeout
from interpreter.history import Details
from interpreter.measure import Measure
from interpreter.scheduler import Strand
from interpreter.values import MISSING, JsonValue, Missing

CHECKPOINT_VERSION: Final = 1

JsonObject: TypeAlias = dict[str, JsonValue]


@dataclass(slots=True)
class MapItem:
    """What `$$.Map.Item` shows inside an iteration; `key` only when iterating over an object."""

    index: int
    value: JsonValue
    key: str | None = None

    def as_json(self) -> JsonObject:
        """The context object's `Map.Item`."""
        shown: JsonObject = {"Index": self.index}
        if self.key is not None:
            shown["Key"] = self.key
        return {**shown, "Value": self.value, "Source": "STATE_DATA"}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a machine ended: with an output, or with an error."""

    output: JsonValue
    error: StatesError | None = None


@dataclass(frozen=True, slots=True)
class Deadline:
    """When an attempt of a Task has used up its TimeoutSeconds, milliseconds since the epoch, and the event of it."""

    due: int
    event_type: str
    details: Details


@dataclass(slots=True)
class Frame:
    """One running machine.

    Attributes:
        machine: its states.
        state_name: the state it is in or about to enter.
        input: that state's raw input.
        variables: its own scope first, then the scopes around it.
        chain: id of the last event of this frame's chain, or of the one it was started from.
        item: the innermost Map item around it.
        entered: id of the state's entered event, 0 before it is entered.
        entered_after: the event that the entered event points to.
        entered_at: when the state was entered, milliseconds since the epoch.
        retries: how often each retrier was used in this visit of the state.
        due: when the state's Wait or its delay before a retry ends, milliseconds since the epoch; None without one.
        retrying: whether `due` is the end of a delay before a retry.
        group: the children of a Parallel or Map.
        live: operations under way, by number.
        deadline: that of the attempt under way, if it has one.
        ended: how a child's machine ended, until its parent takes it in; None while it runs.
        strand: the coroutine that runs this frame.
    """

    machine: Machine
    state_name: str
    input: JsonValue
    variables: ChainMap[str, JsonValue]
    chain: int
    item: MapItem | None = None
    entered: int = 0
    entered_after: int = 0
    entered_at: int = 0
    retries: list[int] = field(default_factory=list)
    due: int | None = None
    retrying: bool = False
    group: Group | None = None
    live: dict[int, Operation] = field(default_factory=dict)
    deadline: Deadline | None = None
    ended: Ended | None = None
    strand: Strand | None = None

    @property
    def retry_count(self) -> int:
        """How often the state was retried in this visit, over all its retriers."""
        return sum(self.retries)

    def move(self, state_name: str, input_: JsonValue) -> None:
        """Stand before the next state."""
        self.state_name = state_name
        self.input = input_
        self.entered = 0
        self.retries = []
        self.due = None
        self.retrying = False
        self.group = None

    def child(self, machine: Machine, input_: JsonValue, chain: int, item: MapItem | None) -> Frame:
        """A frame that starts `machine` inside this one; it reads this frame's variables and sets its own."""
        return Frame(machine, machine.start_at, input_, self.variables.new_child(), chain, item)


def variables_bytes(frame: Frame, measure: Measure) -> int:
    """The bytes of the JSON texts of all variables that `frame` and the frames running below it have set."""
    if frame.ended is not None:
        return 0
    own = sum(map(measure.size, frame.variables.maps[0].values()))
    below = () if frame.group is None else frame.group.running.values()
    return own + sum(variables_bytes(child, measure) for child in below)


@dataclass(slots=True)
class Group:
    """The children of a Parallel or Map that is running.

    Attributes:
        results: one per branch or item, MISSING until it is there.
        chain: id of the last event of the child that finished last, or of the group's started event.
        items: a Map's items, None for a Parallel.
        input: a Map's effective input, which ItemSelector sees.
        next_index: the first item that was not started.
        width: how many children may run at once.
        running: the children that have not finished, by index; where a child's failure ended the execution, it and all
            that it stopped, each where it stood.
        again: children before `next_index` that are to be started once more.
    """

    results: list[JsonValue | Missing]
    chain: int
    items: list[MapItem] | None
    input: JsonValue
    width: int
    next_index: int = 0
    running: dict[int, Frame] = field(default_factory=dict)
    again: list[int] = field(default_factory=list)

    @property
    def has_more(self) -> bool:
        """Whether there are children to start."""
        return bool(self.again) or self.next_index < len(self.results)

    def take_next(self) -> int:
        """The index of the child to start next."""
        if self.again:
            return self.again.pop(0)
        self.next_index += 1
        return self.next_index - 1


def frame_to_json(frame: Frame) -> JsonObject:
    """A frame and everything below it. Operations under way are not in it: on resuming they are begun anew."""
    shown: JsonObject = {"state": frame.state_name, "input": frame.input, "chain": frame.chain}
    if frame.variables.maps[0]:
        shown["variables"] = dict(frame.variables.maps[0])
    if frame.item is not None:
        shown["item"] = _item_to_json(frame.item)
    if frame.entered:
        shown["entered"] = frame.entered
        shown["enteredAt"] = frame.entered_at
        shown["enteredAfter"] = frame.entered_after
    if frame.retries:
        shown["retries"] = list(frame.retries)
    if frame.due is not None:
        shown["due"] = frame.due
        shown["retrying"] = frame.retrying
    if frame.group is not None:
        shown["group"] = _group_to_json(frame.group)
    if frame.ended is not None:
        shown["ended"] = _ended_to_json(frame.ended)
    return shown


def frame_from_json(shown: JsonObject, machine: Machine, outer: ChainMap[str, JsonValue] | None) -> Frame:
    """The inverse of `frame_to_json`; `outer` is the scope around the frame."""
    own = cast(MutableMapping[str, JsonValue], shown.get("variables", {}))
    variables = ChainMap(dict(own)) if outer is None else outer.new_child(dict(own))
    item = shown.get("item")
    frame = Frame(
        machine,
        cast(str, shown["state"]),
        shown["input"],
        variables,
        cast(int, shown["chain"]),
        None if item is None else _item_from_json(cast(JsonObject, item)),
        entered=cast(int, shown.get("entered", 0)),
        entered_at=cast(int, shown.get("enteredAt", 0)),
        entered_after=cast(int, shown.get("enteredAfter", 0)),
        retries=list(cast("list[int]", shown.get("retries", []))),
        due=cast("int | None", shown.get("due")),
        retrying=cast(bool, shown.get("retrying", False)),
    )
    group = shown.get("group")
    if group is not None:
        frame.group = _group_from_json(cast(JsonObject, group), frame)
    ended = shown.get("ended")
    if ended is not None:
        frame.ended = _ended_from_json(cast(JsonObject, ended))
    return frame


def child_machine(frame: Frame, index: int) -> Machine:
    """The machine that child `index` of the frame's Parallel or Map runs."""
    state = frame.machine.states[frame.state_name]
    match state:
        case ParallelState():
            return state.branches[index]
        case MapState():
            return state.processor
        case _:
            raise TypeError(f"state {state.name!r} has no children")


def _group_to_json(group: Group) -> JsonObject:
    shown: JsonObject = {
        "results": [None if result is MISSING else {"output": result} for result in group.results],
        "chain": group.chain,
        "width": group.width,
        "next": group.next_index,
        "running": {str(index): frame_to_json(frame) for index, frame in group.running.items()},
    }
    if group.items is not None:
        shown["items"] = [_item_to_json(item) for item in group.items]
        shown["input"] = group.input
    if group.again:
        shown["again"] = list(group.again)
    return shown


def _group_from_json(shown: JsonObject, parent: Frame) -> Group:
    results = cast("list[JsonObject | None]", shown["results"])
    items = cast("list[JsonObject] | None", shown.get("items"))
    group = Group(
        [MISSING if result is None else result["output"] for result in results],
        cast(int, shown["chain"]),
        None if items is None else [_item_from_json(item) for item in items],
        shown.get("input"),
        cast(int, shown["width"]),
        cast(int, shown["next"]),
        again=list(cast("list[int]", shown.get("again", []))),
    )
    for index, child in cast("Mapping[str, JsonObject]", shown["running"]).items():
        machine = child_machine(parent, int(index))
        group.running[int(index)] = frame_from_json(child, machine, parent.variables)
    return group


_KINDS: Final[Mapping[str, type[StatesTimeout] | type[StatesDataLimitExceeded]]] = {
    "heartbeat": StatesHeartbeatTimeout,
    "timeout": StatesTimeout,
    "limit": StatesDataLimitExceeded,
}
"""Errors that Retry and Catch tell apart by more than their name."""


def _ended_to_json(ended: Ended) -> JsonObject:
    error = ended.error
    if error is None:
        return {"output": ended.output}
    kind = next((kind for kind, class_ in _KINDS.items() if isinstance(error, class_)), None)
    return {"error": error.name, "cause": error.cause, "kind": kind}


def _ended_from_json(shown: JsonObject) -> Ended:
    if "output" in shown:
        return Ended(shown["output"])
    cause = cast("str | None", shown["cause"])
    class_ = _KINDS.get(cast(str, shown["kind"]))
    error = StatesError(cast("str | None", shown["error"]), cause) if class_ is None else class_(cause)
    return Ended(None, error)


def _item_to_json(item: MapItem) -> JsonObject:
    shown: JsonObject = {"index": item.index, "value": item.value}
    if item.key is not None:
        shown["key"] = item.key
    return shown


def _item_from_json(shown: JsonObject) -> MapItem:
    return MapItem(cast(int, shown["index"]), shown["value"], cast("str | None", shown.get("key")))
