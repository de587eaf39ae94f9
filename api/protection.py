"""What protects the doors, made from the settings: the guard, TLS, and the refusal to stand open to strangers."""

from __future__ import annotations

import logging
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

import grpc

from activities.address_guard import is_loopback
from api.access.audit import AuditLog
from api.access.callers import Callers
from api.access.guard import Guard
from api.access.rates import RateLimiter, parse_rates
from api.access.replays import UsedSignatures
from api.access.sealing import HOW_TO_MAKE_ONE, Sealer, SealingError
from api.access.sweeping import sweeping
from api.config import ConfigurationError, Settings
from api.service.arns import Arns
from api.service.config import ServiceConfig
from api.storage.store import Store

_LOG: Final = logging.getLogger(__name__)


def check_exposure(settings: Settings) -> None:
    """Refuse to open doors to strangers, or with half of what protects them.

    Raises:
        ConfigurationError: a door would listen beyond the loopback interface and nobody be asked who they are, or a
            setting of TLS or authentication lacks another.
    """
    http_tls(settings)
    grpc_tls(settings)
    if settings.authentication == "required":
        sealer(settings)
    for door, host in (("http", settings.http_host), ("grpc", settings.grpc_host)):
        if is_loopback(host):
            continue
        if settings.authentication == "off" and not settings.allow_unauthenticated:
            raise ConfigurationError(
                f"{door}_host (STEPLOOM_{door.upper()}_HOST) is {host!r}: others than this machine could reach the "
                "door, and whoever reaches it could do everything. Either ask callers who they are, with "
                "STEPLOOM_AUTHENTICATION=required and keys that `steploom keys create` makes; or, where something else "
                "keeps strangers out, set STEPLOOM_ALLOW_UNAUTHENTICATED=true."
            )
        if settings.tls_certificate_file is None:
            _LOG.warning(
                "The %s door speaks in clear text beyond this machine, unless something before it does TLS.", door
            )


def sealer(settings: Settings) -> Sealer:
    """What encrypts the secrets of access keys.

    Raises:
        ConfigurationError: there is no encryption key, or it is malformed.
    """
    if settings.encryption_key is not None:
        name, text = "encryption_key (STEPLOOM_ENCRYPTION_KEY)", settings.encryption_key.replace(",", "\n")
    elif settings.encryption_key_file is not None:
        name = f"encryption_key_file (STEPLOOM_ENCRYPTION_KEY_FILE), {settings.encryption_key_file}"
        with _told(name):
            text = settings.encryption_key_file.read_bytes().decode("ascii", "replace")
    else:
        raise ConfigurationError(f"Access keys need an encryption key: {HOW_TO_MAKE_ONE}")
    try:
        return Sealer([line.strip() for line in text.splitlines() if line.strip()])
    except SealingError as error:
        raise ConfigurationError(f"{name}: {error}") from error


def find_sealer(settings: Settings) -> Sealer | None:
    """What encrypts secrets, None where no encryption key is configured. Raises: ConfigurationError, as `sealer`."""
    if settings.encryption_key is None and settings.encryption_key_file is None:
        return None
    return sealer(settings)


@asynccontextmanager
async def guard_of(settings: Settings, store: Store) -> AsyncIterator[Guard]:
    """The guard of both doors, and what sweeps up behind it.

    Raises:
        ConfigurationError: see `sealer`; or the audit log cannot be written.
    """
    callers, audit, rates = None, None, parse_rates(settings.rate_limits)
    async with AsyncExitStack() as stack:
        if settings.authentication == "required":
            used, sealed = None, sealer(settings)
            if settings.replayed_requests == "refused":
                used = UsedSignatures(store)
                await stack.enter_async_context(sweeping(store))
            callers = Callers(store, sealed, account_id=settings.account_id, region=settings.region, used=used)
        if settings.audit_log is not None:
            with _told(f"audit_log (STEPLOOM_AUDIT_LOG), {settings.audit_log},"):
                audit = AuditLog(settings.audit_log)
            stack.callback(audit.close)
        arns = Arns(ServiceConfig(account_id=settings.account_id, region=settings.region))
        yield Guard(arns, callers=callers, limiter=RateLimiter(rates) if rates else None, audit=audit)


def http_tls(settings: Settings) -> ssl.SSLContext | None:
    """TLS of the HTTP door, if it has any.

    Raises:
        ConfigurationError: a file is missing or holds something else.
    """
    files = _certificate(settings)
    if files is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    with _told("tls_certificate_file and tls_key_file"):
        context.load_cert_chain(*files)
    if settings.http_client_ca_file is not None:
        with _told("http_client_ca_file"):
            context.load_verify_locations(settings.http_client_ca_file)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def grpc_tls(settings: Settings) -> grpc.ServerCredentials | None:
    """TLS of the gRPC door, if it has any; with authorities of clients, each client must have a certificate of theirs.

    Raises:
        ConfigurationError: a file is missing or holds something else.
    """
    files = _certificate(settings)
    if files is None:
        return None
    authorities = None
    with _told("tls_certificate_file and tls_key_file"):
        certificate, key = (file.read_bytes() for file in files)
    if settings.grpc_client_ca_file is not None:
        with _told("grpc_client_ca_file"):
            ssl.create_default_context(cafile=settings.grpc_client_ca_file)  # gRPC itself would not say what is wrong
            authorities = settings.grpc_client_ca_file.read_bytes()
    return grpc.ssl_server_credentials([(key, certificate)], authorities, require_client_auth=authorities is not None)


def _certificate(settings: Settings) -> tuple[Path, Path] | None:
    certificate, key = settings.tls_certificate_file, settings.tls_key_file
    if certificate is not None and key is not None:
        return certificate, key
    if certificate is not None or key is not None:
        raise ConfigurationError(
            "TLS needs both tls_certificate_file (STEPLOOM_TLS_CERTIFICATE_FILE) and tls_key_file "
            "(STEPLOOM_TLS_KEY_FILE)."
        )
    if settings.http_client_ca_file is not None or settings.grpc_client_ca_file is not None:
        raise ConfigurationError(
            "Client certificates need TLS: set tls_certificate_file (STEPLOOM_TLS_CERTIFICATE_FILE) and tls_key_file "
            "(STEPLOOM_TLS_KEY_FILE)."
        )
    return None


@contextmanager
def _told(settings: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:  # of files, and of what OpenSSL reads in them
        raise ConfigurationError(f"{settings} cannot be used: {error.strerror or error}") from error
