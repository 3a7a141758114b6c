"""Probe kind `tls`: the certificate that a host presents, when it ends and whether it is trusted.

A certificate that fails verification is still read, because its date is then what matters.
"""

import asyncio
import ssl
from datetime import datetime

from cryptography import x509
from pydantic import Field

from bot.checks.outcomes import failed_call
from bot.checks.probe import ProbeSettings, Tools
from bot.checks.setting_types import Host
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.signals import Cause, Observation, Reading, Signal
from bot.language.marks import outside


class TlsSettings(ProbeSettings):
    """Reads a server's TLS certificate."""

    host: Host = Field(min_length=1, description="Host name to connect to.")
    port: int = Field(443, ge=1, le=65535, description="TCP port.")
    server_name: str | None = Field(None, description="Name to ask for when it is not the host.")
    verify: bool = Field(True, description="Off for certificates of a private authority.")

    def origin(self) -> str:
        return f"tls://{self.host}:{self.port}"

    def gives(self) -> frozenset[str]:
        return frozenset({Signal.REACHABLE, Signal.EXPIRES_AT})


async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    """A Reading with `expires_at`; `reachable` is false when clients would refuse the host."""
    settings = TlsSettings.of(spec)
    where = f"tls {settings.host}:{settings.port}"
    try:
        certificate, refusal = await _look(settings, tools.http.trust())
    except OSError as error:  # includes ssl.SSLError
        return failed_call(error, where, spec.timeout, now)
    return Reading(
        at=now,
        signals={
            Signal.REACHABLE: not refusal,
            Signal.EXPIRES_AT: certificate.not_valid_after_utc,
        },
        error=outside(f"{where}: {refusal}") if refusal else "",
        cause=Cause.TLS if refusal else None,
    )


async def _look(settings: TlsSettings, trust: ssl.SSLContext) -> tuple[x509.Certificate, str]:
    """(the certificate, why clients would refuse it or "")."""
    if not settings.verify:
        return await _certificate(settings, _trusting_anyone()), ""
    try:
        return await _certificate(settings, trust), ""
    except ssl.SSLCertVerificationError as error:
        refusal = f"certificate verify failed: {error.verify_message}"
        # A second connection: a failed handshake shows no certificate, and its end is asked for.
        return await _certificate(settings, _trusting_anyone()), refusal


async def _certificate(settings: TlsSettings, context: ssl.SSLContext) -> x509.Certificate:
    name = settings.server_name or settings.host
    _, writer = await asyncio.open_connection(
        settings.host, settings.port, ssl=context, server_hostname=name
    )
    try:
        der = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return x509.load_der_x509_certificate(der)
    finally:
        writer.transport.abort()


def _trusting_anyone() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    # Nothing is sent over this connection; it only shows us the certificate.
    context.verify_mode = ssl.CERT_NONE
    return context
