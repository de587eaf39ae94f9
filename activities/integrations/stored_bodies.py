"""Bodies of calls that stand in S3 in place of the state: `Input` and `Output` of `bedrock:invokeModel`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from activities.failures import sdk_error
from activities.integrations.aws_shapes import UnusableArgument
from activities.integrations.refusals import refusal_of
from activities.whole_answers import read_whole
from interpreter.errors import StatesDataLimitExceeded, StatesError
from interpreter.values import JsonValue

LARGEST_BODY: Final = 25_000_000
"""Bytes that are read or written: Bedrock takes no more (InvokeModel, "body")."""

_URI: Final = re.compile(r"s3://(?P<bucket>[^/]+)/(?P<key>.+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object of S3; `client` makes botocore's client of it, at the first call."""

    uri: str
    field: str
    client: Callable[[], Any]

    def fetch(self) -> tuple[bytes, str | None]:
        """Its bytes and its content type.

        Raises:
            UnusableArgument: the URI names none.
            StatesError: S3 refused it.
            StatesDataLimitExceeded: it is larger than a body may be.
            BotoCoreError: S3 gave no whole answer.
        """
        place, s3 = self._place(), self.client()
        try:
            answer = s3.get_object(**place)
        except ClientError as error:
            raise self._refused(s3, error) from None
        return read_bounded(answer["Body"], self.uri), answer.get("ContentType")

    def put(self, data: bytes, content_type: str | None) -> None:
        """Write it. Raises as `fetch`."""
        place, s3 = self._place(), self.client()
        kind = {} if content_type is None else {"ContentType": content_type}
        try:
            s3.put_object(**place, Body=data, **kind)
        except ClientError as error:
            raise self._refused(s3, error) from None

    def check(self) -> None:
        """Raises: UnusableArgument, if the URI names no object."""
        self._place()

    def _place(self) -> dict[str, str]:
        found = _URI.fullmatch(self.uri)
        if found is None:
            raise UnusableArgument(f"The value of the field '{self.field}.S3Uri' is not s3://<bucket>/<key>")
        return {"Bucket": found["bucket"], "Key": found["key"]}

    def _refused(self, s3: Any, error: ClientError) -> StatesError:
        refused = sdk_error("S3", refusal_of(s3.meta.service_model, error))
        return StatesError(refused.name, f"{self.uri}: {refused.cause}")


def read_bounded(stream: Any, what: str) -> bytes:
    """A streamed body. Raises: StatesDataLimitExceeded; BotoCoreError, if it was cut off."""
    data = read_whole(stream, LARGEST_BODY)
    stream.close()
    if len(data) > LARGEST_BODY:
        raise StatesDataLimitExceeded(f"{what} has more than {LARGEST_BODY} bytes.")
    return data


def named_object(arguments: Mapping[str, JsonValue], field: str, client: Callable[[], Any]) -> StoredObject | None:
    """The object that an argument such as `{"S3Uri": ...}` names, None where there is none.

    Raises:
        UnusableArgument: the argument has another form.
    """
    given = arguments.get(field)
    if given is None:
        return None
    uri = given.get("S3Uri") if isinstance(given, dict) else None
    if not isinstance(uri, str):
        raise UnusableArgument(f"The field '{field}.S3Uri' is required but was missing")
    return StoredObject(uri, field, client)
