"""With a certificate the service speaks HTTPS alone, and its own commands trust that certificate."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from outdial.app import Service
from outdial.cli.rest import connect, verify
from outdial.domain.errors import Misconfigured, PeerFault
from outdial.settings import Settings
from tests.e2e.service import TOKEN, OutdialService


def a_certificate(path: Path) -> Path:
    """Self-signed, key and certificate in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dialer.example")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    signed = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    plain = serialization.NoEncryption()
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + signed.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    return path


def who_am_i(settings: Settings) -> Any:
    with connect(settings, TOKEN) as rest:
        return rest.get("/userinfo")


async def test_the_service_speaks_https_and_its_commands_trust_it(tmp_path: Path) -> None:
    mine, other = a_certificate(tmp_path / "mine.pem"), a_certificate(tmp_path / "other.pem")
    service = OutdialService(tmp_path, tls_cert=mine)
    settings = Settings(data=tmp_path / "data", port=service.port, tls_cert=str(mine))
    service.rest._http = httpx.AsyncClient(base_url=f"{settings.base}/api", verify=verify(str(mine)))
    async with service:
        page = await service.rest._http.get(f"{settings.base}/")
        assert page.headers["strict-transport-security"] == "max-age=31536000"
        assert await asyncio.to_thread(who_am_i, settings)
        stranger = Settings(port=service.port, tls_cert=str(other))
        with pytest.raises(PeerFault):
            await asyncio.to_thread(who_am_i, stranger)


async def test_a_certificate_that_cannot_be_used_is_said_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="tls_cert"):
        await Service(Settings(data=tmp_path, tls_cert=str(tmp_path / "none.pem"))).run()
