"""Whatever the text, parsing gives a definition or a DefinitionError, and validation gives diagnostics."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interpreter.definition.diagnostics import NOT_SUPPORTED_YET, Severity
from interpreter.definition.model import Definition
from interpreter.definition.parse import parse_definition
from interpreter.definition.validate import validate_definition
from interpreter.errors import DefinitionError
from tests.interpreter.definition.catalogs import TEST_CATALOG
from tests.interpreter.definition.samples import DISTRIBUTED_MAP, EVERYTHING, EVERYTHING_IN_JSONATA

Place = tuple[Any, ...]

ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()))
TEXTS = st.sampled_from(
    (
        *("", "$", "$$", "$.a[", "$.a[*]", "$x", "$states", "States.UUID()", "States.Nope(", "JSONata", "EXPRESS"),
        *("Next", "{% $x %}", "{% x %}", "{% ( %}", "{%%}", "{% $states.result %}", "{% $states.errorOutput %}"),
    )
)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
LEAVES = st.none() | st.booleans() | NUMBERS | TEXTS | ANY_TEXT
FIELDS = st.sampled_from(
    (
        *("Type", "Next", "End", "x.$", "And", "Not", "Choices", "States", "StartAt", "Retry"),
        *("QueryLanguage", "Output", "Assign", "Arguments", "Condition", "Items"),
    )
)
NAMES = FIELDS | ANY_TEXT
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)


def _places(value: Any, at: Place = ()) -> list[Place]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(place for key, child in children for place in _places(child, (*at, key)))]


SAMPLES = {"JSONPath": EVERYTHING, "JSONata": EVERYTHING_IN_JSONATA, "Distributed Map": DISTRIBUTED_MAP}
PLACES = [(language, place) for language, sample in SAMPLES.items() for place in _places(sample) if place]


def _holder(definition: Any, place: Place) -> Any:
    for step in place[:-1]:
        definition = definition[step]
    return definition


def _outcome(text: str) -> Definition | DefinitionError:
    try:
        return parse_definition(text, TEST_CATALOG)
    except DefinitionError as error:
        return error


def _check(text: str) -> None:
    """Parsing and validation agree on whether there is an error or a limit, and an error has a text."""
    outcome = _outcome(text)
    found = validate_definition(text, TEST_CATALOG)
    errors = [diagnostic for diagnostic in found if diagnostic.severity is Severity.ERROR]
    limits = [replace(found, severity=Severity.ERROR) for found in found if found.code == NOT_SUPPORTED_YET]
    if isinstance(outcome, DefinitionError):
        assert list(outcome.diagnostics) == (errors or limits)
        assert errors or limits
        assert all(diagnostic.text().encode("utf-8") for diagnostic in found)
    else:
        assert not errors
        assert not limits


@settings(max_examples=300, deadline=None)
@given(where=st.sampled_from(PLACES), value=JSON)
def test_any_value_in_any_place(where: tuple[str, Place], value: Any) -> None:
    language, place = where
    definition = copy.deepcopy(SAMPLES[language])
    _holder(definition, place)[place[-1]] = value
    _check(json.dumps(definition))


@settings(max_examples=200, deadline=None)
@given(where=st.sampled_from(PLACES), name=NAMES, value=JSON)
def test_any_member_added_anywhere(where: tuple[str, Place], name: str, value: Any) -> None:
    language, place = where
    definition = copy.deepcopy(SAMPLES[language])
    holder = _holder(definition, (*place, None))
    if isinstance(holder, dict):
        holder[name] = value
    elif isinstance(holder, list):
        holder.append(value)
    _check(json.dumps(definition))


@pytest.mark.parametrize(
    "language, place", PLACES, ids=lambda part: part if isinstance(part, str) else "/".join(map(str, part))
)
def test_anything_taken_away(language: str, place: Place) -> None:
    definition = copy.deepcopy(SAMPLES[language])
    del _holder(definition, place)[place[-1]]
    _check(json.dumps(definition))


@settings(max_examples=200, deadline=None)
@given(text=ANY_TEXT | JSON.map(json.dumps))
def test_any_text(text: str) -> None:
    _check(text)


@settings(max_examples=300, deadline=None)
@given(
    cut=st.integers(0, len(json.dumps(EVERYTHING))),
    length=st.integers(0, 5),
    inserted=st.text(alphabet='{}[]",:\\ntfu0e.-$\x01\n ', max_size=3),
)
def test_the_text_damaged_anywhere(cut: int, length: int, inserted: str) -> None:
    text = json.dumps(EVERYTHING)
    _check(text[:cut] + inserted + text[cut + length :])


@pytest.mark.parametrize("language", SAMPLES)
def test_the_samples_themselves_are_valid(language: str) -> None:
    found = validate_definition(json.dumps(SAMPLES[language]), TEST_CATALOG)
    assert [one.text() for one in found if one.code != NOT_SUPPORTED_YET] == []
