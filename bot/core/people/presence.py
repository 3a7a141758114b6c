"""Who is there, and who stands in for whom: covers people entered, absences Slack shows, hours; and
what may be left open in an address by which people are pinged, to be filled in for each.

A cover is followed through at most `LONGEST_CHAIN` people and never in a circle. Somebody absent
whom nobody covers is not waited for. Working hours never delay the first ping; they keep an
incident that can wait from waking people further up.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.core.estate.catalogue import Catalogue, Criticality, Hours, LadderRung
from bot.core.estate.ids import PersonId
from bot.language.errors import Invalid
from bot.language.local_time import DAY, local_day, span_of

LONGEST_CHAIN = 5
_AHEAD = 10  # days looked ahead for the beginning of somebody's hours
_CAN_WAIT = frozenset({Criticality.IMPORTANT, Criticality.SUPPORTING})
_AWAY_EMOJI = frozenset(
    {
        *(":palm_tree:", ":face_with_thermometer:", ":airplane:", ":beach_with_umbrella:"),
        *(":desert_island:", ":baby:", ":hospital:", ":mask:", ":face_with_head_bandage:"),
    }
)
_AWAY_WORDS = (
    *("out of office", "out of the office", "vacation", "holiday", "on leave", "parental leave"),
    *("sick", "annual leave", "day off", "ooo", "away until", "not working"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """`by` acts for `person` from `since` to `until`; without `until`, until they say they are
    back. `ended_at` is set when it is over. One that was entered by somebody who may not speak for
    `person` counts for nothing until it is `agreed`; `decided_by` said yes or no."""

    id: int
    person: PersonId
    by: PersonId
    since: datetime
    until: datetime | None = None
    entered_by: PersonId
    ended_at: datetime | None = None
    agreed: bool = True
    decided_by: PersonId | None = None

    def in_force(self, now: datetime) -> bool:
        return self.agreed and self.ended_at is None and not self.over(now)

    def asked(self, now: datetime) -> bool:
        """Whether it waits for a word."""
        return not self.agreed and self.ended_at is None and not self.over(now)

    def over(self, now: datetime) -> bool:
        return self.until is not None and self.until <= now


class AbsenceKind(StrEnum):
    DEACTIVATED = "deactivated"  # their Slack account is switched off
    STATUS = "status"  # their Slack status says so


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """What Slack shows of somebody who is not there; `until` is None when it does not say."""

    person: PersonId
    kind: AbsenceKind
    why: str
    since: datetime
    until: datetime | None = None

    def in_force(self, now: datetime) -> bool:
        return self.until is None or now < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """Covers and absences in force at one moment. `until` belongs to the covered person."""

    cover: Mapping[PersonId, PersonId] = field(default_factory=dict)
    until: Mapping[PersonId, datetime] = field(default_factory=dict)
    absent: Mapping[PersonId, str] = field(default_factory=dict)

    def acting(self, person: PersonId) -> PersonId | None:
        """Who acts for `person` now: themselves, whoever covers, or None when nobody is there."""
        seen = [person]
        while seen[-1] in self.cover and len(seen) <= LONGEST_CHAIN:
            following = self.cover[seen[-1]]
            if following in seen:
                return None
            seen.append(following)
        last = seen[-1]
        return None if last in self.cover or last in self.absent else last

    def people_spoken_for(self, person: PersonId) -> tuple[PersonId, ...]:
        """Everybody for whom `person` may speak now, themselves first."""
        covered = (other for other in self.cover if self.acting(other) == person)
        return tuple(dict.fromkeys((person, *covered)))


ALL_PRESENT = Presence()


def presence(covers: Iterable[Cover], absences: Iterable[Absence], now: datetime) -> Presence:
    """What is in force at `now`; of several covers of one person the newest counts."""
    # In the order in which they were entered: of two for one person the later one replaces the
    # first.
    valid = [cover for cover in covers if cover.in_force(now) and cover.since <= now]
    return Presence(
        cover={cover.person: cover.by for cover in valid},
        until={cover.person: cover.until for cover in valid if cover.until},
        absent={one.person: one.why for one in absences if one.in_force(now)},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """What becomes of one rung: `pinged` maps who is pinged to whom they stand in for (or None),
    `nobody_for` maps absent people without cover to the reason. `quiet_hours` is True when
    everybody who is left is outside their working hours and the incident can wait."""

    pinged: Mapping[PersonId, PersonId | None] = field(default_factory=dict)
    nobody_for: Mapping[PersonId, str] = field(default_factory=dict)
    quiet_hours: bool = False


def who_acts_for(
    people: Iterable[PersonId],
    catalogue: Catalogue,
    who: Presence,
    *,
    can_wait: bool,
    now: datetime,
) -> Acting:
    """Whom to ping for `people` of one rung. When it `can_wait`, those outside their hours are
    left out as long as somebody else is there."""
    pinged: dict[PersonId, PersonId | None] = {}
    nobody: dict[PersonId, str] = {}
    for person in people:
        acting = who.acting(person)
        if acting is None:
            nobody[person] = who.absent.get(person) or "whoever covers is away too"
        else:
            pinged.setdefault(acting, None if acting == person else person)
    at_work = {
        person: for_whom for person, for_whom in pinged.items() if works(catalogue, person, now)
    }
    if not can_wait or at_work == pinged:
        return Acting(pinged=pinged, nobody_for=nobody)
    return Acting(pinged=at_work or pinged, nobody_for=nobody, quiet_hours=not at_work)


def can_wait(criticality: Criticality, *, gravest: bool) -> bool:
    """Whether people are spared outside their hours. What nobody has classified cannot wait."""
    return criticality in _CAN_WAIT and not gravest


def works(catalogue: Catalogue, person: PersonId, now: datetime) -> bool:
    """Whether `now` lies within the person's working hours; always for somebody without hours."""
    known = catalogue.people.get(person)
    return known is None or known.hours is None or _begins(known.hours, now) <= now


