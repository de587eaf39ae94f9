"""Certificates for tests: an authority, and what it certifies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Certified:
    """The files of a certificate and its key, PEM."""

    certificate: Path
    key: Path


class Authority:
    """A certificate authority whose files are in a folder; `file` is its own certificate."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self._folder = folder
        self._name = _named(name)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(self._signed(self._name, self._key.public_key(), [], authority=True))

    def server(self) -> Certified:
        """A certificate for 127.0.0.1."""
        return self._certified("server", [x509.IPAddress(ip_address("127.0.0.1"))])

    def client(self, common_name: str, *dns_names: str) -> Certified:
        """A client's certificate with these names in it."""
        return self._certified(common_name, [x509.DNSName(name) for name in dns_names])

    def _certified(self, name: str, alternatives: list[x509.GeneralName]) -> Certified:
        key = ec.generate_private_key(ec.SECP256R1())
        files = Certified(self._folder / f"{name}.pem", self._folder / f"{name}.key")
        files.certificate.write_bytes(self._signed(_named(name), key.public_key(), alternatives))
        files.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return files

    def _signed(
        self,
        subject: x509.Name,
        public_key: ec.EllipticCurvePublicKey,
        alternatives: list[x509.GeneralName],
        *,
        authority: bool = False,
    ) -> bytes:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        )
        if alternatives:
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _named(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
