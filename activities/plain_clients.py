"""What botocore does to calls for its users' comfort and the AWS SDK for Java, and with it Step Functions, does not.

Definitions that work on AWS encode UserData themselves, and decode what they want to read: doing so once more would
change what they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from botocore.handlers import (
    base64_encode_user_data,
    decode_console_output,
    json_decode_policies,
    json_decode_template_body,
    set_list_objects_encoding_type_url,
)

_Comfort: TypeAlias = tuple[str, Callable[..., object]]
"""An event of botocore, and what it is handled by."""

_COMFORTS: Final[Mapping[str, tuple[_Comfort, ...]]] = {
    "autoscaling": (("before-parameter-build.autoscaling.CreateLaunchConfiguration", base64_encode_user_data),),
    "cloudformation": (("after-call.cloudformation.GetTemplate", json_decode_template_body),),
    "ec2": (
        ("before-parameter-build.ec2.RunInstances", base64_encode_user_data),
        ("after-call.ec2.GetConsoleOutput", decode_console_output),
    ),
    "iam": (("after-call.iam", json_decode_policies),),
    "s3": tuple(
        (f"before-parameter-build.s3.{operation}", set_list_objects_encoding_type_url)
        for operation in ("ListObjects", "ListObjectsV2", "ListObjectVersions")
    ),
}


def make_plain(api: str, client: Any) -> None:
    """Have a client of `api` send arguments and give answers as they are."""
    for event, handler in _COMFORTS.get(api, ()):
        client.meta.events.unregister(event, handler)
