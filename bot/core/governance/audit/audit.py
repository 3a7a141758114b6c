"""The whole audit: every connection and the estate, judged once from one situation, with the
operating model that fits the estate; and when it runs, every morning with a digest every Monday.

Rules of this file: advice names the numbers it rests on, and the decision is a person's. The
schedule follows the company's clock, so that nobody is written to at night.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.core.estate.catalogue import Catalogue
from bot.core.estate.description import OperatingKind
from bot.core.estate.ids import ConnectionId
from bot.core.governance.audit import action_signals, readiness, risk_questions
from bot.core.governance.audit.finding import AuditFinding, SortedFindings, sort_findings
from bot.core.governance.audit.lints import OF_ACCEPTANCES, OF_CONNECTION, OF_ESTATE, OF_RETIRED
from bot.core.governance.audit.risk_questions import Answered, AuditAnswer
from bot.core.governance.audit.situation import NOTHING_LIVE, Live, Situation
from bot.language.local_time import DAY, begins, local_day
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
    # Nobody in the house could run even one connection.
    if skill == "none":
        return OperatingKind.EXTERNAL
    small = count < FEW and events < RESTLESS
    if small and skill != "some":
        return OperatingKind.INTERNAL
    return OperatingKind.INTERNAL if skill == "enough" and count < FEW else OperatingKind.HYBRID


def _events(situation: Situation) -> int:
    since = situation.now - YEAR
    changes = sum(since <= one.at <= situation.now for one in situation.catalogue.changes)
    # Planned ones as well: what is to come decides what the house must be able to bear.
    releases = sum(since <= one.at <= situation.now + YEAR for one in situation.catalogue.releases)
    return changes + releases


def _outsiders(situation: Situation) -> int:
    people = situation.catalogue.people
    owners = (people.get(one.owners.technical or "") for one in situation.managed)
    return sum(bool(owner and owner.works_for) for owner in owners)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionAudit(Answered):
    connection: ConnectionId
    lacking: tuple[str, ...]  # to go live; empty unless it is about to


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit(Answered):
    """`answers` are the estate's; `findings` holds those of everything."""

    at: datetime
    connections: Mapping[ConnectionId, ConnectionAudit]
    signals: tuple[AuditAnswer, ...]
    judged: action_signals.JudgedUrgency
    readiness: tuple[AuditAnswer, ...]
    advice: Advice
    findings: SortedFindings

    def of(self, subject: str) -> tuple[AuditFinding, ...]:
        return tuple(one for one in self.findings.open if one.subject == subject)


def audit(catalogue: Catalogue, now: datetime, live: Live = NOTHING_LIVE) -> Audit:
    """Judge the whole estate as it stands at `now`."""
    situation = Situation(catalogue=catalogue, live=live, now=now)
    connections = {
        one.id: ConnectionAudit(
            connection=one.id,
            answers=risk_questions.of_connection(situation, one),
            lacking=readiness.lacking(situation, one),
        )
        for one in situation.managed
    }
    answers = risk_questions.of_estate(
        situation, {key: item.answers for key, item in connections.items()}
    )
    signals = action_signals.answers(situation)
    return Audit(
        at=now,
        connections=connections,
        answers=answers,
        signals=signals,
        judged=action_signals.judge(situation, answers, signals),
        readiness=readiness.readiness(situation),
        advice=advise(situation),
        findings=_findings(situation),
    )


def _findings(situation: Situation) -> SortedFindings:
    found = [
        lint.finding(hit, situation, one)
        for one in situation.catalogue.connections.values()
        for lint in (OF_CONNECTION if one.about.lifecycle.managed else OF_RETIRED)
        for hit in lint.look(situation, one)
    ]
    found += [lint.finding(hit, situation) for lint in OF_ESTATE for hit in lint.look(situation)]
    # Acceptances are judged last: whether one still has its finding is only known then.
    keys = frozenset(one.key for one in found)
    over = OF_ACCEPTANCES
    found += [over.finding(hit, situation) for hit in over.look(situation, keys)]
    return sort_findings(tuple(found), situation)


MORNING = time(9, 0)
REMIND_AFTER = timedelta(days=7)  # an owner who has not confirmed is asked again
MOST_REMINDERS = 2


def next_morning(now: datetime, timezone: str) -> datetime:
    """The first morning after `now`."""
    today = local_day(now, timezone)
    morning = begins(today, MORNING, timezone)
    return morning if morning > now else begins(today + DAY, MORNING, timezone)


def next_monday(now: datetime, timezone: str) -> datetime:
    """The first Monday morning after `now`."""
    found = next_morning(now, timezone)
    day = local_day(found, timezone)
    # From Monday itself none, and from Tuesday six.
    to_monday = (8 - day.isoweekday()) % 7
    return begins(day + to_monday * DAY, MORNING, timezone) if to_monday else found


def first_attestation(now: datetime, every: timedelta, timezone: str) -> datetime:
    """Owners are first asked after one whole interval."""
    return next_morning(now + every - DAY, timezone)
