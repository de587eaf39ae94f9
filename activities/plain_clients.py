"""What botocore does to calls for its users' comfort and the AWS SDK for Java, and with it Step Functions, does not.

Definitions that work on AWS encode UserData themselves, and decode what they want to read: doing so once more would
change what they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from botocore.handlers import (
    base64_encode_user_data,
    decode_console_output,
    handle_copy_source_param,
    json_decode_policies,
    json_decode_template_body,
    set_list_objects_encoding_type_url,
)

_COPIES: Final = ("before-parameter-build.s3.CopyObject", "before-parameter-build.s3.UploadPartCopy")

_IN_HEADERS: Final = "".join(map(chr, range(0x21, 0x7F)))
"""All that a header can hold as it is."""

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
    "s3": (
        *(
            (f"before-parameter-build.s3.{operation}", set_list_objects_encoding_type_url)
            for operation in ("ListObjects", "ListObjectsV2", "ListObjectVersions")
        ),
        *((event, handle_copy_source_param) for event in _COPIES),
    ),
}


def make_plain(api: str, client: Any) -> None:
    """Have a client of `api` send arguments and give answers as they are."""
    for event, handler in _COMFORTS.get(api, ()):
        client.meta.events.unregister(event, handler)
    if api == "s3":
        for event in _COPIES:
            client.meta.events.register(event, _keep_copy_source)


def _keep_copy_source(params: dict[str, Any], **_: object) -> None:
    """The definition encodes the source, where it must be; only what no header can hold is encoded here."""
    source = params.get("CopySource")
    if isinstance(source, str):
        params["CopySource"] = quote(source, safe=_IN_HEADERS)
