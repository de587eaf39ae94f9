"""Intrinsic functions (`States.Format(...)` and 17 others), the computing part of JSONPath states."""

from interpreter.intrinsics.parser import Intrinsic, parse_intrinsic

__all__ = ["Intrinsic", "parse_intrinsic"]
