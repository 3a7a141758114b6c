"""A far end that is not what it was: a fact for triage, and for the shape of its data a question
to the owners when nobody approved the change."""

from bot.core.monitoring.signals import Blind, Signal, SignalValue
from bot.core.triage.facts import LaneFactKind
from bot.flows.changes import unannounced
from bot.flows.monitoring.health import Batch, Believed
from bot.flows.work import Work
from bot.language.marks import outside


def notice(work: Work, batch: Batch) -> Batch:
    """Record every version and every fingerprint that is not the last one read."""
    for one in batch.believed:
        _notice_version(work, one)
        _notice_shape(work, one)
    return batch


def _changed(one: Believed, signal: Signal) -> tuple[SignalValue, SignalValue] | None:
    """What was read before and what is read now, where both are known and differ."""
    seen = one.look.observation
    if isinstance(seen, Blind):
        return None
    # An answer that lacks the value says nothing of a change.
    old, new = one.before.signals.get(signal), seen.signals.get(signal)
    return (old, new) if old is not None and new is not None and old != new else None


def _notice_version(work: Work, one: Believed) -> None:
    if changed := _changed(one, Signal.VERSION):
        old, new = (outside(str(version), 40) for version in changed)
        said = f"the served version changed from {old} to {new}"
        work.tx.observe(one.before.connection, one.look.observation.at, said)


def _notice_shape(work: Work, one: Believed) -> None:
    if not _changed(one, Signal.FINGERPRINT):
        return
    check, at = outside(one.look.spec.key, 120), one.look.observation.at
    said = f"the shape of the data changed, as the check {check} reads it"
    work.tx.observe(one.look.spec.connection, at, said, kind=LaneFactKind.SHAPE)
    what, source = f"{said[0].upper()}{said[1:]}.", f"check {check}"
    unannounced.notice(work, one.look.connection, what=what, source=source, at=at)
