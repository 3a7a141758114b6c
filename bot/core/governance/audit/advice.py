"""Which operating model fits the estate, with the reasons and the risks that come with it.

Rule of this file: advice names the numbers it rests on; the decision is a person's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from bot.core.estate.description import OperatingKind
from bot.core.governance.audit.situation import Situation
from bot.language.units import say_count

FEW = 10  # connections a house can run by itself
RESTLESS = 12  # changes and releases in a year that make an estate restless
YEAR = timedelta(days=365)

RISKS: Mapping[OperatingKind, tuple[str, ...]] = {
    OperatingKind.INTERNAL: (
        "Knowledge sits with few people: name a second one for every connection.",
        "Holidays and notice periods leave gaps: keep cover in the catalogue.",
    ),
    OperatingKind.HYBRID: (
        "Where one side ends and the other begins is argued about in an incident: fill every lane.",
        "Each side waits for the other: agree on joint calls and on one accountable owner.",
    ),
    OperatingKind.EXTERNAL: (
        "You depend on somebody outside: keep the keys, the documents and an owner in your house.",
        "A change of provider loses what they knew: ask for the handover protocol now.",
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """`chosen` is what the company decided, None when nothing is on record."""

    fits: OperatingKind
    chosen: OperatingKind | None
    reasons: tuple[str, ...]
    risks: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        return self.chosen is self.fits


def advise(situation: Situation) -> Advice:
    model = situation.catalogue.governance.model
    skill = model.in_house_skill if model else ""
    count = len(situation.managed)
    restless = _events(situation)
    hand_made, outsiders = len(situation.hand_made), _outsiders(situation)
    fits = _fitting(count, restless, skill)
    reasons = (
        f"{say_count(count, 'connection')}, {hand_made} of them hand-made; a house runs"
        f" fewer than {FEW} stable ones by itself.",
        f"{restless} changes and releases within a year; {RESTLESS} make an estate restless.",
        f"Skill in your own house: {skill or 'not on record'}.",
        f"{outsiders} of {count} are run by people of another company.",
    )
    chosen = model.kind if model else None
    return Advice(fits=fits, chosen=chosen, reasons=reasons, risks=RISKS[chosen or fits])


def _fitting(count: int, events: int, skill: str) -> OperatingKind:
    if skill == "none":
        return OperatingKind.EXTERNAL
    small = count < FEW and events < RESTLESS
    if small and skill != "some":
        return OperatingKind.INTERNAL
    return OperatingKind.INTERNAL if skill == "enough" and count < FEW else OperatingKind.HYBRID


def _events(situation: Situation) -> int:
    since = situation.now - YEAR
    changes = sum(since <= one.at <= situation.now for one in situation.catalogue.changes)
    releases = sum(since <= one.at <= situation.now + YEAR for one in situation.catalogue.releases)
    return changes + releases


def _outsiders(situation: Situation) -> int:
    people = situation.catalogue.people
    owners = (people.get(one.owners.technical or "") for one in situation.managed)
    return sum(bool(owner and owner.works_for) for owner in owners)
