"""The parameters of a connection: what of them may be shown, how an update changes them, and what they mean.

The shapes are `AuthParameters` of EventBridge's CreateConnection and DescribeConnection.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

from activities.connections import Additions, ApiKey, Authorization, Basic, OAuthClient
from api.service.errors import ValidationException
from interpreter.values import JsonValue

_OWN: Final[Mapping[str, str]] = {
    "BASIC": "BasicAuthParameters",
    "API_KEY": "ApiKeyAuthParameters",
    "OAUTH_CLIENT_CREDENTIALS": "OAuthParameters",
}
"""Which member goes with which AuthorizationType."""

_SECRET: Final = frozenset({"Password", "ApiKeyValue", "ClientSecret"})
_LISTS: Final = ("HeaderParameters", "QueryStringParameters", "BodyParameters")
_PRIVATE: Final = "ConnectivityParameters"

Parameters = dict[str, JsonValue]


def check_parameters(kind: str, parameters: Mapping[str, JsonValue]) -> None:
    """Raises: ValidationException, unless the parameters are those of an authorization type, and complete."""
    if _PRIVATE in parameters:
        raise ValidationException(
            "steploom has no private connectivity: what HTTP Tasks may reach is said by its setting http_guard_allowed"
        )
    for other, member in _OWN.items():
        if (member in parameters) is not (other == kind):
            raise ValidationException(f"A connection of type {kind} needs {_OWN[kind]}, and takes none of other types")
    for member in ("InvocationHttpParameters", "OAuthHttpParameters"):
        for name in _LISTS:
            for entry in _entries(_holder(parameters, member), name):
                if not isinstance(entry.get("Key"), str) or not isinstance(entry.get("Value"), str):
                    raise ValidationException(f"An entry of {member}.{name} needs a Key and a Value")


def _holder(parameters: Mapping[str, JsonValue], member: str) -> Parameters:
    inside = parameters if member == "InvocationHttpParameters" else parameters.get("OAuthParameters")
    return cast("Parameters", (cast("Parameters", inside or {})).get(member) or {})


def shown_parameters(parameters: Mapping[str, JsonValue]) -> Parameters:
    """The parameters as DescribeConnection shows them: passwords, keys and values marked as secret are left out."""
    return {name: _shown(value) for name, value in parameters.items() if name not in _SECRET}


def _shown(value: JsonValue) -> JsonValue:
    match value:
        case dict() if "IsValueSecret" in value or "Value" in value:
            hidden = value.get("IsValueSecret") is True
            return {name: member for name, member in value.items() if not (hidden and name == "Value")}
        case dict():
            return shown_parameters(value)
        case list():
            return [_shown(item) for item in value]
        case _:
            return value


def updated_parameters(old: Mapping[str, JsonValue], kind: str, new: Mapping[str, JsonValue]) -> Parameters:
    """What UpdateConnection makes of parameters: objects are merged, texts and lists replaced.

    Those of another authorization type than `kind` are dropped.
    """
    kept = {name: value for name, value in old.items() if name not in _OWN.values() or name == _OWN[kind]}
    return _merged(kept, new)


def _merged(old: Mapping[str, JsonValue], new: Mapping[str, JsonValue]) -> Parameters:
    merged = dict(old)
    for name, value in new.items():
        before = merged.get(name)
        merged[name] = _merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return merged


def authorization_of(kind: str, parameters: Mapping[str, JsonValue]) -> Authorization:
    """The credentials in a connection's parameters, which were checked when they were stored."""
    own = cast("dict[str, str]", parameters[_OWN[kind]])
    match kind:
        case "BASIC":
            return Basic(username=own["Username"], password=own["Password"])
        case "API_KEY":
            return ApiKey(name=own["ApiKeyName"], value=own["ApiKeyValue"])
        case _:
            client = cast("dict[str, str]", own["ClientParameters"])
            return OAuthClient(
                endpoint=own["AuthorizationEndpoint"],
                method=own["HttpMethod"],
                client_id=client["ClientID"],
                client_secret=client["ClientSecret"],
                additions=_additions(_holder(parameters, "OAuthHttpParameters")),
            )


def additions_of(parameters: Mapping[str, JsonValue]) -> Additions:
    """What a connection adds to the requests made with it."""
    return _additions(_holder(parameters, "InvocationHttpParameters"))


def _additions(holder: Mapping[str, JsonValue]) -> Additions:
    headers, query, body = (
        {str(entry["Key"]): str(entry["Value"]) for entry in _entries(holder, name)} for name in _LISTS
    )
    return Additions(headers=headers, query=query, body=body)


def _entries(holder: Mapping[str, JsonValue], name: str) -> list[Parameters]:
    return cast("list[Parameters]", holder.get(name) or [])
