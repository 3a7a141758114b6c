"""Probe kind `dns`: what a name leads to.

Here the name itself is watched: that it is gone is a failure. That no name server answers us may
be our own network, and makes us blind.
"""

from datetime import datetime
from typing import Literal

import dns.asyncresolver
import dns.exception
from pydantic import Field

from bot.checks.outcomes import unreachable
from bot.checks.own_pace import theirs
from bot.checks.probe import ProbeSettings, Tools
from bot.checks.setting_types import Host
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.signals import Blind, Cause, Observation, Reading, Signal
from bot.language.marks import outside

# Before the runner's own limit, which could not say that it was a name server that was silent.
_SHARE_OF_TIMEOUT = 0.9


class DnsSettings(ProbeSettings):
    """Resolves a name."""

    name: Host = Field(min_length=1, max_length=253, description="Name to look up.")
    type: Literal["A", "AAAA", "CNAME", "MX", "NS", "SRV", "TXT"] = Field(
        "A", description="Type of record."
    )
    expect: tuple[str, ...] = Field((), description="Values that must all be in the answer.")
    nameserver: Host | None = Field(None, description="Address of the server to ask, not ours.")
    port: int = Field(53, ge=1, le=65535, description="Port of that server.")

    def origin(self) -> str:
        return f"dns://{self.nameserver}:{self.port}" if self.nameserver else "dns://"

    def hosts(self) -> tuple[str, ...]:
        return ()  # a name server is asked: that it is silent says nothing of the name's machine

    def gives(self) -> frozenset[str]:
        return frozenset({Signal.REACHABLE, Signal.LATENCY, Signal.STATUS})


async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    """A Reading whose `status` is the sorted answer; Blind when no server answers us."""
    settings = DnsSettings.of(spec)
    where = f"dns {settings.name} {settings.type}"
    started = theirs()
    try:
        resolver = dns.asyncresolver.Resolver(configure=settings.nameserver is None)
        if settings.nameserver:
            resolver.nameservers = [settings.nameserver]
            resolver.port = settings.port
        resolver.lifetime = spec.timeout.total_seconds() * _SHARE_OF_TIMEOUT
        answer = await resolver.resolve(settings.name, settings.type)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer) as error:
        return unreachable(
            now, f"{where}: {type(error).__name__}: there is no such record", Cause.UNREADABLE
        )
    except (dns.exception.DNSException, OSError) as error:
        reason = f"{where}: {type(error).__name__}: no name server answers us"
        return Blind(at=now, reason=reason, cause=Cause.NAME)
    latency = round((theirs() - started) * 1000, 1)
    # Servers rotate their records, and a status that changes at each look would be a new one.
    values = sorted(record.to_text().strip('"').rstrip(".") for record in answer)
    lacking = [value for value in settings.expect if value.rstrip(".") not in values]
    if lacking:
        return unreachable(
            now, f"{where}: {', '.join(values)} lacks {', '.join(lacking)}", Cause.UNREADABLE
        )
    status = outside(", ".join(values), 100)
    return Reading(
        at=now,
        signals={Signal.REACHABLE: True, Signal.LATENCY: latency, Signal.STATUS: status},
    )
