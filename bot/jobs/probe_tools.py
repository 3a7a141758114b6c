"""What probes are given to work with; their memory of pings is the store's."""

from datetime import datetime

from bot.checks.clients import Clients
from bot.checks.probe import Tools
from bot.checks.secrets.estate_secrets import EstateSecrets
from bot.core.monitoring.heartbeat import Ping
from bot.flows import looks
from bot.runtime import Runtime


def tools_for(
    runtime: Runtime,
    clients: Clients,
    commands: frozenset[str],
    secrets: EstateSecrets,
) -> Tools:
    """`commands` are the programs that nagios checks may start, `secrets` those that no look may
    repeat."""

    async def last_ping(check: str) -> Ping | None:
        return await runtime.do(looks.last_ping, check)

    async def first_seen(check: str) -> datetime:
        return await runtime.do(looks.known_since, check)

    return Tools(
        http=clients,
        tokens=secrets.tokens,
        last_ping=last_ping,
        first_seen=first_seen,
        commands=commands,
        elsewhere=secrets.forms,
    )
