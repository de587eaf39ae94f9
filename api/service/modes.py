"""The mode of a state machine: its tag `steploom:mode`, else the installation's setting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, cast, get_args

from api.service.errors import ValidationException
from api.storage.store import MODE_TAG, StateMachine

Mode: TypeAlias = Literal["aws", "native"]

AWS_PAYLOAD_BYTES: Final = 262_144

_MODES: Final = get_args(Mode)


def check_mode_tag(tags: Mapping[str, str]) -> None:
    """Refuse tags of a state machine that name no mode.

    Raises:
        ValidationException: the tag has another value than `aws` or `native`.
    """
    value = tags.get(MODE_TAG)
    if value is not None and value not in _MODES:
        raise ValidationException(
            f"The tag '{MODE_TAG}' of a state machine must have one of the values [{', '.join(_MODES)}], "
            f"but has '{value}'"
        )


def mode_of(machine: StateMachine, installation: Mode) -> Mode:
    """The mode in which executions of a state machine begin."""
    return installation if machine.mode is None else cast(Mode, machine.mode)


def mode_of_tags(tags: Mapping[str, str], installation: Mode) -> Mode:
    """The mode of a state machine that has these tags, which were checked."""
    return cast(Mode, tags.get(MODE_TAG, installation))


def is_over_quota(document: str) -> bool:
    """Whether an input or output is larger than it may be in the mode `aws`."""
    return len(document.encode()) > AWS_PAYLOAD_BYTES
