"""Valid definitions of all kinds, without fields that say what is true without them, for properties."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

Json = dict[str, Any]

LAMBDA: Final = "arn:aws:lambda:us-east-1:123456789012:function:work"
INVOKE: Final = "arn:aws:states:::lambda:invoke"
CALLBACK: Final = "arn:aws:states:::lambda:invoke.waitForTaskToken"
ACTIVITY: Final = "arn:aws:states:us-east-1:123456789012:activity:a"

_WORDS: Final = st.sampled_from(("a", "b", "c_1", "Ä", "ß x", "0"))
_NUMBERS: Final = st.integers(-(10**9), 10**9) | st.floats(-1e9, 1e9, allow_nan=False)
_LEAVES: Final = st.none() | st.booleans() | _NUMBERS | st.text(max_size=5).filter(lambda text: "\ud800" not in text)
DATA: Final = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_WORDS, inner, max_size=2),
    max_leaves=4,
)

_STEPS: Final = st.sampled_from((".a", ".b_1", "['x y']", "['Ä']", "[0]", "[-1]", "['it\\'s']"))
_SUFFIXES: Final = st.lists(_STEPS, max_size=3).map("".join)
_PLACES: Final = st.lists(_STEPS, min_size=1, max_size=3).map("".join)
RESULT_PATHS: Final = _PLACES.map("${}".format)
REFERENCES: Final = st.tuples(st.sampled_from(("$", "$$", "$v", "$longer_name")), _PLACES).map("".join)
PATHS: Final = REFERENCES | st.sampled_from(("$[*].a", "$..b", "$.a[?(@.b > 1)]", "$.a[0:2]", "$.a.length()", "$v"))
CALLS: Final = st.sampled_from(
    ("States.UUID()", "States.Format('{} \\'{}\\'', $.a, $$.Execution.Id)", "States.Array(1, -2.5e3, null, $v[0])")
)
EXPRESSIONS: Final = st.sampled_from(
    (
        *("$states.input.a", "$v + 1", "$sum([1, 2])", "$states.context.Execution.Id = 'x'", '{"a": $v}.a'),
        *("$map($states.input.l, function($x) { $x.a })", "$match($v, /a+/i)", "($t := 1; $t)"),
    )
).map("{{% {} %}}".format)

TEMPLATES: Final = st.fixed_dictionaries(
    {},
    optional={
        "p.$": PATHS,
        "c.$": CALLS,
        "plain": DATA,
        "inner": st.lists(st.fixed_dictionaries({"q.$": PATHS, "d": DATA}), max_size=2),
    },
)
JSONATA: Final = EXPRESSIONS | st.fixed_dictionaries(
    {"e": EXPRESSIONS}, optional={"d": DATA, "l": st.lists(EXPRESSIONS, max_size=2), "k.$": DATA}
)
_ASSIGN: Final = st.fixed_dictionaries({}, optional={"v.$": PATHS | CALLS, "longer_name": DATA}).filter(bool)
_ASSIGN_JSONATA: Final = st.fixed_dictionaries({}, optional={"v": JSONATA, "longer_name": DATA}).filter(bool)

_ERRORS: Final = st.lists(
    st.sampled_from(("A", "States.Timeout", "States.TaskFailed", "x y")), min_size=1, max_size=3, unique=True
)
_SECONDS: Final = st.integers(1, 99_999_999)


def _optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries({}, optional=fields)


def _merged(*parts: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.tuples(*parts).map(lambda all_: {name: value for part in all_ for name, value in part.items()})


def _quantity(name: str, values: st.SearchStrategy[Any], jsonata: bool) -> st.SearchStrategy[Json]:
    """Nothing, a number written out, or where it is found."""
    written = values.map(lambda value: {name: value})
    if jsonata:
        return st.just({}) | written | EXPRESSIONS.map(lambda value: {name: value})
    return st.just({}) | written | REFERENCES.map(lambda path: {f"{name}Path": path})


def _retriers() -> st.SearchStrategy[list[Json]]:
    retrier = _merged(
        st.fixed_dictionaries({"ErrorEquals": _ERRORS}),
        _optional(
            IntervalSeconds=st.integers(2, 99),
            MaxAttempts=st.sampled_from((0, 1, 7)),
            BackoffRate=st.sampled_from((1.0, 1.5, 3.0)),
            MaxDelaySeconds=st.integers(100, 31_622_400),
            JitterStrategy=st.just("FULL"),
        ),
    )
    return st.lists(retrier, min_size=1, max_size=2)


def _catchers(jsonata: bool) -> st.SearchStrategy[list[Json]]:
    own = (
        _optional(Output=JSONATA, Assign=_ASSIGN_JSONATA)
        if jsonata
        else _optional(ResultPath=st.none() | RESULT_PATHS, Assign=_ASSIGN)
    )
    catcher = _merged(st.fixed_dictionaries({"ErrorEquals": _ERRORS, "Next": st.just("End")}), own)
    return st.lists(catcher, min_size=1, max_size=2)


def _flow(jsonata: bool, *fields: str) -> st.SearchStrategy[Json]:
    """The fields of `fields` that there are in the language."""
    paths = st.none() | PATHS
    known: dict[str, st.SearchStrategy[Any]] = (
        {"Arguments": JSONATA | DATA, "Output": JSONATA | DATA, "Assign": _ASSIGN_JSONATA}
        if jsonata
        else {
            "InputPath": paths,
            "Parameters": TEMPLATES,
            "ResultSelector": TEMPLATES,
            "ResultPath": st.none() | RESULT_PATHS,
            "OutputPath": paths,
            "Assign": _ASSIGN,
        }
    )
    return _optional(**{name: known[name] for name in fields if name in known})


_WORK: Final = (
    "InputPath",
    "Parameters",
    "ResultSelector",
    "ResultPath",
    "OutputPath",
    "Assign",
    "Arguments",
    "Output",
)


def _typed(type_: str, jsonata: bool, *parts: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    language = "JSONata" if jsonata else "JSONPath"
    return _merged(st.just({"Type": type_, "QueryLanguage": language}), *parts)


def _comparisons() -> st.SearchStrategy[Json]:
    operators = {
        "StringEquals": st.text(max_size=3),
        "NumericGreaterThanEquals": _NUMBERS,
        "BooleanEquals": st.booleans(),
        "TimestampLessThan": st.just("2026-01-01T00:00:00.5+01:00"),
        "StringMatches": st.just("a*\\*"),
        "IsPresent": st.booleans(),
        "NumericEqualsPath": REFERENCES,
    }
    return st.one_of(
        *(st.fixed_dictionaries({"Variable": REFERENCES, name: value}) for name, value in operators.items())
    )


_RULES: Final = st.recursive(
    _comparisons(),
    lambda inner: (
        st.fixed_dictionaries({"And": st.lists(inner, min_size=1, max_size=2)})
        | st.fixed_dictionaries({"Or": st.lists(inner, min_size=1, max_size=2)})
        | st.fixed_dictionaries({"Not": inner})
    ),
    max_leaves=3,
)


def _simple_states(jsonata: bool) -> list[st.SearchStrategy[Json]]:
    """States without machines; those that lead on have no Next yet."""
    shown = EXPRESSIONS | st.text(max_size=3) if jsonata else st.text(max_size=3)
    wait = st.integers(0, 99_999_999) | EXPRESSIONS if jsonata else st.integers(0, 99_999_999)
    forms = [wait.map(lambda value: {"Seconds": value}), st.just({"Timestamp": "2026-01-01T00:00:00Z"})]
    if not jsonata:
        forms += [st.fixed_dictionaries({name: REFERENCES}) for name in ("SecondsPath", "TimestampPath")]
    result = st.just({}) if jsonata else _optional(Result=DATA)
    role = EXPRESSIONS.map(lambda text: {"RoleArn": text}) if jsonata else PATHS.map(lambda path: {"RoleArn.$": path})
    handled = _optional(Retry=_retriers(), Catch=_catchers(jsonata))
    arguments = {"Arguments": JSONATA} if jsonata else {"Parameters": TEMPLATES}
    resource = st.one_of(
        st.just({"Resource": ACTIVITY}),
        _merged(st.just({"Resource": LAMBDA}), _optional(Credentials=role)),
        _merged(st.just({"Resource": CALLBACK}), _optional(Credentials=role), st.fixed_dictionaries(arguments)),
    )
    ends = [_typed("Succeed", jsonata, _flow(jsonata, "InputPath", "OutputPath", "Output"))]
    failing = _optional(Error=shown, Cause=shown)
    if not jsonata:
        failing = failing | _optional(ErrorPath=REFERENCES, CausePath=CALLS)
    return [
        *ends,
        _typed("Fail", jsonata, failing),
        _typed("Pass", jsonata, _flow(jsonata, *set(_WORK) - {"ResultSelector", "Arguments"}), result),
        _typed("Wait", jsonata, _flow(jsonata, "InputPath", "OutputPath", "Assign", "Output"), st.one_of(*forms)),
        _typed("Task", jsonata, _flow(jsonata, *set(_WORK) - {"Parameters", "Arguments"}), resource, handled,
               _quantity("TimeoutSeconds", st.integers(100, 99_999_999), jsonata),
               _quantity("HeartbeatSeconds", st.integers(1, 99), jsonata)),
        _choice(jsonata),
    ]  # fmt: skip


def _choice(jsonata: bool) -> st.SearchStrategy[Json]:
    flow = _flow(jsonata, "InputPath", "OutputPath", "Assign", "Output")
    if jsonata:
        decided = st.fixed_dictionaries({"Condition": st.booleans() | EXPRESSIONS, "Next": st.just("End")})
        branch = _merged(decided, _optional(Output=JSONATA, Assign=_ASSIGN_JSONATA))
    else:
        branch = _merged(_RULES, st.just({"Next": "End"}), _optional(Assign=_ASSIGN))
    choices = st.lists(branch, min_size=1, max_size=2).map(lambda branches: {"Choices": branches})
    return _typed("Choice", jsonata, flow, choices)


def _machines(depth: int) -> st.SearchStrategy[list[Json]]:
    """The states of a machine, in their order, without names."""
    states = [state for jsonata in (False, True) for state in _simple_states(jsonata)]
    if depth:
        inner = _machines(depth - 1)
        states += [state for jsonata in (False, True) for state in _groups(jsonata, inner)]
    return st.lists(st.one_of(*states), min_size=1, max_size=3)


def _groups(jsonata: bool, inner: st.SearchStrategy[list[Json]]) -> list[st.SearchStrategy[Json]]:
    handled = _optional(Retry=_retriers(), Catch=_catchers(jsonata))
    branches = st.lists(inner, min_size=1, max_size=2).map(lambda machines: {"Branches": machines})
    of_map = set(_WORK) - {"Parameters", "Arguments"}
    items = _optional(Items=EXPRESSIONS | st.lists(DATA, max_size=2)) if jsonata else _optional(ItemsPath=REFERENCES)
    selector = _optional(ItemSelector=JSONATA if jsonata else TEMPLATES)
    concurrency = _quantity("MaxConcurrency", st.integers(1, 40), jsonata)
    processor = inner.map(lambda machine: {"ItemProcessor": machine})
    return [
        _typed("Parallel", jsonata, _flow(jsonata, *_WORK), branches, handled),
        _typed("Map", jsonata, _flow(jsonata, *of_map), items, selector, concurrency, processor, handled),
        _typed("Map", jsonata, _flow(jsonata, *of_map), selector, concurrency, processor, handled,
               _distribution(jsonata)),
    ]  # fmt: skip


def _distribution(jsonata: bool) -> st.SearchStrategy[Json]:
    parameters = "Arguments" if jsonata else "Parameters"
    bucket = {"Bucket": "{% $v %}", "Key": "k"} if jsonata else {"Bucket.$": "$.b", "Key": "k"}
    files: tuple[Json, ...] = (
        {},
        {"CSVHeaderLocation": "GIVEN", "CSVHeaders": ["a", "b"]},
        {"InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"},
        {"InputType": "PARQUET"},
    )
    reading = _merged(
        _optional(CSVDelimiter=st.sampled_from(("COMMA", "TAB"))),
        st.sampled_from(files),
        _quantity("MaxItems", st.integers(0, 100_000_000), jsonata),
    ).filter(bool)
    reader = _merged(
        st.just({"Resource": "arn:aws:states:::s3:getObject", parameters: bucket}), _optional(ReaderConfig=reading)
    )
    batcher = _merged(
        st.just({"MaxItemsPerBatch": 5}),
        _quantity("MaxInputBytesPerBatch", st.integers(0, 262_144), jsonata),
        _optional(BatchInput=JSONATA if jsonata else TEMPLATES),
    )
    target = {"Resource": "arn:aws:states:::s3:putObject", parameters: bucket}
    writer = st.just(target) | st.just({**target, "WriterConfig": {"Transformation": "FLATTEN", "OutputType": "JSONL"}})
    return _merged(
        st.sampled_from(("STANDARD", "EXPRESS")).map(lambda type_: {"ExecutionType": type_}),
        _optional(ItemReader=reader, ItemBatcher=batcher, ResultWriter=writer),
        _quantity("ToleratedFailureCount", st.integers(0, 9), jsonata),
        _quantity("ToleratedFailurePercentage", st.sampled_from((0.5, 100.0)), jsonata),
    )


class _Names:
    """Gives each state of a definition a name of its own."""

    def __init__(self) -> None:
        self.count = 0

    def machine(self, states: list[Json], *, is_child: bool = False, is_express: bool = False) -> Json:
        """The machine of `states`: each leads to the next one, a handler or a branch to the last, named by "End"."""
        self.count += 1
        number = self.count
        names = [f"{number}.{index} {state['Type']}" for index, state in enumerate(states)]
        end = f"{number} end"
        named = {name: self._state(state, after, end, is_child=is_child, is_express=is_express)
                 for name, state, after in zip(names, states, [*names[1:], end], strict=True)}  # fmt: skip
        last = {end: {"Type": "Succeed", "QueryLanguage": "JSONPath"}}
        return _reachable({"StartAt": names[0], "States": {**named, **last}})

    def _state(self, state: Json, after: str, end: str, *, is_child: bool, is_express: bool) -> Json:
        state = _leading(state, end)
        if is_express and state.get("Resource") in (CALLBACK, ACTIVITY):
            state["Resource"] = LAMBDA
        if is_child:  # whatever is assigned may be assigned outside too
            state = _without_assign(state)
        if state["Type"] in ("Pass", "Wait", "Task", "Parallel", "Map"):
            state["Next"] = after
        if state["Type"] == "Choice":
            state["Default"] = after
        if "Branches" in state:
            state["Branches"] = [self.machine(one, is_child=True, is_express=is_express) for one in state["Branches"]]
        if "ItemProcessor" in state:
            self._map(state, is_express=is_express)
        return state

    def _map(self, state: Json, *, is_express: bool) -> None:
        execution_type = state.pop("ExecutionType", None)
        if is_express and execution_type is not None:
            for field in ("ItemReader", "ItemBatcher", "ResultWriter"):
                state.pop(field, None)
            execution_type = None
        if execution_type is None:
            for field in [name for name in state if name.startswith("Tolerated")]:
                del state[field]
        express = is_express or execution_type == "EXPRESS"
        machine = self.machine(state["ItemProcessor"], is_child=True, is_express=express)
        config = {} if execution_type is None else {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": execution_type}
        }  # fmt: skip
        state["ItemProcessor"] = {**config, **machine}


def _leading(state: Json, end: str) -> Json:
    """A copy whose catchers and branches lead to `end`."""
    copy = dict(state)
    for field in ("Catch", "Choices"):
        if field in copy:
            copy[field] = [{**entry, "Next": end} for entry in copy[field]]
    return copy


def _without_assign(state: Json) -> Json:
    copy = {name: value for name, value in state.items() if name != "Assign"}
    for field in ("Catch", "Choices"):
        if field in copy:
            copy[field] = [{name: value for name, value in entry.items() if name != "Assign"} for entry in copy[field]]
    return copy


def _reachable(machine: Json) -> Json:
    """The machine without the states that nothing leads to."""
    states, reached, pending = machine["States"], set(), [machine["StartAt"]]
    while pending:
        name = pending.pop()
        if name not in reached:
            reached.add(name)
            state = states[name]
            entries = [*state.get("Catch", ()), *state.get("Choices", ())]
            targets = [state.get("Next"), state.get("Default"), *(entry["Next"] for entry in entries)]
            pending += [target for target in targets if target is not None]
    return {**machine, "States": {name: state for name, state in states.items() if name in reached}}


def definitions() -> st.SearchStrategy[Json]:
    """Valid definitions."""
    top = _optional(Comment=st.text(max_size=5), TimeoutSeconds=_SECONDS)
    return st.tuples(top, _machines(2)).map(lambda parts: {**parts[0], **_Names().machine(parts[1])})