def next_start(
    ladder: Iterable[LadderRung], catalogue: Catalogue, who: Presence, now: datetime
) -> datetime | None:
    """When the first of the ladder's people begins to work; None when nobody ever does."""
    starts = []
    for rung in ladder:
        for person in rung.people:
            known = catalogue.people.get(who.acting(person) or "")
            if known is not None and known.hours is not None:
                starts.append(_begins(known.hours, now))
    return min(starts, default=None)


def _begins(hours: Hours, now: datetime) -> datetime:
    """`now` within the hours, else their next beginning."""
    today = local_day(now, hours.timezone)
    # From yesterday, whose shift may go on past midnight.
    for ahead in range(-1, _AHEAD):
        day = today + ahead * DAY
        if day.isoweekday() not in hours.days:
            continue
        opens, closes = span_of(day, hours.start, hours.end, hours.timezone)
        if now < closes:
            return max(opens, now)
    return now + timedelta(days=_AHEAD)


def says_absent(text: str, emoji: str) -> bool:
    """Whether a Slack status says that its person is away from work."""
    words = f" {' '.join(text.casefold().split())} "
    # At the beginning of a word, so that “vacations” counts as well.
    spoken = any(f" {word}" in words for word in _AWAY_WORDS)
    return spoken or emoji.partition("::")[0].rstrip(":") + ":" in _AWAY_EMOJI


def refuse_circle(person: PersonId, by: PersonId, who: Presence) -> None:
    """Raises Invalid when `by` cannot cover for `person` without a circle or too long a chain."""
    if person == by:
        raise Invalid("Nobody covers for themselves. Name somebody else after `by`.")
    # Refused when it is entered, since who notices it later is somebody who was pinged for nobody.
    chain = [by]
    while chain[-1] in who.cover:
        following = who.cover[chain[-1]]
        if following == person:
            raise Invalid("That would be a circle: the one who covers is covered by them in turn.")
        chain.append(following)
        if len(chain) >= LONGEST_CHAIN:
            raise Invalid("That chain of covers is too long. Name somebody who is there.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendance:
    """Who of a ladder can be pinged, for one incident at one moment."""

    catalogue: Catalogue
    presence: Presence
    can_wait: bool

    def who_acts_for(self, people: Iterable[PersonId], now: datetime) -> Acting:
        return who_acts_for(people, self.catalogue, self.presence, can_wait=self.can_wait, now=now)

    def next_start(self, ladder: Iterable[LadderRung], now: datetime) -> datetime | None:
        return next_start(ladder, self.catalogue, self.presence, now)


FILLED = ("{person}", "{email}")
_PLACE = re.compile(r"\{[A-Za-z_]{1,40}\}")


def open_place(way: str) -> str:
    """What is wrong with the places of an address, without the address; empty when all of them
    are filled in."""
    if set(_PLACE.findall(str.__str__(way))) <= set(FILLED):
        return ""
    return f"it leaves open what nobody fills in: only {' and '.join(FILLED)} are"
