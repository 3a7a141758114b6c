"""The whole audit: every connection and the estate, judged once from one situation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.estate.catalogue import Catalogue
from bot.core.estate.ids import ConnectionId
from bot.core.governance.audit import action_signals, go_live, readiness, risk_questions
from bot.core.governance.audit.advice import Advice, advise
from bot.core.governance.audit.audit_answers import Answered, AuditAnswer
from bot.core.governance.audit.finding import AuditFinding, SortedFindings, sort_findings
from bot.core.governance.audit.lints import OF_ACCEPTANCES, OF_CONNECTION, OF_ESTATE, OF_RETIRED
from bot.core.governance.audit.situation import NOTHING_LIVE, Live, Situation


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
            lacking=go_live.lacking(situation, one),
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
    keys = frozenset(one.key for one in found)
    over = OF_ACCEPTANCES
    found += [over.finding(hit, situation) for hit in over.look(situation, keys)]
    return sort_findings(tuple(found), situation)
