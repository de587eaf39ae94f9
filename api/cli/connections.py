"""Commands for the connections of HTTP Tasks, which are EventBridge's API at our HTTP door."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from api.cli.client import service
from api.cli.options import ConfigOption, EndpointOption, JsonOption, read_text, settings_from, without_none
from api.cli.output import CommandError, date_text, print_fields, print_json, print_line, print_made, print_table

_API: Final = "events"
_OAUTH: Final = "OAUTH_CLIENT_CREDENTIALS"

app = typer.Typer(
    help="Manage the connections (credentials) of HTTP Tasks.\n\n"
    "Example: steploom connections create shop --basic me --secret-file password.txt",
    no_args_is_help=True,
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Name of the connection.")]
BasicOption = Annotated[str | None, typer.Option("--basic", metavar="USER", help="User name; the secret is theirs.")]
ApiKeyOption = Annotated[
    str | None, typer.Option("--api-key", metavar="HEADER", help="Header that carries the secret.")
]
OauthOption = Annotated[
    str | None, typer.Option("--oauth", metavar="CLIENT-ID", help="OAuth client; the secret is the client's.")
]
TokenUrlOption = Annotated[
    str | None, typer.Option("--token-url", metavar="URL", help="Where --oauth gets its tokens.")
]
SecretFileOption = Annotated[Path | None, typer.Option("--secret-file", metavar="FILE", help="File with the secret.")]
ParametersOption = Annotated[
    Path | None,
    typer.Option("--parameters", metavar="FILE", help="AuthParameters of CreateConnection (JSON), added to these."),
]


@app.command("create")
def create(
    name: NameArgument,
    basic: BasicOption = None,
    api_key: ApiKeyOption = None,
    oauth: OauthOption = None,
    token_url: TokenUrlOption = None,
    parameters: ParametersOption = None,
    secret_file: SecretFileOption = None,
    endpoint: EndpointOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Create a connection. The secret is asked for, or read from standard input or a file; never an argument.

    Example: steploom connections create shop --basic me --secret-file password.txt
    """
    chosen = _chosen(basic, api_key, oauth)
    if chosen is None:
        raise CommandError("Give one of --basic, --api-key and --oauth.", exit_code=2)
    kind, public = chosen
    if (kind == _OAUTH) is (token_url is None):
        raise CommandError("--oauth and --token-url go together.", exit_code=2)
    wanted = _with_parameters(parameters, _own_parameters(kind, public, _read_secret(secret_file), token_url))
    settings = settings_from(config, endpoint=endpoint)
    with service(settings.endpoint, settings.region, _API) as client:
        answer = client.create_connection(Name=name, AuthorizationType=kind, AuthParameters=wanted)
    _tell("created", answer, as_json=as_json)


