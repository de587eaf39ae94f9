from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from interpreter.errors import StatesRuntime
from interpreter.intrinsics import parse_intrinsic
from interpreter.intrinsics.registry import FUNCTIONS
from interpreter.values import json_equal
from tests.interpreter.jsonpath.scopes import scope_of

DOCUMENT: dict[str, Any] = {
    "null": None,
    "true": True,
    "number": 1.1,
    "text": "Hello",
    "template": "Hi {}",
    "array": [1, 2, 3],
    "object": {"Arg1": 1, "Arg2": []},
    "mixed": [None, None, True, 1, 1.0, "1", [], [], [None], {"a": 1, "b": 2}, {"b": 2, "a": 1}, {"a": 1}],
    "long": "x" * 10_001,
    "limit": "x" * 10_000,
    "deep": "[" * 100_000,
    "huge": 10**400,
    "infinite": float("inf"),
}


@dataclass(frozen=True)
class Case:
    call: str
    result: Any


@pytest.mark.parametrize(
    "case",
    [
        Case("States.Format('a {} b {}', $.text, 1)", "a Hello b 1"),
        Case("States.Format('{}', $.null)", "null"),
        Case("States.Format('{}', $.number)", "1.1"),
        Case("States.Format('{}', $.true)", "true"),
        Case("States.Format('fst={} and snd={}.', $.object, $.array)", "fst={Arg1=1, Arg2=[]} and snd=[1, 2, 3]."),
        Case("States.Format($.template, 'you')", "Hi you"),
        Case(r"States.Format('\{\} {} \\ \'', 1)", r"{} 1 \ '"),
        Case("States.Format('{ {a}')", "{ {a}"),
        Case("States.Format('raw \n newline and \"')", 'raw \n newline and "'),
        Case("States.StringToJson('')", None),
        Case("States.StringToJson(' ')", None),
        Case("States.StringToJson('-0')", 0),
        Case("States.StringToJson('[1, 2, \"x\"]')", [1, 2, "x"]),
        Case(r"""States.StringToJson('\{"constant": "false"\}')""", {"constant": "false"}),
        Case("States.JsonToString($.object)", '{"Arg1":1,"Arg2":[]}'),
        Case("States.JsonToString($.text)", '"Hello"'),
        Case("States.Array()", []),
        Case("States.Array(1, 'a', true, null, $.array[0])", [1, "a", True, None, 1]),
        Case("States.Array( -1.5e1 , $.nothing[*], $.object['Arg1'])", [-15.0, [], 1]),
        Case("States.Array($.array[?(@ > 1 && (@ < 3))], $.array.length())", [[2], 3]),
        Case("States.ArrayPartition($.array, 2)", [[1, 2], [3]]),
        Case("States.ArrayPartition($.array, 1.5)", [[1, 2], [3]]),
        Case("States.ArrayPartition(States.Array(), 3)", []),
        Case('States.ArrayContains($.mixed, States.StringToJson(\'{"b": 2, "a": 1}\'))', True),
        Case("States.ArrayContains($.array, true)", False),
        Case("States.ArrayContains($.array, 2.0)", True),
        Case("States.ArrayRange(0, 10, 3)", [0, 3, 6, 9]),
        Case("States.ArrayRange(1, 9, 9)", [1]),
        Case("States.ArrayRange(1, 9, 2)", [1, 3, 5, 7, 9]),
        Case("States.ArrayRange(3, 1, -1)", [3, 2, 1]),
        Case("States.ArrayRange(3, 1, 1)", []),
        Case("States.ArrayRange(0.5, 2.4, 1)", [1, 2]),
        Case("States.ArrayLength(States.ArrayRange(1, 1000, 1))", 1000),
        Case("States.ArrayGetItem($.array, 2)", 3),
        Case("States.ArrayLength($.array)", 3),
        Case("States.ArrayUnique($.mixed)", [None, True, 1, "1", [], [None], {"a": 1, "b": 2}, {"a": 1}]),
        Case("States.Base64Encode('Data to encode')", "RGF0YSB0byBlbmNvZGU="),
        Case("States.Base64Decode('RGF0YSB0byBlbmNvZGU=')", "Data to encode"),
        Case("States.Base64Decode('RGF0YSB0byBlbmNvZGU')", "Data to encode"),
        Case("States.Base64Encode('')", ""),
        Case("States.Base64Decode('')", ""),
        Case("States.Base64Decode(States.Base64Encode('žluť'))", "žluť"),
        Case("States.Hash('input data', 'MD5')", "812f45842bc6d66ee14572ce20db8e86"),
        Case("States.Hash('input data', 'SHA-1')", "aaff4a450a104cd177d28d18d74485e8cae074b7"),
        Case("States.Hash('1', 'SHA-256')", "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"),
        Case("States.Hash(1, 'SHA-256')", "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"),
        Case("States.ArrayLength(States.Array(States.Hash($.limit, 'SHA-384'), States.Hash('', 'SHA-512')))", 2),
        Case(
            "States.JsonMerge($.object, States.StringToJson('{\"Arg1\": \\{\\}}'), false)",
            {"Arg1": {}, "Arg2": []},
        ),
        Case("States.MathAdd(1.49, 1.5)", 3),
        Case("States.MathAdd(-1.5, 0)", -1),
        Case("States.MathAdd(-1.51, 0)", -2),
        Case("States.MathAdd(-0.5, 0)", 0),
        Case("States.MathAdd(2.5, 0)", 3),
        Case("States.MathAdd(0.49999999999999994, 0)", 0),
        Case("States.MathAdd(2147483647, -2147483648)", -1),
        Case("States.MathRandom(12.5, 44.51)", 29),
        Case("States.MathRandom(-9, -8)", -9),
        Case("States.MathRandom(0, 100, 0)", 60),
        Case("States.MathRandom(10, 20, 42)", 10),
        Case("States.MathRandom(0, 16, 42)", 11),
        Case("States.StringSplit('a,b', ',')", ["a", "b"]),
        Case("States.StringSplit('This.is+a,test=string', '.+,=')", ["This", "is", "a", "test", "string"]),
        Case("States.StringSplit(',,,,', ',')", []),
        Case("States.StringSplit(' ', ',')", [" "]),
        Case("States.StringSplit('ab', '')", ["ab"]),
        Case("States.UUID()", "3f0c7a52-6f6e-4d7e-9a35-0d6b5c1f2a11"),
        Case(
            "States.ArrayGetItem(States.StringSplit($$.Name, '-'), "
            "States.MathAdd(States.ArrayLength(States.StringSplit($$.Name, '-')), -1))",
            "last",
        ),
        Case("States.Format('{}', $who.name)", "Ada"),
    ],
    ids=lambda case: case.call[:70],
)
def test_result(case: Case) -> None:
    scope = scope_of(DOCUMENT, context={"Name": "first-last"}, variables={"who": {"name": "Ada"}}, random=0.5)
    result = parse_intrinsic(case.call).evaluate(scope)
    assert json_equal(result, case.result), result


