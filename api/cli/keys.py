"""Access keys: make, list, change, rotate and delete them. They are in the database: no service has to run."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, TypeVar

import typer

from api.cli.options import ConfigOption, JsonOption, database_of, given_text, meant_file, settings_from, without_none
from api.cli.output import CommandError, date_text, print_aside, print_fields, print_json, print_line, print_table

if TYPE_CHECKING:
    from api.access.keys import KeyTerms, NewKey
    from api.access.sealing import Sealer
    from api.config import Settings
    from api.storage.access_keys import AccessKey
    from api.storage.store import Store
    from interpreter.values import JsonValue

_T = TypeVar("_T")

_ONCE: Final = "Keep the secret now: it is not shown again."

app = typer.Typer(no_args_is_help=True)

PolicyOption = Annotated[
    str,
    typer.Option(
        "--policy",
        metavar="POLICY",
        help="What the key allows: full-access, read-only, metrics, or an IAM policy as JSON or @FILE.",
    ),
]
KeyArgument = Annotated[str, typer.Argument(metavar="ID", help="Id of the key.")]


@app.command()
def create(
    policy: PolicyOption,
    user: Annotated[str | None, typer.Option("--user", help="Whose key it is (default: its id).")] = None,
    token: Annotated[bool, typer.Option("--token", help="A bearer token, for the gRPC door and /metrics.")] = False,
    certificate: Annotated[
        str | None, typer.Option("--certificate", metavar="NAME", help="For the client certificate with this name.")
    ] = None,
    days: Annotated[int | None, typer.Option("--days", min=1, help="How long it is good (default: for ever).")] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a key and print its secret, once: for AWS clients, a bearer token, or for a client certificate.

    Example: steploom keys create --user ci --policy @ci-policy.json
    """
    if token and certificate is not None:
        raise CommandError("--token and --certificate are two kinds of keys.", exit_code=2)
    settings = settings_from(config)
    from api.access.keys import new_certificate_key, new_signature_key, new_token_key

    terms = _terms(policy, user, days)
    if token:
        new = new_token_key(terms)
    elif certificate is not None:
        new = _checked(lambda: new_certificate_key(terms, certificate))
    else:
        new = new_signature_key(terms, _sealer(settings))

    async def keep(store: Store) -> None:
        if not await store.create_access_key(new.key):
            raise CommandError(f"There is a key for the certificate {certificate!r} already.")

    _run(settings, keep, may_make="database_url" in settings.model_fields_set)
    _print_new(new, as_json=as_json)
    if not as_json:
        print_line(f"It is in {database_of(settings)}, and good where a service uses that database.")


