"""Failures that somebody reported to us: they last until they are taken back, if need be by a
person, since not every reporter does."""

from bot.core.estate.catalogue import Connection
from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.heartbeat import PUSHED, failing, reported, taken_back
from bot.core.monitoring.rules import Verdict
from bot.core.people.permissions import Deed
from bot.flows.people.permitted import must, must_for
from bot.flows.work import Work, open_for
from bot.language.errors import Invalid
from bot.language.marks import outside, who


def standing(work: Work, connection: Connection) -> tuple[str, ...]:
    """What was reported of the connection and not taken back, in the words of its reporters."""
    return tuple(words for spec in connection.checks for words in _against(work, spec))


def _against(work: Work, spec: CheckSpec) -> tuple[str, ...]:
    kept = work.tx.last_ping(spec.key) if spec.kind in PUSHED else None
    if kept is None:
        return ()
    health = work.tx.check_health(spec.key) if spec.kind == "heartbeat" else None
    return reported(kept, hangs=health is not None and health.verdict is Verdict.FAILING)


def ends_when(work: Work, connection: Connection) -> tuple[str, ...]:
    """What else than a person's word ends the failures that were reported and count now, each as
    a half sentence; empty where none does."""
    found: dict[str, None] = {}
    for spec in connection.checks:
        health = work.tx.check_health(spec.key) if spec.kind in PUSHED else None
        if health is None or health.verdict is Verdict.OK or not _against(work, spec):
            continue  # what was said once, long ago, counts no more
        kept = work.tx.last_ping(spec.key)
        if spec.kind == "heartbeat" or kept is None:
            found["a run of the job ends well"] = None
            continue
        found |= {_SAID_ONCE if one.once else _TAKEN_BACK: None for one in failing(kept)}
    return tuple(found)


_TAKEN_BACK = "whoever reported it takes it back"
_SAID_ONCE = "a report that came once counts no more"


def retract(
    work: Work,
    connection: Connection,
    *,
    by: str,
) -> tuple[str, ...]:
    """It is over: every failure reported of the connection is taken back, and its checks look at
    once. Returns what was. Raises NotAllowed, and Invalid when nothing stands."""
    incident = open_for(work, connection.id)
    if incident is None:
        must_for(work, Deed.TAKE_BACK, connection, by)
    else:
        must(work, Deed.TAKE_BACK, incident, by)
    over = standing(work, connection)
    if not over:
        name = outside(connection.name)
        raise Invalid(f"No failure that was reported to us of {name} stands.")
    for spec in connection.checks:
        kept = work.tx.last_ping(spec.key)
        if kept and _against(work, spec):
            work.tx.save_ping(spec.key, taken_back(kept))
            work.tx.put_off_check(spec.key, work.now)
    if incident is not None:
        told = "; ".join(outside(one, 100) for one in over[:5])
        work.log(incident, "note", f"{who(by)} took back what was reported: {told}.", by)
        work.show(incident)
    return over