@app.command("update")
def update(
    name: NameArgument,
    basic: BasicOption = None,
    api_key: ApiKeyOption = None,
    oauth: OauthOption = None,
    token_url: TokenUrlOption = None,
    parameters: ParametersOption = None,
    secret_file: SecretFileOption = None,
    endpoint: EndpointOption = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change a connection: a new secret (from a file), another user, header or kind. What is not given stays.

    Tasks use it from their next call on.

    Example: steploom connections update shop --secret-file new-password.txt
    """
    chosen = _chosen(basic, api_key, oauth)
    secret = None if secret_file is None else _read_secret(secret_file)
    if chosen is None and secret is None and token_url is None and parameters is None:
        raise CommandError("Say what is to change: --secret-file, --basic, --api-key, --oauth ...", exit_code=2)
    settings = settings_from(config, endpoint=endpoint)
    with service(settings.endpoint, settings.region, _API) as client:
        kind, public = chosen or (str(client.describe_connection(Name=name)["AuthorizationType"]), None)
        if token_url is not None and kind != _OAUTH:
            raise CommandError(f"--token-url is of OAuth clients only, and {name} is {kind}.", exit_code=2)
        wanted = _with_parameters(parameters, _own_parameters(kind, public, secret, token_url))
        answer = client.update_connection(Name=name, AuthorizationType=kind, AuthParameters=wanted)
    _tell("updated", answer, as_json=as_json)


@app.command("list")
def list_(endpoint: EndpointOption = None, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the connections.

    Example: steploom connections list
    """
    settings = settings_from(config, endpoint=endpoint)
    found: list[dict[str, Any]] = []
    with service(settings.endpoint, settings.region, _API) as client:
        arguments: dict[str, str] = {}
        while True:
            page = client.list_connections(**arguments)
            found += page["Connections"]
            if "NextToken" not in page:
                break
            arguments = {"NextToken": page["NextToken"]}
    if as_json:
        print_json(found)
        return
    members = ("Name", "AuthorizationType", "ConnectionState", "LastModifiedTime", "ConnectionArn")
    rows = [[date_text(each[one]) if one == "LastModifiedTime" else each[one] for one in members] for each in found]
    print_table(("NAME", "TYPE", "STATE", "CHANGED", "ARN"), rows, "There are no connections.")


@app.command("describe")
def describe(
    name: NameArgument, endpoint: EndpointOption = None, config: ConfigOption = None, as_json: JsonOption = False
) -> None:
    """Show a connection, without its secrets.

    Example: steploom connections describe shop
    """
    settings = settings_from(config, endpoint=endpoint)
    with service(settings.endpoint, settings.region, _API) as client:
        answer = client.describe_connection(Name=name)
    answer.pop("ResponseMetadata", None)
    if as_json:
        print_json(answer)
        return
    print_fields(
        {
            "name": answer["Name"],
            "arn": answer["ConnectionArn"],
            "type": answer["AuthorizationType"],
            "state": answer["ConnectionState"],
            "description": answer.get("Description"),
            "parameters": json.dumps(answer.get("AuthParameters", {})),
            "created": date_text(answer["CreationTime"]),
            "changed": date_text(answer["LastModifiedTime"]),
        }
    )


@app.command("delete")
def delete(name: NameArgument, endpoint: EndpointOption = None, config: ConfigOption = None) -> None:
    """Delete a connection. Tasks that use it fail from then on.

    Example: steploom connections delete shop
    """
    settings = settings_from(config, endpoint=endpoint)
    with service(settings.endpoint, settings.region, _API) as client:
        client.delete_connection(Name=name)
    print_line(f"deleted {name}")


def _chosen(basic: str | None, api_key: str | None, oauth: str | None) -> tuple[str, str] | None:
    """The kind of authorization that is given, and its public half; None where none is."""
    kinds = {"BASIC": basic, "API_KEY": api_key, _OAUTH: oauth}
    chosen = [(kind, value) for kind, value in kinds.items() if value is not None]
    if len(chosen) > 1:
        raise CommandError("Give one of --basic, --api-key and --oauth.", exit_code=2)
    return chosen[0] if chosen else None


def _own_parameters(
    kind: str, public: str | None, secret: str | None, token_url: str | None
) -> dict[str, dict[str, Any]]:
    """The AuthParameters of a kind, with what is given of them."""
    match kind:
        case "BASIC":
            return {"BasicAuthParameters": without_none(Username=public, Password=secret)}
        case "API_KEY":
            return {"ApiKeyAuthParameters": without_none(ApiKeyName=public, ApiKeyValue=secret)}
        case _:
            client = without_none(ClientID=public, ClientSecret=secret)
            method = None if token_url is None else "POST"
            endpoint = without_none(HttpMethod=method, AuthorizationEndpoint=token_url)
            return {"OAuthParameters": {**endpoint, **({"ClientParameters": client} if client else {})}}


def _with_parameters(file: Path | None, own: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The AuthParameters in a file, if there is one, with these on top."""
    parameters = {} if file is None else _read_parameters(file)
    for member, value in own.items():
        if value:
            parameters[member] = {**parameters.get(member, {}), **value}
    return parameters


def _tell(done: str, answer: Mapping[str, Any], *, as_json: bool) -> None:
    arn = str(answer["ConnectionArn"])
    if as_json:
        print_json({"connectionArn": arn})
    else:
        print_made(done, arn)


def _read_secret(file: Path | None) -> str:
    if file is not None:
        secret = read_text(file)
    elif sys.stdin.isatty():
        secret = str(typer.prompt("Secret", hide_input=True))
    else:
        secret = sys.stdin.read()
    secret = secret.rstrip("\r\n")
    if not secret:
        raise CommandError("There is no secret.", exit_code=2)
    return secret


def _read_parameters(file: Path) -> dict[str, Any]:
    try:
        value = json.loads(read_text(file))
    except ValueError as error:
        raise CommandError(f"{file} is not JSON: {error}", exit_code=2) from error
    if not isinstance(value, dict) or not all(isinstance(member, dict) for member in value.values()):
        raise CommandError(f"{file} is not a JSON object of objects.", exit_code=2)
    return value
