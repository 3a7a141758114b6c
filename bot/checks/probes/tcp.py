"""Probe kind `tcp`: whether a port takes connections, and answers as it should."""

import asyncio
from datetime import datetime

from pydantic import Field

from bot.checks.http.document import searched
from bot.checks.http.value_paths import Pattern
from bot.checks.outcomes import Clean, failed_call, unreachable
from bot.checks.own_pace import answered, theirs
from bot.checks.probe import ProbeSettings, Tools
from bot.checks.setting_types import Host
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.signals import Cause, Observation, Reading, Signal
from bot.language.marks import outside

_HEARD = 4096  # bytes


class TcpSettings(ProbeSettings):
    """Connects to a TCP port."""

    host: Host = Field(min_length=1, description="Host name to connect to.")
    port: int = Field(ge=1, le=65535, description="TCP port.")
    send: str | None = Field(None, max_length=1000, description="Text to send first.")
    expect: Pattern | None = Field(None, description="Pattern that the first answer must hold.")

    def origin(self) -> str:
        return f"tcp://{self.host}:{self.port}"

    def gives(self) -> frozenset[str]:
        return frozenset({Signal.REACHABLE, Signal.LATENCY})


async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    """A Reading with `latency`; `reachable` is false when the answer is not as expected."""
    settings = TcpSettings.of(spec)
    where = f"tcp {settings.host}:{settings.port}"
    clean: Clean = tools.without(settings.secrets())
    started = theirs()
    try:
        heard = await _talk(settings)
    except (OSError, EOFError) as error:
        return failed_call(error, where, spec.timeout, now, clean)
    latency = round((theirs() - started) * 1000, 1)
    if settings.expect and not searched(heard, settings.expect):
        return unreachable(
            now, f"{where}: it says {outside(clean(heard), 80) or 'nothing'!r}", Cause.UNREADABLE
        )
    return Reading(at=now, signals={Signal.REACHABLE: True, Signal.LATENCY: latency})


async def _talk(settings: TcpSettings) -> str:
    reader, writer = await asyncio.open_connection(settings.host, settings.port)
    answered()
    try:
        if settings.send:
            writer.write(settings.send.encode())
            await writer.drain()
        heard = bytearray()
        while settings.expect and len(heard) < _HEARD:
            chunk = await reader.read(_HEARD)
            heard += chunk
            said = heard.decode("utf-8", errors="replace")
            # A greeting may come in several packets.
            if not chunk or searched(said, settings.expect):
                return said
        return heard.decode("utf-8", errors="replace")
    finally:
        # `close` would first send what is left in the buffer, to a far end that may never read it.
        writer.transport.abort()
