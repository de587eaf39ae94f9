"""`api.service.shapes` says what AWS's model says."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from typing import Any

import pytest
from botocore import xform_name
from botocore.model import StructureShape

from api.service import model, shapes

DATACLASSES = {name: kind for name, kind in vars(shapes).items() if is_dataclass(kind)}


PARTS = ("InspectionDataRequest", "InspectionDataResponse")
"""Structures of the model that are named like requests and responses."""

REQUESTS = [name for name in DATACLASSES if name.endswith("Request") and name not in PARTS]
RESPONSES = [name for name in DATACLASSES if name.endswith("Response") and name not in PARTS]


def shape_of(name: str) -> StructureShape:
    if name in REQUESTS:
        return model.input_shape(name.removesuffix("Request"))
    if name in RESPONSES:
        return model.output_shape(name.removesuffix("Response"))
    shape = model.structure_shape(name)
    assert isinstance(shape, StructureShape)
    return shape


@pytest.mark.parametrize("name", DATACLASSES)
def test_members_are_those_of_the_model(name: str) -> None:
    kind: Any = DATACLASSES[name]
    shape = shape_of(name)
    assert {field.name for field in fields(kind)} == {xform_name(member) for member in shape.members}


@pytest.mark.parametrize("name", REQUESTS)
def test_required_members_have_no_default(name: str) -> None:
    kind: Any = DATACLASSES[name]
    required = {field.name for field in fields(kind) if field.default is MISSING}
    assert required == {xform_name(member) for member in shape_of(name).required_members}


def test_every_request_has_its_response() -> None:
    requests = {name.removesuffix("Request") for name in REQUESTS}
    responses = {name.removesuffix("Response") for name in RESPONSES}
    assert requests == responses
    assert requests == model.operation_names()
