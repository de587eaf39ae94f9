"""Configuration: environment variables (`STEPLOOM_...`), then a TOML file, then defaults, in one model.

The connection to Temporal is not ours to configure: it comes from the `TEMPORAL_...` variables and the profile file
that every Temporal tool reads (`temporalio.envconfig`). docs/configuration.md is made from this module.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Set
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import Field, JsonValue, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from activities.address_guard import parse_networks
from activities.function_routes import parse_functions
from activities.log_groups import parse_log_groups
from api.access.limits import DEFAULT_MAX_REQUEST_BYTES
from api.setting_names import CONFIG_VARIABLE, PREFIX, unknown_key, unknown_settings
from interpreter.values import parse_json

if TYPE_CHECKING:
    from temporalio.envconfig import ClientConnectConfig

DEFAULT_FILE: Final = Path("steploom.toml")
STATE_FOLDER: Final = Path(".steploom")
DEFAULT_TEMPORAL_ADDRESS: Final = "127.0.0.1:7233"
DEFAULT_TEMPORAL_NAMESPACE: Final = "default"

Port = Annotated[int, Field(ge=0, le=65535)]
Limit = Annotated[int, Field(ge=1)]


class ConfigurationError(Exception):
    """A setting is wrong; the message names each, its variable or the file that it is from, and says why."""


class Settings(BaseSettings):
    """Every setting of every role. Field names are the TOML keys; variables add the prefix and are upper case."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True, validate_default=True)

    database_url: str = Field(
        f"sqlite:///{STATE_FOLDER}/steploom.sqlite3",
        repr=False,
        description="The database: `sqlite:///relative/path`, `sqlite:////absolute/path` or "
        "`postgresql://user:password@host/name`.",
    )
    http_host: str = Field("127.0.0.1", description="Address that the HTTP door listens on.")
    http_port: Port = Field(8083, description="Port of the HTTP door (AWS JSON 1.0); 0 takes a free one.")
    grpc_host: str = Field("127.0.0.1", description="Address that the gRPC door listens on.")
    grpc_port: Port = Field(8084, description="Port of the gRPC door; 0 takes a free one.")
    authentication: Literal["off", "required"] = Field(
        "off",
        description="`required` answers only callers with a key (`steploom keys`): signed calls at the HTTP door, "
        "bearer tokens or client certificates at the gRPC door.",
    )
    replayed_requests: Literal["refused", "accepted"] = Field(
        "refused",
        description="Whether a signed request is accepted once, or again and again within its 15 minutes, as clients "
        "need that repeat a call within a second and sign nothing that tells the two apart "
        "([who may call](security.md#what-is-checked)).",
    )
    allow_unauthenticated: bool = Field(
        False,
        description="`true` lets the doors listen beyond the loopback interface without authentication, where "
        "something else keeps strangers out.",
    )
    encryption_key: str | None = Field(
        None,
        repr=False,
        description="What the secrets of access keys and connections are encrypted with (`steploom keys "
        "new-encryption-key` makes one); several, separated by commas, while it is changed: the first encrypts.",
    )
    encryption_key_file: Path | None = Field(
        None, description="A file with the encryption key, or with several, one a line, instead of `encryption_key`."
    )
    tls_certificate_file: Path | None = Field(
        None, description="Certificate chain (PEM) of both doors; turns TLS on, with `tls_key_file`."
    )
    tls_key_file: Path | None = Field(None, description="Key (PEM) of that certificate.")
    grpc_client_ca_file: Path | None = Field(
        None,
        description="Certificate authorities (PEM) of clients: the gRPC door then asks every client for a certificate "
        "of theirs.",
    )
    http_client_ca_file: Path | None = Field(
        None, description="Likewise for the HTTP door, whose calls must be signed nevertheless."
    )
    max_request_bytes: Limit = Field(
        DEFAULT_MAX_REQUEST_BYTES, description="The largest request that the doors take; AWS takes 1 MB."
    )
    rate_limits: Annotated[JsonValue, NoDecode] = Field(
        "off",
        description="How often each key may call in each API process: `off`, `aws` (AWS's quotas by operation), or a "
        'JSON object from operations, or `*` for the rest, to CALLS/PER_SECOND: `{"StartExecution": "1300/300"}`.',
    )
    audit_log: str | None = Field(
        None, description="File for one line of JSON about each call at the doors; `-` for standard output."
    )
    endpoint: str = Field(
        "http://127.0.0.1:8083",
        description="HTTP door that `deploy`, `start`, `list` and the other client commands call.",
    )
    account_id: str = Field(
        "123456789012", pattern=r"^\d{12}$", description="Account id in the ARNs of this installation."
    )
    region: str = Field("us-east-1", pattern=r"^[a-z0-9-]+$", description="Region in the ARNs of this installation.")
    mode: Literal["aws", "native"] = Field(
        "aws",
        description="`aws` enforces every quota of AWS; `native` lifts them to what Temporal carries. A state "
        "machine's tag `steploom:mode` counts more.",
    )
    functions: Annotated[JsonValue, NoDecode] = Field(
        "temporal",
        description="How Lambda functions are reached: `temporal` (the task queue of `steploom functions`), `lambda` "
        "(the Lambda API), or a JSON object that maps names (`name`, `name:qualifier`, `*` for the rest) to one of "
        'these words, to `{"task_queue": "..."}` or to `{"url": "..."}`.',
    )
    log_groups: Annotated[JsonValue, NoDecode] = Field(
        "stdout",
        description="Where the logs of executions go whose state machines have a loggingConfiguration: `stdout` (of "
        "the worker; of the API for synchronous EXPRESS executions), `none`, or a JSON object that maps names of log "
        'groups (`*` for the rest) to one of these words or to `{"folder": "..."}`, with one file for each group. '
        "A group that is not named does not exist.",
    )
    express_retention: Annotated[int, Field(ge=0)] = Field(
        0,
        description="For how many seconds after their end DescribeExecution and GetExecutionHistory answer for EXPRESS "
        "executions, which AWS refuses; 0 refuses it too.",
    )
    max_sync_executions: Limit = Field(
        1_000,
        description="Executions that an API process runs inside itself at once (StartSyncExecution, TestState); more "
        "are refused with `ThrottlingException`.",
    )
    task_policy: Annotated[JsonValue, NoDecode] = Field(
        "full-access",
        description="What Tasks may do with this installation's own API, nested executions included: a policy, or the "
        "name of one, as [keys](security.md) have it.",
    )
    worker_max_cached_workflows: Limit = Field(
        2000,
        description="Executions kept in a worker's memory. Below the number running, each step replays its history.",
    )
    worker_max_concurrent_workflow_tasks: Limit = Field(
        20, description="Workflow tasks that a worker handles at once. They share one CPU."
    )
    worker_max_concurrent_activities: Limit = Field(
        300, description="Integration calls that a worker has open at once."
    )
    worker_max_concurrent_express_tasks: Limit = Field(
        20, description="Executions of EXPRESS state machines that make short calls in a worker at once."
    )
    worker_max_concurrent_local_calls: Limit = Field(
        100, description="Short calls of EXPRESS executions that a worker has open at once."
    )
    http_guard: Literal["auto", "on", "off"] = Field(
        "auto",
        description="Whether HTTP, API Gateway, gRPC and EKS Tasks may call public addresses only, by TLS only. "
        "`auto` is `off` for `steploom dev` and `steploom run` whose doors listen on the loopback interface, else `on`",
    )
    http_guard_allowed: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Networks that such Tasks may call nevertheless, without TLS too, separated by commas: "
        "`10.1.0.0/16,fd00:1::/64`.",
    )
    sql_connections: Annotated[dict[str, str], NoDecode] = Field(
        {},
        repr=False,
        description="Databases of `sql:query` Tasks: a JSON object of names and URLs, as in `database_url`.",
    )
    kubernetes_clusters: Annotated[dict[str, dict[str, JsonValue]], NoDecode] = Field(
        {},
        repr=False,
        description="Clusters of `kubernetes:job` Tasks: a JSON object of names (`default` is meant where a Task names "
        'none) and objects, `{"in_cluster": true}` or members of `server`, `namespace`, `token`, `token_file`, '
        "`ca_file`, `client_certificate_file`, `client_key_file`.",
    )
    function_concurrency: Limit = Field(
        32, description="Calls that one `steploom functions` serves at once, each in a process of its own."
    )
    trace_executions: Literal["enabled", "all"] = Field(
        "enabled",
        description="Which executions have spans where OpenTelemetry's variables say where spans go: those of state "
        "machines whose tracingConfiguration is enabled (and those whose caller traces them), or `all`.",
    )
    ui_url: str | None = Field(
        None, description="Address of the Temporal UI, for links to executions: `start` and `describe` print them."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least level that is logged; of libraries never less than warnings."
    )
    log_format: Literal["text", "json"] = Field("text", description="`json` writes one object per line.")

    @field_validator("log_groups", mode="before")
    @classmethod
    def _parse_log_groups(cls, value: JsonValue) -> JsonValue:
        return parse_log_groups(value)

    @field_validator("functions", mode="before")
    @classmethod
    def _parse_functions(cls, value: JsonValue) -> JsonValue:
        return parse_functions(value)

    @field_validator("rate_limits", mode="before")
    @classmethod
    def _parse_rate_limits(cls, value: JsonValue) -> JsonValue:
        if value == "off":
            return value
        from api.access.rates import parse_rates  # reads AWS's model, which most commands do not need

        setting = parse_json(value) if isinstance(value, str) and value.lstrip().startswith("{") else value
        parse_rates(setting)
        return setting

    @field_validator("task_policy")
    @classmethod
    def _check_task_policy(cls, setting: JsonValue) -> JsonValue:
        if setting == "full-access":
            return setting
        from api.access.policy import PolicyError  # reads AWS's model, which most commands do not need
        from api.access.tasks import parse_task_policy

        try:
            parse_task_policy(setting)
        except PolicyError as error:
            raise ValueError(str(error)) from None
        return setting

    @field_validator("sql_connections", "kubernetes_clusters", mode="before")
    @classmethod
    def _parse_object(cls, value: JsonValue) -> JsonValue:
        return parse_json(value) if isinstance(value, str) else value

    @field_validator("sql_connections")
    @classmethod
    def _check_databases(cls, value: dict[str, str]) -> dict[str, str]:
        if not value:
            return value
        from api.storage.engine import database_url  # loads SQLAlchemy, which most commands do not need

        for name, url in value.items():
            try:
                database_url(url)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
        return value

    @field_validator("kubernetes_clusters")
    @classmethod
    def _check_clusters(cls, value: dict[str, dict[str, JsonValue]]) -> dict[str, dict[str, JsonValue]]:
        if not value:
            return value
        from activities.kubernetes_clusters import parse_cluster

        for name, members in value.items():
            try:
                parse_cluster(members)
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
        return value

    @field_validator("http_guard_allowed", mode="before")
    @classmethod
    def _parse_networks(cls, value: object) -> tuple[str, ...]:
        texts = value.split(",") if isinstance(value, str) else value
        if not isinstance(texts, list | tuple):
            raise ValueError("networks are a list, or a text that commas separate")
        return tuple(str(network) for network in parse_networks([str(text).strip() for text in texts if str(text)]))

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line over environment over TOML file."""
        toml = TomlConfigSettingsSource(settings_cls, toml_file=settings_cls.model_config.get("toml_file"))
        return init_settings, env_settings, toml


def load_settings(config: Path | None = None, **overrides: object) -> Settings:
    """Read the configuration.

    Args:
        config: The TOML file; if None the one that `STEPLOOM_CONFIG` names, else `steploom.toml` if there is one.
        overrides: Settings from the command line; None means not given.

    Raises:
        ConfigurationError: A named file is missing or no TOML, or a setting is unknown or wrong.
    """
    path = _config_file(config)

    class FromFile(Settings):
        model_config = SettingsConfigDict(toml_file=path)

    problems = [*unknown_settings(os.environ, Settings.model_fields.keys())]
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        settings = FromFile(**given)  # type: ignore[arg-type]  # checked by pydantic
    except ValidationError as error:
        raise ConfigurationError("\n".join([*problems, _explain(error, path, given.keys())])) from None
    except (ValueError, OSError) as error:
        raise ConfigurationError(f"The configuration file {path} cannot be read: {error}") from error
    if problems:
        raise ConfigurationError("\n".join(problems))
    return settings


def temporal_connection() -> ClientConnectConfig:
    """Where Temporal is, by the standard variables (`TEMPORAL_ADDRESS`, `TEMPORAL_API_KEY`, ...) and profile file.

    Raises:
        ConfigurationError: The profile cannot be read.
    """
    from temporalio.envconfig import ClientConfigProfile

    try:
        connection = ClientConfigProfile.load().to_client_connect_config()
    except (RuntimeError, OSError) as error:
        raise ConfigurationError(f"The Temporal profile cannot be read: {error}") from error
    connection.setdefault("target_host", DEFAULT_TEMPORAL_ADDRESS)
    connection.setdefault("namespace", DEFAULT_TEMPORAL_NAMESPACE)
    return connection


def _config_file(given: Path | None) -> Path | None:
    named = given or (Path(os.environ[CONFIG_VARIABLE]) if os.environ.get(CONFIG_VARIABLE) else None)
    if named is not None:
        if not named.is_file():
            raise ConfigurationError(f"The configuration file {named} does not exist.")
        return named
    return DEFAULT_FILE if DEFAULT_FILE.is_file() else None


def _explain(error: ValidationError, path: Path | None, overridden: Set[str]) -> str:
    problems = []
    variables = {name.upper() for name in os.environ}
    from_file = {key for key in _keys(path) - overridden if f"{PREFIX}{key.upper()}" not in variables}
    for problem in error.errors(include_url=False, include_input=False):
        setting = str(problem["loc"][0])
        if problem["type"] == "extra_forbidden":
            problems.append(unknown_key(setting, path, Settings.model_fields.keys()))
        else:
            place = ".".join(map(str, problem["loc"]))
            told = problem["msg"].removeprefix("Value error, ")  # of an error that a validator of ours has raised
            source = f"in {path}" if setting in from_file else f"{PREFIX}{setting.upper()}"
            problems.append(f"{place} ({source}): {told}")
    return "\n".join(problems)


def _keys(path: Path | None) -> Set[str]:
    """The settings in a TOML file, which has been read before."""
    return set() if path is None else tomllib.loads(path.read_text("utf-8")).keys()
