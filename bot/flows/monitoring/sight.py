"""Which checks of a connection are blind while others of it see. A blind check speaks for nothing:
it keeps no incident failing, except one that failed in it before we lost sight."""

from bot.core.estate.catalogue import Connection
from bot.core.incidents.incident import Incident
from bot.core.monitoring.health import CheckHealth
from bot.core.monitoring.rules import Verdict
from bot.flows.work import Work
from bot.language.marks import outside
from bot.language.units import say_names


def _blind(work: Work, connection: Connection) -> tuple[CheckHealth, ...]:
    keys = {spec.key for spec in connection.checks}
    return tuple(one for one in work.tx.checks_of(connection.id) if one.check in keys and one.blind)


def lost(work: Work, connection: Connection, incident: Incident) -> bool:
    """Whether a check that failed in the incident was failing when it went blind: nobody knows
    whether that runs again."""
    return any(
        one.before_blind is Verdict.FAILING and one.since >= incident.failing_since
        for one in _blind(work, connection)
    )


def unseen(work: Work, connection: Connection) -> bool:
    """Whether none of its checks sees anything."""
    blind = _blind(work, connection)
    return bool(blind) and len(blind) == len(connection.checks)


def not_visible(work: Work, connection: Connection) -> tuple[tuple[str, str], ...]:
    """Its blind checks, each with why."""
    return tuple(
        (one.check.removeprefix(f"{connection.id}/"), " ".join(one.reasons))
        for one in _blind(work, connection)
    )


def why(work: Work, connection: Connection) -> str:
    return " ".join(dict.fromkeys(why for _, why in not_visible(work, connection)))


def names(work: Work, connection: Connection) -> str:
    """The blind ones in words; empty where all see."""
    return say_names([f"“{outside(name)}”" for name, _ in not_visible(work, connection)])