@dataclass(frozen=True)
class Failure:
    call: str
    detail: str


@pytest.mark.parametrize(
    "case",
    [
        Failure("States.Format('{} {}', 1)", "Expected 2 values for the place holders of the template, but got 1"),
        Failure("States.Format('', 1)", "Expected 0 values for the place holders of the template, but got 1"),
        Failure("States.Format($.array)", "Expected argument 1 to be a string, but was array"),
        Failure("States.StringToJson($.number)", "Expected argument 1 to be a string, but was number"),
        Failure("States.StringToJson('{')", "The text is not valid JSON"),
        Failure("States.StringToJson('NaN')", "The text is not valid JSON"),
        Failure("States.StringToJson($.deep)", "The text is not valid JSON"),
        Failure("States.JsonToString()", "Expected 1 arguments, but got 0"),
        Failure("States.ArrayPartition($.array, 0.4)", "Expected the chunk size to be positive, but was 0"),
        Failure("States.ArrayPartition($.array, '2')", "Expected argument 2 to be a number, but was string"),
        Failure("States.ArrayContains($.object, 1)", "Expected argument 1 to be an array, but was object"),
        Failure("States.ArrayRange(1, 5, 0)", "The step must not be 0"),
        Failure("States.ArrayRange(1, 1001, 1)", "The range has more than the 1000 elements allowed"),
        Failure("States.ArrayRange(0, -2e18, -1)", "The range has more than the 1000 elements allowed"),
        Failure("States.ArrayGetItem($.array, 3)", "The index 3 is out of range for an array of 3 elements"),
        Failure("States.ArrayGetItem($.array, -1)", "The index -1 is out of range for an array of 3 elements"),
        Failure("States.ArrayLength($.array, 1)", "Expected 1 arguments, but got 2"),
        Failure("States.Base64Encode($.long)", "The text has 10001 characters, more than the 10000 allowed"),
        Failure("States.Base64Decode($.long)", "The text has 10001 characters, more than the 10000 allowed"),
        Failure("States.Base64Decode('*')", "The text is not valid Base64"),
        Failure("States.Base64Decode('žž==')", "The text is not valid Base64"),
        Failure("States.Hash($.long, 'MD5')", "The text has 10001 characters, more than the 10000 allowed"),
        Failure("States.Hash('x', 'sha1')", "Expected one of the algorithms MD5, SHA-1, SHA-256, SHA-384, SHA-512"),
        Failure("States.JsonMerge($.object, $.object, true)", "Deep merging is not supported"),
        Failure("States.JsonMerge($.object, $.array, false)", "Expected argument 2 to be an object, but was array"),
        Failure("States.JsonMerge($.object, $.object, 0)", "Expected argument 3 to be a boolean, but was number"),
        Failure("States.MathAdd(2147483648, 0)", "Expected numbers from -2147483648 to 2147483647, but got 2147483648"),
        Failure("States.MathAdd($.true, 0)", "Expected argument 1 to be a number, but was boolean"),
        Failure("States.MathRandom(5, 5)", "The end 5 must be greater than the start 5"),
        Failure("States.MathRandom(0, $.huge)", "Expected numbers from -9223372036854775808 to 9223372036854775807"),
        Failure("States.ArrayRange(0, $.huge, 1)", "The range has more than the 1000 elements allowed"),
        Failure("States.MathAdd($.infinite, 0)", "Expected argument 1 to be a number, but was number"),
        Failure("States.MathRandom(1)", "Expected 2 to 3 arguments, but got 1"),
        Failure("States.UUID(1)", "Expected 0 arguments, but got 1"),
        Failure("States.StringSplit('a', $.null)", "Expected argument 2 to be a string, but was null"),
    ],
    ids=lambda case: case.call[:70],
)
def test_failure(case: Failure) -> None:
    with pytest.raises(StatesRuntime) as caught:
        parse_intrinsic(case.call).evaluate(scope_of(DOCUMENT))
    assert (caught.value.cause or "").startswith(f"The function '{case.call}' had the following error: {case.detail}")


