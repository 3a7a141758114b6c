"""What is seen of the estate as a whole: patterns that go wrong, and what was never decided."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from bot.core.governance.audit.finding import LintHit
from bot.core.governance.audit.situation import Situation, listed
from bot.language.marks import outside
from bot.language.units import say_count

MODEL_REVIEW = timedelta(days=365)
CALENDAR_PATIENCE = timedelta(days=2)  # a calendar may fail so long
FEW_HAND_MADE = 3  # below this there is no sprawl to speak of


def no_model(situation: Situation) -> Iterator[LintHit]:
    if situation.catalogue.governance.model is None:
        yield LintHit("Nobody decided whether the estate is run inside, outside or by both.")


def model_unfinished(situation: Situation) -> Iterator[LintHit]:
    model = situation.catalogue.governance.model
    if model:
        attached = {
            "handover protocol": model.handover,
            "escalation paths": model.escalation,
            "rules for documents": model.documentation,
        }
        lacking = [name for name, given in attached.items() if not given]
        if lacking:
            yield LintHit(f"The {model.kind} operating model has no {listed(lacking)}.")


def model_old(situation: Situation) -> Iterator[LintHit]:
    model = situation.catalogue.governance.model
    if model and model.decided and model.decided + MODEL_REVIEW <= situation.today:
        yield LintHit(f"The operating model was last decided on {model.decided}.")


def no_authority(situation: Situation) -> Iterator[LintHit]:
    if not situation.catalogue.governance.authority and len(situation.managed) > 1:
        yield LintHit("No system of record is named for any domain.")


def disagreement(situation: Situation) -> Iterator[LintHit]:
    for name, systems in situation.claims.items():
        if len(systems) > 1:
            told = listed(situation.catalogue.system_name(one) for one in sorted(systems))
            said = f"Two systems are said to own {outside(name)}: {told}."
            yield LintHit(said, part=name.replace(" ", "-"))


def sprawl(situation: Situation) -> Iterator[LintHit]:
    """Hand-made point-to-point links: many ways in, each with its own habits."""
    ends = Counter(system for one in situation.hand_made for system in one.systems)
    for system, count in ends.items():
        if count > FEW_HAND_MADE:
            yield LintHit(
                f"{say_count(count, 'hand-made connection')} end at"
                f" {outside(situation.catalogue.system_name(system))}.",
                part=system,
            )


def customised(situation: Situation) -> Iterator[LintHit]:
    made = situation.hand_made
    if len(made) > FEW_HAND_MADE and len(made) * 2 > len(situation.managed):
        days = sum(one.about.effort_days or 0 for one in made)
        cost = f", {days:g} days of upkeep a year" if days else ""
        yield LintHit(f"{len(made)} of {len(situation.managed)} connections are hand-made{cost}.")


def quotas(situation: Situation) -> Iterator[LintHit]:
    for id, quota in situation.catalogue.governance.quotas.items():
        if not situation.present(quota.owner):
            yield LintHit(f"Nobody shares out {outside(quota.name)}.", part=id)


def calendars(situation: Situation) -> Iterator[LintHit]:
    """The first calendar of releases that could not be read for some days."""
    for one in situation.live.unread:
        if one.since + CALENDAR_PATIENCE <= situation.now:
            yield LintHit(f"The {outside(one.name)} cannot be read: {outside(one.why)}.")
            return


def acceptances_over(situation: Situation, keys: frozenset[str]) -> Iterator[LintHit]:
    """Of the findings that are still there, by their `keys`."""
    for one in situation.catalogue.governance.accepted:
        if one.until < situation.today and one.finding in keys:
            yield LintHit(
                f"“{outside(one.finding)}” was accepted until {one.until}.",
                subject=one.finding.replace("/", "."),
                person=one.owner,
                since=one.until,
            )
