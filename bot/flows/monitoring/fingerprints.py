"""A change of the shape of data: a fact for triage, and a question to its owners when nobody
approved it."""

from bot.core.estate.check_spec import CheckSpec
from bot.core.monitoring.health import CheckHealth
from bot.core.monitoring.signals import Blind, Observation, Signal
from bot.core.triage.facts import LaneFactKind
from bot.flows.changes import unannounced
from bot.flows.work import Work
from bot.language.marks import outside


def notice(work: Work, spec: CheckSpec, before: CheckHealth, observation: Observation) -> None:
    """Record a fingerprint that is not the last one read, and ask whether it was us."""
    if isinstance(observation, Blind):
        return
    old = before.signals.get(Signal.FINGERPRINT)
    new = observation.signals.get(Signal.FINGERPRINT)
    if old is None or new is None or old == new:
        return
    check = outside(spec.key, 120)
    said = f"the shape of the data changed, as the check {check} reads it"
    work.tx.observe(spec.connection, observation.at, said, kind=LaneFactKind.SHAPE)
    unannounced.notice(
        work,
        work.catalogue.connections[spec.connection],
        what=f"{said[0].upper()}{said[1:]}.",
        source=f"check {check}",
        at=observation.at,
    )
