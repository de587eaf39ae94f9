"""All intrinsic functions by name (developer guide, Intrinsic functions: 18 of them)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from interpreter.intrinsics import arrays, encoding, json_texts, numeric, texts
from interpreter.intrinsics.arguments import Function

FUNCTIONS: Final[Mapping[str, Function]] = MappingProxyType(
    {
        function.name: function
        for family in (arrays, encoding, json_texts, numeric, texts)
        for function in family.FUNCTIONS
    }
)
