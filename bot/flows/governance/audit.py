"""The audit as the running bot does it: with what it has seen, remembered, told once, and told to
the person concerned."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.core.estate.catalogue import Catalogue
from bot.core.governance.audit.attestation import Claim
from bot.core.governance.audit.audit import (
    Audit,
    audit,
    first_attestation,
    next_monday,
    next_morning,
)
from bot.core.governance.audit.finding import (
    ORDER,
    AuditFinding,
    FindingWeight,
    KnownFinding,
    Score,
    person_of,
)
from bot.core.governance.audit.risk_questions import Reply
from bot.core.governance.audit.situation import LOOK_BACK, Live, NotLookedAt
from bot.core.governance.notices import FindingRow, Findings
from bot.core.outbox.address import ToPerson
from bot.core.people.presence import AbsenceKind
from bot.core.runbooks.choice import Stale, stale
from bot.core.runbooks.drill import latest
from bot.core.triage.facts import LaneFactKind
from bot.core.triage.lane_rules import RuleVotes
from bot.flows.estate.ledger import estate_as_recorded
from bot.flows.governance import attestation
from bot.flows.people.presence import looked_up
from bot.flows.work import Work

YEAR = timedelta(days=365)
AUDIT, DIGEST, ATTEST = "audit", "digest", "attest"
TREND = 12  # scores shown
DRILLS = 200  # of the last ones, each connection's newest counts
ROWS = 12  # findings in one message


def live(work: Work) -> Live:
    """What the database knows that the estate file does not."""
    catalogue = work.catalogue
    return Live(
        watching=True,
        verdicts={key: item.verdict.value for key, item in work.tx.all_connection_health().items()},
        incidents=work.tx.opened_since(work.now - LOOK_BACK),
        observed={key: _updates(work, key) for key in catalogue.connections},
        gone=_gone(work),
        asked=work.tx.open_attestations(),
        handovers=work.tx.open_handovers(),
        unannounced=work.tx.unannounced_changes(),
        unread=tuple(
            NotLookedAt(name=one.name, since=one.failing_since, why=one.problem)
            for one in work.tx.feeds()
            if one.failing_since
        ),
        confirmed=_confirmed(work),
        stale_runbooks=_stale(work),
        drilled=latest(work.tx.drills(DRILLS)),
    )


def _gone(work: Work) -> Mapping[str, str]:
    """Why people of the file cannot be reached in Slack, by their id."""
    unreachable = {
        person: user.problem
        for person in work.catalogue.people
        if (user := looked_up(work, person)) and user.user is None and user.problem
    }
    absences = work.tx.absences()
    # Somebody with an away status comes back, so their duties are no finding.
    off = {one.person: one.why for one in absences if one.kind is AbsenceKind.DEACTIVATED}
    return {**unreachable, **off}


def _stale(work: Work) -> tuple[Stale, ...]:
    """The stale ones of the runbooks that are known since an audit; a fresh installation calls none
    stale."""
    used = work.tx.runbooks_used()
    known = {key: book for key, book in work.knowledge.runbooks.items() if key in used}
    return stale(known, used, now=work.now, after=work.catalogue.governance.docs_max_age)


def _confirmed(work: Work) -> Mapping[tuple[str, str], date]:
    newest = work.tx.last_attestation()
    if newest is None:
        return {}
    return {
        (one.connection, one.layer): one.closed_at.date()
        for one in work.tx.attestations_of(newest)
        if one.claim is Claim.MINE and one.closed_at
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditView:
    """The audit of this moment with the history of its findings and the trend, oldest first."""

    audit: Audit
    known: Mapping[str, KnownFinding]
    trend: tuple[Score, ...]
    rule_votes: tuple[RuleVotes, ...] = ()  # how the lane rules fared


def view(work: Work) -> AuditView:
    """Look now. Nothing is stored and nobody is told."""
    found = _audit(work)
    return AuditView(
        audit=found,
        known=work.tx.open_findings(),
        trend=work.tx.scores(TREND),
        rule_votes=work.tx.rule_votes(),
    )


def _audit(work: Work) -> Audit:
    """By the file and by everything that is on record beside it."""
    known = replace(work.knowledge, catalogue=estate_as_recorded(work.tx, work.catalogue))
    return audit(known.catalogue, work.now, live(work))


def tick(work: Work) -> bool:
    """Do everything on the schedule whose time has come; returns whether anything was done.

    The first audit is silent: who installs the bot reads it with `/conn audit` before everybody
    else is written to.
    """
    catalogue = work.catalogue
    zone = catalogue.timezone
    work.tx.know_runbooks(work.knowledge.runbooks, work.now)
    due = work.tx.scheduled(AUDIT)
    if due is None:
        work.tx.schedule(DIGEST, next_monday(work.now, zone))
        work.tx.schedule(
            ATTEST, first_attestation(work.now, catalogue.governance.attest_every, zone)
        )
        remember(work, _audit(work))
        # Set before the round: a crash in it costs one day's letters and never sends them twice.
        work.tx.schedule(AUDIT, next_morning(work.now, zone))
        return True
    if due > work.now:
        return False
    work.tx.schedule(AUDIT, next_morning(work.now, zone))
    _ask_owners(work)
    known = remember(work, _audit(work))
    digest_due = (work.tx.scheduled(DIGEST) or work.now) <= work.now
    if digest_due:
        work.tx.schedule(DIGEST, next_monday(work.now, zone))
    _tell(work, known, weekly=digest_due)
    return True


def _ask_owners(work: Work) -> None:
    due = work.tx.scheduled(ATTEST)
    if due is not None and due <= work.now:
        every = work.catalogue.governance.attest_every
        work.tx.schedule(ATTEST, first_attestation(work.now, every, work.catalogue.timezone))
        attestation.start(work)
    # After a new round, so that nobody is reminded of a question that it has just replaced.
    attestation.remind(work)


def remember(work: Work, found: Audit) -> tuple[KnownFinding, ...]:
    """Store the findings with their history and the day's score; returns those that are open.

    A finding that is gone and comes back is new: it is told again.
    """
    before = work.tx.open_findings()
    open_now = {one.key: one for one in found.findings.open}
    for key, old in before.items():
        # Kept with the day it was gone, so that the trend can be told.
        if key not in open_now:
            work.tx.save_finding(replace(old, gone_at=work.now))
    known = tuple(_seen(before.get(key), one, work.now) for key, one in open_now.items())
    for item in known:
        work.tx.save_finding(item)
    work.tx.save_score(_score(found))
    return known


def _updates(work: Work, connection: str) -> tuple[tuple[datetime, str], ...]:
    """What changed at the far end within a year; a renewal and a remark are no update."""
    seen = work.tx.observations(connection, work.now - YEAR)
    return tuple(
        (one.at, one.what) for one in seen if one.kind in (LaneFactKind.VERSION, LaneFactKind.SHAPE)
    )


def _seen(old: KnownFinding | None, finding: AuditFinding, now: datetime) -> KnownFinding:
    if old is None:
        return KnownFinding(finding=finding, first_seen=now, last_seen=now)
    return replace(old, finding=finding, last_seen=now)


def _score(found: Audit) -> Score:
    replies = [one.reply for item in found.connections.values() for one in item.answers]
    return Score(
        day=found.at.date(),
        score=found.score,
        connections=len(found.connections),
        yes=sum(reply is Reply.YES for reply in replies),
        asked=len(replies),
        findings=len(found.findings.open),
        urgent=sum(one.weight is FindingWeight.URGENT for one in found.findings.open),
    )


def _tell(work: Work, known: Iterable[KnownFinding], *, weekly: bool) -> None:
    """Tell each person once of each finding: of urgent ones the next morning, of all others on
    Monday. Whoever has a connection that goes live without passing the gate is told of it every
    morning."""
    people: dict[str, list[KnownFinding]] = {}
    for item in known:
        if item.finding.who:
            people.setdefault(item.finding.who, []).append(item)
    for person, items in people.items():
        told = [item for item in items if _is_told(item, weekly)]
        if not told:
            continue
        told.sort(key=lambda item: (ORDER.index(item.finding.weight), item.finding.key))
        findings = Findings(
            weekly=weekly,
            rows=tuple(_row(work.catalogue, item) for item in told[:ROWS]),
            more=max(0, len(told) - ROWS),
            older=len(items) - len(told),
        )
        work.tell(ToPerson(person), findings, about=AUDIT)
        for item in told:
            work.tx.save_finding(replace(item, told_to=person, told_at=work.now))


def _is_told(item: KnownFinding, weekly: bool) -> bool:
    if item.finding.id == "gate":
        return True
    return item.untold and (weekly or item.finding.weight is FindingWeight.URGENT)


def _row(catalogue: Catalogue, item: KnownFinding) -> FindingRow:
    finding = item.finding
    return FindingRow(
        key=finding.key,
        subject=finding.subject,
        name=subject_name(catalogue, finding.subject),
        weight=finding.weight,
        what=finding.what,
        why=finding.why,
        do=finding.do,
        since=finding.since,
        first_seen=item.first_seen,
        last_seen=item.last_seen,
    )


def subject_name(catalogue: Catalogue, subject: str) -> str:
    """A finding's subject as people know it."""
    if person := person_of(subject):
        return catalogue.person_name(person)
    known = catalogue.connections.get(subject)
    return known.name if known else "The estate" if subject == "estate" else subject
