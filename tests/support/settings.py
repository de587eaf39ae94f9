"""Tests in whose process no setting of the person who runs them counts."""

from __future__ import annotations

import os

import pytest

from api.setting_names import PREFIX


def forget_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take all variables of steploom out of the environment for a test."""
    for name in [*os.environ]:
        if name.startswith(PREFIX):
            monkeypatch.delenv(name)
