"""The certificate: the station's own, or a self-signed one that is made at first start."""

import ipaddress
import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from grader.api.errors import CertificateError

VALID_DAYS = 3650
"""Nobody renews it at a packing station; whoever pins it has to be told when it changes."""
ONLY_OWNER = 0o600
FOLDER, CERTIFICATE, KEY = "tls", "station.pem", "station.key"


@dataclass(frozen=True, slots=True)
class Certificate:
    """Two files, PEM."""

    certificate: Path
    key: Path


def certificate_for(host: str, folder: Path, certificate: Path | None, key: Path | None, now: datetime) -> Certificate:
    """The configured certificate, or the one below `folder`, made if missing. Raises `CertificateError`."""
    if certificate is not None or key is not None:
        if certificate is None or key is None:
            raise CertificateError("a certificate needs its key: name both certificate and certificate_key")
        for path in (certificate, key):
            if not os.access(path, os.R_OK):
                raise CertificateError(f"{path} cannot be read: name the right file, or mend its permissions")
        return Certificate(certificate, key)
    found = Certificate(folder / FOLDER / CERTIFICATE, folder / FOLDER / KEY)
    if not (found.certificate.exists() and found.key.exists()):
        _make(found, host, now)
    return found


def _make(files: Certificate, host: str, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "strawberry grading station")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=VALID_DAYS))
        .add_extension(x509.SubjectAlternativeName(_names(host)), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        files.key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The key first: a certificate whose key is missing is made anew.
        _write(files.key, secret)
        _write(files.certificate, built.public_bytes(serialization.Encoding.PEM))
    except OSError as error:
        raise CertificateError(
            f"cannot write the certificate below {files.key.parent}: {error.strerror}; mend the folder's permissions"
        ) from error


def _write(path: Path, content: bytes) -> None:
    draft = path.with_name(path.name + ".part")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_OWNER), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _names(host: str) -> list[x509.GeneralName]:
    """What clients may call this computer."""
    names: list[x509.GeneralName] = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    hostname = socket.gethostname()
    if hostname.isascii() and hostname != "localhost":
        names += [x509.DNSName(hostname), x509.DNSName(f"{hostname.partition('.')[0]}.local")]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if host != "localhost" and host.isascii():
            names.append(x509.DNSName(host))
        return names
    if address.is_unspecified:
        address = _own_address(address)
    return names if address.is_loopback else [*names, x509.IPAddress(address)]


def _own_address(kind: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """This computer's address in its network, which the certificate keeps; loopback where it has none."""
    six = isinstance(kind, ipaddress.IPv6Address)
    family, elsewhere = (socket.AF_INET6, "2001:db8::1") if six else (socket.AF_INET, "192.0.2.1")
    with socket.socket(family, socket.SOCK_DGRAM) as looking:
        try:
            looking.connect((elsewhere, 9))  # nothing is sent: the system only chooses a way (RFC 5737, RFC 3849)
        except OSError:
            return ipaddress.ip_address("127.0.0.1")
        return ipaddress.ip_address(looking.getsockname()[0])
