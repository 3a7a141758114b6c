"""What is believed of checks, and which of them are blind while others of their connection see. A
blind check speaks for nothing: it keeps no incident failing, except one that failed in it before
we lost sight."""

from dataclasses import replace

from bot.core.estate.catalogue import Connection
from bot.core.incidents.incident import Incident
from bot.core.monitoring import health
from bot.core.monitoring.health import CheckHealth
from bot.core.monitoring.heartbeat import PUSHED
from bot.core.monitoring.rules import Verdict
from bot.flows.monitoring.batch import Batch, Believed, FinishedLook
from bot.flows.work import Work
from bot.language.marks import outside
from bot.language.units import say_names


def believe(work: Work, batch: Batch) -> Batch:
    """Count each look until a verdict is confirmed, and store what is believed of its check."""
    woken = work.tx.due_checks(work.now)  # by a ping, since their look began
    believed = []
    for look in batch.looks:
        key = look.spec.key
        believed.append(_believed(work, look))
        work.tx.save_check_health(believed[-1].after)
        if look.spec.kind in PUSHED and key in woken:
            work.tx.put_off_check(key, work.now)
    return replace(batch, believed=tuple(believed))


def _believed(work: Work, look: FinishedLook) -> Believed:
    before = work.tx.check_health(look.spec.key) or health.first(look.spec, work.now)
    after = health.step(before, look.spec, look.observation, work.now, findings=look.findings)
    if look.began:
        after = health.back_dated(before, after, look.began)
    return Believed(look=look, before=before, after=_one_life(work, before, after))


def _one_life(work: Work, before: CheckHealth, after: CheckHealth) -> CheckHealth:
    """Failing once more in the same incident begins no count anew: how many records were in error
    at most is asked of all its failures."""
    if before.verdict is not Verdict.OK or after.verdict in (Verdict.OK, Verdict.UNKNOWN):
        return after
    one = work.tx.live_incident(after.connection) or work.tx.child_for(after.connection)
    within = one is not None and before.since >= one.failing_since
    return replace(after, worst=max(before.worst, after.worst)) if within else after


def _blind(work: Work, connection: Connection) -> tuple[CheckHealth, ...]:
    keys = {spec.key for spec in connection.checks}
    return tuple(one for one in work.tx.checks_of(connection.id) if one.check in keys and one.blind)


def lost_sight(work: Work, connection: Connection, incident: Incident) -> bool:
    """Whether a check that failed in the incident was failing when it went blind: nobody knows
    whether that runs again."""
    return any(
        one.before_blind is Verdict.FAILING and one.since >= incident.failing_since
        for one in _blind(work, connection)
    )


def sees_nothing(work: Work, connection: Connection) -> bool:
    """Whether none of its checks sees anything."""
    blind = _blind(work, connection)
    return bool(blind) and len(blind) == len(connection.checks)


def blind_checks(work: Work, connection: Connection) -> tuple[tuple[str, str], ...]:
    """Its blind checks, each with why."""
    return tuple(
        (one.check.removeprefix(f"{connection.id}/"), " ".join(one.reasons))
        for one in _blind(work, connection)
    )


def why_blind(work: Work, connection: Connection) -> str:
    return " ".join(dict.fromkeys(why for _, why in blind_checks(work, connection)))


def blind_names(work: Work, connection: Connection) -> str:
    """The blind ones in words; empty where all see."""
    return say_names([f"“{outside(name)}”" for name, _ in blind_checks(work, connection)])