@app.command("list")
def list_(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List all keys, without their secrets.

    Example: steploom keys list
    """
    settings = settings_from(config)
    keys = _run(settings, lambda store: store.list_access_keys())
    if as_json:
        print_json([_shown(key) for key in keys])
        return
    rows = ((key.id, key.user, _kind(key), _state(key), date_text(key.created), date_text(key.expires)) for key in keys)
    print_table(("ID", "USER", "KIND", "STATE", "CREATED", "EXPIRES"), rows, "No keys.")
    print_aside(f"database: {database_of(settings)}")


@app.command()
def show(key: KeyArgument, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Show a key with its policy.

    Example: steploom keys show STPLGEZDGNBVGY3TQOJQ
    """
    shown = _shown(_run(settings_from(config), lambda store: _existing(store, key)))
    if as_json:
        print_json(shown)
    else:
        print_fields({name: value if isinstance(value, str) else json.dumps(value) for name, value in shown.items()})


@app.command("set-policy")
def set_policy(key: KeyArgument, policy: PolicyOption, config: ConfigOption = None) -> None:
    """Give a key another policy; running services know it within 5 seconds.

    Example: steploom keys set-policy STPLGEZDGNBVGY3TQOJQ --policy read-only
    """
    changed = _policy(policy)
    _change(config, key, lambda old: replace(old, policy=changed))
    print_line(f"changed the policy of {key}")


@app.command()
def disable(key: KeyArgument, config: ConfigOption = None) -> None:
    """Refuse a key until it is enabled again; running services do so within 5 seconds.

    Example: steploom keys disable STPLGEZDGNBVGY3TQOJQ
    """
    _change(config, key, lambda old: replace(old, disabled=True))
    print_line(f"disabled {key}")


@app.command()
def enable(key: KeyArgument, config: ConfigOption = None) -> None:
    """Accept a disabled key again.

    Example: steploom keys enable STPLGEZDGNBVGY3TQOJQ
    """
    _change(config, key, lambda old: replace(old, disabled=False))
    print_line(f"enabled {key}")


@app.command()
def rotate(
    key: KeyArgument,
    keep_hours: Annotated[int, typer.Option("--keep-hours", min=0, help="How long the old one is still good.")] = 24,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new key of the same user and policy, and let the old one end.

    Example: steploom keys rotate STPLGEZDGNBVGY3TQOJQ --keep-hours 48
    """
    settings = settings_from(config)
    from api.access.keys import new_of_same
    from api.service.clock import utc_now

    end = utc_now() + timedelta(hours=keep_hours)

    async def make(store: Store) -> NewKey:
        old = await _existing(store, key)
        new = _checked(lambda: new_of_same(old, lambda: _sealer(settings), utc_now()))
        await store.create_access_key(new.key)
        await store.change_access_key(
            key, lambda old: replace(old, expires=end if old.expires is None else min(old.expires, end))
        )
        return new

    new = _run(settings, make)
    _print_new(new, as_json=as_json)
    if not as_json:
        print_line(f"{key} is good until {date_text(end)}.")


@app.command()
def delete(key: KeyArgument, config: ConfigOption = None) -> None:
    """Delete a key; running services refuse it within 5 seconds.

    Example: steploom keys delete STPLGEZDGNBVGY3TQOJQ
    """

    async def remove(store: Store) -> None:
        if not await store.delete_access_key(key):
            raise _missing(key)

    _run(settings_from(config), remove)
    print_line(f"deleted {key}")


@app.command("new-encryption-key")
def new_encryption_key_() -> None:
    """Print a new key to encrypt secrets with, for STEPLOOM_ENCRYPTION_KEY_FILE or STEPLOOM_ENCRYPTION_KEY.

    Example: (umask 077; steploom keys new-encryption-key > encryption.key)
    """
    from api.access.sealing import new_encryption_key

    print(new_encryption_key())


@app.command()
def encrypt(config: ConfigOption = None) -> None:
    """Encrypt all secrets (of keys and connections) with the first encryption key; the others are not needed then.

    Example: steploom keys encrypt
    """
    settings = settings_from(config)
    sealer = _sealer(settings)
    from api.access.sealing import SealingError
    from api.service.connections import encrypt_connections

    def sealed_anew(key: AccessKey) -> AccessKey:
        return replace(key, verifier=sealer.seal(key.id, sealer.open(key.id, key.verifier)))

    async def encrypt_all(store: Store) -> tuple[int, int]:
        signing = [key.id for key in await store.list_access_keys() if key.kind == "signature"]
        encrypted = [await store.change_access_key(id_, sealed_anew) for id_ in signing]
        return sum(key is not None for key in encrypted), await encrypt_connections(store, sealer)

    try:
        keys, connections = _run(settings, encrypt_all)
    except SealingError as error:
        raise CommandError(f"Not all secrets could be encrypted anew: {error}.") from error
    print_line(f"encrypted the secrets of {keys} keys and {connections} connections")


def _run(settings: Settings, work: Callable[[Store], Awaitable[_T]], *, may_make: bool = False) -> _T:
    """Do something with the keys in the database; only if it `may_make` one, where there is none yet."""
    from api.storage.engine import missing_file
    from api.storage.migration import migrate
    from api.storage.sql import open_store
    from api.storage.store import StoreUnavailable

    async def run() -> _T:
        if not may_make and missing_file(settings.database_url):
            raise CommandError(
                f"There is no steploom database at {database_of(settings)}: set STEPLOOM_DATABASE_URL to that of the "
                "service, or run this in the service's folder."
            )
        await migrate(settings.database_url)
        async with open_store(settings.database_url) as store:
            return await work(store)

    try:
        return asyncio.run(run())
    except ValueError as error:
        raise CommandError(f"database_url (STEPLOOM_DATABASE_URL): {error}", exit_code=2) from error
    except StoreUnavailable as error:
        raise CommandError(f"The database cannot be used: {error}") from error


def _change(config: Path | None, id_: str, change: Callable[[AccessKey], AccessKey]) -> None:
    async def changed(store: Store) -> None:
        if await store.change_access_key(id_, change) is None:
            raise _missing(id_)

    _run(settings_from(config), changed)


async def _existing(store: Store, id_: str) -> AccessKey:
    key = await store.get_access_key(id_)
    if key is None:
        raise _missing(id_)
    return key


def _missing(id_: str) -> CommandError:
    return CommandError(f"There is no key {id_!r}.")


def _terms(policy: str, user: str | None, days: int | None) -> KeyTerms:
    from api.access.keys import KeyTerms
    from api.service.clock import utc_now

    now = utc_now()
    expires: datetime | None = None if days is None else now + timedelta(days=days)
    document = _policy(policy)
    return _checked(lambda: KeyTerms(user=user, policy=document, created=now, expires=expires))


def _policy(text: str) -> dict[str, JsonValue]:
    from api.access.policy import NAMED_POLICIES, PolicyError, parse_policy
    from interpreter.values import parse_json

    if text in NAMED_POLICIES:
        return dict(NAMED_POLICIES[text])
    try:
        document = parse_json(given_text(text))
        parse_policy(document)
    except ValueError as error:
        names = ", ".join(NAMED_POLICIES)
        told = f"--policy is neither one of {names} nor JSON or @FILE: {error}{meant_file(text)}"
        raise CommandError(told, exit_code=2) from error
    except PolicyError as error:
        raise CommandError(f"--policy: {error}", exit_code=2) from error
    assert isinstance(document, dict), "parse_policy has checked it"
    return document


def _checked(make: Callable[[], _T]) -> _T:
    from api.access.keys import KeyRefused

    try:
        return make()
    except KeyRefused as error:
        raise CommandError(str(error), exit_code=2) from error


def _sealer(settings: Settings) -> Sealer:
    from api.config import ConfigurationError
    from api.protection import sealer

    try:
        return sealer(settings)
    except ConfigurationError as error:
        raise CommandError(str(error), exit_code=2) from error


def _print_new(new: NewKey, *, as_json: bool) -> None:
    secret_name = "secretAccessKey" if new.key.kind == "signature" else "token"
    secret = {} if new.secret is None else {secret_name: new.secret}
    if as_json:
        print_json({"accessKeyId": new.key.id, **secret, "user": new.key.user})
        return
    expires = None if new.key.expires is None else date_text(new.key.expires)
    print_fields({"accessKeyId": new.key.id, **secret, "user": new.key.user, "expires": expires})
    if secret:
        print_line(_ONCE, "bold")


def _shown(key: AccessKey) -> dict[str, Any]:
    return without_none(
        accessKeyId=key.id,
        user=key.user,
        kind=key.kind,
        certificate=key.verifier if key.kind == "certificate" else None,
        state=_state(key),
        created=key.created.isoformat(),
        expires=None if key.expires is None else key.expires.isoformat(),
        policy=key.policy,
    )


def _kind(key: AccessKey) -> str:
    return f"certificate {key.verifier}" if key.kind == "certificate" else key.kind


def _state(key: AccessKey) -> str:
    from api.service.clock import utc_now

    if key.expires is not None and key.expires <= utc_now():
        return "expired"
    return "disabled" if key.disabled else "active"
