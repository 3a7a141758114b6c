"""The whole audit: every connection and the estate, judged once from one situation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.estate.ids import ConnectionId
from bot.core.governance.audit import go_live, readiness, risk_questions, urgency
from bot.core.governance.audit.advice import Advice, advise
from bot.core.governance.audit.finding import ESTATE, AuditFinding, FindingWeight, Sorted, sort_out
from bot.core.governance.audit.lints_estate import WHOLE, acceptances_over
from bot.core.governance.audit.lints_ownership import OWNERSHIP, PEOPLE
from bot.core.governance.audit.lints_rehearsal import REHEARSED, UNTRIED
from bot.core.governance.audit.lints_running import RETIRED, RUNNING
from bot.core.governance.audit.risk_questions import ControlStatus, RiskAnswer
from bot.core.governance.audit.situation import NOTHING_LIVE, Live, Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionAudit:
    connection: ConnectionId
    answers: tuple[RiskAnswer, ...]
    gate: tuple[go_live.GateItem, ...]  # what it lacks; empty unless it is going live

    @property
    def score(self) -> int:
        return risk_questions.score(self.answers)

    @property
    def standing(self) -> ControlStatus:
        return risk_questions.standing(self.answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """`answers` are the estate's; `findings` holds those of everything."""

    at: datetime
    connections: Mapping[ConnectionId, ConnectionAudit]
    answers: tuple[RiskAnswer, ...]
    signals: tuple[urgency.ActionSignal, ...]
    judged: urgency.JudgedUrgency
    readiness: tuple[readiness.Sign, ...]
    advice: Advice
    findings: Sorted

    @property
    def score(self) -> int:
        return risk_questions.score(self.answers)

    @property
    def standing(self) -> ControlStatus:
        return risk_questions.standing(self.answers)

    def of(self, subject: str) -> tuple[AuditFinding, ...]:
        return tuple(one for one in self.findings.open if one.subject == subject)


def audit(catalogue: Catalogue, now: datetime, live: Live = NOTHING_LIVE) -> Audit:
    """Judge the whole estate as it stands at `now`."""
    situation = Situation(catalogue=catalogue, live=live, now=now)
    connections = {
        one.id: ConnectionAudit(
            connection=one.id,
            answers=risk_questions.of_connection(situation, one),
            gate=go_live.failing(situation, one),
        )
        for one in situation.managed
    }
    answers = risk_questions.of_estate(
        situation, {key: item.answers for key, item in connections.items()}
    )
    signals = urgency.action_signals(situation)
    return Audit(
        at=now,
        connections=connections,
        answers=answers,
        signals=signals,
        judged=urgency.judge(situation, answers, signals),
        readiness=readiness.readiness(situation),
        advice=advise(situation),
        findings=_findings(situation),
    )


def _findings(situation: Situation) -> Sorted:
    found: list[AuditFinding] = []
    for connection in situation.catalogue.connections.values():
        found += _of_connection(situation, connection)
    for rule in (*PEOPLE, *WHOLE, *UNTRIED):
        found += rule(situation)
    keys = frozenset(one.key for one in found)
    return sort_out((*found, *acceptances_over(situation, keys)), situation)


def _of_connection(situation: Situation, connection: Connection) -> Iterator[AuditFinding]:
    life = connection.about.lifecycle
    rules = (*OWNERSHIP, *RUNNING, *REHEARSED) if life.managed else RETIRED
    for rule in rules:
        yield from rule(situation, connection)
    lacking = go_live.failing(situation, connection)
    if lacking:
        total = len(go_live.gate(situation, connection))
        yield AuditFinding(
            id="gate",
            subject=connection.id,
            what=f"It is going live and lacks {len(lacking)} of {total} conditions:"
            f" {' '.join(item.what for item in lacking)}",
            why="After go-live nobody comes back to them.",
            who=situation.teller(connection),
            do="Meet each of them, or move the date.",
            since=life.since,
            weight=FindingWeight.URGENT,
        )


__all__ = ["ESTATE", "Audit", "ConnectionAudit", "audit"]