@pytest.mark.parametrize(
    "call, shown",
    [
        ("States.Format('{}', $.nope)", "$.nope"),
        ("States.Format('{}', States.Array($.a[1]))", "$.a[1]"),
        ("States.Format('{}', $$.X)", "$.X"),
    ],
)
def test_missing_argument(call: str, shown: str) -> None:
    with pytest.raises(StatesRuntime) as caught:
        parse_intrinsic(call).evaluate(scope_of({"a": [0]}))
    assert caught.value.cause == (
        f"The function '{call}' had the following error: "
        f"The JsonPath argument for the field '{shown}' could not be found in the input '{{\"a\":[0]}}'"
    )


@pytest.mark.parametrize("seed", [0, 1, -7, 2**63])
@pytest.mark.parametrize("bound", [1, 10, 2**31 - 1, 2**40])
def test_a_seed_repeats_its_number_within_the_bounds(seed: int, bound: int) -> None:
    call = parse_intrinsic(f"States.MathRandom(0, {bound}, {seed})")
    first = call.evaluate(scope_of(None, random=0.1))
    assert isinstance(first, int)
    assert 0 <= first < bound
    assert call.evaluate(scope_of(None, random=0.9)) == first


def test_there_are_eighteen_functions() -> None:
    assert len(FUNCTIONS) == 18
